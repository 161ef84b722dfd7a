"""What one customer does to a figure, against recomputing it without each of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.metrics.concentration import (
    book_concentration,
    figures_in_words,
    largest_share,
    leave_one_out,
)


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


BOOKS = st.lists(st.lists(st.integers(0, 5), min_size=14, max_size=14), min_size=3, max_size=7)


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_the_table_equals_recomputing_the_book_without_each_customer(rows):
    months = pd.period_range("2024-01", periods=14, freq="M")
    mrr = pd.DataFrame(rows, columns=months, dtype="float64")
    mrr.index = [f"C{i}" for i in range(len(rows))]
    mrr.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
    opening = mrr.iloc[:, 0] > 0

    table = book_concentration(mrr, opening).set_index("figure")

    without = {
        name: book_concentration(mrr.drop(name), opening).set_index("figure")["value"]
        for name in mrr.index
    }
    for figure, row in table.iterrows():
        values = [without[name].get(figure, np.nan) for name in mrr.index]
        assert np.isnan(row["lowest"]) == np.isnan(values).any()
        if not np.isnan(values).any():
            assert row["lowest"] == pytest.approx(min(values))
            assert row["highest"] == pytest.approx(max(values))


def test_the_figures_are_those_of_the_report(matrix):
    """A stays at 100, B grows from 100 to 150, C leaves with 50, D is new with 40."""
    mrr = matrix(
        {
            "A": [100] * 13,
            "B": [100] * 6 + [150] * 7,
            "C": [50] * 12 + [0],
            "D": [0] * 12 + [40],
        }
    )

    table = book_concentration(mrr, mrr.iloc[:, 0] > 0).set_index("figure")

    values = {
        "mrr_growth": 290 / 250 - 1, "nrr": 1.0, "grr": 0.8, "quick_ratio": 40 / 50,
        "churn_to_new_6": 50 / 40, "churn_to_new_12": 50 / 40,
    }  # fmt: skip
    assert table["value"].drop("revenue_churn").to_dict() == pytest.approx(values)
    assert table.loc["revenue_churn", "value"] == 50 / (6 * 250 + 6 * 300)
    assert table.loc["nrr", ["lowest", "highest"]].tolist() == [100 / 150, 250 / 200]
    assert table.loc["nrr", "share_largest"] == 0.4
    # Without C nothing was lost, without D nothing was won: no range, and who it is.
    assert table.loc["quick_ratio", "customer_id"] == "C"
    assert table.loc["churn_to_new_6", "customer_id"] == "D"
    assert table.loc[["quick_ratio", "churn_to_new_6"], ["lowest", "highest"]].isna().all(axis=None)


def test_nobody_is_named_where_nobody_moves_the_figure(matrix):
    mrr = matrix({"A": [100] * 13, "B": [100] * 13})

    table = book_concentration(mrr, mrr.iloc[:, 0] > 0).set_index("figure")

    assert table["customer_id"].to_dict() == dict.fromkeys(
        ("mrr_growth", "nrr", "grr", "revenue_churn"), ""
    )


@pytest.mark.parametrize("months", [1, 4])
def test_figures_that_history_does_not_allow_have_no_row(matrix, months):
    mrr = matrix({"A": [100] * months, "B": [50] * (months - 1) + [0]})

    table = book_concentration(mrr, mrr.iloc[:, 0] > 0)

    assert table["figure"].tolist() == (["quick_ratio"] if months > 3 else [])


def test_an_empty_book_has_an_empty_table(matrix):
    mrr = matrix({"A": [100] * 13, "B": [50] * 13}).iloc[:, :0]

    assert book_concentration(mrr, pd.Series(False, index=mrr.index)).empty


def test_each_figure_is_written_in_its_own_unit():
    table = pd.DataFrame(
        {
            "figure": ["ltv", "nrr", "quick_ratio"],
            "unit": ["money", "rate", "number"],
            "value": [12.5, 0.9, 2.0],
            "lowest": [10.0, 0.8, np.nan],
            "highest": [13.0, 1.0, np.nan],
        }
    )
    table.attrs["currency"] = "USD"

    shown = figures_in_words(table, "en")

    assert shown["value"].tolist() == ["$12.5", "90.0%", "2.0"]
    assert shown["lowest"].tolist() == ["$10", "80.0%", "–"]
