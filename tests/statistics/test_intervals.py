"""Ranges against hand results, SciPy's BCa, and repeated samples whose truth is known."""

import warnings

import numpy as np
import pytest
from scipy import stats

from ltvlab.statistics.intervals import (
    bootstrap_t,
    exact_share,
    mean_interval,
    ratio_interval,
    wilson,
)


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_wilson_agrees_with_the_definitions():
    """V11: 6 of 15 won is 19.8 % to 64.3 %; 0 of 30 reaches up to 11.4 %."""
    low, high = wilson([6, 0], [15, 30])

    assert low.round(3).tolist() == [0.198, 0.0]
    assert high.round(3).tolist() == [0.643, 0.114]


def test_the_exact_range_agrees_with_scipy():
    low, high = exact_share([6, 0, 0], [15, 30, 0])
    theirs = [stats.binomtest(k, n).proportion_ci(method="exact") for k, n in ((6, 15), (0, 30))]

    assert low[:2] == pytest.approx([bounds.low for bounds in theirs])
    assert high[:2] == pytest.approx([bounds.high for bounds in theirs])
    assert np.isnan([low[2], high[2]]).all()


def test_wilson_of_nothing_has_no_bounds():
    low, high = wilson([0, 1], [0, 2])

    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


def test_ratio_interval_agrees_with_scipy():
    """SciPy computes BCa by its own jackknife; only the random draws differ."""
    generator = np.random.default_rng(3)
    opening = generator.lognormal(sigma=1.0, size=60)
    closing = opening * generator.choice([0.0, 0.9, 1.0, 1.2], size=60)
    peer = stats.bootstrap(
        (closing, opening),
        lambda above, below, axis: above.sum(axis=axis) / below.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        method="BCa",
        rng=np.random.default_rng(4),
    ).confidence_interval

    bounds = ratio_interval(closing, opening, seed=5, draws=20_000)

    assert bounds == pytest.approx((peer.low, peer.high), abs=0.01)


def test_many_ratios_at_once_equal_each_alone():
    generator = np.random.default_rng(6)
    below = generator.lognormal(size=(40, 3))
    above = below * generator.uniform(size=(40, 3))

    low, high = ratio_interval(above, below, seed=7, draws=200)

    for column in range(3):
        alone = ratio_interval(above[:, column], below[:, column], seed=7, draws=200)
        assert (low[column], high[column]) == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0, 4.0], [0.0, 0.0], [1.0, 2.0]])
def test_too_little_to_tell_gives_no_bounds(values):
    """Two customers are drawn as twice the same one half the time, with nothing to scale by."""
    assert np.isnan(mean_interval(np.array(values), seed=1)).all()


@pytest.mark.parametrize(
    ("above", "below"), [([], []), ([1], [2]), ([1, 1], [1, 1]), ([1, 1], [0, 0]), ([9, 0], [0, 1])]
)
def test_ratios_without_spread_or_base_have_no_bounds(above, below):
    assert np.isnan(ratio_interval(np.array(above), np.array(below), seed=1)).all()


def test_the_same_seed_gives_the_same_range():
    sizes = np.random.default_rng(8).lognormal(size=50)

    assert mean_interval(sizes, seed=1) == mean_interval(sizes, seed=1)
    assert mean_interval(sizes, seed=1) != mean_interval(sizes, seed=2)


def test_doubling_all_amounts_doubles_the_range():
    sizes = np.random.default_rng(9).lognormal(size=50)

    doubled = mean_interval(2 * sizes, seed=1)

    assert doubled == pytest.approx(tuple(2 * bound for bound in mean_interval(sizes, seed=1)))


def test_skewed_sizes_reach_further_up_than_down():
    """What plain percentiles miss: the largest customers may not have been met yet."""
    sizes = np.random.default_rng(10).lognormal(sigma=1.0, size=50)
    low, high = mean_interval(sizes, seed=1)

    assert high - sizes.mean() > 1.2 * (sizes.mean() - low)


def test_infinite_t_values_widen_to_no_range_at_all():
    """Draws without variation say that anything is possible, not that they can be left out."""
    draws, errors = np.array([0.0] * 40 + [1.0] * 60), np.array([0.0] * 40 + [0.1] * 60)

    assert np.isnan(bootstrap_t(1.0, 0.1, draws, errors)).all()


def test_a_mean_that_one_customer_carries_has_no_range():
    """Draws that miss it vary so little that a value of 1.1 million would reach up to 429 million."""
    alike = np.linspace(0.9, 1.1, 29)

    assert np.isnan(mean_interval(np.append(alike, 261.0), seed=1)).all()
    assert np.isfinite(mean_interval(np.append(alike, 5.0), seed=1)).all()


def _covered(customers: int, samples: int, draws: int) -> int:
    truth = np.exp(0.5)
    generator = np.random.default_rng(11)
    sizes = generator.lognormal(sigma=1.0, size=(samples, customers))
    bounds = [mean_interval(row, seed=seed, draws=draws) for seed, row in enumerate(sizes)]
    return sum(low <= truth <= high for low, high in bounds)


def _least(samples: int, coverage: float) -> int:
    return int(stats.binom.ppf(0.01, samples, coverage))


def test_money_ranges_hold_the_truth_about_as_often_as_they_say():
    assert _covered(50, 150, 400) >= _least(150, 0.91)


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "coverage"), [(50, 0.91), (300, 0.93)])
def test_coverage_for_lognormal_sizes_is_as_documented(customers, coverage):
    """D33: sizes of σ = 1.0 reach 91–94 % at 50 customers and 93–96 % at 300."""
    assert _covered(customers, 1000, 1000) >= _least(1000, coverage)
