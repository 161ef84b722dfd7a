"""Expansion between two months: what counts as growth, and where history is too short."""

import pandas as pd

from ltvlab.metrics.expansion import expansion_between


def test_who_left_or_shrank_expanded_by_nothing_and_newcomers_are_not_asked(matrix):
    book = matrix({"up": [10, 15], "down": [10, 4], "left": [10, 0], "new": [0, 9]})

    grown = expansion_between(book, *book.columns)

    assert grown["expanded"].to_dict() == {"up": 5, "down": 0, "left": 0}


def test_orders_are_compared_over_as_many_months_as_lie_between(matrix):
    """An order a quarter is no growth, whichever month it falls into."""
    book = matrix({"steady": [9, 0, 0, 9, 0, 0], "grows": [1, 1, 1, 2, 2, 2]}, basis="orders")

    grown = expansion_between(book, book.columns[2], book.columns[5])

    assert grown["expanded"].to_dict() == {"steady": 0, "grows": 3}


def test_a_history_that_does_not_reach_back_has_no_rows(matrix):
    book = matrix({"one": [1, 2]}, basis="orders")

    assert expansion_between(book, pd.Period("2023-01", "M"), book.columns[1]).empty
    assert expansion_between(book, *book.columns).loc["one", "expanded"] == 1
