"""Talks, interest and tickets: counted up to the date, and nothing that was known only later."""

import pandas as pd

from ltvlab.warehouse.features.touches import touch_features

AS_OF = pd.Timestamp("2026-09-30")
BLANK = {
    "channel": "", "direction": "inbound", "purpose": "", "subject": "", "sentiment": "",
    "severity": "", "closed_at": None,
}  # fmt: skip


def _features(*events):
    rows = pd.DataFrame([BLANK | {"customer_id": "A"} | event for event in events])
    rows["at"] = pd.to_datetime(rows["at"], format="ISO8601")
    rows["closed_at"] = pd.to_datetime(rows["closed_at"])
    return touch_features(rows, as_of=AS_OF).loc["A"]


def test_counts_reach_back_thirty_and_ninety_days_and_not_forward():
    days = ("2026-10-01", "2026-09-30 18:00", "2026-09-01", "2026-08-31", "2026-07-03", "2026-07-02")  # fmt: skip
    row = _features(*({"at": day, "kind": "mail", "direction": "outbound"} for day in days))

    assert (row["mail_30"], row["mail_90"]) == (2, 4)
    assert (row["touches_30"], row["touches_90"]) == (2, 4)


def test_interest_is_the_newest_of_its_kinds_with_what_it_was_about():
    row = _features(
        {"at": "2026-08-01", "kind": "pricing_page"},
        {"at": "2026-08-20", "kind": "inquiry", "subject": "Nagisa Sales"},
        {"at": "2026-09-01", "kind": "help_page"},
    )

    assert row["interest_kind"] == "inquiry"
    assert row["interest_subject"] == "Nagisa Sales"
    assert row["interest_at"] == pd.Timestamp("2026-08-20")


def test_a_severe_ticket_closed_after_the_date_was_open_on_it():
    row = _features(
        {"at": "2026-09-20", "kind": "ticket", "severity": "high", "closed_at": "2026-10-03"}
    )

    assert row["severe_ticket_at"] == pd.Timestamp("2026-09-20")


def test_a_closed_or_mild_ticket_is_not_severe_and_open():
    row = _features(
        {"at": "2026-09-20", "kind": "ticket", "severity": "high", "closed_at": "2026-09-22"},
        {"at": "2026-09-20", "kind": "ticket", "severity": "low", "sentiment": "negative"},
    )

    assert pd.isna(row["severe_ticket_at"])
    assert row["negative_tickets_90"] == 1


def test_only_our_own_contact_for_sale_counts_as_one():
    row = _features(
        {"at": "2026-09-01", "kind": "call", "direction": "outbound", "purpose": "sales"},
        {"at": "2026-09-20", "kind": "call", "direction": "outbound", "purpose": "support"},
        {"at": "2026-09-25", "kind": "call", "direction": "inbound", "purpose": "sales"},
    )

    assert row["sales_contact_at"] == pd.Timestamp("2026-09-01")


def test_a_company_that_brings_no_details_still_counts_events():
    rows = pd.DataFrame(
        {"customer_id": ["A"], "at": pd.to_datetime(["2026-09-01"]), "kind": ["ticket"]}
    )

    row = touch_features(rows, as_of=AS_OF).loc["A"]
    assert row["ticket_30"] == 1
    assert pd.isna(row["severe_ticket_at"])
