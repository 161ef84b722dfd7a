"""Values over months: all with its range, one line per segment that is more than indicative."""

import numpy as np
import pandas as pd

from ltvlab import charts


def _values(segments=("IT", "Food"), status="ok"):
    months = pd.period_range("2026-07", periods=3, freq="M")
    rows = [("all", "all", 1e6, "ok"), *(("industry", name, 2e6, status) for name in segments)]
    table = pd.DataFrame(
        [
            (month, axis, name, value + 1e5 * place, value * 0.9, value * 1.2, 40, 24, state)
            for axis, name, value, state in rows
            for place, month in enumerate(months)
        ],
        columns=[
            "month",
            "axis",
            "segment",
            "value",
            "low",
            "high",
            "n",
            "horizon_months",
            "status",
        ],
    )
    table.attrs = {"currency": "JPY"}
    return table


def test_lines_go_where_the_table_says(language):
    axes = charts.values_by_month(_values(), language=language)

    assert [list(line.get_ydata()) for line in axes.lines] == [
        [1e6, 1.1e6, 1.2e6],
        [2e6, 2.1e6, 2.2e6],
        [2e6, 2.1e6, 2.2e6],
    ]
    assert {"IT", "Food"} < {text.get_text() for text in axes.texts}


def test_indicative_and_unknown_segments_make_no_line():
    assert len(charts.values_by_month(_values(status="indicative"), language="en").lines) == 1
    assert len(charts.values_by_month(_values(("Unknown", "IT")), language="en").lines) == 2


def test_one_month_or_none_makes_no_line():
    table = _values()
    alone = table[table["month"] == table["month"].max()]

    for nothing in (alone, table.assign(value=np.nan)):
        axes = charts.values_by_month(nothing, language="en")
        assert axes.texts[0].get_text() == "Nothing to show yet"
