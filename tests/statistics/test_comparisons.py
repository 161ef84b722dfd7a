"""Differences between groups, and p values that own up to how many were tried."""

import numpy as np
import pytest
from scipy import stats

from ltvlab.statistics.comparisons import adjusted_p_values, difference
from ltvlab.statistics.resampling import resampled_mean


def test_a_clear_difference_has_a_range_that_leaves_zero_out():
    generator = np.random.default_rng(1)
    large, small = generator.normal(12, 2, 40), generator.normal(8, 2, 40)

    found = difference(resampled_mean(large, seed=2), resampled_mean(small, seed=3))

    assert found.difference[0] == pytest.approx(large.mean() - small.mean())
    assert 0 < found.low[0] < found.difference[0] < found.high[0]
    assert found.p_value[0] < 0.01


def test_an_even_pair_agrees_with_welch():
    generator = np.random.default_rng(4)
    first, second = generator.normal(10, 2, 60), generator.normal(10.5, 2, 60)
    peer = stats.ttest_ind(first, second, equal_var=False)

    found = difference(
        resampled_mean(first, seed=5, draws=20_000), resampled_mean(second, seed=6, draws=20_000)
    )

    assert found.p_value[0] == pytest.approx(peer.pvalue, abs=0.02)
    bounds = peer.confidence_interval()
    assert (found.low[0], found.high[0]) == pytest.approx((bounds.low, bounds.high), abs=0.1)


def test_groups_without_variation_have_no_verdict():
    found = difference(resampled_mean(np.ones(9), seed=1), resampled_mean(np.zeros(9), seed=2))

    assert found.difference[0] == 1
    assert np.isnan([found.low, found.high, found.p_value]).all()


def test_holm_and_benjamini_hochberg_correct_by_hand():
    p_values = np.array([0.01, np.nan, 0.04, 0.03])

    assert adjusted_p_values(p_values)[[0, 2, 3]].tolist() == pytest.approx([0.03, 0.06, 0.06])
    by_share = adjusted_p_values(p_values, method="fdr_bh")
    assert by_share[[0, 2, 3]].tolist() == pytest.approx([0.03, 0.04, 0.04])
    assert np.isnan(by_share[1])


def test_no_p_values_need_no_correction():
    assert adjusted_p_values(np.array([])).tolist() == []
    assert np.isnan(adjusted_p_values(np.array([np.nan]))).all()
