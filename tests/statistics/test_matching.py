"""Cases compared within strata: a hand-made difference, customers as clusters, honest ranges."""

import numpy as np
import pytest

from ltvlab.statistics.matching import matched_difference
from ltvlab.statistics.strata import stratified_difference


def test_the_difference_is_taken_within_strata_and_weighted_by_what_each_can_tell():
    """Stratum a: 1/2 against 0/2, weight 1; b: 1/1 against 1/2, weight 2/3; c holds one group alone."""
    first = np.array([1, 1, 0, 0, 1, 0, 0, 1])
    outcome = np.array([1, 0, 0, 0, 1, 1, 0, 1])
    stratum = np.array(list("aaaabbbc"))

    found = matched_difference(first, outcome, stratum, np.arange(8))

    assert found.difference == pytest.approx((0.5 * 1 + 0.5 * 2 / 3) / (1 + 2 / 3))
    assert found.mean_first == pytest.approx((0.5 * 1 + 1.0 * 2 / 3) / (1 + 2 / 3))
    assert found.mean_first - found.mean_second == pytest.approx(found.difference)
    assert (found.n_first, found.n_second, found.events) == (3, 4, 3)


def test_the_difference_agrees_with_mantel_and_haenszel():
    rng = np.random.default_rng(4)
    first, stratum = rng.integers(0, 2, 300), rng.integers(0, 9, 300)
    outcome = rng.random(300) < 0.2 + 0.2 * first

    found = matched_difference(first, outcome, stratum, np.arange(300))
    classic = stratified_difference(first, outcome.astype("int64"), stratum)

    assert found.difference == pytest.approx(classic.difference)
    assert found.low < 0.2 < found.high


def test_a_customer_with_many_cases_counts_as_one():
    """Twenty copies of each case tell nothing new: the range stays as wide."""
    first = np.tile([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], 3)
    outcome = np.tile([1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 3)
    customer = np.arange(30)
    copies = [np.repeat(column, 20) for column in (first, outcome, np.zeros(30), customer)]

    once = matched_difference(first, outcome, np.zeros(30), customer)
    often = matched_difference(*copies)

    assert often.difference == pytest.approx(once.difference)
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.1)


def test_a_group_without_a_single_case_of_it_still_has_a_range():
    found = matched_difference(
        np.repeat([1, 0], 20), np.repeat([0, 1], [37, 3]), np.zeros(40), np.arange(40)
    )

    assert found.difference == pytest.approx(-0.15)
    assert found.low < -0.15 < found.high
    assert found.high - found.low > 0.2


@pytest.mark.parametrize("cases", [0, 1, 2])
def test_hardly_any_case_gives_no_range(cases):
    first, outcome = np.array([1, 0])[:cases], np.array([1, 0])[:cases]

    found = matched_difference(first, outcome, np.zeros(cases), np.arange(cases))

    assert np.isnan(found.low) and np.isnan(found.high)
    assert found.n_first + found.n_second == (2 if cases == 2 else 0)


def test_nothing_but_no_leaves_the_range_open():
    found = matched_difference(np.repeat([1, 0], 5), np.zeros(10), np.zeros(10), np.arange(10))

    assert found.difference == 0 and np.isnan(found.low)


def test_the_range_holds_the_truth_as_often_as_it_says():
    """Customers with two to four like cases in five strata, true difference 0.1; 95 % said."""
    rng = np.random.default_rng(36)
    held = [_holds_truth(rng) for _ in range(300)]

    assert np.mean(held) > 0.92


def _holds_truth(rng):
    customers = 120
    repeats = rng.integers(2, 5, customers)
    first = np.repeat(rng.integers(0, 2, customers), repeats)
    stratum = np.repeat(rng.integers(0, 5, customers), repeats)
    own = np.repeat(rng.random(customers), repeats)
    outcome = own < 0.2 + 0.1 * first + 0.05 * stratum
    found = matched_difference(first, outcome, stratum, np.repeat(np.arange(customers), repeats))
    return found.low <= 0.1 <= found.high
