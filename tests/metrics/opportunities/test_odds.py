"""Odds from the own past: what settled by the day, and nothing from a handful."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Rules
from ltvlab.metrics.opportunities.odds import past_odds, returns

HOLDS = [("A", "Mail", -12, 0, 1000.0, 10)]


def _deals(won, lost, *, pipeline="cross_sell", closed="2025-01-31", trigger=""):
    return pd.DataFrame(
        {
            "deal_id": [f"{trigger}{n}" for n in range(won + lost)],
            "pipeline": pipeline,
            "is_won": [True] * won + [False] * lost,
            "close_date": pd.Timestamp(closed),
            "source_trigger": trigger,
        }
    )


def test_the_odds_are_the_won_share_drawn_a_little_to_the_middle(book):
    """6 of 8, with two more that go half: 7 ÷ 10; the range is Wilson's of 6 of 8."""
    odds = past_odds(book(HOLDS, deals=_deals(6, 2)), Rules()).loc["cross_sell"]

    assert odds["probability"] == pytest.approx(0.7)
    assert (round(odds["low"], 3), round(odds["high"], 3), odds["n"]) == (0.409, 0.929, 8)


def test_fewer_than_five_past_deals_give_no_odds(book):
    assert np.isnan(past_odds(book(HOLDS, deals=_deals(4, 0)), Rules()).loc["cross_sell", "high"])


def test_a_deal_closed_after_the_day_is_not_known(book):
    later = _deals(20, 0, closed="2025-04-01")

    assert past_odds(book(HOLDS, deals=later), Rules()).loc["cross_sell", "n"] == 0


def test_upsell_leans_from_its_pipeline_to_the_deals_an_alert_started(book):
    """Pipeline 11 of 20, so 12 ÷ 22; alerted 10 of 10 with ten more as usual."""
    deals = pd.concat([_deals(1, 9, pipeline="upsell"), _deals(10, 0, pipeline="upsell", trigger="usage_alert")])  # fmt: skip

    odds = past_odds(book(HOLDS, deals=deals), Rules()).loc["upsell"]

    assert odds["probability"] == pytest.approx((10 + 10 * 12 / 22) / 20)
    assert odds["n"] == 10


def test_who_came_back_is_counted_among_those_away_for_three_months():
    """A returns after three months, B after two (not gone yet), C stays away, D left last month."""
    cells = {"A": [1, 0, 0, 0, 1], "B": [1, 0, 0, 1, 1], "C": [1, 0, 0, 0, 0], "D": [1, 1, 1, 1, 0]}

    assert returns(pd.DataFrame(cells).T) == (1, 2)
