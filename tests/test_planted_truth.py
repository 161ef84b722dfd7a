"""Each analysis against what was planted in the demo company: does it find what is there?"""

import pandas as pd
import pytest

from ltvlab import load_customers, load_matrix, load_tables
from ltvlab.analyses import (
    cohort_curves,
    data_quality,
    executive_summary,
    mrr_movements,
    segment_ltv,
)

DEMO = ("params/demo.yml", "2026-09")
AXES = {"first_basket": "product"}
SIZES = {"small": "1–49", "middle": "50–299", "large": "300+"}


@pytest.fixture
def mrr(planted):
    return load_matrix(*DEMO)


@pytest.fixture
def customers(planted):
    return load_customers(*DEMO)


@pytest.fixture
def ltv(mrr, customers):
    margin = load_matrix(*DEMO, value="margin")
    return segment_ltv.ltv_by_segment(mrr, margin, customers, seed=1)


def test_mrr_movements_close_on_the_planted_mrr_and_customers_of_every_month(
    planted, mrr, customers
):
    booked = pd.DataFrame(planted["booked_mrr"]["expected"])

    bridge = mrr_movements.movements(mrr, customers).tail(len(booked))

    assert bridge["month"].astype(str).tolist() == booked["month"].tolist()
    assert bridge["closing"].tolist() == booked["mrr"].tolist()
    assert bridge["customers"].tolist() == booked["customers"].tolist()


def test_segment_ltv_ranges_hold_the_true_values(planted, ltv):
    """The truth of a newly won customer lies in nine of ten ranges of the firm segments."""
    truth = pd.DataFrame(planted["true_values"]["expected"])
    truth["axis"] = truth["axis"].replace(AXES)
    truth["segment"] = truth["segment"].replace(SIZES)
    shown = ltv[ltv["headline"] & ltv["comparable"]]
    both = shown.merge(truth, on=["axis", "segment"], suffixes=("", "_true"), validate="one_to_one")

    inside = (both["low"] <= both["value_true"]) & (both["value_true"] <= both["high"])

    assert len(both) >= 12
    assert (
        both.loc[both["axis"] == "all", "segment"].tolist() == ["all"]
        and inside[both["axis"] == "all"].all()
    )
    assert inside.mean() >= 0.9


def test_segment_ltv_finds_that_large_customers_are_worth_most(ltv):
    """Planted: hazard × 0.6 and first prices that rise with employees."""
    contrasts = segment_ltv.segment_contrasts(ltv)
    clear = contrasts[contrasts["p_value"] < 0.05]

    best = clear.sort_values("difference").iloc[-1]

    assert (best["axis"], best["segment"]) == ("size", "300+")


def test_cohort_curves_show_the_planted_bad_cohort_below_its_neighbours(planted, mrr, customers):
    """2024-Q4 was drawn with a raised hazard and a discount that runs out."""
    logos = cohort_curves.cohort_logos(mrr, customers)
    at_year = logos[(logos["age"] == 13) & logos["value"].notna()].set_index("cohort")["value"]

    assert at_year["2024-Q4"] < at_year["all"]


def test_cohort_curves_keep_opening_customers_out_of_triangles_and_in_curves(
    planted, mrr, customers
):
    """Customers from before the records began enter late (left truncation)."""
    logos = cohort_curves.cohort_logos(mrr, customers)
    curve = cohort_curves.survival(mrr, customers).query("axis == 'all'")

    assert (
        logos.query("age == 0 and cohort != 'all'")["base"].sum() == (~customers["opening"]).sum()
    )
    assert curve["age"].max() > mrr.shape[1]


def test_data_quality_counts_exactly_the_planted_ugliness(planted):
    excluded = load_tables(*DEMO, names=["intake_excluded"])["intake_excluded"]
    counts = excluded.set_index(["table", "reason"])["rows"]
    planted_rows = {
        ("contracts", "X202"): "ugly_contracts_duplicate",
        ("deals", "X202"): "ugly_deals_duplicate",
        ("customers", "X202"): "ugly_customers_duplicate",
        ("customers", "X203"): "ugly_customers_blank_rows",
        ("spend", "X203"): "ugly_spend_blank_rows",
    }

    for place, name in planted_rows.items():
        size = planted[name]["size"]
        assert counts[place] == (size if isinstance(size, int | float) else sum(size.values())), (
            name
        )


def test_data_quality_leaves_out_nothing_but_copies_blanks_and_the_future(planted):
    excluded = load_tables(*DEMO, names=["intake_excluded"])["intake_excluded"]

    assert set(excluded["reason"]) <= {"X201", "X202", "X203"}
    assert set(data_quality.excluded_rows(excluded, language="en")["reason"]) == {
        "dated after the report date", "exact duplicate of a row with the same id", "blank row",
    }  # fmt: skip


def test_executive_summary_puts_what_asks_for_action_first(mrr, customers, ltv):
    """The demo's retention is no clear win, its segments are clear: watch comes before good."""
    bridge = mrr_movements.movements(mrr, customers)
    rates = mrr_movements.retention(mrr, customers, seed=1)
    revenue = mrr_movements.revenue_by_month(mrr)
    orders = mrr * 0
    found = [
        mrr_movements.conclude(bridge, rates, revenue),
        segment_ltv.conclude(ltv, segment_ltv.ltv_components(ltv, mrr, customers, orders=orders)),
    ]

    table = executive_summary.decisions([finding.record() for finding in found], language="en")

    assert table["status"].tolist() == ["watch", "good"]
