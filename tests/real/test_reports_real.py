"""The analyses on companies nobody here made, against figures computed another way."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ltvlab import load_customers, load_matrix
from ltvlab.analyses import cohort_curves, mrr_movements, segment_ltv
from ltvlab.feature_loading import load_terms
from ltvlab.report.run import run_report

DATA = Path(__file__).parents[3] / "shared" / "data"
RAVENSTACK, RESELLER = "ravenstack", "adventureworks_reseller"


@pytest.mark.parametrize(
    ("convention", "mrr"), [("exclusive", 10_159_608), ("inclusive", 10_259_509)]
)
def test_ravenstack_mrr_follows_the_declared_meaning_of_end_dates(company, convention, mrr):
    params = company(
        RAVENSTACK, **{"end_date_convention: exclusive": f"end_date_convention: {convention}"}
    )

    matrix = load_matrix(params, "2024-12")

    assert matrix.iloc[:, -1].sum() / 100 == mrr


def test_ravenstack_mrr_of_every_month_equals_a_count_straight_from_the_file(company):
    """An independent computation: lines active on each month's last day, trials left out."""
    bridge = _bridge(company(RAVENSTACK), "2024-12")
    lines = pd.read_csv(
        DATA / RAVENSTACK / "ravenstack_subscriptions.csv", parse_dates=["start_date", "end_date"]
    )
    paid = lines[~lines["is_trial"]]

    for month, closing in zip(bridge["month"], bridge["closing"], strict=True):
        day = month.end_time.normalize()
        active = (paid["start_date"] <= day) & ~(paid["end_date"] <= day)
        assert closing / 100 == paid.loc[active, "mrr_amount"].sum()


def test_ravenstack_lines_that_come_due_pay_what_mrr_says(company):
    """An independent computation: every line renews by itself, so all of MRR has a term."""
    params = company(RAVENSTACK)

    terms = load_terms(params, "2024-12")

    assert terms["contract_id"].is_unique
    assert terms["amount"].sum() == load_matrix(params, "2024-12").iloc[:, -1].sum()


def _bridge(params, month):
    return mrr_movements.movements(load_matrix(params, month), load_customers(params, month))


def test_ravenstack_says_which_meaning_of_churn_it_uses(company):
    params = company(RAVENSTACK)
    mrr, customers = load_matrix(params, "2024-12"), load_customers(params, "2024-12")
    bridge = mrr_movements.movements(mrr, customers)
    rates = mrr_movements.retention(mrr, customers, seed=1)

    finding = mrr_movements.conclude(bridge, rates, mrr_movements.revenue_by_month(mrr))

    assert any("churn_flag" in caveat for caveat in finding.caveats)


def test_ravenstack_values_stay_within_what_was_observed(company):
    """One loss in 24 months must not read as a life of centuries."""
    params = company(RAVENSTACK)
    mrr, customers = load_matrix(params, "2024-12"), load_customers(params, "2024-12")
    ltv = segment_ltv.ltv_by_segment(mrr, mrr, customers, seed=1)
    overall = ltv[ltv["axis"] == "all"].set_index("method")
    arpa = mrr.iloc[:, -1].sum() / (mrr.iloc[:, -1] > 0).sum()

    assert overall.loc["subscription", "value"] <= arpa * 60
    assert overall.loc["survival", "horizon_months"] < 24
    assert overall.loc["survival", "status"] == "indicative"


def test_reseller_revenue_and_margin_equal_the_file(company):
    """77,548,570.20 in all; margin is sales less cost, the 76 blank costs at the usual share."""
    params = company(RESELLER)
    revenue, margin = (
        load_matrix(params, "2020-05", value=value) for value in ("amount", "margin")
    )
    lines = pd.read_csv(DATA / RESELLER / "FactResellerSales.csv", na_values=["NULL"])
    known = lines["TotalProductCost"].notna()

    assert revenue.to_numpy().sum() == pytest.approx(77_548_570.20 * 100, abs=len(lines) / 1024)
    low = (
        lines["SalesAmount"].sum()
        - lines["TotalProductCost"].sum()
        - lines.loc[~known, "SalesAmount"].sum()
    )
    assert (
        low * 100 <= margin.to_numpy().sum() <= (low + lines.loc[~known, "SalesAmount"].sum()) * 100
    )


def test_reseller_orders_are_counted_once_however_many_lines_they_have(company):
    orders = load_matrix(company(RESELLER), "2020-05", value="orders")

    assert orders.to_numpy().sum() == pytest.approx(3_616)


def test_reseller_cohort_value_equals_a_plain_group_by(company):
    """Margin of the first twelve months per customer acquired, by pandas from the file."""
    params = company(RESELLER)
    mrr, customers = load_matrix(params, "2020-05"), load_customers(params, "2020-05")
    ltv = segment_ltv.ltv_by_segment(mrr, mrr, customers, seed=1)
    ours = ltv[(ltv["axis"] == "all") & (ltv["method"] == "cohort")].iloc[0]
    lines = pd.read_csv(DATA / RESELLER / "FactResellerSales.csv", parse_dates=["OrderDate"])
    month = lines["OrderDate"].dt.year * 12 + lines["OrderDate"].dt.month
    age = month - month.groupby(lines["ResellerKey"]).transform("min")
    old_enough = (2020 * 12 + 5) - month.groupby(lines["ResellerKey"]).transform("min") >= 11
    kept = lines[old_enough & (age < 12)]

    assert ours["n"] == kept["ResellerKey"].nunique()
    assert ours["value"] / 100 == pytest.approx(
        kept["SalesAmount"].sum() / kept["ResellerKey"].nunique()
    )


def test_reseller_has_no_bridge_and_no_curves(company):
    params = company(RESELLER)
    mrr, customers = load_matrix(params, "2020-05"), load_customers(params, "2020-05")

    assert mrr_movements.movements(mrr, customers).empty
    assert cohort_curves.survival(mrr, customers).empty
    assert np.isfinite(cohort_curves.cohort_logos(mrr, customers)["value"]).any()


# What orders are told otherwise in; with the slow tests, every chapter.
CHAPTERS = (
    "00_executive_summary",
    "01_data_quality",
    "02_mrr_movements",
    "03_segment_ltv",
    "04_cohort_curves",
)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_company_with_orders_gets_a_report_that_says_what_does_not_apply(
    company, tmp_path, every
):
    params = company(RESELLER)
    for file in sorted((tmp_path / "notebooks").glob("*.ipynb")):
        if not every and file.stem not in CHAPTERS:
            file.unlink()

    report = run_report(params, language="en", renderer="builtin")
    manifest = json.loads((report.folder / "manifest.json").read_text(encoding="utf-8"))
    tables = {file.stem for file in (report.folder / "internal/tables").glob("*.csv")}

    assert set(manifest["not_applicable"]) == {
        "mrr_movements", "mrr_reasons", "retention", "survival", "arpa", "gross_movements", "renewals",
        "convention_gaps", "convention_effects", "reconciliation", "scenarios", "allocation_months", "returns",
    }  # fmt: skip
    assert {"segment_ltv", "ltv_components", "cohort_logos", "cohort_revenue"} <= tables
    assert not tables & set(manifest["not_applicable"])
    assert "Not shown" in report.index.with_name("data_quality.html").read_text(encoding="utf-8")
