"""The wall of renewals: what ends when, who leaves, and what is committed."""

import pandas as pd
import pytest

from ltvlab.metrics.renewal_calendar import (
    co_terms,
    notice_deadlines,
    renewal_calendar,
    term_amounts,
)

MARCH = pd.Period("2026-03", "M")
TERM = {
    "contract_id": "K", "customer_id": "A", "product": "P", "currency": "JPY", "amount": 100.0,
    "term_months": 12.0, "term_end": "2026-06-30", "notice_deadline": None, "auto_renew": False,
    "overdue": False, "notice_given_at": None, "leaves_at": None,
}  # fmt: skip
DATES = ("term_end", "notice_deadline", "notice_given_at", "leaves_at")


def terms(*given):
    table = pd.DataFrame([TERM | row for row in given], columns=list(TERM))
    for name in DATES:
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def held(**amounts):
    """Return the matrix of March 2026 by customer and product P."""
    index = pd.MultiIndex.from_tuples(
        [(customer, "P") for customer in amounts], names=["customer_id", "product"]
    )
    table = pd.DataFrame({MARCH: list(amounts.values())}, index=index, dtype="float64")
    table.attrs["currency"] = "JPY"
    return table


def calendar(given, book):
    return renewal_calendar(term_amounts(given, book), book).set_index("month")


def test_a_term_counts_in_the_month_it_ends_in():
    table = calendar(
        terms(
            {"term_end": "2026-06-30"},
            {"customer_id": "B", "term_end": "2026-07-01", "auto_renew": True},
        ),
        held(A=100, B=50),
    )

    assert table["due"][["2026-06", "2026-07"]].tolist() == [100.0, 50.0]
    assert table["auto_renewing"][["2026-06", "2026-07"]].tolist() == [0.0, 50.0]
    assert table["due"].sum() == 150.0
    assert len(table) == 13


def test_who_leaves_on_31_march_still_counts_in_march_and_is_not_committed():
    """Closing MRR is 150; B gave notice for the month's last day."""
    gone = {"customer_id": "B", "term_end": "2026-03-31", "auto_renew": True, "notice_given_at": "2026-01-10", "leaves_at": "2026-03-31"}  # fmt: skip

    table = calendar(terms({}, gone), held(A=100, B=50))

    assert table["committed_mrr"][["2026-03", "2026-04"]].tolist() == [150.0, 100.0]
    assert table["notice_given"]["2026-03"] == 50.0
    assert table["auto_renewing"].sum() == 0.0
    assert (table.attrs["closing"], table.attrs["committed"]) == (150.0, 100.0)


@pytest.mark.parametrize(("day", "month"), [("2026-05-30", "2026-05"), ("2026-05-31", "2026-06")])
def test_a_loss_shows_at_the_first_month_end_it_is_not_paid_on(day, month):
    gone = {
        "notice_given_at": "2026-03-01",
        "leaves_at": day,
        "term_months": 1.0,
        "term_end": "2026-03-31",
    }

    committed = calendar(terms(gone), held(A=100))["committed_mrr"]

    assert committed[committed < 100.0].index[0] == pd.Period(month, "M")


def test_a_notice_without_a_day_leaves_at_the_terms_end():
    gone = {"notice_given_at": "2026-03-01", "term_end": "2026-04-30"}

    committed = calendar(terms(gone), held(A=100))["committed_mrr"]

    assert committed[["2026-04", "2026-05"]].tolist() == [100.0, 0.0]


def test_month_to_month_contracts_are_no_wall_but_their_losses_are_known():
    table = calendar(
        terms({"term_months": 1.0, "term_end": "2026-03-31", "auto_renew": True}), held(A=100)
    )

    assert table["due"].sum() == 0.0
    assert table.attrs["unbound"] == 100.0


def test_the_wall_is_never_higher_than_the_book():
    """Two lines of one product say 100 each, but the customer pays 150 for it."""
    table = calendar(terms({}, {"contract_id": "K2"}), held(A=150))

    assert table["due"].sum() == 150.0


def test_a_lapsed_term_is_paid_by_nobody():
    table = calendar(terms({"overdue": True, "term_end": "2026-02-28"}), held(B=100))

    assert table["due"].sum() == 0.0
    assert table["committed_mrr"].eq(100.0).all()


def test_deadlines_count_in_their_month_and_past_ones_not_at_all():
    rows = terms(
        {"notice_deadline": "2026-05-31"}, {"customer_id": "B", "notice_deadline": "2026-03-30"}
    )
    book = held(A=100, B=50)

    assert calendar(rows, book)["deadlines"].sum() == 100.0
    near = notice_deadlines(
        term_amounts(rows, book), as_of=pd.Timestamp("2026-03-31"), currency="JPY"
    )
    assert near["customer_id"].tolist() == ["A"]


@pytest.mark.parametrize(("day", "listed"), [("2026-06-29", 1), ("2026-06-30", 0)])
def test_deadlines_are_listed_ninety_days_ahead(day, listed):
    rows = term_amounts(terms({"notice_deadline": day, "term_end": "2026-07-31"}), held(A=100))

    assert len(notice_deadlines(rows, as_of=pd.Timestamp("2026-03-31"), currency="JPY")) == listed


def test_customers_whose_terms_end_on_different_days_are_co_terms():
    rows = terms(
        {}, {"contract_id": "K2", "term_end": "2026-09-30"},
        {"customer_id": "B"}, {"customer_id": "B", "contract_id": "K4"},
    )  # fmt: skip

    found = co_terms(term_amounts(rows, held(A=200, B=100)), currency="JPY")

    assert found[["customer_id", "contracts", "ends", "mrr"]].to_numpy().tolist() == [
        ["A", 2, 2, 200.0]
    ]


def test_without_contracts_there_is_no_calendar():
    nothing, book = terms(), held(A=100)

    assert renewal_calendar(term_amounts(nothing, book), book).empty
    assert co_terms(nothing, currency="JPY").empty
    assert notice_deadlines(nothing, as_of=pd.Timestamp("2026-03-31"), currency="JPY").empty
