"""What a customer was worth at each month end, all customers and segment by segment."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ltvlab import theme
from ltvlab.charts.frames import as_money, as_months, grid, label_ends, new_axes, nothing_yet
from ltvlab.text import OTHER, UNKNOWN, segment_label, translator

# With the line of all customers these are as many as can be told apart.
SEGMENTS = len(theme.LINES)
HEIGHT = 4.2


def values_by_month(values: pd.DataFrame, *, language: str, axis: str = "industry") -> Axes:
    """Draw the value per customer over month ends: all with its 95 % range, and segments of `axis`.

    Takes `segment_ltv_by_month`. Of more than six segments those with most customers are drawn,
    and no segment whose value is indicative throughout.
    """
    overall = values[values["axis"] == "all"].reset_index(drop=True)
    if overall["value"].notna().sum() < 2:
        return nothing_yet(language)
    axes = new_axes(language, height=HEIGHT)
    places = {month: place for place, month in enumerate(overall["month"])}
    _everyone(axes, overall)
    lines = {name: _line(values, axis, name) for name in _largest(values, axis)}
    for line, colour in zip(lines.values(), theme.LINES, strict=False):
        axes.plot(line["month"].map(places), line["value"], color=colour, linewidth=1.6)
    as_months(axes, overall["month"])
    as_money(axes.yaxis, values, language)
    ends = {"all": overall} | lines
    words = [segment_label(name, language) for name in ends]
    last = np.array([line["value"].dropna().iloc[-1] for line in ends.values()])
    label_ends(axes, words, last, (theme.INK, *theme.LINES), least=0.055)
    axes.set_ylabel(translator(language)("Value per customer"))
    grid(axes)
    label = translator(language)("Shaded: 95% range of all customers")
    patch = Patch(facecolor=theme.MUTED, alpha=0.25, label=label)
    axes.legend(handles=[patch], loc="upper center", bbox_to_anchor=(0.5, -0.08), handlelength=1.2)
    return axes


def _everyone(axes: Axes, overall: pd.DataFrame) -> None:
    places = np.arange(len(overall))
    value, low, high = (overall[name].to_numpy(float) for name in ("value", "low", "high"))
    axes.fill_between(places, low, high, color=theme.MUTED, alpha=0.2, linewidth=0)
    axes.plot(places, value, color=theme.INK, linewidth=2.4)


def _largest(values: pd.DataFrame, axis: str) -> list[str]:
    shown = values[(values["axis"] == axis) & ~values["segment"].isin([UNKNOWN, OTHER])]
    firm = shown.loc[shown["status"] == "ok", "segment"].unique()
    sizes = shown[shown["segment"].isin(firm)].groupby("segment", sort=True)["n"].max()
    return list(sizes.sort_values(ascending=False, kind="stable").index[:SEGMENTS])


def _line(values: pd.DataFrame, axis: str, segment: str) -> pd.DataFrame:
    chosen = (values["axis"] == axis) & (values["segment"] == segment) & values["value"].notna()
    return values[chosen]
