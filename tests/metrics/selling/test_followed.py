"""What followed a month: left, pays less, changed; and when nothing can be said."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.selling.followed import followed, verdict, with_enough
from ltvlab.statistics.matching import NOTHING

JANUARY = pd.Period("2024-01", "M").ordinal


def test_leaving_is_any_month_end_without_pay_and_the_rest_is_seen_at_the_last(matrix):
    """B pauses and is back, C pays less, D never paid at the start."""
    mrr = matrix({"A": [10, 10, 12], "B": [10, 0, 10], "C": [10, 9, 8], "D": [0, 10, 10]})
    cases = pd.Series(["A", "B", "C", "D"], index=[7, 8, 9, 10])

    found = followed(mrr, cases, pd.Series(JANUARY, cases.index), months=2)

    assert found.loc[:9].to_numpy().tolist() == [[0, 0, 2], [1, 0, 0], [0, 1, -2]]
    assert found.loc[10].isna().all()


@pytest.mark.parametrize("start", [JANUARY - 1, JANUARY + 1])
def test_a_window_that_the_book_does_not_hold_whole_says_nothing(matrix, start):
    mrr = matrix({"A": [10, 10, 10]})

    found = followed(mrr, pd.Series(["A"]), pd.Series([start]), months=2)

    assert found.isna().all(axis=None)


def test_a_customer_the_book_does_not_know_says_nothing(matrix):
    found = followed(matrix({"A": [1, 1]}), pd.Series(["Z"]), pd.Series([JANUARY]), months=1)

    assert found.isna().all(axis=None)


@pytest.mark.parametrize(
    ("low", "high", "events", "expected"),
    [
        (0.1, 0.2, 12, "higher"), (-0.2, -0.1, 12, "lower"), (-0.1, 0.2, 12, "not_clear"),
        (0.1, 0.2, 11, "insufficient"), (np.nan, np.nan, 99, "insufficient"),
    ],
)  # fmt: skip
def test_a_verdict_needs_twelve_events_and_a_range_clear_of_zero(low, high, events, expected):
    assert verdict(low, high, events) == expected


@pytest.mark.parametrize(("cases", "shown"), [(4, False), (5, True)])
def test_under_five_cases_of_a_group_no_figure_is_shown(cases, shown):
    found = NOTHING._replace(difference=0.5, n_first=cases, n_second=50)

    assert np.isfinite(with_enough(found).difference) == shown
