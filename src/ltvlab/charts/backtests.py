"""Forecasts of earlier quarters beside what came: was the model nearer than the plain baselines?"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ltvlab import theme
from ltvlab.charts.frames import as_money, as_months, grid, new_axes, nothing_yet
from ltvlab.text import translator


def forecasts_by_origin(forecasts: pd.DataFrame, *, language: str) -> Axes:
    """Draw one line per forecaster across origins, and what came as the line to be near.

    Models are solid, baselines dashed; a gap is an origin at which a model had no fit.
    """
    if forecasts.empty:
        return nothing_yet(language)
    say = translator(language)
    axes = new_axes(language)
    wide = forecasts.pivot(index="month", columns="model", values="forecast")
    came = forecasts.groupby("month")["actual"].first().to_numpy(float)
    baselines = set(forecasts.loc[forecasts["kind"] == "baseline", "model"])
    shown = [name for name in forecasts["model"].unique() if wide[name].notna().any()]
    for name, colour in zip(shown, theme.LINES, strict=False):
        style = (
            {"linestyle": (0, (4, 2)), "linewidth": 1.4} if name in baselines else {"linewidth": 2}
        )
        line = wide[name].to_numpy(float)
        axes.plot(line, marker="o", markersize=3.5, color=colour, label=say(name), **style)
    axes.plot(came, color=theme.INK, linewidth=2.6, marker="o", label=say("What came"))
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low), high + 0.1 * (high - low))
    as_months(axes, wide.index.to_series())
    as_money(axes.yaxis, forecasts, language)
    axes.set_ylabel(say("Margin of the next 12 months"))
    axes.figure.legend(loc="outside lower center", ncols=3)
    grid(axes)
    return axes
