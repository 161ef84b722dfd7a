"""Expected MRR against sums and closed forms anyone can work out (D43)."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.scenarios.engine import HORIZON, expected_mrr, scenario_engine
from ltvlab.metrics.scenarios.levers import LEVERS, Levers
from ltvlab.metrics.scenarios.pipeline import OpenBusiness
from ltvlab.metrics.scenarios.spending import Moved


def test_a_book_in_which_nothing_happens_stays_as_it_is(steady):
    engine = scenario_engine(*steady())

    assert expected_mrr(engine).tolist() == [100 * 1000.0] * HORIZON


def test_without_losses_every_month_adds_what_joins(steady):
    """Three customers of 1,000 join a month: 139 × 1,000 today, 3,000 more each month."""
    mrr, customers = steady(join=3)

    ahead = expected_mrr(scenario_engine(mrr, customers))

    assert ahead.tolist() == [mrr.iloc[:, -1].sum() + 3000.0 * t for t in range(1, HORIZON + 1)]


def test_constant_rates_match_the_closed_form(steady, constant):
    """M × kᵗ + n × (1 − kᵗ) ÷ (1 − k), with k = (1 − churn) × (1 + expansion − contraction)."""
    engine = constant(
        scenario_engine(*steady()), churn=0.02, expansion=0.01, contraction=0.004, new=5000.0
    )
    k, t = 0.98 * 1.006, np.arange(1, HORIZON + 1)

    expected = 100_000 * k**t + 5000 * (1 - k**t) / (1 - k)

    np.testing.assert_allclose(expected_mrr(engine), expected, rtol=0, atol=1 / 1024)


def test_growth_read_from_a_book_goes_on_at_its_rate(steady):
    engine = scenario_engine(*steady(growth=0.01))

    assert expected_mrr(engine)[11] == pytest.approx(100_000 * 1.01**24, abs=1 / 1024)


def test_each_lever_at_zero_reproduces_the_base_to_the_yen(steady):
    engine = scenario_engine(*steady(leave=2, join=3, growth=0.01))
    engine = engine._replace(open_business=OpenBusiness(3, 9000.0, 5, 12.0))

    for name in LEVERS:
        assert (expected_mrr(engine, Levers(**{name: 0.0})) == expected_mrr(engine)).all()


def test_every_lever_moves_mrr_the_way_its_name_says(steady):
    mrr, customers = steady(leave=2, join=4, growth=0.01)
    channel = pd.Series(np.where(np.arange(len(mrr)) % 2, "A", "B"), index=mrr.index)
    engine = scenario_engine(mrr, customers.assign(channel=channel))
    # What the second channel brings for 10 costs 1,000 in the first.
    engine = engine._replace(moved=Moved(0, 1, 1000.0, 10.0))
    base = expected_mrr(engine)[-1]

    def last(**levers):
        return expected_mrr(engine, Levers(**levers))[-1]

    assert last(churn=0.5) < base < last(churn=-0.5)
    assert last(churn_points=0.001) < base < last(churn_points=-0.001)
    for name in ("first_price", "win_rate", "expansion", "new_customers"):
        assert last(**{name: -0.5}) < base < last(**{name: 0.5})
    assert last(price_rise=0.05) > base > last(price_rise=0.05, price_response=50)
    assert last(moved_spend=0.1) > base


def test_a_tenth_of_a_point_less_churn_is_that_much_less_lost(steady, constant):
    engine = constant(scenario_engine(*steady(leave=2)), churn=0.02)
    engine = engine._replace(
        rates=engine.rates._replace(churn=np.full((1, 1, 1), engine.seen.churn))
    )

    first = expected_mrr(engine, Levers(churn_points=-0.001))[0]

    held = engine.seen.held.sum()
    assert first == pytest.approx(held * (1 - engine.seen.churn + 0.001), abs=1e-2)


def test_a_price_rise_is_made_at_the_renewals_of_a_year(steady):
    engine = scenario_engine(*steady())

    ahead = expected_mrr(engine, Levers(price_rise=0.12))

    assert ahead[[0, 11, 23]].tolist() == pytest.approx([101_000.0, 112_000.0, 112_000.0])


def test_open_deals_stand_in_for_the_usual_run_in_their_months_alone(steady):
    """3,000 a month as usual; open deals foretell 9,000 a month for two months."""
    engine = scenario_engine(*steady(join=3))._replace(
        open_business=OpenBusiness(2, 9000.0, 5, 12.0)
    )

    gained = expected_mrr(engine, Levers(open_deals=1.0)) - expected_mrr(engine)

    assert gained[[0, 1, 2, 23]].tolist() == pytest.approx([6000.0, 12000.0, 12000.0, 12000.0])


def test_months_are_shown_until_the_book_has_tripled(steady):
    """At ten percent a month a book triples in the twelfth month: eleven are shown."""
    engine = scenario_engine(*steady(growth=0.1))

    assert engine.horizon == 11
    assert expected_mrr(engine).max() <= 3 * engine.seen.held.sum()


def test_the_order_of_customers_changes_nothing(steady):
    mrr, customers = steady(leave=2, join=3, growth=0.01)
    turned = mrr.iloc[::-1]
    turned.attrs = dict(mrr.attrs)

    ours, theirs = (expected_mrr(scenario_engine(m, customers)) for m in (mrr, turned))

    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
