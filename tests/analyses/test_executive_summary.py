"""The summary: what asks for a decision comes first, and the figures leadership knows by name."""

import pandas as pd
import pytest

from ltvlab.analyses.executive_summary import (
    CHAPTERS,
    KEY_FIGURES,
    cannot_say,
    conclude,
    decisions,
    in_order_or_unknown,
    key_figures,
    to_decide,
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

    assert decisions(findings, [], month="2026-09", language=language)["question"].tolist() == [
        "mrr_movements?", "data_quality?", "cohort_curves?", "segment_ltv?"
    ]  # fmt: skip
    assert decisions(acting, [], month="2026-09", language=language)["status"].tolist()[0] == "act"


def test_within_a_status_the_most_money_comes_first_and_is_shown():
    """The chapter without money at stake follows those that have some, whatever its place."""
    findings = [
        _finding("mrr_movements", "watch"), _finding("opportunities", "watch", stake="small"),
        _finding("sales_pipeline", "watch", stake="large", odds="sure"), _finding("data_quality", "good", stake="large"),
    ]  # fmt: skip
    facts = [_fact("small", "1000", "JPY"), _fact("large", "-90000", "JPY"), _fact("sure", 0.87)]

    table = decisions(findings, facts, month="2026-09", language="en")

    assert table[["question", "stake", "how_sure"]].to_numpy().tolist() == [
        ["sales_pipeline?", "-¥90k", "87%"], ["opportunities?", "¥1k", ""], ["mrr_movements?", "", ""],
        ["data_quality?", "-¥90k", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("en", "What moved?"), ("ja", "維持率")])
def test_what_cannot_be_said_names_what_unlocks_it(language, said):
    """One chapter without an answer, and one section of another that is refused."""
    table = decisions(
        [_finding("mrr_movements", "insufficient", question="What moved?"), _finding("x", "good")],
        [],
        month="2026-09",
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


def test_more_than_a_page_holds_is_counted_and_found_in_its_chapter():
    """Seven sections cannot be shown: three stand on the page, four are counted."""
    sections = pd.DataFrame({"section": ["retention"] * 7, "state": "refused", "reason": list("abcdefg")})  # fmt: skip

    unsaid = cannot_say(decisions([], [], month="2026-09", language="en"), sections, language="en")

    assert unsaid["unlock"].tolist()[:3] == list("abc")
    assert unsaid["topic"].iloc[3] == "4 more"
    assert len(unsaid) == 4


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "What moved? – Mind mrr_movements."), ("ja", "What moved?：Mind mrr_movements.")],
)
def test_what_is_on_course_comes_before_what_cannot_be_said(language, told):
    """What waits for a decision stands in another table."""
    findings = [
        _finding("mrr_movements", "insufficient", question="What moved?"), _finding("opportunities", "act"),
        _finding("segment_ltv", "good", task="Go on."),
    ]  # fmt: skip
    table = decisions(findings, [], month="2026-09", language=language)
    sections = pd.DataFrame({"section": [], "state": [], "reason": []})

    rest = in_order_or_unknown(table, sections, language=language)

    assert rest.to_numpy().tolist() == [["good", "Go on."], ["insufficient", told]]


def test_a_decision_says_what_is_done_by_whom_until_when_and_what_money_it_is_about():
    """30 September 2026 is a Wednesday: owners begin on Monday the 5th, leadership has October."""
    findings = [
        _finding("opportunities", "act", who="every_owner", task="Call.", stake="x", stake_is="margin_expected"),
        _finding("kpi_targets", "watch", who="leadership", stake="y", stake_is="mrr_to_plan"),
        _finding("segment_ltv", "good", who="marketing"),
    ]  # fmt: skip
    facts = [_fact("x", "9000", "JPY"), _fact("y", "-4000", "JPY")]

    table = decisions(findings, facts, month="2026-09", language="en")

    assert table[["task", "who", "stake"]].to_numpy().tolist() == [
        ["Call.", "Every owner, until Oct 5", "¥9k of margin expected"],
        ["Mind kpi_targets.", "Leadership, until Oct 31", "-¥4k of MRR against plan"],
        ["Mind segment_ltv.", "Marketing", ""],
    ]


def test_mrr_counts_as_a_year_of_it_beside_other_money():
    findings = [
        _finding("opportunities", "act", stake="margin", stake_is="margin_expected"),
        _finding("mrr_movements", "act", stake="lost", stake_is="mrr_lost"),
    ]
    facts = [_fact("margin", "11000", "JPY"), _fact("lost", "1000", "JPY")]

    asked = decisions(findings, facts, month="2026-09", language="en")["question"].tolist()

    assert asked == ["mrr_movements?", "opportunities?"]


def test_the_page_holds_five_decisions_and_the_answer_counts_all():
    findings = [_finding(f"chapter_{i}", "act") for i in range(8)] + [_finding()]

    table = decisions(findings, [], month="2026-09", language="en")
    answer = conclude(findings, [], month="2026-09").answer

    assert to_decide(table)["question"].tolist() == [f"chapter_{i}?" for i in range(5)]
    assert answer == "Of 9 questions 8 ask for attention; the first 5 stand below."


def test_the_month_is_told_by_its_largest_reasons_and_all_else_sums_to_the_change():
    """+9,000 -7,000 +3,000 -1,000 -2,000 = +2,000; the two smallest stand as one."""
    reasons = [("churn: churn", "-7000"), ("expansion: cross_sell", "9000"), ("new: new", "3000"),
               ("contraction: downsell", "-1000"), ("contraction: product_drop", "-2000")]  # fmt: skip
    facts = [_fact("mrr.month.reason", amount, "JPY", segment=name) for name, amount in reasons]
    facts += [_fact("mrr.closing", "500000", "JPY"), _fact("mrr.month_change", "2000", "JPY")]

    assert conclude([_finding()], facts, month="2026-09").answer.startswith(
        "MRR at the end of September 2026 is ¥500k, +¥2k on the month: cross-sell +¥9k, churn -¥7k, new +¥3k and all else -¥3k."
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([_fact("mrr.closing", "500000", "JPY"), _fact("mrr.month_change", "0", "JPY")],
         "MRR at the end of September 2026 is ¥500k, ¥0 on the month. None"),
        ([_fact("revenue.month", "700000", "USD"), _fact("revenue.month_change", "-5000", "USD")],
         "Orders of September 2026 came to $700k, -$5k on the month. None"),
        ([_fact("revenue.month", "700000", "USD")], "Orders of September 2026 came to $700k. None"),
        ([_fact("kpi.mrr.landing", "9000", "JPY", low="8000", high="9500"), _fact("kpi.mrr.year_end", "10000", "JPY")],
         "It is headed for ¥9k at the end of the fiscal year (range ¥8k – ¥9.5k); the target is ¥10k. None"),
    ],
)  # fmt: skip
def test_the_answer_says_what_there_are_figures_for(facts, said):
    assert conclude([_finding()], facts, month="2026-09").answer.startswith(said)


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
    [("en", "Of 3 questions 2 ask for attention."), ("ja", "3件の問いのうち2件に注意が必要です。")],
)
def test_the_answer_counts_what_waits_and_the_decision_is_the_first(language, start):
    findings = [
        _finding("segment_ltv"),
        _finding("mrr_movements", "watch"),
        _finding("cohort_curves", "act"),
    ]

    finding = conclude(findings, [], month="2026-09", language=language)

    assert finding.status == "act"
    assert finding.answer.startswith(start)
    assert finding.decision == "Mind cohort_curves."


@pytest.mark.parametrize(
    ("language", "start"),
    [
        ("en", "None of the 2 questions asks for action."),
        ("ja", "2件の問いのうち、対応が必要なものはありません"),
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

    assert decisions([own, fresh], [], month="2026-09", language="en")["question"].tolist() == [
        "New?"
    ]
