"""Renewals: ninety days before the end, a month before the notice deadline, and what is overdue."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.renewals import alert_days, renewals

HOLDS = [("A", "Mail", -12, 0, 1000.0, 10)]


@pytest.mark.parametrize(("end", "listed"), [("2025-05-31", 1), ("2025-06-01", 0)])
def test_ninety_days_ahead_is_listed_and_ninety_one_is_not(book, end, listed):
    """V13."""
    known = book(HOLDS, terms=[{"term_end": end}], as_of="2025-03-02")

    assert len(renewals(known).rows) == listed


def test_a_term_that_ends_today_is_listed_and_one_that_ended_is_not_unless_overdue(book):
    today, over, late = (
        renewals(book(HOLDS, terms=[{"term_end": end, "overdue": overdue}])).rows
        for end, overdue in (("2025-03-31", False), ("2025-03-30", False), ("2025-03-30", True))
    )

    assert [len(today), len(over), late["play"].tolist()] == [1, 0, ["renew_overdue"]]


def test_an_early_notice_deadline_brings_the_alert_forward(book):
    """Notice 100 days before the end: thirty days before that it is time to talk."""
    terms = pd.DataFrame({"term_end": ["2025-12-31"] * 2, "notice_deadline": ["2025-09-22", None]})

    assert alert_days(terms.apply(pd.to_datetime)).dt.strftime("%Y-%m-%d").tolist() == [
        "2025-08-23",
        "2025-10-02",
    ]


def test_who_gave_notice_is_heard_and_who_gave_it_and_is_gone_is_no_renewal(book):
    told = {"notice_given_at": "2025-03-01"}
    here = renewals(book(HOLDS, terms=[{"term_end": "2025-04-30", **told}])).rows
    gone = renewals(book(HOLDS, terms=[{"term_end": "2025-03-20", "overdue": True, **told}])).rows

    assert here["play"].tolist() == ["hear_why"]
    assert len(gone) == 0


def test_past_its_notice_deadline_an_auto_renewing_term_only_wants_thanks(book):
    term = {"term_end": "2025-04-30", "notice_deadline": "2025-03-30"}

    assert renewals(book(HOLDS, terms=[term])).rows["play"].tolist() == ["confirm_renewal"]


def test_month_to_month_terms_need_no_preparation(book):
    known = book(HOLDS, terms=[{"term_end": "2025-03-31", "term_months": 1.0}])

    assert len(renewals(known).rows) == 0


def test_lines_of_one_product_that_end_together_are_one_row(book):
    lines = [{"contract_id": name, "term_end": "2025-04-30"} for name in ("K1", "K2")]

    assert renewals(book(HOLDS, terms=lines)).rows["mrr_delta"].tolist() == [2000.0]
