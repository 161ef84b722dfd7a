"""The bands: seeded, as wide as chance makes them, and true as often as they say."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.scenarios import paths
from ltvlab.metrics.scenarios.engine import expected_mrr, scenario_engine
from ltvlab.metrics.scenarios.levers import Levers
from ltvlab.metrics.scenarios.paths import bands, simulated_mrr


def test_ten_thousand_paths_and_the_same_ones_each_time(steady):
    engine = scenario_engine(*steady(leave=2, join=3))

    first, again = (simulated_mrr(engine, seed=3) for _ in range(2))

    assert first.shape == (10_000, 24)
    assert (first == again).all()


def test_the_mean_path_is_the_expected_one_and_the_wider_band_holds_the_narrower(steady):
    engine = scenario_engine(*steady(leave=2, join=3, growth=0.01))
    ahead = simulated_mrr(engine, seed=3)
    found = bands(ahead)

    np.testing.assert_allclose(ahead.mean(axis=0), expected_mrr(engine), rtol=0.02)
    assert (found["low"] < found["low_80"]).all()
    assert (found["high_80"] < found["high"]).all()
    assert ((found["low"] < expected_mrr(engine)) & (expected_mrr(engine) < found["high"])).all()


def test_a_giant_that_may_leave_is_in_the_low_end(steady):
    """One of a hundred pays as much as all others: at two percent a month it is gone in two years
    in a third of the paths, and the low end is without it."""
    mrr, customers = steady(leave=2)
    mrr = mrr.copy()
    mrr.iloc[99] = 99_000.0
    engine = scenario_engine(mrr, customers)

    low = bands(simulated_mrr(engine, seed=3))["low"][-1]

    assert low < engine.seen.held.sum() / 2


def test_lumps_of_small_customers_spread_as_single_ones_do(steady, monkeypatch):
    """The same book with everyone followed alone and with everyone in lumps."""
    engine = scenario_engine(*steady(leave=2, join=1))
    single = bands(simulated_mrr(engine, seed=3))
    monkeypatch.setattr(paths, "LARGEST", 0)

    lumped = bands(simulated_mrr(engine, seed=3))

    np.testing.assert_allclose(lumped["low"], single["low"], rtol=0.03)
    np.testing.assert_allclose(lumped["high"], single["high"], rtol=0.03)


def test_scenarios_share_their_luck(steady):
    """Nobody of these customers is worse off with less churn, in any path."""
    engine = scenario_engine(*steady(leave=2))

    better = simulated_mrr(engine, Levers(churn=-0.5), seed=3)

    assert (better >= simulated_mrr(engine, seed=3)).all()


def _drawn_book(generator, *, months):
    """Return a book drawn from constant rates: 150 customers, 1.5 % lost, 3 joining a month."""
    size = generator.lognormal(10, 0.8, 1200)
    start = np.concatenate([np.zeros(150, dtype=int), np.repeat(np.arange(1, months), 3)])
    stays = generator.geometric(0.015, len(start))
    column = np.arange(months)
    there = (column >= start[:, None]) & (column < (start + stays)[:, None])
    jumps = np.where(generator.random((len(start), months)) < 0.03, 1.25, 1.0)
    cells = size[: len(start), None] * np.cumprod(jumps, axis=1) * there
    index = pd.Index([f"C{n:04d}" for n in range(len(start))], name="customer_id")
    frame = pd.DataFrame(
        cells, index=index, columns=pd.period_range("2020-01", periods=months, freq="M")
    )
    frame.attrs = {"currency": "JPY", "basis": "contracts"}
    began = pd.PeriodIndex([frame.columns[0] - 24 if s == 0 else frame.columns[s] for s in start])
    return frame, pd.DataFrame({"start_month": began, "opening": start == 0}, index=index)


@pytest.mark.slow
def test_the_ranges_hold_what_comes_nearly_as_often_as_they_say():
    """Measured over 200 books drawn from known rates, a year ahead."""
    inside, inside_80 = [], []
    for seed in range(200):
        mrr, customers = _drawn_book(np.random.default_rng(seed), months=37)
        then = mrr.iloc[:, :25]
        found = bands(simulated_mrr(scenario_engine(then, customers), seed=1, draws=400))
        came = mrr.iloc[:, 36].sum()
        inside.append(found["low"][11] <= came <= found["high"][11])
        inside_80.append(found["low_80"][11] <= came <= found["high_80"][11])
    print(f"95% range held {np.mean(inside):.1%}, 80% range {np.mean(inside_80):.1%}")

    assert 0.90 <= np.mean(inside) <= 0.99
    assert 0.72 <= np.mean(inside_80) <= 0.90
