"""The history: what earlier reports said, what the same months read now, and the reasons in words."""

import pandas as pd
import pytest

from ltvlab.analyses.history import by_cause, changes_in_words, conclude, facts_in_words
from ltvlab.metrics.restatements import COLUMNS

COMPARED = ["since", "run", "month", "figure", "before", "after", "one_sided", "split"]
FACTS = ["since", "id", "month", "segment", "unit", "before", "after", "change"]
ROWS = ["since", "table", "rows_late", "rows_changed", "rows_gone"]


def _compared(*rows):
    return pd.DataFrame(list(rows), columns=COMPARED)


def _report(after=2_100_000.0, *, since="month_before", month="2026-08", one_sided=0, split=""):
    return [since, "20260901-abc", month, "closing", 2_000_000.0, after, one_sided, split]


def _restated(*parts, since="month_before"):
    """Return the restated MRR of August: cause, part of each."""
    change = sum(part for _, part in parts)
    rows = [
        [since, "mrr_movements", "closing", "2026-08", "money", 2e6, 2e6 + change, change, *part]
        for part in parts
    ]
    table = pd.DataFrame(rows, columns=["since", *COLUMNS])
    table.attrs = {"currency": "JPY", "month": "2026-09"}
    return table


def _conclude(compared, restated, *, facts=(), rows=(), language="en"):
    return conclude(
        compared,
        restated,
        pd.DataFrame(list(facts), columns=FACTS),
        pd.DataFrame(list(rows), columns=ROWS),
        language=language,
    )


def test_the_first_report_says_that_nothing_was_published_before():
    finding = _conclude(_compared(), _restated())

    assert finding.status == "insufficient"
    assert finding.answer.startswith("No report was published before")
    assert finding.facts == ()


def test_past_figures_that_stand_are_said_to_stand():
    finding = _conclude(_compared(_report(2_000_000.0)), _restated())

    assert finding.status == "good"
    assert finding.answer == "What the report for August 2026 led with, ¥2,000,000, stands."
    assert finding.decision == "Earlier figures can be quoted as they stand."


def test_a_change_is_told_with_its_causes_which_sum_to_it():
    parts = ("corrected_data", 130_000.0), ("changed_definition", -30_000.0)

    finding = _conclude(_compared(_report()), _restated(*parts))
    facts = {fact.id: fact for fact in finding.facts}

    assert finding.status == "watch"
    assert finding.answer == (
        "The report for August 2026 said ¥2,000,000; the same month now reads ¥2,100,000 (+¥100,000). "
        "By cause: corrected data +¥130,000 and changed definition -¥30,000. "
        "Past figures that read otherwise: 1 in all."
    )
    assert finding.decision.startswith("Ask in the source system")
    causes = [f.value for name, f in facts.items() if ".by_cause." in name]
    assert sum(causes) == facts["history.month_before.change"].value
    assert {fact.definition for fact in finding.facts} == {"D45"}


@pytest.mark.parametrize(
    ("cause", "part", "status"),
    [
        ("late_data", 9_000.0, "good"),
        ("late_data", 11_000.0, "watch"),
        ("settled", -9_000.0, "good"),
        ("changed_code", 1.0, "watch"),
        ("changed_params", 1.0, "watch"),
        ("not_split", 1.0, "watch"),
    ],
)
def test_half_a_percent_of_mrr_or_any_change_of_rules_asks_for_a_look(cause, part, status):
    finding = _conclude(_compared(_report(2e6 + part)), _restated((cause, part)))

    assert finding.status == status


def test_what_cannot_be_split_or_compared_is_said():
    finding = _conclude(
        _compared(_report(one_sided=3, split="no_inputs")), _restated(("not_split", 1e5))
    )

    said = " ".join(finding.caveats)
    assert "cannot be told apart: its inputs are no longer kept" in said
    assert "which are not compared: 3." in said


def test_the_tables_are_filed_exactly():
    restated = _restated(("late_data", 0.5))

    filed = _conclude(_compared(_report()), restated).tables["restatements"]

    assert filed.iloc[0][["unit", "before", "after", "part"]].tolist() == [
        "JPY", "2000000", "2000000.5", "0.5",
    ]  # fmt: skip


def test_changes_are_shown_a_row_per_cause_with_both_values_once():
    shown = changes_in_words(
        _restated(("corrected_data", 130_000.0), ("late_data", -30_000.0)), language="en"
    )

    assert shown[["figure", "said_then", "reads_now", "part"]].to_numpy().tolist() == [
        ["MRR", "¥2,000,000", "¥2,100,000", "+¥130,000"],
        ["MRR", "", "", "-¥30,000"],
    ]


def test_causes_are_counted_by_the_figures_they_changed():
    counted = by_cause(_restated(("corrected_data", 1.0), ("late_data", 2.0)))

    assert counted.to_numpy().tolist() == [
        ["month_before", "corrected_data", 1],
        ["month_before", "late_data", 1],
    ]


def test_facts_of_the_same_month_are_shown_in_their_unit():
    same = ["same_month", "ltv.new_customer", "2026-09", "all", "USD", 1234.0, None, None]
    rate = ["same_month", "retention.nrr", "2026-09", "all", "rate", 1.01, 0.99, -0.02]
    other = ["month_before", "x", "2026-08", "all", "count", 1.0, 2.0, 1.0]

    shown = facts_in_words(pd.DataFrame([same, rate, other], columns=FACTS), language="en")

    assert shown[["said_then", "reads_now"]].to_numpy().tolist() == [
        ["$1.23k", "–"],
        ["101.0%", "99.0%"],
    ]


def test_every_sentence_is_japanese_in_the_japanese_report(english_left):
    compared = _compared(_report(one_sided=2, split="not_built"), _report(since="same_month"))
    rows = [["month_before", "contracts", 1, 1, 0], ["same_month", "contracts", 0, 0, 1]]
    facts = [["same_month", "x", "2026-09", "all", "count", 1.0, 2.0, 1.0]]
    causes = [("late_data", 60_000.0), ("settled", 40_000.0)]

    finding = _conclude(compared, _restated(*causes), facts=facts, rows=rows, language="ja")

    assert english_left(finding) == []
    assert "2026年8月のレポートでは¥2,000,000でしたが、同じ月は現在¥2,100,000です" in finding.answer
