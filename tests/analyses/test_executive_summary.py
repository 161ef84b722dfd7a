"""The summary: what asks for a decision comes first, and the figures leadership knows by name."""

import pytest

from ltvlab.analyses.executive_summary import (
    CHAPTERS,
    KEY_FIGURES,
    conclude,
    decisions,
    key_figures,
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

    assert decisions(findings, language=language)["question"].tolist() == [
        "mrr_movements?", "data_quality?", "cohort_curves?", "segment_ltv?"
    ]  # fmt: skip
    assert decisions(acting, language=language)["status"].tolist()[0] == "act"


def test_every_chapter_but_the_summary_has_its_place():
    assert set(CHAPTERS) == {
        "mrr_movements", "segment_ltv", "opportunities", "ltv_traits", "cohort_curves",
        "customer_segments", "sales_pipeline", "conventions", "data_quality",
    }  # fmt: skip


def test_key_figures_come_in_the_order_leadership_asks_for_them():
    facts = [
        _fact("ltv.new_customer", "1230000", "JPY", low="1000000", high="1500000", definition="D18"),
        _fact("retention.grr", 0.9), _fact("retention.nrr", 1.05, low=1.01, high=1.09),
        _fact("mrr.closing", "2500000", "JPY", definition="D06"), _fact("mrr.month_change", "50000", "JPY"),
    ]  # fmt: skip

    table = key_figures(facts, language="en")

    assert table.to_numpy().tolist() == [
        ["MRR", "¥2.5M", "", 40, "D06"],
        ["MRR change on the month", "+¥50k", "", 40, "D22"],
        ["NRR, 12 months", "105.0%", "101.0% – 109.0%", 40, "D22"],
        ["GRR, 12 months", "90.0%", "", 40, "D22"],
        ["Value of a new customer", "¥1.23M", "¥1M – ¥1.5M", 40, "D18"],
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
    assert key_figures([_fact("mrr.month_change", change, "JPY")], language="en")[
        "value"
    ].tolist() == [shown]


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
    assert list(key_figures([], language="ja")) == ["figure", "value", "range", "n", "definition"]


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

    assert decisions([own, fresh], language="en")["question"].tolist() == ["New?"]
