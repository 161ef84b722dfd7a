"""The top fifth: rounded up, ties at the cut included, and within the year of the start."""

import pandas as pd
import pytest

from ltvlab.metrics.top_customers import top_customers, top_within


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([7, 6, 5, 4, 3, 2, 1], 2),
        ([9, 5, 5, 5, 1], 1),
        ([9, 5, 5, 4, 3, 2, 1], 3),
        (range(15), 3),
        ([1], 1),
        ([], 0),
    ],
)
def test_the_top_fifth_is_rounded_up_and_keeps_ties_at_the_cut(values, count):
    """V15."""
    assert top_customers(pd.Series(values, dtype="float64")).sum() == count


def test_within_start_years_the_young_have_a_top_too():
    value = pd.Series([100.0, 90, 80, 70, 60, 5, 4, 3, 2, 1])
    year = pd.Series(["FY2024"] * 5 + ["FY2026"] * 5)

    assert top_within(value, year).to_list() == [True] + [False] * 4 + [True] + [False] * 4


def test_a_customer_without_a_value_is_nobodys_top():
    assert top_customers(pd.Series([None, 1.0])).to_list() == [False, True]
