"""Deals that bunch at the ends of fiscal quarters, told from those of any month's end."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.selling.quarter_ends import quarter_end_discounts, quarter_ends

MONTH = pd.Period("2026-03", "M")


def _deals(days, **more):
    """Return won upsell deals closed on these days, and one long before that the records begin with."""
    closed = pd.to_datetime(pd.Series(["2020-01-15", *days]))
    table = pd.DataFrame(
        {
            "deal_id": [f"D{n}" for n in range(len(closed))], "customer_id": [f"C{n}" for n in range(len(closed))],
            "pipeline": "upsell", "created_date": pd.Timestamp("2020-01-02"), "close_date": closed,
            "is_won": True, "team": "East",
        }
    )  # fmt: skip
    return table.assign(**more)


def _won(deals, first_month=4, month=MONTH):
    table = quarter_ends(deals, month=month, fiscal_first_month=first_month)
    return table[table["event"] == "won"].set_index("responsible")


@pytest.mark.parametrize(("day", "late"), [("2026-03-22", 1), ("2026-03-21", 0), ("2026-03-31", 1), ("2026-02-28", 0)])  # fmt: skip
def test_the_last_ten_days_of_a_fiscal_quarter_count(day, late):
    row = _won(_deals([day])).loc["everyone"]

    assert (row["deals"], row["last_days"]) == (1, late)


def test_a_fiscal_year_that_begins_in_february_has_its_own_quarter_ends():
    row = _won(_deals(["2026-01-31"]), first_month=2).loc["everyone"]

    assert row["last_days"] == 1


def test_deals_before_eight_quarters_and_after_the_last_whole_one_are_left_out():
    days = ["2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01"]

    assert _won(_deals(days), month=pd.Period("2026-05", "M")).loc["everyone", "deals"] == 2


def test_wins_at_quarter_ends_alone_bunch_there():
    days = [f"2025-{month:02}-28" for month in (3, 6, 9, 12)] * 5

    assert _won(_deals(days)).loc["everyone", "verdict"] == "quarter_end"


def test_wins_at_every_months_end_are_no_matter_of_quarters():
    """A third of them falls on quarter ends, three times their share of days."""
    days = [f"2025-{month:02}-28" for month in range(1, 13)] * 5

    row = _won(_deals(days)).loc["East"]

    assert row["share"] == pytest.approx(1 / 3) and row["low"] > row["share_of_days"]
    assert (row["month_ends"], row["verdict"]) == (60, "month_end")


def test_wins_on_any_day_are_not_clear_and_eleven_of_them_say_nothing():
    spread = pd.date_range("2025-01-01", "2025-12-31", periods=120).strftime("%Y-%m-%d").tolist()

    assert _won(_deals(spread)).loc["everyone", "verdict"] == "not_clear"
    assert _won(_deals(["2025-03-31"] * 11)).loc["everyone", "verdict"] == "insufficient"


def test_the_quarter_in_which_records_begin_is_left_out():
    """Records from 1 March on: that quarter holds its end and not its beginning."""
    deals = _deals(["2025-03-30", "2025-05-10"]).iloc[1:]

    assert _won(deals).loc["everyone", "deals"] == 1


def test_without_an_expansion_pipeline_all_deals_are_counted():
    assert _won(_deals(["2025-05-10"], pipeline="sales")).loc["everyone", "deals"] == 1


def test_discounts_are_compared_where_list_amounts_are_brought():
    days = ["2025-03-30"] * 15 + ["2025-05-10"] * 15
    amount = np.repeat([100.0, 70.0, 90.0], [1, 15, 15])
    deals = _deals(days, amount=amount, list_amount=100.0)

    row = quarter_end_discounts(deals, month=MONTH, fiscal_first_month=4).iloc[0]

    assert row[["last_days", "other", "difference"]].tolist() == pytest.approx([0.3, 0.1, 0.2])
    assert quarter_end_discounts(_deals(days), month=MONTH, fiscal_first_month=4).empty


def test_no_deals_no_row():
    assert quarter_ends(pd.DataFrame(), month=MONTH, fiscal_first_month=4).empty
