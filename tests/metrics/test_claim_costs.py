"""What a new customer costs against a sale and against keeping one, and what five points of churn bring."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.claim_costs import churn_claims, cost_claims, purpose_spend, yearly

MONTHS = pd.date_range("2025-10-01", "2026-09-01", freq="MS")


def _spend(**per_month):
    rows = [
        {"month": month, "purpose": purpose, "channel": "Web", "amount": amount}
        for purpose, amount in per_month.items()
        for month in MONTHS
    ]
    return pd.DataFrame(rows)


def _book(old=24, new=12):
    """Return `old` customers that always pay and `new` that came half a year ago."""
    return {
        **{f"O{n}": [10] * 14 for n in range(old)},
        **{f"N{n}": [0] * 8 + [10] * 6 for n in range(new)},
    }


def _won(count):
    day = {"created_date": "2026-06-01", "close_date": "2026-07-01", "is_won": True}
    return {f"D{n}": {"customer_id": f"O{n}", "pipeline": "upsell", **day} for n in range(count)}


def test_a_new_customer_costs_five_times_a_sale_and_fifteen_times_keeping_one(records):
    """Acquisition 12 × 100 ÷ 12 new = 100; expansion 12 × 40 ÷ 24 sales = 20; kept: 24 + 12 × ½ = 30
    customers for 12 × 16 ⅔ = 200, so 6 ⅔ each."""
    spend = _spend(acquisition=100.0, expansion=40.0, retention=200 / 12)
    given = records(_book(), _won(24), spend=spend, opening=False)
    given = given._replace(
        customers=given.customers.assign(opening=given.customers.index.str[0] == "O")
    )

    found = cost_claims(given, seed=1)

    sale, keep = found["acquire_to_expand"], found["acquire_to_keep"]
    assert (sale.value, sale.n, sale.events) == (pytest.approx(5.0), 12, 12)
    assert sale.low < 5.0 < sale.high
    assert keep.value == pytest.approx(15.0, rel=1e-3)


def test_a_month_without_spend_a_company_without_it_and_one_without_sales_say_so(records):
    spend = _spend(acquisition=100.0, expansion=40.0)
    late = spend[~((spend["purpose"] == "expansion") & (spend["month"] == MONTHS[3]))]

    gap = cost_claims(records(_book(), _won(3), spend=late, opening=False), seed=1)
    unsold = cost_claims(records(_book(), spend=spend), seed=1)

    assert gap["acquire_to_expand"].lacking == "no_spend"
    assert unsold["acquire_to_expand"].lacking == "no_sales"
    assert {each.lacking for each in cost_claims(records(_book()), seed=1).values()} == {"no_spend"}


def test_spend_of_a_purpose_counts_the_last_twelve_months_alone(records):
    spend = pd.concat(
        [_spend(retention=10.0), _spend(retention=99.0).assign(month=pd.Timestamp("2025-09-01"))]
    )

    assert purpose_spend(records(_book(), spend=spend), "retention") == 120.0


def _losing(share, customers=200):
    """Return customers of which a share leaves, one after another, in each of the last twelve months."""
    left = {n: 2 + n % 12 for n in range(round(share * customers))}
    return {
        f"C{n}": [10] * left.get(n, 14) + [0] * (14 - left.get(n, 14)) for n in range(customers)
    }


def test_five_points_less_of_twenty_percent_a_year_are_about_a_third_more_life(records):
    found = churn_claims(records(_losing(0.2), opening=True), seed=1)["five_points_for_life"]
    lost, opened = 40, sum(_opened(0.2))
    monthly = lost / opened
    lowered = 1 - (1 - (yearly(monthly) - 0.05)) ** (1 / 12)

    assert found.value == pytest.approx(monthly / lowered - 1)
    assert 0.25 < found.low < found.value < found.high < 1.0
    assert found.events == 40


def _opened(share, customers=200):
    return [min(sum(row[1:13]) // 10, 12) for row in _losing(share, customers).values()]


def test_within_five_years_the_same_five_points_bring_less(records):
    found = churn_claims(records(_losing(0.2), opening=True), seed=1)

    life, years = found["five_points_for_life"], found["five_points_in_five_years"]
    assert 0.08 < years.value < 0.15 < life.value
    assert years.low <= years.value <= years.high


def test_churn_under_five_points_a_year_cannot_fall_by_five(records):
    found = churn_claims(records(_losing(0.04), opening=True), seed=1)

    assert found["five_points_for_life"].lacking == "low_churn"


def test_a_lower_bound_of_churn_under_five_points_leaves_no_upper_end(records):
    found = churn_claims(records(_losing(0.07), opening=True), seed=1)["five_points_for_life"]

    assert np.isinf(found.high) and np.isfinite(found.low)


def test_orders_and_a_first_year_say_why_there_is_no_churn(records):
    orders = churn_claims(records(_book(), basis="orders"), seed=1)
    short = churn_claims(records({"A": [1] * 6, "B": [1] * 6}), seed=1)

    assert {each.lacking for each in orders.values()} == {"not_recurring"}
    assert {each.lacking for each in short.values()} == {"too_short"}
