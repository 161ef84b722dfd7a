"""Lines go where the table says, with ranges only where there are any."""

import numpy as np
import pandas as pd
import pytest

from ltvlab import charts
from ltvlab.charts.frames import spread

RETENTION = pd.DataFrame(
    {
        "month": pd.period_range("2026-07", periods=3, freq="M"),
        "nrr": [np.nan, 1.02, 1.05],
        "grr": [np.nan, 0.95, 0.93],
        "nrr_low": [np.nan, np.nan, 0.99],
        "nrr_high": [np.nan, np.nan, 1.10],
        "grr_low": np.nan,
        "grr_high": np.nan,
    }
)


def test_months_before_the_first_rate_are_not_drawn():
    axes = charts.rates(RETENTION, language="en")
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines}

    assert (lines["NRR"], lines["GRR"]) == ([1.02, 1.05], [0.95, 0.93])


def test_the_latest_rates_are_written_at_their_lines():
    texts = [text.get_text() for text in charts.rates(RETENTION, language="ja").texts]

    assert texts == ["NRR 105.0%", "GRR 93.0%"]


def test_a_trend_writes_its_last_value_in_its_unit():
    table = RETENTION.assign(mrr=[1e4, 2e4, 3e4])
    table.attrs["currency"] = "JPY"

    money = charts.trend(table, "mrr", language="ja", label="Closing MRR")
    share = charts.trend(table, "nrr", language="ja", label="Closing MRR", unit="rate")
    count = charts.trend(table, "mrr", language="ja", label="Closing MRR", unit="number")

    assert [axes.texts[0].get_text() for axes in (money, share, count)] == [
        "3万円",
        "105.0%",
        "30,000",
    ]


def test_labels_that_would_overlap_move_apart_in_order():
    placed = spread(np.array([0.5, 0.9, 0.5]), least=0.1)

    assert placed.argsort().tolist() == [0, 2, 1]
    assert np.diff(np.sort(placed)).min() > 0.0999
    assert placed.mean() == pytest.approx((0.5 + 0.5 + 0.9) / 3)
