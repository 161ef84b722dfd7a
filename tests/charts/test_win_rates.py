"""Win rates as dots with ranges: one row per pipeline that has a rate."""

import numpy as np
import pandas as pd

from ltvlab import charts


def _rows(**changes):
    return pd.DataFrame(
        {"pipeline": ["new", "own", "all"], "won": [6, 1, 7], "lost": [9, 1, 10],
         "rate": [0.4, np.nan, 7 / 17], "low": [0.2, np.nan, 0.2], "high": [0.6, np.nan, 0.6]} | changes
    )  # fmt: skip


def test_pipelines_stand_from_the_top_with_their_closed_deals_and_those_without_a_rate_do_not():
    axes = charts.win_rates(_rows(), language="en")

    names = [label.get_text() for label in axes.get_yticklabels()]

    assert names == ["All pipelines (n=17)", "New (n=15)"]
    assert [text.get_text() for text in axes.texts] == ["41.2%", "40.0%"]


def test_without_a_rate_the_chart_says_so():
    axes = charts.win_rates(_rows(rate=np.nan), language="ja")

    assert [text.get_text() for text in axes.texts] == ["まだ表示できるデータがありません"]
