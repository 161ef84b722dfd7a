"""The chapter on whom to talk to: its words, what it hides, and what it says when data are missing."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from ltvlab.analyses._opportunity_facts import largest_value
from ltvlab.analyses.opportunities import (
    conclude,
    next_talks,
    opportunities,
    opportunity_kinds,
    opportunity_table,
)
from ltvlab.findings import Fact
from ltvlab.metrics.opportunities.known import Evidence
from ltvlab.tables import COLUMNS, table

_FILE = Path(__file__).parents[1] / "metrics" / "opportunities" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("small_book", _FILE)
_MADE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MADE)
book = _MADE.book
HOLDS = [("A", "Mail", -12, 0, 1000.0, 100), ("B", "Mail", -12, 0, 1000.0, 100)]
USES = {
    "usage_share": 0.9, "usage_metric": "seats", "usage_product": "Mail", "usage_used": 90.0,
    "usage_limit": 100.0, "interest_at": "2025-03-01", "interest_kind": "inquiry", "nps": 9.0,
    "owner": "Sato",
}  # fmt: skip
LANGUAGES = ("en", "ja")


@pytest.fixture
def known(book):
    return book(HOLDS, {"A": USES, "B": {**USES, "nps": 2.0}}, terms=[{"term_end": "2025-04-30"}])


def test_the_answer_counts_whom_to_speak_to_and_whom_to_leave_alone(known):
    finding = conclude(opportunities(known), known)

    assert finding.answer == (
        "Customers that can be spoken to now: 1 (1 for upsell and 1 for renewal). "
        "Rows that must wait: 1, most often for this reason: unhappy."
    )
    assert finding.status == "act"


def test_the_decision_names_the_list_to_start_with(known):
    """Nothing is known of odds; of two lists of one customer each the renewal comes first."""
    assert conclude(opportunities(known), known).decision == (
        "On Monday each owner starts with the first rows for renewal (customers: 1), and leaves the "
        "blocked customers alone until the reason is gone."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_written_and_shown_with_its_columns(known, language):
    finding = conclude(opportunities(known), known, language=language)

    for name, frame in finding.tables.items():
        assert set(COLUMNS[name]) <= set(frame.columns)
        assert table(frame, name, language=language).cells


def test_the_japanese_chapter_is_japanese(known, english_left):
    finding = conclude(opportunities(known), known, language="ja")

    assert english_left(finding) == []


def test_evidence_says_what_was_seen_and_when(known):
    rows = opportunity_table(opportunities(known)).set_index("kind")

    assert rows.loc["upsell", "evidence"].iloc[0] == (
        "90 of 100 seats used in March 2025; asked us something on 2025-03-01"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["holds", "left_because", "usual_gap", "risk_detractor", "term_ended"])  # fmt: skip
def test_every_reason_has_words(code, language):
    from ltvlab.analyses._opportunity_words import evidence_words

    reason = Evidence(code, pd.Timestamp("2025-03-01"), 0.5, 10, "Mail|Desk")

    assert evidence_words((reason,), language)


def test_the_value_of_a_kind_leaves_out_rows_that_would_bring_a_loss(known):
    """Three renewals of 100, 30 and -90: all are listed, 130 can be expected."""
    found = opportunities(known)
    row = found.rows[found.rows["kind"] == "renewal"].iloc[[0] * 3]
    rows = row.assign(customer_id=["A", "B", "C"], blocked_by="", expected_value=[100.0, 30.0, -90.0],
                      low=[80.0, 20.0, -95.0], high=[120.0, 40.0, -85.0])  # fmt: skip
    rows.attrs = found.rows.attrs

    kinds = opportunity_kinds(found._replace(rows=rows)).set_index("kind")

    assert kinds.loc["renewal", ["listed", "n", "value", "low", "high"]].tolist() == [
        3,
        3,
        130,
        100,
        160,
    ]


@pytest.mark.parametrize(("source", "kind"), [("none", "revenue_expected"), ("params", "margin_expected")])  # fmt: skip
def test_what_is_expected_is_called_margin_only_where_a_margin_is_known(known, source, kind):
    found = opportunities(known)
    found.rows.attrs["margin_source"] = source

    assert conclude(found, known).stake_is == kind


def test_an_owner_gets_one_talk_per_customer_the_renewal_first(known):
    talks = next_talks(opportunity_table(opportunities(known)))

    assert talks[["owner", "customer_id", "kind"]].values.tolist() == [["Sato", "A", "renewal"]]


def test_values_of_handfuls_are_marked_so_that_the_public_table_can_hide_them(known):
    kinds = opportunity_kinds(opportunities(known)).set_index("kind")

    assert kinds.loc["renewal", ["listed", "blocked", "n"]].tolist() == [1, 0, 1]
    assert kinds.loc["upsell", ["listed", "blocked", "n"]].tolist() == [2, 1, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_data_it_says_what_would_unlock_each_list(book, language):
    poor = book([("A", "Mail", -1, 0, 10.0, 1)])
    finding = conclude(opportunities(poor), poor, language=language)

    assert len(opportunities(poor).rows) == 0
    assert finding.status == "insufficient"
    assert len(finding.caveats) >= 7


def test_a_book_in_which_nobody_is_left_gives_words(book):
    gone = book([("A", "Mail", -40, -30, 10.0, 1)])

    assert conclude(opportunities(gone), gone).answer == "Nobody is on any list this month."


def test_what_is_at_stake_is_the_list_that_most_hangs_on():
    """It is the list that the decision starts with; kinds do not add up."""
    about = {"unit": "money", "definition": "D36", "month": "2025-03", "currency": "JPY"}
    values = {"renewal": 900.0, "cross_sell": 50.0, "upsell": 20.0, "win_back": None}
    facts = {
        name: Fact(id=name, value=value, **about)
        for kind, value in values.items()
        if (name := f"opportunities.{kind}.value")
    }

    assert largest_value(facts) == "opportunities.renewal.value"
    assert largest_value({}) == ""
