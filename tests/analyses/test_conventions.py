"""The chapter on other tools: every sentence that gaps and invoices can lead to."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.conventions import (
    conclude,
    effect_words,
    gap_words,
    gaps,
    invoiced,
    single_effects,
)
from ltvlab.metrics.reconciliation import COLUMNS as BILL
from ltvlab.tables import COLUMNS, write_csv

ATTRS = {"currency": "JPY", "basis": "contracts", "month": "2026-09"}
AGREED = ("Stripe", "mrr", "money", 100.0, 100.0, "none", 0.0)
NAMES = {"ChartMogul", "Stripe", "dbt", "mrr-playbook"}


def _gaps(*rows, basis="contracts"):
    names = ["preset", "figure", "unit", "ours", "theirs", "convention", "part"]
    table = pd.DataFrame(rows, columns=names)
    table.attrs = ATTRS | {"basis": basis}
    return table


def _effects():
    names = ["convention", "setting", "figure", "unit", "ours", "theirs"]
    table = pd.DataFrame([("margin", "false", "ltv", "money", 75.0, 100.0)], columns=names)
    table.attrs = dict(ATTRS)
    return table


def _bill(*, residual=0.0, contracts_only=0.0, unbilled=0):
    row = dict.fromkeys(BILL, 0.0) | {
        "month": pd.Period("2026-09"), "mrr": 100.0, "residual": residual,
        "contracts_only": contracts_only, "credits": -5.0, "billed": 95.0,
    }  # fmt: skip
    table = pd.DataFrame([row])
    table.attrs = ATTRS | {"unbilled": unbilled, "unbilled_amount": 300.0 * unbilled}
    return table


NO_BILL = pd.DataFrame(columns=BILL)


def _finding(*rows, bill=NO_BILL, language="en"):
    return conclude(_gaps(*(rows or [AGREED])), _effects(), bill, language=language)


def test_where_tools_agree_the_answer_says_so_and_nothing_more():
    finding = _finding(AGREED)

    assert finding.answer == "Our MRR is ¥100. Stripe would show the same MRR."
    assert finding.status == "good"


def test_a_tool_that_shows_another_mrr_is_named_with_the_cause():
    finding = _finding(("dbt mrr-playbook", "mrr", "money", 100.0, 70.0, "snapshot", -30.0))

    assert finding.answer == (
        "Our MRR is ¥100. dbt mrr-playbook would show MRR ¥70, not ¥100 (-¥30), because it counts the first day of the month."
    )


def test_of_several_causes_the_largest_is_named():
    finding = _finding(
        AGREED,
        ("ChartMogul", "ltv", "money", 75.0, 110.0, "margin", 25.0),
        ("ChartMogul", "ltv", "money", 75.0, 110.0, "churn_window", 10.0),
    )

    assert finding.answer.endswith(
        "ChartMogul would show LTV ¥110, not ¥75 (+¥35), mostly because it counts revenue, not margin."
    )


def test_a_gap_too_small_to_see_is_told_for_mrr_only():
    rate = ("Stripe", "logo_churn", "rate", 0.0101, 0.0102, "churn_base", 0.0001)
    large = ("ChartMogul", "mrr", "money", 123_400_000.0, 123_400_001.0, "free", 1.0)

    answer = _finding(rate, large).answer

    assert "Stripe would" not in answer
    assert "ChartMogul would differ by +¥1 in MRR, because" in answer


@pytest.mark.parametrize(
    ("bill", "status", "said"),
    [
        (_bill(), "good", "name its convention"),
        (_bill(residual=-2.0), "act", "up to 2.0% of a month's MRR is unexplained"),
        (_bill(contracts_only=-3.0), "watch", "customers with 3.0% of this month's MRR"),
        (_bill(unbilled=2), "watch", "the 2 one-time fees in the contracts (¥600)"),
    ],
)
def test_the_decision_is_what_to_settle_first(bill, status, said):
    finding = _finding(bill=bill)

    assert finding.status == status
    assert said in finding.decision


def test_invoices_are_told_with_their_credits_taken_off():
    said = {residual: _finding(bill=_bill(residual=residual)).answer for residual in (0.0, 2.0)}

    assert "come to ¥95, credits of ¥5 taken off" in said[0.0]
    assert "no difference to MRR is unexplained" in said[0.0]
    assert "up to 2.0% of a month's MRR stays unexplained" in said[2.0]


def test_every_sentence_has_a_japanese_one(english_left):
    rows = [
        ("ChartMogul", "ltv", "money", 75.0, 110.0, "margin", 25.0),
        ("ChartMogul", "ltv", "money", 75.0, 110.0, "churn_window", 10.0),
        ("dbt mrr-playbook", "mrr", "money", 100.0, 70.0, "snapshot", -30.0),
        ("Stripe", "mrr", "money", 123_400_000.0, 123_400_001.0, "discounts", 1.0),
    ]
    bills = [NO_BILL, _bill(), _bill(residual=2.0), _bill(contracts_only=-3.0), _bill(unbilled=2)]

    for bill in bills:
        assert english_left(_finding(*rows, bill=bill, language="ja"), data=sorted(NAMES)) == []
    assert english_left(conclude(_gaps(basis="orders"), _effects(), NO_BILL, language="ja")) == []


def test_orders_get_one_honest_sentence(matrix, people):
    orders = matrix({"A": [1, 2]}, basis="orders")
    table = gaps(pd.DataFrame(), pd.DataFrame(), orders, people(orders))
    effects = single_effects(pd.DataFrame(), pd.DataFrame(), orders, people(orders))
    bill = invoiced(orders, pd.DataFrame(), pd.DataFrame())

    finding = conclude(table, effects, bill)

    assert (finding.status, finding.facts, finding.tables) == ("insufficient", (), {})
    assert "brings orders" in finding.answer


def test_words_of_a_gap_carry_sign_unit_and_cause():
    table = _gaps(
        AGREED,
        ("ChartMogul", "nrr", "rate", 1.0, 0.97, "retention", -0.04),
        ("ChartMogul", "nrr", "rate", 1.0, 0.97, "netting", 0.01),
        ("ChartMogul", "customers", "count", 10.0, 12.0, "free", 2.0),
    )

    words = gap_words(table, language="en")

    assert words["part"].tolist() == ["-4.00 points", "+1.00 points", "+2"]
    assert words["preset"].tolist() == ["ChartMogul", "", "ChartMogul"]
    assert words["theirs"].tolist() == ["97.0%", "", "12"]
    assert words["why"].iloc[1] == "every change within a month counts on its own"
    assert effect_words(_effects(), language="en")["gap"].tolist() == ["+¥25"]


def test_an_effect_that_no_reader_could_see_is_left_out():
    effects = _effects()
    effects.loc[0] = ("snapshot", "month_start", "grr", "rate", 0.9001, 0.9002)

    assert effect_words(effects, language="en").empty


def test_tables_are_filed_exactly(tmp_path):
    """Money as exact decimals, rates to ten digits, under the fixed columns."""
    rate = ("Stripe", "logo_churn", "rate", 0.25, 0.5, "churn_base", 0.25)
    finding = _finding(AGREED, rate, bill=_bill())

    for name, table in finding.tables.items():
        write_csv(table, name, tmp_path / f"{name}.csv")

    filed = (tmp_path / "convention_gaps.csv").read_text(encoding="utf-8").splitlines()
    assert filed == [
        ",".join(COLUMNS["convention_gaps"]),
        "Stripe,mrr,JPY,100,100,none,0",
        "Stripe,logo_churn,rate,0.25,0.5,churn_base,0.25",
    ]
    assert set(finding.tables) == {"convention_gaps", "convention_effects", "reconciliation"}


def test_every_figure_compared_is_a_fact():
    facts = {fact.id: fact for fact in _finding(AGREED, bill=_bill(unbilled=1)).facts}

    assert facts["conventions.stripe.mrr"].value == facts["conventions.ours.mrr"].value == 100
    assert facts["reconciliation.unbilled_one_time"].value == 300
    assert all(np.isfinite(fact.value) for fact in facts.values())
