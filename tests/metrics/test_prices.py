"""MRR per customer and the two reasons of its change, on books one can add up by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.prices import arpa_table, average_selling_price


def _year(start_to_end):
    return {name: [a] * 12 + [b] for name, (a, b) in start_to_end.items()}


def _last(mrr, people, *, axis="all", axes=(), **columns):
    table = arpa_table(mrr, people(mrr, **columns), axes=axes)
    return table[table["axis"] == axis].set_index(["segment", "month"]).xs(mrr.columns[-1], level=1)


def test_losing_small_customers_raises_the_price_by_mix_alone(matrix, people):
    """100 + 100 + 10 + 10 = 220 of four is 55; 200 of two is 100. Nobody pays more."""
    mrr = matrix(_year({"A": (100, 100), "B": (100, 100), "C": (10, 0), "D": (10, 0)}))

    last = _last(mrr, people).loc["all"]

    assert last[["arpa", "customers", "mix_effect", "like_for_like"]].tolist() == [100, 2, 45, 0]


def test_a_price_rise_is_like_for_like_as_far_as_it_enters_the_price(matrix, people):
    """A pays 30 more; of the three customers of today that is 10 each. J brings 60, the rest is mix.

    Then 100 of one; now 130 + 60 + 50 = 240 of three is 80, and would be 210 of three, 70, had A
    stayed at 100: 70 − 100 is mix.
    """
    mrr = matrix(_year({"A": (100, 130), "J": (0, 60), "K": (0, 50)}))

    last = _last(mrr, people).loc["all"]

    assert last[["arpa", "mix_effect", "like_for_like"]].tolist() == [80, -30, 10]


def test_the_two_effects_sum_exactly_to_the_change_and_are_empty_in_the_first_year(matrix, people):
    rows = {f"C{i}": np.random.default_rng(i).integers(0, 9, 30) * 1e5 / 7 for i in range(40)}
    table = arpa_table(matrix(rows), people(matrix(rows)), axes=())

    change = table["arpa"] - table["arpa"].shift(12)
    assert (table["mix_effect"] + table["like_for_like"])[12:].tolist() == change[12:].tolist()
    assert table.loc[:11, ["mix_effect", "like_for_like"]].isna().all(axis=None)
    assert table["arpa"].notna().all()


def test_segments_are_the_same_figures_of_their_customers_alone(matrix, people):
    mrr = matrix(_year({"A": (100, 120), "B": (40, 40), "C": (60, 0)}))

    last = _last(mrr, people, axis="industry", axes=("industry",), industry=["IT", "IT", "Food"])

    assert last.loc["IT", ["arpa", "mix_effect", "like_for_like"]].tolist() == [80, 0, 10]
    assert last.loc["Food", "customers"] == 0
    assert last.loc["Food", ["arpa", "mix_effect", "like_for_like"]].isna().all()


def test_like_for_like_of_all_is_that_of_the_segments_weighted_by_their_customers(matrix, people):
    mrr = matrix(_year({"A": (100, 120), "B": (40, 50), "C": (60, 30), "D": (0, 10)}))
    columns = {"industry": ["IT", "IT", "Food", "Food"]}

    whole = _last(mrr, people).loc["all"]
    parts = _last(mrr, people, axis="industry", axes=("industry",), **columns)

    weighted = (parts["like_for_like"] * parts["customers"]).sum() / whole["customers"]
    assert weighted == whole["like_for_like"]


def test_a_book_of_one_month_has_a_price_and_no_change(matrix, people):
    table = arpa_table(
        matrix({"A": [100], "B": [50]}), people(matrix({"A": [100], "B": [50]})), axes=()
    )

    assert table["arpa"].tolist() == [75]
    assert table[["mix_effect", "like_for_like"]].isna().all(axis=None)


def test_the_selling_price_is_new_mrr_by_new_customers_of_a_year(matrix, people):
    """Two joined inside the year with 60 + 40; the one thirteen months ago does not count."""
    mrr = matrix({"O": [500] * 13, "A": [0] * 6 + [60] * 7, "B": [0] * 12 + [40]})

    assert average_selling_price(mrr, people(mrr)) == (50.0, 2)


def test_without_a_new_customer_there_is_no_selling_price(matrix, people):
    mrr = matrix({"O": [500] * 13})

    price, joined = average_selling_price(mrr, people(mrr, opening=True))

    assert (np.isnan(price), joined) == (True, 0)
    assert isinstance(joined, int)
    assert pd.isna(average_selling_price(matrix({"A": [0, 5]}), people(matrix({"A": [0, 5]})))[0])


def test_a_price_stands_on_the_grid_of_money(matrix, people):
    mrr = matrix({"A": [100], "B": [0.5], "C": [0]})

    arpa = arpa_table(mrr, people(mrr), axes=())["arpa"].iloc[0]

    assert arpa == pytest.approx(50.25, abs=1 / 1024)
