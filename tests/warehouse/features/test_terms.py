"""Term ends: renewal dates, notice deadlines, overdue terms, and who has given notice."""

import datetime as dt

import pandas as pd
import pytest

from ltvlab.warehouse.features.terms import term_ends, term_features

NEVER = dt.date(9999, 12, 31)


@pytest.fixture
def terms():
    """Return the function from contract lines (and when each stops being paid) to term ends."""

    def build(*lines, as_of="2025-03-02", inclusive_ends=True):
        usual = {
            "customer_id": "A", "product": "P", "start_date": "2024-06-01", "end_date": "2025-05-31",
            "term_months": 12.0, "auto_renew": False, "notice_days": 30.0,
            "cancel_notice_date": None, "cancel_effective_date": None, "runs_to": NEVER, "monthly": 100.0,
        }  # fmt: skip
        rows = [usual | {"contract_id": f"L{i}"} | line for i, line in enumerate(lines)]
        frame = pd.DataFrame(rows)
        for name in ("start_date", "end_date", "cancel_notice_date", "cancel_effective_date"):
            frame[name] = pd.to_datetime(frame[name])
        periods = pd.DataFrame(
            {
                "contract_id": frame["contract_id"], "customer_id": frame["customer_id"],
                "product": frame["product"],
                "start": frame["start_date"].dt.date, "end": frame["runs_to"],
                "amount": frame["monthly"], "currency": "JPY", "bridged": False,
            }
        )  # fmt: skip
        return term_ends(
            frame.drop(columns=["runs_to", "monthly"]),
            periods,
            as_of=pd.Timestamp(as_of),
            inclusive_ends=inclusive_ends,
        )

    return build


def test_a_fixed_term_ends_on_its_last_paid_day_and_notice_is_due_before(terms):
    """V13: 31 May lies 90 days after 2 March."""
    row = terms({}).iloc[0]

    assert (row["term_end"] - pd.Timestamp("2025-03-02")).days == 90
    assert row["notice_deadline"] == pd.Timestamp("2025-05-01")
    assert not row["overdue"]


def test_an_auto_renewing_line_steps_on_by_its_term(terms):
    row = terms({"auto_renew": True}, as_of="2026-06-30").iloc[0]

    assert row["term_end"] == pd.Timestamp("2027-05-31")


def test_on_its_last_day_a_term_still_runs(terms):
    assert terms({"auto_renew": True}, as_of="2025-05-31")["term_end"].tolist() == [
        pd.Timestamp("2025-05-31")
    ]
    assert terms({"auto_renew": True}, as_of="2025-06-01")["term_end"].tolist() == [
        pd.Timestamp("2026-05-31")
    ]


def test_a_term_that_ended_and_was_not_renewed_is_overdue(terms):
    ended = {"runs_to": dt.date(2025, 6, 1)}

    assert terms(ended, as_of="2025-07-01")["overdue"].tolist() == [True]
    # After 92 days it is a loss and no renewal that could still be signed.
    assert terms(ended, as_of="2025-09-30").empty


def test_a_renewed_or_cancelled_term_is_not_overdue(terms):
    ended = {"runs_to": dt.date(2025, 6, 1)}
    renewal = {"start_date": "2025-06-01", "end_date": "2026-05-31"}
    cancelled = ended | {"cancel_effective_date": "2025-05-31"}

    assert not terms(ended, renewal, as_of="2025-07-01")["overdue"].any()
    assert terms(cancelled, as_of="2025-07-01").empty


def test_a_notice_counts_from_the_day_it_was_given(terms):
    leaving = {
        "auto_renew": True, "cancel_notice_date": "2025-02-10", "cancel_effective_date": "2025-05-31",
        "runs_to": dt.date(2025, 6, 1),
    }  # fmt: skip

    assert terms(leaving)["leaves_at"].tolist() == [pd.Timestamp("2025-05-31")]
    assert terms(leaving, as_of="2025-02-09")["leaves_at"].isna().all()


@pytest.mark.parametrize(("inclusive", "last"), [(True, "2025-03-31"), (False, "2025-03-30")])
def test_who_leaves_is_paid_for_the_last_time_as_the_file_writes_ends(terms, inclusive, last):
    given = {"cancel_notice_date": "2025-03-01", "cancel_effective_date": "2025-03-31"}

    assert str(terms(given, inclusive_ends=inclusive)["leaves_at"].iloc[0].date()) == last


def test_a_customers_renewal_is_its_next_term_end(terms):
    table = terms({}, {"product": "Q", "end_date": "2025-04-30"})
    features = term_features(table)

    assert features.loc["A", "renewal_at"] == pd.Timestamp("2025-04-30")
    assert not features.loc["A", "renewal_overdue"]


def test_month_ends_stay_month_ends(terms):
    monthly = {"start_date": "2025-01-31", "end_date": "2025-02-27", "term_months": 1.0, "auto_renew": True}  # fmt: skip

    assert terms(monthly, as_of="2025-03-15")["term_end"].tolist() == [pd.Timestamp("2025-03-27")]


def test_an_open_ended_line_is_bound_for_its_term_again_and_again(terms):
    open_ended = {"start_date": "2023-06-15", "end_date": None}

    assert terms(open_ended)["term_end"].tolist() == [pd.Timestamp("2025-06-14")]


def test_without_an_end_or_a_term_nothing_comes_up(terms):
    assert terms({"end_date": None, "term_months": float("nan")}).empty


def test_month_to_month_contracts_are_no_renewal_to_prepare(terms):
    monthly = {"end_date": None, "term_months": 1.0}

    assert term_features(terms(monthly))["renewal_at"].isna().all()


def test_lines_that_start_alike_on_one_day_come_due_with_their_own_amounts(terms):
    """A base of 100 and its add-on of 50 are 150 of MRR, not twice the larger."""
    assert terms({}, {"monthly": 50.0})["amount"].tolist() == [100.0, 50.0]


def test_a_line_without_an_id_comes_due_all_the_same(terms):
    assert terms({"contract_id": None}, {"start_date": "2024-07-01"})["amount"].tolist() == [
        100.0,
        100.0,
    ]
