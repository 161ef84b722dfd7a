"""The summary: what asks for a decision comes first, and the figures leadership knows by name."""

import pandas as pd
import pytest

from ltvlab.analyses.executive_summary import (
    CHAPTERS,
    KEY_FIGURES,
    cannot_say,
    conclude,
    decisions,
    key_figures,
    month_changes,
    who_starts,
)
from ltvlab.text import known


def _finding(slug="mrr_movements", status="good", **words):
    said = {
        "question": f"{slug}?",
        "answer": f"{slug} stands.",
        "decision": f"Mind {slug}.",
        "caveats": [],
    }
    return {"slug": slug, "status": status} | said | words


def _fact(name, value, unit="rate", *, low=None, high=None, n=40, segment="all", definition="D22"):
    return {
        "id": name, "value": value, "low": low, "high": high, "unit": unit, "n": n,
        "definition": definition, "month": "2026-09", "segment": segment,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_asks_for_action_comes_first_then_what_leadership_asks_first(language):
    findings = [
        _finding("data_quality", "watch"), _finding("cohort_curves", "good"), _finding("segment_ltv", "insufficient"),
        _finding("mrr_movements", "watch"),
    ]  # fmt: skip
    acting = [*findings, _finding("cohort_curves", "act")]

    assert decisions(findings, [], language=language)["question"].tolist() == [
        "mrr_movements?", "data_quality?", "cohort_curves?", "segment_ltv?"
    ]  # fmt: skip
    assert decisions(acting, [], language=language)["status"].tolist()[0] == "act"


def test_within_a_status_the_most_money_comes_first_and_is_shown():
    """The chapter without money at stake follows those that have some, whatever its place."""
    findings = [
        _finding("mrr_movements", "watch"), _finding("opportunities", "watch", stake="small"),
        _finding("sales_pipeline", "watch", stake="large", odds="sure"), _finding("data_quality", "good", stake="large"),
    ]  # fmt: skip
    facts = [_fact("small", "1000", "JPY"), _fact("large", "-90000", "JPY"), _fact("sure", 0.87)]

    table = decisions(findings, facts, language="en")

    assert table[["question", "stake", "how_sure"]].to_numpy().tolist() == [
        ["sales_pipeline?", "-¥90k", "87.0%"], ["opportunities?", "¥1k", ""], ["mrr_movements?", "", ""],
        ["data_quality?", "-¥90k", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("en", "What moved?"), ("ja", "維持率")])
def test_what_cannot_be_said_names_what_unlocks_it(language, said):
    """One chapter without an answer, and one section of another that is refused."""
    table = decisions(
        [_finding("mrr_movements", "insufficient", question="What moved?"), _finding("x", "good")],
        [],
        language=language,
    )
    sections = pd.DataFrame(
        {
            "section": ["retention", "survival_curves"],
            "state": ["refused", "shown"],
            "reason": ["needs 3 more months", ""],
        }
    )

    unsaid = cannot_say(table, sections, language=language)

    assert unsaid["unlock"].tolist() == ["Mind mrr_movements.", "needs 3 more months"]
    assert said in unsaid["topic"].iloc[0 if language == "en" else 1]


def test_each_owner_starts_with_what_is_due_soonest():
    talks = pd.DataFrame(
        {
            "owner": ["Ito", "Ito", "Sato"],
            "customer_id": ["C1", "C2", "C3"],
            "propose_by": [None, "2026-10-09", "2026-10-02"],
        }
    )

    first = who_starts(talks, month="2026-09", language="en")

    assert first["customer_id"].tolist() == ["C3", "C2"]
    assert first["propose_by"].tolist() == ["2026-10-02", "2026-10-09"]


@pytest.mark.parametrize(("language", "said"), [("en", "at once"), ("ja", "至急")])
def test_what_was_due_when_the_month_ended_is_due_at_once(language, said):
    talks = pd.DataFrame({"owner": ["Ito"], "customer_id": ["C1"], "propose_by": ["2026-09-30"]})

    assert who_starts(talks, month="2026-09", language=language)["propose_by"].tolist() == [said]


def test_the_month_is_told_by_its_largest_reasons():
    facts = [
        _fact("mrr.month.reason", "-7000", "JPY", segment="churn: churn", n=2),
        _fact("mrr.month.reason", "9000", "JPY", segment="expansion: cross_sell", n=3),
        _fact("mrr.month_change", "2000", "JPY"),
    ]
    rows = month_changes(facts, language="en")
    finding = conclude([_finding()], facts, month="2026-09")

    assert rows[["reason", "amount", "customers"]].to_numpy().tolist() == [
        ["cross_sell", "+¥9k", 3],
        ["churn", "-¥7k", 2],
    ]
    assert "MRR changed by +¥2k on the month; the largest single part is cross-sell (+¥9k)." in (
        finding.answer
    )


def test_every_chapter_but_the_summary_has_its_place():
    assert set(CHAPTERS) == {
        "mrr_movements", "mrr_scenarios", "segment_ltv", "opportunities", "ltv_traits",
        "cohort_curves", "customer_segments", "sales_pipeline", "selling_effects", "claims",
        "conventions", "history", "data_quality", "kpi_targets", "resource_allocation",
    }  # fmt: skip


def test_key_figures_come_in_the_order_leadership_asks_for_them():
    facts = [
        _fact("ltv.new_customer", "1230000", "JPY", low="1000000", high="1500000", definition="D18"),
        _fact("retention.grr", 0.9), _fact("retention.nrr", 1.05, low=1.01, high=1.09),
        _fact("mrr.closing", "2500000", "JPY", definition="D06"), _fact("mrr.month_change", "50000", "JPY"),
        _fact("retention.nrr_month_change", -0.004), _fact("survival.12", 0.8), _fact("pipeline.win_rate.all", 0.4),
    ]  # fmt: skip

    table = key_figures(facts, language="en")

    assert table.to_numpy().tolist() == [
        ["MRR", "¥2.5M", "+¥50k", "", 40, "D06"],
        ["NRR, 12 months", "105.0%", "-0.4 points", "101.0% – 109.0%", 40, "D22"],
        ["GRR, 12 months", "90.0%", "", "", 40, "D22"],
        ["Value of a new customer", "¥1.23M", "", "¥1M – ¥1.5M", 40, "D18"],
        ["Customers kept after 12 months", "80.0%", "", "", 40, "D22"],
    ]


@pytest.mark.parametrize(("language", "shown"), [("en", "$1.23k"), ("ja", "$1,235")])
def test_money_in_facts_is_read_as_major_units(language, shown):
    """facts.json holds dollars, not cents."""
    assert key_figures([_fact("mrr.closing", "1234.56", "USD")], language=language)[
        "value"
    ].tolist() == [shown]


@pytest.mark.parametrize(
    ("change", "shown"), [("-50000", "-¥50k"), ("0", "¥0"), ("50000", "+¥50k")]
)
def test_a_change_carries_its_sign(change, shown):
    facts = [_fact("mrr.closing", "900000", "JPY"), _fact("mrr.month_change", change, "JPY")]

    assert key_figures(facts, language="en")["month_change"].tolist() == [shown]


def test_facts_of_a_segment_or_without_a_value_are_no_key_figures():
    facts = [
        _fact("mrr.closing", "5", "JPY", segment="Retail"),
        _fact("retention.nrr", None),
        _fact("survival.12", 0.8),
    ]

    assert key_figures(facts, language="en")["figure"].tolist() == [
        "Customers kept after 12 months"
    ]


def test_figures_of_orders_are_left_out_where_there_is_mrr():
    orders = [
        _fact("cohort.logos_12", 0.4),
        _fact("ltv.cohort.all", "900", "JPY"),
        _fact("revenue.month", "100", "JPY"),
    ]

    with_mrr = key_figures([*orders, _fact("mrr.closing", "5", "JPY")], language="en")
    without = key_figures(orders, language="en")

    assert with_mrr["figure"].tolist() == ["MRR"]
    assert without["figure"].tolist() == [
        "Order revenue in the month", "Customers active 12 months after the start", "Margin per customer at equal age"
    ]  # fmt: skip


def test_without_facts_the_table_is_empty_but_has_its_columns():
    assert list(key_figures([], language="ja")) == [
        "figure", "value", "month_change", "range", "n", "definition"
    ]  # fmt: skip


def test_every_key_figure_has_a_japanese_name():
    assert set(KEY_FIGURES.values()) <= known("ja")


@pytest.mark.parametrize(
    ("language", "start"),
    [("en", "September 2026: 2 of 3 questions"), ("ja", "2026年9月:3件の問いのうち2件")],
)
def test_the_answer_counts_what_waits_and_leads_with_the_first(language, start):
    findings = [
        _finding("segment_ltv"),
        _finding("mrr_movements", "watch"),
        _finding("cohort_curves", "act"),
    ]

    finding = conclude(findings, [], month="2026-09", language=language)

    assert finding.status == "act"
    assert finding.answer.startswith(start)
    assert "cohort_curves stands." in finding.answer
    assert finding.decision == "Mind cohort_curves."


@pytest.mark.parametrize(
    ("language", "start"),
    [
        ("en", "September 2026: none of the 2"),
        ("ja", "2026年9月:2件の問いのうち、対応が必要なものはありません"),
    ],
)
def test_where_nothing_waits_the_answer_says_so(language, start):
    finding = conclude(
        [_finding("segment_ltv"), _finding(status="insufficient")],
        [],
        month="2026-09",
        language=language,
    )

    assert finding.status == "good"
    assert finding.answer.startswith(start)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_findings_the_reader_is_sent_to_the_other_notebooks(english_left, language):
    finding = conclude([], [], month="2026-09", language=language)

    assert finding.status == "insufficient"
    assert finding.answer == {
        "en": "No finding has been recorded for this month yet.", "ja": "この月の結論はまだ記録されていません。"
    }[language]  # fmt: skip
    assert finding.decision == {
        "en": "Run the other notebooks first.", "ja": "先に他のノートブックを実行してください。"
    }[language]  # fmt: skip
    if language == "ja":
        assert english_left(finding) == []


def test_the_summary_repeats_no_tables_and_no_facts():
    finding = conclude([_finding()], [_fact("mrr.closing", "5", "JPY")], month="2026-09")

    assert (finding.tables, finding.facts) == ({}, ())


def test_the_summary_of_a_published_report_is_no_finding_of_its_own():
    """In JupyterLab the published findings are read, the summary's own among them."""
    own = {
        "slug": "executive_summary",
        "question": "?",
        "status": "act",
        "answer": "",
        "decision": "",
    }
    fresh = {
        "slug": "brand_new",
        "question": "New?",
        "status": "good",
        "answer": "",
        "decision": "",
    }

    assert decisions([own, fresh], [], language="en")["question"].tolist() == ["New?"]
