"""How many times as often existing customers say yes (J5)."""

import numpy as np
import pandas as pd

from ltvlab.metrics.expansion_ratio import expansion_ratio

DAY = pd.Timestamp("2026-09-30")


def _deals(pipeline, won, lost, *, size="1–49"):
    return {
        f"{pipeline}{size}{n}": {
            "pipeline": pipeline, "is_won": n < won, "close_date": "2026-06-01", "size": size,
            "customer_id": f"{pipeline}{size}{n}",
        }
        for n in range(won + lost)
    }  # fmt: skip


def test_half_against_a_quarter_is_twice_as_often(deal_view):
    rows = {**_deals("upsell", 5, 5), **_deals("cross_sell", 5, 5), **_deals("new", 5, 15)}

    found = expansion_ratio(deal_view(rows)[0], as_of=DAY, seed=1)

    assert (found.expansion, found.new, found.ratio, found.n) == (0.5, 0.25, 2.0, 40)
    assert 0.5 < found.low < 2.0 < found.high


def test_a_mix_of_sizes_alone_makes_no_ratio(deal_view):
    """Large customers say yes to 3 of 4, small ones to 1 of 4, and expansion meets more large ones."""
    rows = {**_deals("upsell", 12, 4, size="big"), **_deals("upsell", 1, 3),
            **_deals("new", 3, 1, size="big"), **_deals("new", 4, 12)}  # fmt: skip

    found = expansion_ratio(deal_view(rows)[0], as_of=DAY, seed=1)

    assert found.ratio > 1.8
    assert found.same_size == 1.0


def test_without_five_closed_on_either_side_or_without_a_new_win_there_is_no_ratio(deal_view):
    few = {**_deals("upsell", 2, 2), **_deals("new", 5, 15)}
    none = {**_deals("upsell", 5, 5), **_deals("new", 0, 20)}

    for rows in (few, none):
        found = expansion_ratio(deal_view(rows)[0], as_of=DAY, seed=1)
        assert all(np.isnan(value) for value in (found.ratio, found.low, found.high))
