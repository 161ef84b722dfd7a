"""What expansion, retention and new business bring against what was spent on them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ltvlab.metrics.motion_returns import (
    Costs,
    expansion_against_new,
    expected_months,
    motion_costs,
    motion_returns,
    turning_sales,
)
from ltvlab.metrics.motion_sums import MotionSums, motion_sums

ATTRS = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
COSTS = {"expansion": Costs(100.0, 10.0, ""), "retention": Costs(50.0, np.nan, ""), "new": Costs(400.0, 20.0, "")}  # fmt: skip
NO_DUES = pd.DataFrame({"customer_id": [], "month": [], "status": []})


def _sums(expansion, new, *, lost=20, opened=400, margin=0.5, step=1):
    """Return as many customers as the longer list, who bought more and are new, `lost` of them lost."""
    size = max(len(expansion), len(new), lost)
    each = pd.DataFrame(0.0, index=range(size), columns=["expansion_mrr", "new_mrr"])
    each.loc[: len(expansion) - 1, "expansion_mrr"] = expansion
    each.loc[: len(new) - 1, "new_mrr"] = new
    each = each.assign(expansion=each["expansion_mrr"] * margin, new=each["new_mrr"] * margin)
    each = each.assign(lost=(np.arange(size) < lost) * 1.0, opened=opened / size)
    return MotionSums(each, step, 1000.0)


def test_a_return_is_margin_won_times_expected_months_over_cost():
    """20 of 400 customer-months are lost: 20 months. 20 × 10 won at half: 100 × 20 ÷ 100."""
    sums = _sums([5.0, 15.0] * 10, [20.0, 60.0] * 10)
    table = motion_returns(sums, COSTS, attrs=ATTRS, seed=1)
    rows = table.set_index("motion")

    assert rows.loc["expansion", ["won_mrr", "expected_months", "brought", "value"]].tolist() == [200, 20, 2000, 20]  # fmt: skip
    assert rows.loc["new", ["won_mrr", "brought", "value", "customers"]].tolist() == [800, 8000, 20, 20]  # fmt: skip
    assert rows.loc["expansion", "per_hour"] == 200.0
    assert (rows["low"] < rows["value"]).sum() == (rows["high"] > rows["value"]).sum() == 2


def test_what_retention_kept_is_not_claimed_only_from_where_it_pays():
    """One percent of 1,000 of margin a month, for 20 months, is 200; 50 of cost is a quarter of a percent."""
    row = motion_returns(_sums([10.0] * 20, [40.0] * 20), COSTS, attrs=ATTRS, seed=1).iloc[1]

    assert (row["point_worth"], row["break_even"]) == (200.0, 0.0025)
    assert np.isnan(row["value"]) and np.isnan(row["won_mrr"])


@pytest.mark.parametrize(
    ("lost", "opened", "step", "months"), [(20, 400, 1, 20.0), (20, 40, 12, 24.0), (10, 5000, 1, 60.0)]
)  # fmt: skip
def test_expected_months_are_a_step_over_the_share_lost_and_sixty_at_most(
    lost, opened, step, months
):
    assert expected_months(lost, opened, step) == months


def test_with_few_losses_the_expected_months_are_the_least_that_chance_allows():
    """Wilson: 2 of 100 may be as many as 7.0 %, so 14 months, not 50."""
    assert expected_months(2, 100, 1) == pytest.approx(14.2, abs=0.1)


def test_what_is_missing_is_named():
    def first(sums, costs=COSTS, **attrs):
        return motion_returns(sums, costs, attrs=ATTRS | attrs, seed=1)["lacking"].iloc[0]

    unbooked = COSTS | {"expansion": Costs(np.nan, np.nan, "months_missing")}
    assert first(None) == "too_short"
    assert first(None, basis="orders") == "not_recurring"
    assert first(_sums([1.0], [1.0]), margin_source="none") == "no_margin"
    assert first(_sums([1.0], [1.0]), unbooked) == "months_missing"


def _judged(sums, costs=COSTS):
    returns = motion_returns(sums, costs, attrs=ATTRS, seed=1)
    return expansion_against_new(sums, returns, seed=1)


def test_the_motion_that_returns_more_comes_first_where_that_is_sure():
    ahead = _judged(_sums([20.0] * 20, [20.0] * 20))
    behind = _judged(_sums([1.0] * 20, [20.0] * 20))

    assert (ahead["value"], ahead["verdict"]) == (4.0, "expansion_first")
    assert (behind["value"], behind["verdict"]) == (0.2, "new_business_first")
    # 400 won against 400 at a quarter of the cost: 100 would do, so 300 less.
    assert (ahead["flip_amount"], ahead["flip_customers"]) == (300.0, 15.0)
    # 20 against 100 needed for the same: 81 more are ahead of it.
    assert behind["flip_amount"] == 81.0


def test_eleven_buyers_settle_nothing_and_missing_spend_gives_no_verdict():
    unspent = COSTS | {"new": Costs(np.nan, np.nan, "no_spend")}

    assert _judged(_sums([20.0] * 11, [20.0] * 20))["verdict"] == "undecided"
    assert _judged(_sums([20.0] * 20, [20.0] * 20), unspent)["lacking"] == "no_spend"


@given(
    sold=st.lists(st.integers(0, 10**6), min_size=1, max_size=9), won=st.integers(1, 10**6),
    scale=st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]),
)  # fmt: skip
def test_the_flip_distance_turns_the_order_and_one_unit_less_does_not(sold, won, scale):
    assume(sum(sold) > 0)
    each = _sums([float(amount) for amount in sold], [float(won)], lost=0).each
    step, _ = turning_sales(each, scale)
    sales = sum(sold)
    ahead = sales * scale > won
    sign = -1 if ahead else 1

    assert ((sales + sign * step) * scale > won) != ahead
    assert ((sales + sign * (step - 1)) * scale > won) == ahead


def test_sales_and_joiners_earn_the_margin_of_their_month(matrix):
    """A joins at 10 and buys 5 more at a margin of half; the price rise and old sales are none."""
    mrr = matrix({"A": [0, 0, 10, *[15] * 11], "B": [20.0] * 13 + [0]})
    reasons = pd.DataFrame(
        {
            "customer_id": ["A", "A", "B"], "month": [mrr.columns[3].ordinal, mrr.columns[4].ordinal, mrr.columns[1].ordinal],
            "reason": ["cross_sell", "price", "upsell_seats"], "amount": [5.0, 1.0, 9.0],
        }
    )  # fmt: skip
    sums = motion_sums(mrr, mrr / 2, pd.Series([False, True], index=mrr.index), reasons, NO_DUES)

    assert sums.each.loc["A", ["expansion_mrr", "expansion", "new_mrr", "new"]].tolist() == [5, 2.5, 10, 5]  # fmt: skip
    assert sums.each.loc["B", ["expansion_mrr", "lost", "opened"]].tolist() == [0, 1, 12]
    assert motion_sums(mrr.iloc[:, :12], mrr / 2, pd.Series(), reasons, NO_DUES) is None


def test_a_yearly_book_counts_contracts_lost_per_contract_due(matrix):
    mrr = matrix({"A": [1.0] * 14, "B": [1.0] * 14})
    months = pd.PeriodIndex(["2024-12", "2025-01", "2025-02", "2024-01"], freq="M")
    dues = pd.DataFrame(
        {"customer_id": list("AABB"), "month": months, "status": ["renewed", "lost", "pending", "lost"]}
    )  # fmt: skip
    reasons = pd.DataFrame({"customer_id": [], "month": [], "reason": [], "amount": []})

    sums = motion_sums(mrr, mrr, pd.Series(True, index=mrr.index), reasons, dues)

    assert sums.step == 12
    assert sums.each[["lost", "opened"]].to_numpy().tolist() == [[1, 2], [0, 0]]


def test_new_business_costs_what_the_table_of_cac_says():
    booked = pd.DataFrame(
        {"amount": [900.0, 100.0, np.nan], "hours": [9.0, 1.0, np.nan], "months": [12, 12, 3]},
        index=["acquisition", "expansion", "retention"],
    )
    acquired = pd.DataFrame({"verdict": ["at_least_3"], "spend": [850.0]})

    costs = motion_costs(booked, acquired)

    assert costs["new"] == (850.0, 9.0, "") and costs["expansion"].amount == 100.0
    assert costs["retention"].lacking == "months_missing"
    assert motion_costs(booked, acquired.iloc[:0])["new"].lacking == "no_spend"
    assert motion_costs(booked, acquired.assign(verdict="too_short"))["new"].lacking == "months_missing"  # fmt: skip
