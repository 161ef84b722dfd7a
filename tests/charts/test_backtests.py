"""Forecasts beside what came: one line each, gaps where a model had no fit."""

import numpy as np
import pandas as pd

from ltvlab import charts


def forecasts(rows):
    columns = ["month", "model", "kind", "forecast", "actual"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["currency"] = "JPY"
    return table


MONTHS = pd.period_range("2025-03", periods=2, freq="3M").asfreq("M")
TABLE = forecasts(
    [
        (MONTHS[0], "survival", "model", 90.0, 100.0),
        (MONTHS[0], "renewal_model", "model", np.nan, 100.0),
        (MONTHS[0], "last_value", "baseline", 120.0, 100.0),
        (MONTHS[1], "survival", "model", np.nan, 110.0),
        (MONTHS[1], "renewal_model", "model", np.nan, 110.0),
        (MONTHS[1], "last_value", "baseline", 130.0, 110.0),
    ]
)


def test_every_forecaster_with_a_forecast_has_its_line_and_what_came_has_one(language):
    axes = charts.forecasts_by_origin(TABLE, language=language)

    drawn = [line.get_ydata().tolist() for line in axes.lines]
    np.testing.assert_array_equal(drawn, [[90.0, np.nan], [120.0, 130.0], [100.0, 110.0]])
    assert axes.lines[-1].get_label() == {"en": "What came", "ja": "実際"}[language]


def test_plain_rules_are_dashed_and_models_are_not(language):
    axes = charts.forecasts_by_origin(TABLE, language=language)

    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-"]


def test_the_axis_of_money_starts_at_zero_or_below(language):
    assert charts.forecasts_by_origin(TABLE, language=language).get_ylim()[0] == 0.0


def test_without_origins_the_chart_says_so(language):
    assert len(charts.forecasts_by_origin(forecasts([]), language=language).texts) == 1
