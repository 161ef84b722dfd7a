"""The value of a customer month by month: what a report then would have said, at one horizon."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.segment_values import ltv_by_segment
from ltvlab.metrics.values_over_time import ltv_by_month


@pytest.fixture
def book(matrix, people):
    """Return MRR of 24 months and its customers: one starts each month, every fifth leaves after ten."""
    rows = {}
    for i in range(20):
        left = 10 if i % 5 == 0 else 24
        rows[f"C{i:02}"] = [100.0 + i if i <= month < i + left else 0.0 for month in range(24)]
    mrr = matrix(rows)
    columns = {"start_quarter": "Q", "start_year": "Y", "product": "P", "channel": "X", "size": "S"}
    return mrr, people(mrr, industry=["IT", "Food"] * 10, **columns)


def test_each_month_is_what_the_report_of_that_month_would_have_said(book):
    """Nothing after a month changes its value: the first of twelve is computed on twelve months less."""
    mrr, customers = book
    table = ltv_by_month(mrr, mrr, customers, horizon_months=6, axes=("industry",), seed=1)

    then = mrr.iloc[:, :13]
    then = then[(then > 0).any(axis=1)]
    then.attrs = mrr.attrs
    started = customers[customers["start_month"] <= then.columns[-1]]
    report = ltv_by_segment(then, then, started, horizon_months=6, seed=1)
    report = report[report["headline"] & report["axis"].isin(["all", "industry"])]

    first = table[table["month"] == then.columns[-1]]
    same = ["segment", "value", "low", "high", "status"]
    pd.testing.assert_frame_equal(
        first[same].reset_index(drop=True), report[same].reset_index(drop=True)
    )
    assert first["n"].tolist() == [13, 6, 7]


def test_twelve_month_ends_stand_for_all_and_for_the_axes_asked_for(book):
    mrr, customers = book

    table = ltv_by_month(mrr, mrr, customers, axes=("industry",), seed=1)

    assert table["month"].nunique() == 12
    assert set(table["axis"]) == {"all", "industry"}
    assert str(table["month"].max()) == str(mrr.columns[-1])


def test_the_horizon_is_the_first_months_throughout(book):
    """More months watched would else read as more value."""
    mrr, customers = book

    horizons = ltv_by_month(mrr, mrr, customers, axes=(), seed=1)["horizon_months"]

    assert horizons.nunique() == 1
    assert horizons.iloc[0] < 12


def test_a_young_book_has_its_last_month_only(matrix, people):
    mrr = matrix({f"C{i}": [100, 100, 100] for i in range(6)})
    columns = dict.fromkeys(
        ("industry", "size", "product", "channel", "start_quarter", "start_year"), "S"
    )

    table = ltv_by_month(mrr, mrr, people(mrr, **columns), seed=1)

    assert table["month"].unique().tolist() == [mrr.columns[-1]]
    assert not np.isinf(table["value"]).any()


def test_orders_have_their_value_at_equal_age_month_by_month(matrix, people):
    orders = matrix({f"C{i}": [100.0] + [10.0 * i] * 23 for i in range(8)}, basis="orders")
    columns = dict.fromkeys(
        ("industry", "size", "product", "channel", "start_quarter", "start_year"), "S"
    )

    table = ltv_by_month(orders, orders, people(orders, **columns), axes=(), seed=1)

    assert table["value"].unique().tolist() == [100 + 11 * 35]
    assert isinstance(table, pd.DataFrame)
