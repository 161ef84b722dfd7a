"""MRR and invoices: every part of the way between them can be added up by hand."""

import pandas as pd
import pytest

from ltvlab.metrics.reconciliation import (
    COLUMNS,
    never_billed,
    one_sided,
    reconciliation,
    unexplained,
)

NO_RATES = pd.DataFrame(columns=["currency", "month", "rate"])
JANUARY = 648


@pytest.fixture
def bills():
    """Return the function from (customer, month, start, end, amount, monthly, kind) to invoice lines."""

    def build(*lines, currency="JPY"):
        names = ["customer_id", "month", "start", "end", "amount", "monthly", "kind"]
        table = pd.DataFrame(lines, columns=names)
        dates = {name: pd.to_datetime(table[name]) for name in ("start", "end")}
        return table.assign(product="P", currency=currency, **dates)

    return build


def _monthly(customer, month, amount, kind="recurring"):
    start = pd.Period(ordinal=month, freq="M")
    return (customer, month, f"{start}-01", f"{start + 1}-01", amount, amount, kind)


def test_every_part_stands_where_it_belongs_and_they_sum(matrix, bills):
    """A is billed a year ahead, B 5 too much, C not at all, D without a contract; fees and a credit."""
    mrr = matrix({"A": [10, 10], "B": [20, 20], "C": [40, 40]})
    billed = bills(
        ("A", JANUARY, "2024-01-01", "2025-01-01", 120.0, 10.0, "recurring"),
        _monthly("B", JANUARY, 20.0), _monthly("B", JANUARY + 1, 25.0),
        _monthly("D", JANUARY + 1, 7.0),
        _monthly("A", JANUARY, 300.0, "one_time"), _monthly("B", JANUARY, 3.0, "usage"),
        _monthly("B", JANUARY + 1, -4.0, "credit"),
    )  # fmt: skip

    table = reconciliation(mrr, billed, NO_RATES)

    assert list(table.columns) == COLUMNS
    first, second = table.drop(columns="month").to_numpy().tolist()
    #                mrr  C    D  B   =    year ahead      fee usage credit =
    assert first == [70, -40, 0, 0, 30, 110, 300, 3, 0, 443]
    assert second == [70, -40, 7, 5, 42, -10, 0, 0, -4, 28]
    assert table["billed"].tolist() == [443, 28]


def test_what_stays_unexplained_is_a_share_of_the_month(matrix, bills):
    mrr = matrix({"B": [20, 20]})
    table = reconciliation(
        mrr, bills(_monthly("B", JANUARY, 20.0), _monthly("B", JANUARY + 1, 25.0)), NO_RATES
    )

    assert unexplained(table) == 0.25
    assert unexplained(table.head(1)) == 0
    assert one_sided(table) == 0


def test_who_stands_on_one_side_only_is_named_apart(matrix, bills):
    table = reconciliation(matrix({"C": [40]}), bills(_monthly("D", JANUARY, 10.0)), NO_RATES)

    assert unexplained(table) == 0
    assert one_sided(table) == (40 + 10) / 40


def test_months_before_the_monthly_invoices_begin_are_left_out(matrix, bills):
    """A prepayment from long ago is in the files because its service reaches into them."""
    mrr = matrix({"A": [10, 10, 10], "B": [20, 20, 20]})
    billed = bills(
        ("A", JANUARY - 6, "2023-07-01", "2024-07-01", 120.0, 10.0, "recurring"),
        _monthly("B", JANUARY + 1, 20.0), _monthly("B", JANUARY + 2, 20.0),
    )  # fmt: skip

    table = reconciliation(mrr, billed, NO_RATES)

    assert table["month"].astype(str).tolist() == ["2024-02", "2024-03"]
    assert table["accrued"].tolist() == [30, 30]


def test_invoices_in_another_currency_are_converted_at_each_month(matrix, bills):
    rates = pd.DataFrame(
        {"currency": "USD", "month": [JANUARY, JANUARY + 1], "rate": [160.0, 165.0]}
    )
    mrr = matrix({"A": [1600, 1650]})
    billed = bills(
        ("A", JANUARY, "2024-01-01", "2024-03-01", 20.0, 10.0, "recurring"), currency="USD"
    )

    table = reconciliation(mrr, billed, rates)

    assert table["accrued"].tolist() == [1600, 1650]
    assert table["billed"].tolist() == [3200, 0]
    assert table["residual"].tolist() == [0, 0]


def test_without_invoices_there_is_no_row(matrix):
    table = reconciliation(matrix({"A": [10]}), pd.DataFrame(), NO_RATES)

    assert table.empty
    assert list(table.columns) == COLUMNS


def test_a_fee_that_no_invoice_bills_is_found(bills):
    fees = pd.DataFrame(
        {"customer_id": ["A", "B"], "product": "P", "month": JANUARY, "amount": [300.0, 300.0]}
    )

    missing = never_billed(fees, bills(_monthly("A", JANUARY, 300.0, "one_time")))

    assert missing["customer_id"].tolist() == ["B"]
