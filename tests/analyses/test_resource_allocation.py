"""The chapter on where the next spend goes: every sentence its rules can lead to, in both languages."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.resource_allocation import SLUG, conclude, returns_shown, rules_shown
from ltvlab.metrics.allocation_table import COLUMNS, comes_first
from ltvlab.metrics.motion_returns import FIGURES
from ltvlab.tables import table, write_csv

RULE = {"rule": "churn_to_new", "window_months": 6, "value": 0.45, "low": 0.33, "high": 0.6, "threshold": 0.3,
        "events": 40, "probability": 0.97, "flip_distance": 150.0, "flip_customers": 2, "verdict": "retention_first",
        "headline": True, "lacking": ""}  # fmt: skip
NOTHING = dict.fromkeys(("value", "low", "high", "events", "probability", "flip_distance", "flip_customers"), np.nan)  # fmt: skip
STABLE = RULE | {"rule": "stable_churn", "window_months": 3, "value": 1.02, "verdict": "undecided", "flip_distance": np.nan}  # fmt: skip
ORDER = RULE | {"rule": "expansion_to_new", "window_months": 12, "value": 1.8, "low": 1.2, "high": 2.5,
                "threshold": 1.0, "verdict": "expansion_first"}  # fmt: skip
SHARE = RULE | NOTHING | {"rule": "existing_share_cost", "window_months": 12, "value": 0.44, "threshold": 0.4,
                          "flip_distance": 41.0, "verdict": "inside"}  # fmt: skip
LTV_CAC = RULE | NOTHING | {"rule": "ltv_cac", "window_months": 12, "value": 4.0, "threshold": 3.0, "verdict": "at_least_3"}  # fmt: skip
UNDER = {"value": 0.1, "low": 0.05, "high": 0.2, "probability": 0.02, "verdict": "growth_first"}
LACKING = NOTHING | {"verdict": "insufficient"}
TOLD = {
    "currency": "JPY", "basis": "contracts", "margin_source": "params", "churned": 450.0, "won": 1000.0,
    "annual": False, "month": "2026-09", "months": 30, "spend": 1000.0, "unbooked": (), "spend_from": "2025-10",
}  # fmt: skip
NO_CHANNELS = pd.DataFrame()


def _rules(rule=None, stable=None, order=None, share=None, **told):
    changed = ((RULE, rule), (STABLE, stable), (ORDER, order), (SHARE, share), (LTV_CAC, None))
    rows = pd.DataFrame([row | (change or {}) for row, change in changed], columns=list(COLUMNS))
    rows.attrs = TOLD | told
    rows.attrs["first"] = comes_first(rows)
    return rows


def _returns(**values):
    rows = pd.DataFrame({"motion": ["expansion", "retention", "new"]}).reindex(
        columns=["motion", *FIGURES, "lacking"]
    )
    rows = rows.assign(lacking="").astype(dict.fromkeys(FIGURES, "float64"))
    rows.attrs = {"currency": "JPY"}
    if values.get("empty"):
        return rows.assign(lacking="no_spend")
    known = {"value": [9.0, np.nan, 5.0], "low": [6.0, np.nan, 4.0], "high": [12.0, np.nan, 7.0]}
    rows = rows.assign(**known, cost=[100.0, 50.0, 400.0], expected_months=24.0, customers=30)
    rows["point_worth"], rows["break_even"] = [np.nan, 200.0, np.nan], [np.nan, 0.0025, np.nan]
    rows.attrs = {"currency": "JPY"}
    return rows


def _finding(rules=None, returns=None, *, language="en"):
    months = pd.DataFrame({"month": [], "value": [], "low": [], "high": [], "threshold": []})
    tables = {
        "allocation": _rules() if rules is None else rules,
        "returns": _returns() if returns is None else returns,
        "allocation_months": months,
    }
    return conclude(tables, NO_CHANNELS, language=language)


def test_losses_over_the_line_put_retention_first_with_odds_flip_and_split():
    finding = _finding()

    assert finding.slug == SLUG and finding.status == "act"
    assert finding.answer.startswith(
        "Over 6 months ¥450 of MRR was lost and ¥1k newly won, a ratio of 45.0% (underlying ratio 33.0% – 60.0%). "
        "That is over the line of 30.0%, with odds of 97%: keeping customers comes first. "
        "It would turn with ¥150 less lost (largest losses avoided: 2)."
    )
    assert finding.decision == (
        "Put retention first, before more is spent on growth. "
        "Plan 50.0% – 60.0% of spend for existing customers, against 44.0% now: ¥60 – ¥160 a year to move to them. "
        "That is the upper half of the 40.0% – 60.0% that the articles advise, since losses are over the line."
    )
    assert (finding.stake, finding.odds) == ("allocation.churned", "allocation.holds")


def test_under_the_line_the_better_return_decides_and_odds_are_of_the_verdict():
    more = _finding(_rules(UNDER))
    new = _finding(_rules(UNDER, order={"probability": 0.03, "verdict": "new_business_first"}))
    facts = {fact.id: fact for fact in new.facts}

    assert "under the line of 30.0%, with odds of 98%" in more.answer
    assert "It would turn with ¥150 more lost (largest customers gone: 2)." in more.answer
    assert more.decision.startswith("Put the next spend into selling more to customers")
    assert new.decision.startswith("Put the next spend into new business")
    assert "already lies in the 40.0% – 50.0%" in new.decision
    assert (more.status, new.status) == ("watch", "good")
    assert facts["allocation.holds"].value == 0.97


@pytest.mark.parametrize(("language", "said"), [("en", "over 99%"), ("ja", "99%超")])
def test_a_verdict_of_every_draw_is_not_called_certain(language, said):
    rules = _rules({"probability": 1.0})
    finding = _finding(rules, language=language)
    shown = table(rules_shown(rules, language=language), "allocation_shown", language=language)

    assert said in finding.answer and "100" not in finding.answer
    assert any(said in cell for cell in shown.cells[0])


def test_what_is_not_settled_leaves_the_split_within_the_band():
    finding = _finding(_rules({"verdict": "undecided", "probability": 0.6}))

    assert "is not settled" in finding.answer
    assert finding.decision.startswith("Leave the aim as it is")
    assert (finding.status, finding.odds) == ("watch", "")


def test_rising_churn_comes_before_returns():
    finding = _finding(_rules(UNDER, stable={"verdict": "rising", "value": 1.6}))

    assert finding.decision.startswith("Churn is rising")
    assert finding.status == "watch"


def test_without_spend_there_is_no_verdict_on_returns_and_it_says_what_to_bring():
    bare = LACKING | {"lacking": "no_spend"}
    rules = _rules(UNDER, order=bare, share=bare, spend=np.nan, unbooked=("acquisition", "retention"), margin_source="none")  # fmt: skip

    finding = _finding(rules, _returns(empty=True))

    assert finding.status == "insufficient"
    assert finding.decision == (
        "Growth may come first, but as expansion or as new business cannot be said yet. "
        "To say what spend brings where, bring spend on acquisition and retention for every month from 2025-10 to 2026-09 "
        "(table spend, with hours where known) and a gross margin per product or for the company."
    )
    assert "came back" not in finding.answer


def test_losses_alone_need_no_spend_to_put_retention_first():
    bare = LACKING | {"lacking": "no_spend"}
    finding = _finding(_rules(order=bare, share=bare, spend=np.nan, unbooked=("acquisition",)))

    assert finding.status == "act"


def test_nothing_newly_won_has_no_ratio_and_still_a_verdict():
    finding = _finding(_rules({"value": np.nan, "low": np.nan, "high": np.nan}, won=0.0))

    assert finding.answer.startswith("Over 6 months ¥450 of MRR was lost and nothing newly won.")
    assert "¥150 less lost" in finding.answer


@pytest.mark.parametrize(
    ("lacking", "told", "answer", "decision"),
    [
        ("too_short", {"months": 4}, "needs 3 more months", "9 more months of revenue"),
        ("nothing_moved", {}, "nothing was lost and nothing newly won", "Look again once"),
    ],
)
def test_where_the_rule_cannot_be_applied_nothing_comes_first(lacking, told, answer, decision):
    finding = _finding(_rules(LACKING | {"lacking": lacking}, **told))

    assert finding.status == "insufficient"
    assert answer in finding.answer and decision in finding.decision


def test_orders_are_told_what_applies():
    gone = LACKING | {"lacking": "not_recurring"}
    rules = _rules(gone, gone, gone, basis="orders", churned=np.nan, won=np.nan)
    far = _rules(gone, gone, gone, {"value": 0.2, "verdict": "below"}, basis="orders", churned=np.nan, won=np.nan)  # fmt: skip

    assert _finding(rules).answer.startswith("Orders promise no next one")
    assert set(_finding(rules).tables) == {"allocation"}
    assert (_finding(rules).status, _finding(far).status) == ("good", "watch")
    assert "¥200 – ¥400 a year to move to them" in _finding(far).decision


def test_a_small_book_gets_no_split():
    finding = _finding(_rules(share={"verdict": "insufficient", "lacking": "few_customers"}))

    assert "for so small a book no band is applied" in finding.answer
    assert "go through them one by one" in finding.decision


def test_who_already_spends_beyond_the_band_is_not_turned_back():
    finding = _finding(_rules(share={"value": 0.7, "verdict": "above"}))

    assert "change what it is spent on, not how much" in finding.decision


def test_retention_is_told_from_where_it_pays_and_what_cannot_be_seen():
    beside = " ".join(_finding().caveats)

    assert "one percent of MRR kept is worth ¥200, so it pays from 0.2% of MRR kept" in beside
    assert "102.0% of that of the 3 months before: not settled" in beside
    assert "both taken to stay 24 months" in beside


def test_japanese_has_every_sentence():
    changes = [
        {}, {"rule": UNDER}, {"rule": {"verdict": "undecided"}}, {"rule": UNDER, "stable": {"verdict": "rising"}},
        {"rule": UNDER, "order": {"verdict": "undecided"}}, {"share": {"value": 0.7, "verdict": "above"}},
        {"rule": {"low": np.nan, "high": np.nan, "flip_customers": np.nan}},
        {"rule": UNDER | {"flip_customers": np.nan}, "order": {"probability": 0.05, "verdict": "new_business_first"}},
        {"share": {"value": 0.2, "verdict": "below"}, "annual": True},
    ]  # fmt: skip
    for change in changes:
        finding = _finding(_rules(**change), language="ja")
        assert finding.answer.endswith("。") and finding.decision.endswith("。")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_tables_are_written_and_shown_as_they_are(tmp_path, language):
    rules, returns = _rules(), _returns()
    write_csv(rules, "allocation", tmp_path / "allocation.csv")
    write_csv(returns, "returns", tmp_path / "returns.csv")
    shown = table(rules_shown(rules, language=language), "allocation_shown", language=language)
    earned = table(returns_shown(returns, language=language), "returns_shown", language=language)

    first = (tmp_path / "allocation.csv").read_text(encoding="utf-8").splitlines()[1]
    assert first == "churn_to_new,6,0.45,0.33,0.6,0.3,40,0.97,150,2,retention_first,true,"
    assert shown.cells[0][2:5] == ("45.0%", "33.0% – 60.0%", "30%")
    assert shown.cells[3][4] == "40% – 60%" and shown.cells[1][4] == "80% – 125%"
    assert [row[6] for row in earned.cells] == ["9.0", "–", "5.0"]
