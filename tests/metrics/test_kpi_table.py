"""Plan against actual: attainment both ways, the share of the plan due, and what is behind."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.kpi_months import WHOLE, kpi_months
from ltvlab.metrics.kpi_table import attainment, kpi_table
from ltvlab.metrics.kpis import KPIS, with_owners
from ltvlab.metrics.plans import plan_of

MONTHS = pd.period_range("2025-01", "2026-09", freq="M")


def standing(figures, targets=(), *, month="2026-09", basis="contracts", settings=None, parts=None):
    """Return the table for KPIs given as lists that end in `month`; targets as (kpi, month, target)."""
    months = pd.period_range(end=month, periods=len(MONTHS), freq="M")
    series = pd.DataFrame(np.nan, index=months, columns=list(KPIS))
    for name, values in figures.items():
        series.loc[months[-len(values) :], name] = values
    plan = pd.DataFrame(list(targets), columns=["kpi", "month", "target", "segment"][: len(targets[0])]) if targets else None  # fmt: skip
    if plan is not None:
        plan["month"] = pd.to_datetime(plan["month"])
    rows = kpi_months({WHOLE: series} | (parts or {}), plan_of(plan, currency="JPY"))
    return kpi_table(
        rows, month=months[-1], kpis=with_owners(settings or {}), fiscal_first_month=4, basis=basis, seed=1,
    )  # fmt: skip


def whole_year(kpi, values):
    return [(kpi, str(month), value) for month, value in
            zip(pd.period_range("2026-04", periods=12, freq="M"), values, strict=True)]  # fmt: skip


def row(table, kpi):
    return table[table["kpi"] == kpi].iloc[0]


@pytest.mark.parametrize(
    ("actual", "target", "better", "share"),
    [(90.0, 100.0, "higher", 0.9), (0.02, 0.01, "lower", 0.5), (0.01, 0.02, "lower", 2.0),
     (0.0, 0.01, "lower", np.nan), (5.0, 0.0, "higher", np.nan), (-5.0, 10.0, "higher", np.nan)],
)  # fmt: skip
def test_attainment_turns_where_lower_is_better(actual, target, better, share):
    np.testing.assert_equal(attainment(actual, target, better), share)


def test_the_share_of_a_plan_that_is_due_comes_from_its_own_months():
    """The plan takes half of the way in its first month, then is slow: 60 of 100 by September."""
    plan = [1050.0, 1052, 1054, 1056, 1058, 1060, 1065, 1070, 1075, 1080, 1090, 1100]
    actual = [1000.0] * 15 + [1005, 1010, 1015, 1020, 1025, 1030]

    found = row(standing({"mrr": actual}, whole_year("mrr", plan)), "mrr")

    assert (found["pace"], found["done"]) == (0.6, 0.3)
    assert (found["year_to_date"], found["year_end"], found["gap"]) == (30.0, 1100.0, -30.0)
    assert found["last_year"] == 1000.0


def test_a_sum_is_due_by_its_months_and_compared_with_the_same_months_of_last_year():
    """Six months of 100 against 80 a year before; the plan asks for 90 and then 150 a month."""
    actual = [80.0] * 15 + [100.0] * 6

    found = row(
        standing(
            {"revenue": actual}, whole_year("revenue", [90.0] * 6 + [150.0] * 6), basis="orders"
        ),
        "revenue",
    )

    assert found["pace"] == pytest.approx(540 / 1440)
    assert found["done"] == pytest.approx(600 / 1440)
    assert found["year_to_date"] == 600.0
    assert found["year_growth"] == pytest.approx(0.25)


def test_the_mean_churn_of_the_year_is_judged_and_not_its_last_month():
    """Five months at 3 % and a quiet September: above the 1.5 % that the plan allows."""
    actual = [0.03] * 20 + [0.0]

    found = row(
        standing({"logo_churn": actual}, whole_year("logo_churn", [0.015] * 12)), "logo_churn"
    )

    assert found["year_to_date"] == pytest.approx(0.025)
    assert (found["pace"], found["done"]) == (pytest.approx(0.5), pytest.approx(0.15 / 0.18))
    assert found["status"] == "act"


def test_exactly_on_plan_is_on_plan():
    """0.011 a month, six of twelve: the shares differ by a float's last digit."""
    table = standing({"logo_churn": [0.011] * 21}, whole_year("logo_churn", [0.011] * 12))

    assert row(table, "logo_churn")["status"] == "good"


def test_a_plan_of_one_figure_has_no_share_that_is_due():
    found = row(standing({"nrr": [0.95] * 21}, whole_year("nrr", [1.0] * 12)), "nrr")

    assert np.isnan(found["pace"]) and found["attainment"] == 0.95


@pytest.mark.parametrize(
    ("now", "step", "status"),
    [(1000.0, 0.0, "act"), (1000.0, 100.0, "watch"), (1200.0, 0.0, "good"), (1200.0, -100.0, "watch")],
)  # fmt: skip
def test_behind_with_no_way_back_asks_for_action(now, step, status):
    """Target 1,100 throughout; the landing is the last month and six more steps."""
    actual = now + step * np.arange(-20, 1)

    assert (
        row(standing({"mrr": actual}, whole_year("mrr", [1100.0] * 12)), "mrr")["status"] == status
    )


def test_in_the_last_month_of_the_year_what_came_is_the_verdict():
    plan = [("mrr", "2026-03", 1100.0)]

    short = standing({"mrr": [1000.0 + n for n in range(21)]}, plan, month="2026-03")
    met = standing({"mrr": [2000.0 - n for n in range(21)]}, plan, month="2026-03")

    assert (row(short, "mrr")["status"], row(met, "mrr")["status"]) == ("act", "good")


def test_what_has_no_target_or_no_figure_says_why():
    table = standing(
        {"mrr": [1.0] * 21, "arpa": [1.0] * 21}, [("arpa", "2026-09", 1.0), ("nps", "2026-09", 9.0)]
    )
    reasons = table.set_index("kpi")["reason"]

    assert reasons[["mrr", "arpa", "nps", "nrr"]].tolist() == [
        "no_target", "", "needs_surveys", "needs_history",
    ]  # fmt: skip
    assert "revenue" not in reasons


def test_a_recurring_target_of_a_company_of_orders_is_kept_and_explained():
    table = standing({"revenue": [1.0] * 21}, [("nrr", "2026-09", 1.0)], basis="orders")

    assert table.set_index("kpi")["reason"]["nrr"] == "not_for_orders"
    assert "grr" not in set(table["kpi"])


def test_a_target_for_a_segment_nobody_is_in_is_kept_and_explained():
    table = standing({"nrr": [1.0] * 21}, [("nrr", "2026-09", 1.0, "Moon")])

    assert table[table["segment"] == "Moon"]["reason"].tolist() == ["no_such_customers"]


def test_a_segment_has_rows_for_its_targets_alone():
    part = pd.DataFrame(1.0, index=MONTHS, columns=list(KPIS))

    table = standing(
        {"nrr": [1.0] * 21}, [("nrr", "2026-09", 0.9, "IT")], parts={("IT", "all", "all"): part}
    )

    assert table[table["segment"] == "IT"]["kpi"].tolist() == ["nrr"]
    assert table[table["segment"] == "IT"]["status"].tolist() == ["good"]


def test_owners_and_cadences_are_the_companys_where_it_names_them():
    table = standing({"nrr": [1.0] * 21}, settings={"nrr": {"owner": "Ito", "cadence": None}})

    found = row(table, "nrr")
    assert (found["responsible"], found["cadence"]) == ("Ito", "monthly")
