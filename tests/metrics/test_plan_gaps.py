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


def test_each_lever_alone_closes_the_gap():
    """1,200 are missing in six months: 200 a month, four customers of 60 (three and a third)."""
    book = bridge(new=120.0, expansion=50.0, churn=-30.0)
    row = {"year_end": 5000.0, "landing": 3800.0}

    found = gap_closers(book, row, asp=60.0, months_left=6, currency="JPY").set_index("lever")

    assert found["more"].to_dict() == {
        "new_customers": 4.0, "expansion": 200.0, "less_lost": -200.0, "price_rise": 1200.0,
    }  # fmt: skip
    assert found["now"]["new_customers"] == 2.0
    # Only 30 a month are lost: losing nothing would not be enough.
    assert found["enough"].tolist() == [True, True, False, True]


@pytest.mark.parametrize(("landing", "left"), [(5000.0, 6), (4000.0, 0), (np.nan, 6)])
def test_nothing_is_asked_for_where_the_target_is_reached_or_the_year_is_over(landing, left):
    row = {"year_end": 5000.0, "landing": landing}

    assert gap_closers(bridge(), row, asp=60.0, months_left=left, currency="JPY").empty


def test_without_new_customers_no_number_of_them_is_named():
    found = gap_closers(
        bridge(), {"year_end": 2000.0, "landing": 1000.0}, asp=np.nan, months_left=1, currency="JPY"
    )

    assert "new_customers" not in set(found["lever"])
    assert found["change"].isna().sum() == 2
