"""Weighted amounts under both odds, and earlier forecasts held against what came (D39)."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.pipeline_forecasts import (
    forecast_history,
    forecast_table,
    open_deals,
    stage_table,
)
from ltvlab.metrics.stage_odds import stage_odds

DAY = pd.Timestamp("2026-09-30")
FIVE = {"機会認識": 1000.0, "ニーズ確認": 800.0, "提案": 600.0, "交渉": 400.0, "受注": 200.0}


def _open(view):
    book, history = view
    odds = stage_odds(book, history)
    return open_deals(book, odds), odds


def test_the_weighted_pipeline_of_the_articles_is_1100(deal_view):
    """V10: 1000, 800, 600, 400 and 200 at 10, 25, 50, 75 and 100 %."""
    rows = {
        str(n): {"stage": name, "amount": amount, "is_won": None}
        for n, (name, amount) in enumerate(FIVE.items())
    }
    rows["Z"] = {"is_won": False, "close_date": "2026-02-01", "stage": "失注"}

    deals, odds = _open(deal_view(rows))

    assert forecast_table(deals)["by_stated"].iloc[-1] == 1100.0
    assert stage_table(deals, odds)["weighted"].sum() == 1100.0
    assert stage_table(deals, odds)["stage"].tolist() == list(FIVE)


def test_a_deal_in_a_stage_without_odds_is_counted_and_adds_nothing(deal_view):
    deals, odds = _open(deal_view({"A": {"stage": "Hello"}, "B": {"stage": "提案"}}))

    every = forecast_table(deals).iloc[-1]

    assert every[["deals", "without_odds", "by_stated"]].tolist() == [2, 1, 50.0]
    assert np.isnan(stage_table(deals, odds).set_index("stage").at["Hello", "weighted"])


def _five_closed_and_five_open_at_the_quarter_end():
    """Five closed by March (one won); five open then at 提案, of which one is won in May for 100."""
    closed = {
        f"C{n}": {
            "is_won": n == 0,
            "close_date": "2026-02-01",
            "created_date": "2026-01-01",
            "stage": "終了",
        }
        for n in range(5)
    }
    later = {
        f"O{n}": {
            "is_won": n == 0,
            "close_date": "2026-05-01",
            "created_date": "2026-03-01",
            "stage": "終了",
        }
        for n in range(5)
    }
    changes = [
        (name, "提案", day)
        for name, day in [*((c, "2026-01-10") for c in closed), *((o, "2026-03-10") for o in later)]
    ]
    return {**closed, **later}, changes


def test_a_past_forecast_uses_odds_stages_and_losses_known_then(deal_view):
    """1 of 5 was won by March: (1 + 2 × 0.5) ÷ (5 + 2) = 2/7 on 500; the 2 of 10 of today would give 3/12."""
    rows, changes = _five_closed_and_five_open_at_the_quarter_end()
    book, history = deal_view(rows, *changes)

    past = forecast_history(book, history, as_of=DAY)

    march = past[past["quarter_end"] == "2026-03-31"].iloc[0]
    assert march["deals"] == 5
    assert march["by_stated"] == 250.0
    assert march["by_calibrated"] == pytest.approx(500 * 2 / 7, abs=0.001)
    assert march[["brought", "still_open"]].tolist() == [100.0, 0]


def test_a_quarter_end_too_near_to_judge_is_left_out(deal_view):
    """Two median cycles (31 days and 61, so 46 by the median) are 92 days: not over on 15 June."""
    rows, changes = _five_closed_and_five_open_at_the_quarter_end()
    book, history = deal_view(rows, *changes)

    assert forecast_history(book, history, as_of=pd.Timestamp("2026-06-15")).empty


def test_without_a_closed_deal_there_is_no_past_forecast(deal_view):
    assert forecast_history(*deal_view({"A": {}}), as_of=DAY).empty
