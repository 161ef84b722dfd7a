"""Are we on plan: the answer, the gap, what closes it, and what to bring where nothing can be judged."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.kpi_targets import (
    Outlook,
    conclude,
    indicators_in_words,
    kpis_in_words,
    renewal_tables,
    target_tables,
    year_in_words,
)
from ltvlab.metrics.kpi_series import KpiBook
from ltvlab.metrics.landings import Landing
from ltvlab.table_columns import COLUMNS
from ltvlab.tables import table as shown_table

MONTH = "2026-09"
VALUES = ["month", "axis", "segment", "value", "low", "high", "n", "horizon_months", "status"]
CHANGES = ["axis", "by_price", "by_frequency", "by_lifetime", "by_margin"]
TERMS = ["contract_id", "customer_id", "product", "currency", "amount", "term_months", "term_end",
         "notice_deadline", "auto_renew", "overdue", "notice_given_at", "leaves_at"]  # fmt: skip
# A grows by 10 and 30 in turn: 20 a month, 1,600 at the end.
GROWING = {"A": [1000 + 20 * n - 10 * (n % 2) for n in range(31)], "B": [500] * 31}


@pytest.fixture
def tables(matrix, people):
    """Return the function from targets and rows of amounts to every table of the chapter."""

    def build(targets=(), rows=GROWING, *, basis="contracts", terms=(), owners=None, outlook=None):
        mrr = matrix(rows, first="2024-03", basis=basis)
        customers = people(mrr, industry=["IT", "Food"][: len(mrr)])
        customers.attrs["fiscal_first_month"] = 4
        held = mrr.iloc[:0].set_axis(
            pd.MultiIndex.from_arrays([[], []], names=["customer_id", "family"])
        )
        book = KpiBook(
            mrr, customers, mrr, mrr * 0, pd.DataFrame(columns=["customer_id", "month", "reason", "amount"]),
            pd.DataFrame(columns=["customer_id"]), held, pd.DataFrame(), pd.DataFrame(),
        )  # fmt: skip
        plan = pd.DataFrame(list(targets), columns=["kpi", "month", "target"])
        plan["month"] = pd.to_datetime(plan["month"])
        plan.attrs = {"kpis": owners or {}}
        valued = {
            "values": pd.DataFrame(columns=VALUES), "changes": pd.DataFrame(columns=CHANGES),
            "acquisition": pd.DataFrame(columns=["channel", "ltv_cac"]),
        }  # fmt: skip
        found = target_tables(book, plan, valued, {}, seed=1, outlook=outlook)
        return found | renewal_tables(_terms(terms), _by_product(mrr))

    return build


def _terms(rows):
    table = pd.DataFrame(list(rows), columns=TERMS)
    for name in ("term_end", "notice_deadline", "notice_given_at", "leaves_at"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def _by_product(mrr):
    by_product = mrr.set_axis(
        pd.MultiIndex.from_product([mrr.index, ["P"]], names=["customer_id", "product"])
    )
    by_product.attrs = mrr.attrs
    return by_product


def plan(kpi, values):
    months = pd.period_range("2026-04", periods=12, freq="M").astype("str")
    return [(kpi, month, value) for month, value in zip(months, values, strict=True)]


FIGURES = {
    "en": ("¥2.4k", "¥2.1k", "¥2.22k", "¥2.76k", "-¥300", "25.0% more new customers"),
    "ja": ("2,400円", "2,100円", "2,220円", "2,760円", "-300円", "新規顧客を25.0%増やす"),
}


def _outlook(relative):
    """Return a forecast of 2,220 for the year's end, and the one lever that reaches the plan."""
    levers = pd.DataFrame(
        {
            "lever": ["new_customers"], "unit": ["customers_a_month"], "today": [4.0],
            "change": [4.0 * relative], "relative": [relative],
        }
    )  # fmt: skip
    return Outlook(Landing(2220.0, 2150.0, 2300.0), levers)


BEHIND = plan("mrr", [2100.0 + 60 * n for n in range(12)])
NOTICE = (
    "K",
    "B",
    "P",
    "JPY",
    500.0,
    12.0,
    "2026-10-31",
    None,
    False,
    False,
    "2026-09-01",
    "2026-10-31",
)
ENDS = ("K2", "A", "P", "JPY", 1600.0, 12.0, "2027-02-28", None, True, False, None, None)


def test_the_landing_of_mrr_is_the_one_of_the_reports_forecast(tables):
    row = tables(BEHIND, outlook=_outlook(0.25))["kpi_targets"].set_index("kpi").loc["mrr"]

    assert row[["landing", "landing_low", "landing_high"]].tolist() == [2220.0, 2150.0, 2300.0]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No single lever"), ("ja", "1つのレバーだけで")]
)
def test_a_lever_that_is_out_of_reach_is_not_advised(tables, language, said):
    finding = conclude(tables(BEHIND, outlook=_outlook(0.6)), month=MONTH, language=language)

    assert said in finding.decision
    assert "60" not in finding.decision


@pytest.mark.parametrize("language", ["en", "ja"])
def test_being_behind_names_the_gap_its_drivers_and_what_closes_it(tables, language, english_left):
    """A's 20 a month make 2,100 by now; planned are 2,400, and 2,760 at the year's end."""
    found = tables(BEHIND, terms=[NOTICE, ENDS], outlook=_outlook(0.25))

    finding = conclude(found, month=MONTH, language=language)

    assert finding.status == "act"
    said = finding.answer + finding.decision
    for figure in FIGURES[language]:
        assert figure in said, figure
    if language == "ja":
        assert english_left(finding, data=["KPI", "NPS"]) == []


def test_the_gap_of_the_drivers_is_the_gap_of_the_table(tables):
    found = tables(BEHIND)
    row = found["kpi_targets"].set_index("kpi").loc["mrr"]

    assert found["kpi_gaps"]["part"].sum() == row["gap"] == 2100.0 - 2400.0


def test_on_plan_says_so(tables):
    finding = conclude(tables(plan("mrr", [2000.0] * 12)), month=MONTH)

    assert finding.status == "good"
    assert finding.answer.startswith("On plan: all 1 KPIs with a target")
    assert "Hold the course" in finding.decision


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_targets_the_kpis_stand_and_say_what_to_bring(tables, language, english_left):
    finding = conclude(tables(), month=MONTH, language=language)

    assert finding.status == "insufficient"
    assert FIGURES[language][1] in finding.answer
    assert "MRR" in finding.decision and "NRR" in finding.decision
    if language == "ja":
        assert english_left(finding, data=["KPI", "NPS"]) == []


def test_a_name_nobody_knows_is_told_with_the_names_there_are(tables):
    finding = conclude(
        tables(
            [*BEHIND, ("demos", "2026-09", 3)], owners={"nrs": {"owner": "Ito", "cadence": None}}
        ),
        month=MONTH,
    )

    told = " ".join(finding.caveats)
    assert "demos and nrs" in told and "logo_churn" in told


def test_targets_of_unknown_names_alone_are_not_taken_for_none(tables):
    finding = conclude(tables([("demos", "2026-09", 3)]), month=MONTH)

    assert finding.status == "insufficient"
    assert "present ones" in finding.decision


def test_who_answers_is_the_companys_own_name(tables):
    finding = conclude(
        tables(BEHIND, owners={"mrr": {"owner": "Ito", "cadence": "quarterly"}}), month=MONTH
    )

    assert "MRR (Ito, quarterly)" in finding.decision


def test_committed_mrr_stands_beside_closing(tables):
    finding = conclude(tables(terms=[NOTICE, ENDS]), month=MONTH)
    facts = {fact.id: fact.value for fact in finding.facts}

    assert (facts["mrr.closing"], facts["renewals.committed_mrr"]) == (2100.0, 1600.0)
    assert facts["renewals.wall"] == 1600.0
    assert "most in February 2027" in finding.answer


def test_a_company_of_orders_is_told_by_its_year(tables):
    finding = conclude(tables(plan("revenue", [1500.0] * 12), basis="orders"), month=MONTH)

    assert finding.status == "good"
    assert "in the fiscal year so far" in finding.answer
    assert finding.tables["kpi_targets"]["kpi"].tolist()[0] == "revenue"
    assert "MRR" not in finding.answer


@pytest.mark.parametrize(
    "rows", [{"A": [0] * 30 + [100]}, {"A": [100] * 30 + [0], "B": [1] * 30 + [0]}]
)
def test_a_book_of_one_month_or_of_nobody_left_has_words(tables, rows, language="en"):
    finding = conclude(tables(BEHIND, rows), month=MONTH, language=language)

    assert "nan" not in finding.answer + finding.decision
    assert all(fact.value is None or np.isfinite(fact.value) for fact in finding.facts)


def test_files_hold_money_in_major_units_and_every_fixed_column(tables):
    found = tables(BEHIND)
    for each in found.values():
        each.attrs["currency"] = "USD"

    written = conclude(found, month=MONTH).tables

    mrr = written["kpi_targets"].set_index("kpi").loc["mrr"]
    assert (mrr["actual"], mrr["attainment"]) == (21.0, 2100 / 2400)
    assert all(set(COLUMNS[name]) <= set(table) for name, table in written.items())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_table_can_be_shown(tables, language):
    found = tables([*BEHIND, *plan("nrr", [1.0] * 12)], terms=[NOTICE, ENDS])
    standing = found["kpi_targets"]
    shown = [
        shown_table(kpis_in_words(standing, language=language), "kpis_now", language=language),
        shown_table(year_in_words(standing, language=language), "kpis_of_year", language=language),
        shown_table(found["gap_closers"], "gap_closers", language=language),
        shown_table(found["kpi_gaps"], "kpi_gaps", language=language),
        *(shown_table(indicators_in_words(found["indicators"], side=side, language=language), "indicators_shown", language=language) for side in ("leading", "lagging")),
        *(shown_table(found[name], name, language=language) for name in ("renewal_calendar", "co_terms", "notice_deadlines")),
    ]  # fmt: skip

    assert all("nan" not in repr(each).lower() for each in shown)
    points = "points" if language == "en" else "ポイント"
    assert points in repr(shown[1])
