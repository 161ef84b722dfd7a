"""The gap to the plan, split to the last yen, and what would close it."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.plan_gaps import gap_closers, ltv_gap, mrr_gap

MONTHS = pd.period_range("2025-04", "2026-09", freq="M")


def bridge(*, months=MONTHS, opening=1000.0, **movements):
    """Return a bridge in which every month makes the same movements, or those listed."""
    table = pd.DataFrame({"month": months})
    for name in ("new", "reactivation", "expansion", "contraction", "churn", "fx"):
        table[name] = movements.get(name, 0.0)
    net = table.drop(columns="month").sum(axis=1)
    table["closing"] = opening + net.cumsum()
    return table.assign(opening=table["closing"] - net)


def test_the_parts_sum_to_the_gap():
    """From 1,000 the year before: new 20 a month, this year 10; churn 5, this year 8."""
    year = np.r_[[False] * 12, [True] * 6]
    book = bridge(new=np.where(year, 10.0, 20.0), churn=np.where(year, -8.0, -5.0))
    target = 1300.0

    gap = mrr_gap(book, target, fiscal_first_month=4, currency="JPY").set_index("driver")

    assert gap["part"].sum() == book["closing"].iloc[-1] - target
    assert gap["part"][["new", "churn", "expansion"]].tolist() == [-60.0, -18.0, 0.0]
    # The year began at 1,180: the plan asks for 120 by now where last year brought 90.
    assert gap["part"]["plan"] == 90.0 - 120.0


def test_without_the_same_months_of_last_year_drivers_stand_as_they_are():
    book = bridge(months=MONTHS[-8:], new=10.0)

    gap = mrr_gap(book, 1100.0, fiscal_first_month=4, currency="JPY")

    assert not gap.attrs["compared"]
    assert gap["part"].sum() == book["closing"].iloc[-1] - 1100.0
    assert gap.set_index("driver")["part"]["new"] == 60.0


def test_exchange_rates_are_a_driver_where_there_are_any():
    book = bridge(new=10.0, fx=np.r_[[0.0] * 17, [7.0]])

    gap = mrr_gap(book, 1.0, fiscal_first_month=4, currency="JPY")

    assert gap.set_index("driver")["part"]["fx"] == 7.0
    assert gap["part"].sum() == book["closing"].iloc[-1] - 1.0


@pytest.mark.parametrize("book", [bridge().iloc[:0], bridge(months=MONTHS[-2:])])
def test_a_year_whose_beginning_is_not_known_has_no_split(book):
    assert mrr_gap(book, 100.0, fiscal_first_month=4, currency="JPY").empty


def test_without_a_target_there_is_no_gap():
    assert mrr_gap(bridge(), np.nan, fiscal_first_month=4, currency="JPY").empty


CHANGES = pd.DataFrame(
    {"axis": ["all"], "by_price": [30.0], "by_frequency": [-5.0], "by_lifetime": [10.0], "by_margin": [0.0]}
)  # fmt: skip


@pytest.mark.parametrize(("actual", "rows"), [(135.0, 5), (140.0, 6)])
def test_the_parts_of_ltv_sum_to_its_gap_whatever_the_horizons(actual, rows):
    """Last year 100, planned 150; the factors explain 35 over the horizon of both years."""
    row = {"actual": actual, "target": 150.0, "last_year": 100.0, "gap": actual - 150.0}

    gap = ltv_gap(CHANGES, row, currency="JPY")

    assert gap["part"].sum() == row["gap"]
    assert gap.set_index("driver")["part"]["plan"] == -50.0
    assert len(gap) == rows


LEVERS = pd.DataFrame(
    {
        "lever": ["churn_points", "new_customers", "first_price", "expansion"],
        "unit": ["points_a_month", "customers_a_month", "of_the_price", "of_the_rate"],
        "today": [0.02, 8.0, 1.0, 1.0],
        "change": [-0.004, 2.0, 0.6, np.nan],
        "relative": [-0.2, 0.25, 0.6, np.nan],
    }
)


def test_levers_that_reach_the_target_are_named_and_near_up_to_a_quarter_of_today():
    """Expansion cannot reach it at all; first prices would have to rise by 60 %."""
    found = gap_closers(LEVERS, missing=1200.0, currency="JPY").set_index("lever")

    assert found["enough"].to_dict() == {
        "churn_points": True, "new_customers": True, "first_price": False,
    }  # fmt: skip
    assert found["more"].tolist() == [-0.004, 2.0, 0.6]
    assert found["change"].tolist() == [-0.2, 0.25, 0.6]


@pytest.mark.parametrize("missing", [0.0, -5.0, np.nan])
def test_nothing_is_asked_for_where_the_target_is_reached(missing):
    assert gap_closers(LEVERS, missing=missing, currency="JPY").empty
