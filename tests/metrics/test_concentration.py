"""What one customer does to a figure, against recomputing it without each of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab.metrics.concentration import largest_share, leave_one_out


def _series(*amounts):
    return pd.Series(amounts, index=[f"C{i}" for i in range(len(amounts))], dtype="float64")


def test_the_customer_that_moves_the_rate_most_is_named():
    """120 of 400: without C0 it is 20 / 300, without C1 100 / 100."""
    result = leave_one_out(_series(100, 20), _series(100, 300))

    assert result == (0.3, 20 / 300, 1.0, "C1")


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 99)), min_size=2, max_size=9))
def test_the_range_equals_recomputing_without_each_customer(pairs):
    above, below = _series(*(a for a, _ in pairs)), _series(*(b for _, b in pairs))
    brute = [above.drop(name).sum() / below.drop(name).sum() for name in above.index]

    result = leave_one_out(above, below)

    assert (result.lowest, result.highest) == (pytest.approx(min(brute)), pytest.approx(max(brute)))


def test_one_customer_or_an_empty_base_has_no_range():
    assert np.isnan(leave_one_out(_series(1), _series(1)).lowest)
    assert np.isnan(leave_one_out(_series(0, 0), _series(0, 0)).value)


def test_the_largest_customers_share_is_of_the_whole():
    assert largest_share(_series(90, 5, 5)) == 0.9
    assert np.isnan(largest_share(_series(0)))
