"""Won of closed, its range, and what open, stale and quick deals could make of it (D40)."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.win_rates import (
    rate_range,
    win_rate_table,
    win_rates_by_month,
    wins_by_age,
    with_expansions_merged,
)

DAY = pd.Timestamp("2026-09-30")


def _closed(won, lost, *, day="2026-06-01", created="2026-05-01", **given):
    """Return closed deals, one per customer."""
    return {
        f"{given.get('pipeline', 'new')}{n}": {
            "is_won": n < won, "close_date": day, "created_date": created, "customer_id": f"C{n}", **given,
        }
        for n in range(won + lost)
    }  # fmt: skip


def _rates(view):
    return win_rate_table(view[0], as_of=DAY, seed=1).set_index("pipeline")


def test_six_won_and_nine_lost_are_40_percent_from_20_to_64(deal_view):
    """V11: open deals do not count; one deal per customer takes Wilson."""
    row = _rates(deal_view({**_closed(6, 9), "open": {}})).loc["new"]

    assert row[["won", "lost", "open"]].tolist() == [6, 9, 1]
    assert row["rate"] == 0.4
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.198, 0.643)


def test_a_deal_closed_a_year_and_a_day_ago_is_out(deal_view):
    """Twelve months up to 30 September 2026 begin on 1 October 2025."""
    rows = {**_closed(5, 0, day="2025-10-01", created="2025-09-01"),
            "old": {"is_won": False, "close_date": "2025-09-30", "created_date": "2025-09-01"}}  # fmt: skip

    assert _rates(deal_view(rows)).loc["new", ["won", "lost"]].tolist() == [5, 0]


def test_one_customer_with_most_deals_widens_the_range():
    """Twenty deals of one customer, all won, say less than twenty customers."""
    won = pd.Series([True] * 20 + [False] * 20)
    alone = pd.Series([f"C{n}" for n in range(40)])
    shared = pd.Series(["big"] * 20 + [f"C{n}" for n in range(20)])

    narrow, wide = (np.subtract(*rate_range(won, who, seed=1)[::-1]) for who in (alone, shared))

    assert wide > 1.5 * narrow


def test_all_won_by_few_customers_keeps_a_lower_bound():
    """Six deals of two customers: the bound is that of two, 34 %."""
    low, high = rate_range(pd.Series([True] * 6), pd.Series(list("AAABBB")), seed=1)

    assert (round(low, 2), high) == (0.34, 1.0)


def test_under_five_closed_there_is_no_rate(deal_view):
    row = _rates(deal_view(_closed(2, 2))).loc["new"]

    assert row[["won", "lost"]].tolist() == [2, 2]
    assert row[["rate", "low", "high", "if_stale_lost"]].isna().all()


def test_stale_open_deals_counted_as_lost_give_the_lower_bound(deal_view):
    """Won in 31 days; one deal open for 200 days: 6 of 16 instead of 6 of 15."""
    rows = {
        **_closed(6, 9),
        "old": {"created_date": "2026-03-14"},
        "young": {"created_date": "2026-09-20"},
    }

    row = _rates(deal_view(rows)).loc["new"]

    assert row["stale"] == 1
    assert row["if_stale_lost"] == 6 / 16


def test_a_win_within_seven_days_is_flagged_and_on_the_eighth_is_not(deal_view):
    rows = {**_closed(0, 5), "seven": {"is_won": True, "created_date": "2026-05-01", "close_date": "2026-05-08"},
            "eight": {"is_won": True, "created_date": "2026-05-01", "close_date": "2026-05-09"}}  # fmt: skip

    row = _rates(deal_view(rows)).loc["new"]

    assert row["quick"] == 1
    assert row["without_quick"] == pytest.approx(1 / 6)


def test_the_rate_by_amount_needs_amounts_of_lost_deals(deal_view):
    rows = {
        **_closed(5, 0, amount=100.0),
        "big": {"is_won": False, "close_date": "2026-06-01", "amount": 500.0},
    }
    known = _rates(deal_view(rows)).at["new", "by_amount"]
    rows["big"]["amount"] = None

    assert known == 0.5
    assert np.isnan(_rates(deal_view(rows)).at["new", "by_amount"])


@pytest.mark.parametrize(("cross", "names"), [(19, {"expansion"}), (20, {"upsell", "cross_sell"})])
def test_upsell_and_cross_sell_are_one_while_either_has_closed_under_twenty(
    deal_view, cross, names
):
    rows = {**_closed(10, 15, pipeline="upsell"), **_closed(0, cross, pipeline="cross_sell")}

    merged = with_expansions_merged(deal_view(rows)[0], as_of=DAY)

    assert set(merged["pipeline"]) == names


def test_by_age_a_loss_is_an_end_and_an_open_deal_is_not_yet_lost(deal_view):
    """Ten deals: five lost on day 10, three won on day 40, two open for 50 days or more."""
    rows = {**{f"L{n}": {"is_won": False, "created_date": "2026-01-01", "close_date": "2026-01-11"} for n in range(5)},
            **{f"W{n}": {"is_won": True, "created_date": "2026-01-01", "close_date": "2026-02-10"} for n in range(3)},
            **{f"O{n}": {"created_date": "2026-01-01"} for n in range(2)}}  # fmt: skip

    ages = wins_by_age(deal_view(rows)[0], as_of=DAY).set_index("age_days")

    assert ages.loc[30, ["share_won", "share_lost"]].tolist() == [0.0, 0.5]
    assert ages.loc[30, "at_risk"] == 5
    assert np.isnan(ages.at[60, "share_won"])


def test_by_age_censored_deals_lift_the_share_of_those_watched_longer(deal_view):
    """Ten created; five open for 20 days only, of the five watched on two are won on day 25: 40 %, not 20 %."""
    young = {f"Y{n}": {"created_date": "2026-09-10"} for n in range(5)}
    won = {
        f"W{n}": {"is_won": True, "created_date": "2026-01-01", "close_date": "2026-01-26"}
        for n in range(2)
    }
    old = {f"O{n}": {"created_date": "2026-01-01"} for n in range(5)}

    ages = wins_by_age(deal_view({**young, **won, **old})[0], as_of=DAY).set_index("age_days")

    assert ages.at[30, "share_won"] == pytest.approx(2 / 7)


def test_monthly_rates_stand_in_the_month_of_closing(deal_view):
    rows = {
        **_closed(3, 2, day="2026-06-30"),
        **{"late": {"is_won": True, "close_date": "2026-07-01"}},
    }

    months = win_rates_by_month(deal_view(rows)[0], as_of=DAY)

    assert months["month"].astype(str).tolist() == ["2026-06", "2026-07"]
    assert months["rate"].iloc[0] == 0.6 and np.isnan(months["rate"].iloc[1])
