"""A CRM export nobody here made: other stages, no odds, no amounts on open deals, one product spelled twice."""

from pathlib import Path

import pandas as pd
import pytest

from ltvlab import load_deals, load_matrix, load_tables
from ltvlab.analyses.sales_pipeline import conclude, pipeline_tables

DATA = Path(__file__).parents[3] / "shared" / "data"
MAVEN, MONTH = "maven_crm", "2017-12"


@pytest.fixture
def pipeline(company):
    return pipeline_tables(*load_deals(company(MAVEN), MONTH), seed=1)


def test_4238_deals_are_won_63_15_percent_of_those_closed(pipeline):
    rates = pipeline["win_rates"].iloc[-1]

    assert rates["won"] == 4238
    assert round(rates["rate"], 4) == 0.6315
    assert rates["low"] < 0.6315 < rates["high"]


def test_open_deals_without_customer_are_counted_and_not_lost(pipeline):
    counts = pipeline["deal_counts"].set_index("group")

    assert counts.loc["without_customer", ["won", "lost", "open"]].tolist() == [0, 0, 1425]
    assert counts[["won", "lost", "open"]].to_numpy().sum() == 8800
    assert counts["amount"].sum() / 100 == 10_005_534


def test_the_product_spelled_two_ways_is_reported_with_its_amount(pipeline):
    raw = pd.read_csv(DATA / MAVEN / "sales_pipeline.csv")
    mine = raw[raw["product"] == "GTXPro"]
    finding = conclude(pipeline, month=MONTH)

    [found] = pipeline["alike_products"].to_dict("records")

    assert (found["spelled"], found["like"], found["deals"]) == ("GTXPro", "GTX Pro", len(mine))
    assert found["won_amount"] / 100 == mine["close_value"].sum()
    assert any("GTXPro – GTX Pro" in caveat for caveat in finding.caveats)


def test_one_line_of_params_makes_the_two_spellings_one(company):
    params = company(MAVEN, **{"# product: {GTXPro: GTX Pro}": "product: {GTXPro: GTX Pro}"})

    mapped = pipeline_tables(*load_deals(params, MONTH), seed=1)

    assert mapped["alike_products"].empty
    won = mapped["deal_outcomes"].set_index(["axis", "segment"])["won"]
    assert won["product_sold", "GTX Pro"] == 729


def test_the_intake_warns_of_the_unknown_product_and_the_missing_customers(company):
    warnings = load_tables(company(MAVEN), MONTH, names=["intake_warnings"])["intake_warnings"]
    rows = warnings.set_index(["table", "id"])["rows"]

    assert (rows["deals", "W209"], rows["orders", "W209"], rows["deals", "W213"]) == (
        1480,
        729,
        1425,
    )


def test_won_deals_are_the_company_s_orders(company):
    revenue = load_matrix(company(MAVEN), MONTH)

    assert revenue.to_numpy().sum() / 100 == pytest.approx(10_005_534)


def test_stages_of_its_own_get_odds_from_what_became_of_their_deals(pipeline):
    """Every closed deal was engaged; no closed deal is known to have been a prospect."""
    odds = pipeline["stage_odds"].set_index("stage")

    assert odds.index.tolist() == ["Prospecting", "Engaging"]
    assert odds.loc["Engaging", ["resolved", "won"]].tolist() == [6711, 4238]
    assert odds["calibrated_odds"].isna().tolist() == [True, False]
    assert pipeline["breach_list"].empty
