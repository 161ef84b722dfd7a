"""Ratios of sums: against results by hand, each draw worked out alone, and SciPy's range of a mean."""

import warnings

import numpy as np
import pytest
from scipy import stats

from ltvlab.statistics.intervals import mean_interval
from ltvlab.statistics.ratios import odds_over, ratio_range, resampled_ratio
from ltvlab.statistics.resampling import resampling_weights


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _sides(customers=120, seed=2, spread=1.0):
    """Three in ten join, one in five leaves."""
    generator = np.random.default_rng(seed)
    sizes, fate = generator.lognormal(8.0, spread, customers), generator.random(customers)
    return sizes * ((fate > 0.3) & (fate < 0.5)), sizes * (fate < 0.3)


def test_the_standard_error_is_that_of_a_ratio_estimator():
    """Cochran (1977, 6.4): the root of Σ (above − ratio × below)², over Σ below."""
    above, below = np.array([4.0, 0.0, 3.0, 1.0]), np.array([1.0, 5.0, 2.0, 8.0])
    ratio = resampled_ratio([above], [below], seed=1, draws=5)

    assert ratio.estimate[0] == 0.5
    # 3.5, -2.5, 2 and -3 in squares are 12.25 + 6.25 + 4 + 9.
    assert ratio.standard_error[0] == pytest.approx(np.sqrt(31.5) / 16)


def test_each_draw_is_what_its_customers_say_alone():
    """Three sums, so the ratio is no pure number: drawn as a book of its own."""
    generator = np.random.default_rng(3)
    won, opened, lost = generator.lognormal(size=30), generator.integers(1, 13, 30), generator.integers(0, 2, 30)  # fmt: skip
    drawn = resampled_ratio([won, opened], [lost], seed=4, draws=3)
    again = np.repeat(np.arange(30), resampling_weights(30, draws=3, seed=4)[2].astype(int))
    alone = resampled_ratio([won[again], opened[again]], [lost[again]], seed=1, draws=1)

    assert drawn.draw_estimates[2] == pytest.approx(won[again].sum() * opened[again].sum() / lost[again].sum())  # fmt: skip
    assert drawn.draw_estimates[2] == pytest.approx(alone.estimate)
    assert drawn.draw_standard_errors[2] == pytest.approx(alone.standard_error)


def test_the_standard_error_agrees_with_scipys_spread_of_draws():
    above, below = _sides(2000, spread=0.5)
    peer = stats.bootstrap(
        (above, below),
        lambda one, other, axis: one.sum(axis=axis) / other.sum(axis=axis),
        paired=True, vectorized=True, n_resamples=2000, method="percentile", rng=np.random.default_rng(5),
    )  # fmt: skip

    assert resampled_ratio([above], [below], seed=1, draws=5).standard_error == pytest.approx(peer.standard_error, rel=0.06)  # fmt: skip


def test_a_sum_over_nothing_has_the_range_of_the_mean():
    above, _ = _sides()
    low, high = ratio_range(resampled_ratio([above], [], seed=6))

    assert (low[0] / 120, high[0] / 120) == pytest.approx(mean_interval(above, seed=6))


def test_many_ratios_at_once_equal_each_alone():
    pairs = [_sides(seed=seed) for seed in (7, 8, 9)]
    above, below = (np.column_stack(side) for side in zip(*pairs, strict=True))
    low, high = ratio_range(resampled_ratio([above], [below], seed=1, draws=300))

    for column, (one, other) in enumerate(pairs):
        alone = ratio_range(resampled_ratio([one], [other], seed=1, draws=300))
        assert (low[column], high[column]) == pytest.approx((alone[0][0], alone[1][0]))


def test_the_unit_of_money_changes_nothing():
    above, below = _sides()
    (low, high), (same_low, same_high) = (
        ratio_range(resampled_ratio([above * unit], [below * unit], seed=1)) for unit in (1.0, 1e6)
    )

    assert (same_low[0], same_high[0]) == pytest.approx((low[0], high[0]))


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([], []), ([1], [2]), ([1, 1], [1, 1]), ([1, 2, 3], [2, 4, 6]), ([1, 1], [0, 0]), ([0, 0], [1, 1]),
        ([9, 0], [0, 1]), ([1, 1, 1] + [0] * 37, [0] * 20 + [2] * 20),
    ],
)  # fmt: skip
def test_nothing_to_vary_or_three_on_a_side_give_no_range(above, below):
    """Three of forty are missed by one draw in twenty, in which the ratio might be anything."""
    assert np.isnan(ratio_range(resampled_ratio([np.array(above)], [np.array(below)], seed=1))).all()  # fmt: skip


def test_a_ratio_that_one_customer_carries_has_no_range():
    above, below = np.r_[5000.0, np.ones(15), np.zeros(60)], np.r_[np.zeros(20), np.ones(56)]

    assert np.isnan(ratio_range(resampled_ratio([above], [below], seed=1))).all()


def test_no_range_ends_under_nothing():
    above, below = _sides(60, seed=11)
    below[below.argmax()] *= 30

    assert ratio_range(resampled_ratio([above], [below], seed=1))[0] == 0.0


@pytest.mark.parametrize("seed", range(12, 18))
def test_odds_of_ninety_percent_are_a_range_of_eighty_beyond_the_line(seed):
    ratio = resampled_ratio(*([side] for side in _sides(seed=seed)), seed=1, draws=1000)
    low, high = ratio_range(ratio, level=0.8)

    assert odds_over(ratio, low[0] * 0.999)[0] >= 0.9 > odds_over(ratio, low[0] * 1.02)[0]
    assert odds_over(ratio, high[0] * 1.001)[0] <= 0.1 < odds_over(ratio, high[0] * 0.98)[0]


def test_without_a_ratio_there_are_no_odds():
    assert np.isnan(odds_over(resampled_ratio([np.ones(5)], [np.zeros(5)], seed=1), 0.3)).all()
    assert odds_over(resampled_ratio([np.ones(5)], [np.ones(5)], seed=1), 0.3).tolist() == [1.0]
