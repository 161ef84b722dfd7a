"""When to propose, and on what a customer answers."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Rules
from ltvlab.metrics.opportunities.moments import approval_days, best_channels, propose_by

HOLDS = [("A", "Mail", -12, 0, 1000.0, 10)]


def _by(known, *, needed=None, kind="upsell"):
    rows = pd.DataFrame({"customer_id": ["A"], "kind": [kind], "needed_by": [pd.Timestamp(needed) if needed else pd.NaT]})  # fmt: skip
    return propose_by(rows, known, Rules()).dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize(
    ("year_end", "by"), [(3, "2025-12-01"), (6, "2026-03-01"), (7, "2025-04-01")]
)
def test_the_budget_month_begins_three_months_before_the_fiscal_year_ends(book, year_end, by):
    """As of 31 March: June's budget was drawn up in March, so the next is a year away."""
    assert _by(book(HOLDS, {"A": {"fiscal_year_end_month": float(year_end)}})) == [by]


def test_the_earlier_of_budget_and_deadline_counts_less_the_time_of_approval(book):
    stages = pd.DataFrame({"deal_id": ["D"], "stage": ["Negotiation"], "entered_at": pd.to_datetime(["2025-01-01"])})  # fmt: skip
    deals = pd.DataFrame({"deal_id": ["D"], "is_won": [True], "close_date": pd.to_datetime(["2025-01-11"])})  # fmt: skip
    known = book(HOLDS, {"A": {"fiscal_year_end_month": 3.0}}, deals=deals, deal_stages=stages)

    assert approval_days(known, Rules()) == 10
    assert _by(known, needed="2025-06-30") == ["2025-06-20"]


def test_what_should_have_been_proposed_already_is_due_today(book):
    assert _by(book(HOLDS), needed="2025-03-01") == ["2025-03-31"]


def test_without_fiscal_year_and_deadline_there_is_no_day(book):
    assert _by(book(HOLDS)) == [""]


def _contacts(channel, answers):
    rows = {
        "customer_id": "A",
        "at": pd.Timestamp("2025-02-01"),
        "kind": "mail",
        "channel": channel,
    }
    return pd.DataFrame({**rows, "response": answers})


def test_the_channel_needs_three_contacts(book):
    """Two of two answered calls are luck; one of three mails is the best that is known."""
    events = pd.concat([_contacts("phone", ["yes"] * 2), _contacts("mail", ["yes", "no", "なし"])])

    assert best_channels(book(HOLDS, events=events), Rules()).to_dict() == {"A": "mail"}


def test_the_better_answered_channel_wins(book):
    events = pd.concat([_contacts("phone", ["yes"] * 4), _contacts("mail", ["yes", "no", "no"])])

    assert best_channels(book(HOLDS, events=events), Rules())["A"] == "phone"
