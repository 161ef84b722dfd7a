"""Days from creation to a yes, with open deals still on their way (J7)."""

import numpy as np
import pandas as pd

from ltvlab.metrics.lead_times import lead_times

DAY = pd.Timestamp("2026-09-30")


def _won(days):
    start = pd.Timestamp("2026-01-01")
    return {
        f"W{n}": {"is_won": True, "created_date": "2026-01-01", "close_date": str((start + pd.Timedelta(days=d)).date())}
        for n, d in enumerate(days)
    }  # fmt: skip


def _median(view):
    return lead_times(view[0], as_of=DAY).set_index("pipeline").at["new", "median_days"]


def test_the_median_of_won_deals_is_the_day_half_of_them_were_won(deal_view):
    assert _median(deal_view(_won([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]))) == 40


def test_open_deals_lengthen_it_and_lost_ones_do_not(deal_view):
    """Six of twelve are won by day 50; without the two that are open it would be day 40."""
    won = _won([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
    still = {f"O{n}": {"created_date": "2026-01-01"} for n in range(2)}
    lost = {f"L{n}": {"is_won": False, "close_date": "2026-01-05"} for n in range(9)}

    assert _median(deal_view({**won, **still})) == 50
    assert _median(deal_view({**won, **lost})) == 40


def test_where_half_are_not_won_yet_there_is_no_median(deal_view):
    still = {f"O{n}": {"created_date": "2026-01-01"} for n in range(9)}

    assert np.isnan(_median(deal_view({**_won([10, 20, 30, 40, 50]), **still})))
    assert np.isnan(_median(deal_view(_won([10, 20]))))
