"""Unpaid invoices: what leaves MRR, when, and when it comes back."""

import datetime as dt

import pandas as pd
import pytest

from ltvlab.contract_loading import load_moves, load_periods
from ltvlab.warehouse.past_due import unpaid_cells

CONTRACTS = """\
contract_id,customer_id,product,start_date,amount,billing_period
K1,C1,P,2026-01-01,100,month
K2,C1,Q,2026-01-01,30,month
"""
# January was paid, so payments are known; February's bill is due on 1 March.
INVOICES = """\
customer_id,product,month,amount,due_date,paid_date,status
C1,P,2026-01,100,2026-01-31,2026-01-20,paid
C1,P,2026-02,100,2026-03-01,{paid},{status}
"""


def _unpaid(paid="", status="overdue"):
    return {"contracts": CONTRACTS, "invoices": INVOICES.format(paid=paid, status=status)}


def test_an_unpaid_product_leaves_mrr_ninety_days_after_its_due_date_until_it_is_paid(
    reasons_from_csv,
):
    """Day 90 is 30 May: on the 31st it is out; paid on 10 August, it is back in August."""
    assert reasons_from_csv(_unpaid("2026-08-10", "paid")) == [
        ("01", "new", "new", 130.0),
        ("05", "contraction", "involuntary", -100.0),
        ("08", "expansion", "resume", 100.0),
    ]


def test_a_customer_of_whom_everything_is_unpaid_is_lost_and_comes_back(reasons_from_csv):
    """An invoice that names no product concerns all of them."""
    invoices = INVOICES.format(paid="2026-08-10", status="paid").replace(",P,", ",,")

    assert reasons_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [
        ("01", "new", "new", 130.0),
        ("05", "churn", "involuntary", -130.0),
        ("08", "reactivation", "resume", 130.0),
    ]


@pytest.mark.parametrize(("days", "paid"), [(91, [130, 130, 30]), (0, [30, 30, 30])])
def test_past_due_days_say_how_long_an_unpaid_product_stays(paid_from_csv, days, paid):
    """April to June: day 91 after 1 March is 31 May itself."""
    assert paid_from_csv(_unpaid(), month="2026-06", last=3, past_due_days=days) == paid


def test_with_invoices_as_basis_the_same_rule_holds(reasons_from_csv):
    """Billed by the year: the unpaid bill is the service itself."""
    invoices = """\
customer_id,product,month,amount,period_months,due_date,paid_date
C1,P,2026-01,1200,12,2026-01-31,
C1,Q,2026-01,360,12,2026-01-31,2026-01-31
"""

    assert reasons_from_csv({"contracts": None, "invoices": invoices}) == [
        ("01", "new", "new", 130.0),
        ("05", "contraction", "involuntary", -100.0),
    ]


def _cells(*invoices, days=90, as_of="2026-09-30"):
    """Return the months in which P of customer A is past due, the first invoice having been paid."""
    usual = {"customer_id": "A", "product": "P", "amount": 100.0, "kind": "charge"}
    first = {"month": "2026-01-01", "due_date": "2026-01-31", "paid_date": "2026-01-31"}
    table = pd.DataFrame([usual | line for line in (first, *invoices)])
    for name in ("month", "due_date", "paid_date"):
        table[name] = pd.to_datetime(table[name])
    found = unpaid_cells(table, table, past_due_days=days, as_of=dt.date.fromisoformat(as_of))
    return [str(pd.Period(ordinal=month, freq="M")) for month in found["month"]]


UNPAID = {"month": "2026-02-01", "due_date": "2026-03-01", "paid_date": None}


def test_an_unpaid_invoice_is_past_due_to_the_report_month():
    assert _cells(UNPAID) == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
    assert _cells(UNPAID, as_of="2026-04-30") == []
    assert _cells(UNPAID, days=None) == []


def test_dates_decide_and_clear_words_help():
    """A paid bill without a date was paid in time; what is void is not owed; other words say nothing."""
    assert _cells(UNPAID | {"status": "入金済"}) == []
    assert _cells(UNPAID | {"status": "Void"}) == []
    assert len(_cells(UNPAID | {"status": "未入金"})) == 5
    assert _cells(UNPAID | {"status": "overdue", "paid_date": "2026-06-15"}) == ["2026-05"]


def test_a_bill_taken_back_whole_is_not_owed():
    """Wrong bills are credited and written anew."""
    bill = UNPAID | {"invoice_id": "I2"}
    credit = bill | {"kind": "credit", "due_date": None}

    assert _cells(bill, credit | {"amount": -100.0}) == []
    assert len(_cells(bill, credit | {"amount": -40.0})) == 5


def test_where_payments_are_not_recorded_nothing_is_past_due():
    """Without this, a ledger without payments would lose its whole book after ninety days."""
    before = {"month": "2025-01-01", "due_date": "2025-02-01", "paid_date": None}
    table = pd.DataFrame([{"customer_id": "A", "product": "P", "amount": 1.0} | before])
    table["due_date"] = pd.to_datetime(table["due_date"])

    assert _cells(before) == []
    found = unpaid_cells(table, table, past_due_days=90, as_of=dt.date(2026, 9, 30))
    assert found.empty


def test_who_reads_contracts_line_by_line_sees_the_same_months_unpaid(write_company):
    """May to July are out: P is paid for until 1 May and again from 1 August."""
    params = write_company(_unpaid("2026-08-10", "paid"), month="2026-09")

    lines = load_periods(params, "2026-09").query("product == 'P'")

    days = [(str(row.start.date()), row.end.year, row.end.month) for row in lines.itertuples()]
    days.sort()
    assert days == [("2026-01-01", 2026, 5), ("2026-08-01", 9999, 12)]
    moves = load_moves(params, "2026-09").set_index("month")
    assert moves.loc[pd.Period("2026-05", "M").ordinal, ["up", "down"]].tolist() == [0, -100]
