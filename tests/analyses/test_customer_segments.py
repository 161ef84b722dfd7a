"""The segments chapter: what it says of a sorted book, of one that cannot be judged, and of a handful."""

import pandas as pd
import pytest

from ltvlab.analyses.customer_segments import conclude, loyalty_sizes, quadrant_sizes, rfm_sizes

MONTH = "2024-06"


@pytest.fixture
def table():
    """Twelve customers of 10 each: three at risk, one of them leaving."""
    loyalty = ["at_risk"] * 3 + ["loyal"] * 4 + ["stable"] * 5
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{i:02}" for i in range(12)], "ltv": [-1.0] + [120.0] * 11,
            "potential": 60.0, "quadrant": ["A"] * 6 + ["C"] * 6, "missing": "",
            "loyalty": loyalty, "reason": ["detractor"] * 3 + [""] * 9, "scored": [False] + [True] * 11,
            "recency": 5.0, "frequency": 5.0, "monetary": 5.0, "rfm": "champions", "amount": 10.0,
            "leaving": [True] + [False] * 11, "owner": ["Ito", "Sato", "Unknown"] * 4,
        }
    )  # fmt: skip
    frame.attrs = {"currency": "JPY", "basis": "contracts"}
    return frame


def test_the_answer_counts_who_stands_where_and_what_is_at_risk(table):
    finding = conclude(table, month=MONTH)

    assert "Of 12 customers 4 are loyal, 5 stable and 3 at risk" in finding.answer
    assert "¥30 (25.0%)" in finding.answer
    assert finding.status == "act"


def test_the_decision_names_who_calls_whom_and_asks_for_an_owner_where_none_is_named(table):
    decision = conclude(table, month=MONTH).decision

    assert "Sato calls C01 (¥10)" in decision
    assert "C02 (¥10)" in decision
    assert "C00" not in decision
    assert "name one first" in decision


def test_little_at_risk_is_watched_and_none_is_good(table):
    few = table.assign(amount=[1.0, 1.0, 1.0] + [100.0] * 9)
    few.attrs = table.attrs
    none = table.assign(loyalty="stable")
    none.attrs = table.attrs

    assert conclude(few, month=MONTH).status == "watch"
    assert conclude(none, month=MONTH).status == "good"


def test_a_handful_is_not_sorted(table):
    few = table.head(4)

    finding = conclude(few, month=MONTH)

    assert finding.status == "insufficient"
    assert "read them by name" in finding.answer


def test_where_nobody_is_judged_lapsed_buyers_are_called(table):
    unjudged = table.assign(loyalty="", reason="", scored=False, rfm="cannot_lose")
    unjudged.attrs = table.attrs

    finding = conclude(unjudged, month=MONTH)

    assert "nobody can be judged" in finding.answer
    assert "bought often and much" in finding.decision
    assert loyalty_sizes(unjudged).empty


def test_rfm_that_tells_nobody_apart_says_so(table):
    without = table.assign(rfm="")
    without.attrs = table.attrs

    assert any("RFM adds nothing" in words for words in conclude(table, month=MONTH).caveats)
    assert any("there is no RFM" in words for words in conclude(without, month=MONTH).caveats)
    assert rfm_sizes(without).empty


def test_what_costs_more_than_it_pays_and_who_is_not_scored_are_counted(table):
    words = " ".join(conclude(table, month=MONTH).caveats)

    assert "cost more than they paid in twelve months: 1;" in words
    assert "without a score in twelve months: 1;" in words


def test_every_group_has_a_play_and_says_who_it_is_from(table):
    for sizes in (quadrant_sizes(table), loyalty_sizes(table), rfm_sizes(table)):
        assert sizes["play"].notna().all()
        assert set(sizes["play_from"]) <= {"from_articles", "ours"}


def test_both_languages_state_the_same_facts(table):
    english, japanese = (conclude(table, month=MONTH, language=each) for each in ("en", "ja"))

    assert english.facts == japanese.facts
    assert english.answer != japanese.answer


def _lead(signal, lag, lead, ratio=None):
    bounds = (None, None) if ratio is None else (ratio / 2, ratio * 2)
    return {
        "signal": signal, "lag_months": lag, "losses": 20, "exposed": 30, "exposed_losses": 9, "hazard_ratio": ratio,
        "low": bounds[0], "high": bounds[1], "q_value": 0.01, "lead": lead,
    }  # fmt: skip


def test_signals_that_lead_those_that_do_not_and_those_that_cannot_be_told_are_named_apart(table):
    leads = pd.DataFrame(
        [
            _lead("usage_falls", 1, "leads", 4.0), _lead("no_talks", 1, "no_sign", 1.1),
            _lead("no_talks", 3, "cannot_tell"), _lead("negative_tickets", 1, "cannot_tell"),
        ]
    )  # fmt: skip

    finding = conclude(table, month=MONTH, beside={"leading_indicators": leads})
    words = " ".join(finding.caveats)

    assert "Goes before losses here: use falls: 4.0 times as many leave, 1 month(s) later" in words
    assert "Not seen to go before losses here: no talks." in words
    assert "to tell: negative tickets." in words
    assert {fact.id for fact in finding.facts} >= {"lead.usage_falls.1", "lead.no_talks.1"}


@pytest.mark.parametrize(
    ("signal", "lead", "status"),
    [
        ("detractor", "leads", "act"),
        ("detractor", "cannot_tell", "watch"),
        ("detractor", "no_sign", "watch"),
        ("no_talks", "no_sign", "act"),
    ],
)
def test_risk_asks_for_action_only_where_its_signal_has_gone_before_losses(
    table, signal, lead, status
):
    """All calls are for detractors; a test of another signal says nothing of them."""
    ratio = None if lead == "cannot_tell" else 2.0
    tested = pd.DataFrame([_lead(signal, 1, lead, ratio)])

    assert conclude(table, month=MONTH, beside={"leading_indicators": tested}).status == status


@pytest.mark.parametrize(
    ("ranks", "ranking", "said"),
    [
        ("ranks", 0.7, "The score ranked who expanded since June 2023: in 70.0%"),
        ("no_sign", 0.5, "did not rank"), ("ranks_wrongly", 0.3, "the wrong way"),
        ("cannot_tell", None, "cannot be told yet"),
    ],
)  # fmt: skip
def test_the_score_of_four_quarters_ago_is_judged_in_words(table, ranks, ranking, said):
    months = pd.period_range("2023-03", periods=5, freq="3M")
    ranked = pd.DataFrame(
        {"month": months, "customers": 40, "expanded": 20, "ranking": ranking, "low": ranking,
         "high": ranking, "ranks": ranks}
    )  # fmt: skip

    finding = conclude(table, month=MONTH, beside={"score_validity": ranked})

    assert said in finding.caveats[-1]
    assert "June 2023" in finding.caveats[-1]
