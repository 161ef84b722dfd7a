"""The chapter on what selling did: its verdicts, its words in both languages, and books of which little is known."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses import selling_effects
from ltvlab.analyses.selling_effects import conclude, list_rules, selling_comparisons
from ltvlab.metrics.opportunities.known import Known
from ltvlab.tables import COLUMNS, table

MONTH = pd.Period("2025-03", "M")
LANGUAGES = ("en", "ja")
RATES = {"difference": 0.2, "low": 0.1, "high": 0.3, "customers": 60, "rarer": 20}
ACTED = {"kind": "renewal", "compared_with": "held_back", "acted_on": 0.9, "other": 0.7, "n_acted": 50, "n_other": 20, **RATES}  # fmt: skip
BLOCKED = {
    "gate": "any", "compared_with": "blocked_left_alone", "outcome": "left", "months": 12,
    "while_blocked": 0.5, "other": 0.3, "n_blocked": 40, "n_other": 40, **RATES,
}  # fmt: skip
UPSOLD = {"outcome": "next_renewal", "after_upsell": 0.4, "other": 0.2, "n_upsold": 50, "n_other": 90, **RATES}  # fmt: skip
ENDS = {
    "responsible": "everyone", "event": "won", "deals": 50, "last_days": 25, "share": 0.5,
    "low": 0.4, "high": 0.6, "share_of_days": 0.11, "month_ends": 30,
}  # fmt: skip


def _tables(acted=None, blocked=None, upsold=None, ends=None, share=0.0):
    """Return the chapter's tables with these verdicts; a part without one has no row."""
    audit = [("everyone", 100), ("East", 40), ("West", 60)]
    audit = [(name, "any", n, round(share * n), share, 9) for name, n in audit]
    names = ["responsible", "gate", "offers", "blocked", "share", "customers"]
    given = {
        "acted_on": _rows(ACTED, acted), "acted_on_mrr": _rows(ACTED, acted and "beside"),
        "offers_while_blocked": _rows(BLOCKED, blocked), "nps_after_offers": _rows(BLOCKED, None),
        "churn_after_upsell": _rows(UPSOLD, upsold), "quarter_ends": _rows(ENDS, ends),
        "quarter_end_discounts": pd.DataFrame(columns=list(COLUMNS["quarter_end_discounts"])),
        "action_states": pd.DataFrame({"state": ["joined", "not_on_list"], "actions": [70, 3]}),
        "action_yield": pd.DataFrame(columns=list(COLUMNS["action_yield"])),
        "gate_audit": pd.DataFrame(audit, columns=names),
    }  # fmt: skip
    given["acted_on_mrr"].attrs = {"currency": "JPY"}
    return given


def _rows(row, verdict):
    columns = [*row, "verdict"]
    return pd.DataFrame([{**row, "verdict": verdict}] if verdict else [], columns=columns)


@pytest.fixture
def books():
    mrr = pd.DataFrame({MONTH: [1.0]}, index=["A"])
    mrr.attrs = {"currency": "JPY", "basis": "contracts"}
    empty = pd.DataFrame()
    return {MONTH: Known(empty, empty, {}, empty, mrr, empty, MONTH.end_time.normalize(), MONTH)}


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ({"acted": "higher"}, "good"),
        ({"acted": "not_clear"}, "watch"),
        ({"acted": "insufficient"}, "insufficient"),
        ({}, "insufficient"),
        ({"acted": "lower"}, "act"),
        ({"acted": "higher", "blocked": "higher"}, "act"),
        ({"acted": "higher", "upsold": "higher"}, "act"),
        ({"acted": "higher", "upsold": "lower"}, "good"),
        ({"acted": "higher", "ends": "quarter_end"}, "watch"),
        ({"acted": "higher", "ends": "month_end"}, "good"),
        ({"acted": "higher", "share": 0.12}, "watch"),
        ({"acted": "higher", "share": 0.09}, "good"),
    ],
)
def test_harm_comes_before_carelessness_and_that_before_success(books, verdicts, status):
    assert conclude(_tables(**verdicts), books).status == status


def test_the_answer_says_what_came_off_and_who_should_have_been_left_alone(books):
    finding = conclude(_tables(acted="higher", upsold="not_clear", share=0.3), books)

    assert finding.answer == (
        "Acted-on rows of the kind renewal came off more often than rows held back on purpose: 90.0% against 70.0%. "
        "After an upsell 40.0% of customers were lost, against 20.0% of matched ones without: no clear difference. "
        "Of the offers of the last twelve months 30.0% went to customers that should have been left alone, most often in West."
    )
    assert finding.decision == (
        "From Monday each owner looks at the gates before offering more; West begins, where it was left out most often. "
        "Act on every row of the kind renewal, and go on holding some back, so that the next reports can tell whether it lasts."
    )


def test_what_is_offered_to_free_customers_proves_nothing_and_is_not_said(books):
    tables = _tables(acted="higher")
    tables["offers_while_blocked"] = _rows({**BLOCKED, "compared_with": "offered_while_free"}, "higher")  # fmt: skip

    finding = conclude(tables, books)

    assert finding.status == "good" and "left" not in finding.answer
    assert any("in trouble anyway" in caveat for caveat in finding.caveats)


def test_every_figure_said_is_a_fact_with_its_cases(books):
    facts = {fact.id: fact for fact in conclude(_tables(acted="higher", share=0.3), books).facts}

    assert facts["selling.acted_on_renewal"].n == 50
    assert facts["selling.acted_on_renewal.other"].n == 20
    assert facts["selling.acted_on_renewal.difference"].low == 0.1
    assert facts["selling.actions_not_on_list"].value == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["higher", "lower", "not_clear"])
def test_every_verdict_has_words_and_tables_in_both_languages(
    books, verdict, language, english_left
):
    tables = _tables(acted=verdict, blocked=verdict, upsold=verdict, ends="quarter_end", share=0.3)

    finding = conclude(tables, books, language=language)

    for name, frame in finding.tables.items():
        assert set(COLUMNS[name]) <= set(frame.columns)
        assert table(frame, name, language=language).nothing
    if language == "ja":
        assert english_left(finding, data=("West", "holdout")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_data_it_says_what_would_unlock_each_question(books, language):
    tables = _tables()
    tables["gate_audit"] = tables["gate_audit"].iloc[:0]
    tables["action_states"] = tables["action_states"].iloc[:0]

    finding = conclude(tables, books, language=language)

    assert finding.status == "insufficient" and len(finding.caveats) == 3
    assert all(np.isfinite(fact.value) for fact in finding.facts if fact.value is not None)


def test_comparisons_that_stand_beside_are_not_judged():
    tables = _tables(acted="higher")
    beside = tables["acted_on"].assign(verdict="beside")

    assert len(selling_comparisons(tables)) == 1
    assert selling_comparisons({**tables, "acted_on": beside}).empty


def test_thresholds_that_the_company_set_for_the_lists_hold_for_the_past_ones_too():
    rules, gates = list_rules({"usage_over": 0.9, "lowest_score": 6, "seed": 1})

    assert rules.usage_over == 0.9 and rules.usage_under == selling_effects.Rules().usage_under
    assert gates.lowest_score == 6
