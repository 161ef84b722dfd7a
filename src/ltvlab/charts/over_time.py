"""Figures month by month: NRR and GRR with their underlying range, and any single line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ltvlab import theme
from ltvlab.charts.frames import (
    amount,
    as_money,
    as_months,
    as_rate,
    grid,
    label_ends,
    new_axes,
    nothing_yet,
)
from ltvlab.money import number, rate
from ltvlab.text import translator

RATES = {"nrr": theme.ACCENT, "grr": theme.CONTRAST}


def rates(retention: pd.DataFrame, *, language: str) -> Axes:
    """Draw booked NRR and GRR of 12 months, each with the 95 % range of its underlying rate."""
    known = retention[retention[list(RATES)].notna().any(axis=1)].reset_index(drop=True)
    if known.empty:
        return nothing_yet(language)
    axes = new_axes(language)
    axes.axhline(1.0, color=theme.INK, linewidth=0.9, linestyle=(0, (4, 3)))
    for name, colour in RATES.items():
        _line_with_range(axes, known, name, colour)
    as_months(axes, known["month"])
    as_rate(axes.yaxis, language)
    ends = known[list(RATES)].iloc[-1].dropna()
    words = [f"{name.upper()} {rate(value, language)}" for name, value in ends.items()]
    label_ends(axes, words, ends.to_numpy(), [RATES[name] for name in ends.index], least=0.07)
    axes.set_ylabel(translator(language)("Retained over 12 months"))
    grid(axes)
    _range_legend(axes, language, "Shaded: 95% range of the underlying rate")
    return axes


def _line_with_range(axes: Axes, known: pd.DataFrame, name: str, colour: str) -> None:
    places, last = np.arange(len(known)), len(known) - 1
    low, high = known[f"{name}_low"].to_numpy(float), known[f"{name}_high"].to_numpy(float)
    axes.fill_between(places, low, high, color=colour, alpha=0.14, linewidth=0)
    # The latest range is also a bar: it is the one verdicts are made on.
    axes.vlines(last, low[last], high[last], color=colour, linewidth=2.4, alpha=0.5)
    axes.plot(places, known[name].to_numpy(float), color=colour, linewidth=2, label=name.upper())
    axes.plot(last, known[name].iloc[-1], "o", color=colour, markersize=5)


def _range_legend(axes: Axes, language: str, label: str) -> None:
    patch = Patch(facecolor=theme.MUTED, alpha=0.25, label=translator(language)(label))
    axes.legend(handles=[patch], loc="upper center", bbox_to_anchor=(0.5, -0.1), handlelength=1.2)


def trend(
    table: pd.DataFrame, column: str, *, language: str, label: str, unit: str = "money"
) -> Axes:
    """Draw one column of a monthly table as a line, its latest value written at the end.

    `label` is an English message of the catalogue; `unit` is money, rate or number.
    """
    known = table[table[column].notna()].reset_index(drop=True)
    if known.empty:
        return nothing_yet(language)
    axes = new_axes(language, height=2.8)
    values = known[column].to_numpy(float)
    axes.plot(values, color=theme.ACCENT, linewidth=2)
    axes.plot(len(values) - 1, values[-1], "o", color=theme.ACCENT, markersize=5)
    as_months(axes, known["month"])
    written = _as_unit(axes, table, unit, values[-1], language)
    beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    axes.annotate(written, (len(values) - 1, values[-1]), (9, 0), color=theme.ACCENT, **beside)
    axes.set_ylabel(translator(language)(label))
    grid(axes)
    return axes


def ratio_line(table: pd.DataFrame, *, label: str, language: str) -> Axes:
    """Draw a ratio month by month with its 95 % range, and the line that it is judged by.

    Takes month, value, low, high, threshold; `label` is an English message of the catalogue. Ranges end at
    twice the highest value, where one of a thin month would flatten all others.
    """
    known = table[table["value"].notna()].reset_index(drop=True)
    if known.empty:
        return nothing_yet(language)
    axes, line = new_axes(language, height=3.2), float(known["threshold"].iloc[-1])
    values, places = known["value"].to_numpy(float), np.arange(len(known))
    low, high = known["low"].to_numpy(float), known["high"].to_numpy(float)
    axes.fill_between(places, low, high, color=theme.ACCENT, alpha=0.14, linewidth=0)
    axes.plot(places, values, color=theme.ACCENT, linewidth=2)
    axes.axhline(line, color=theme.CONTRAST, linewidth=1.2, linestyle=(0, (4, 3)))
    as_months(axes, known["month"])
    as_rate(axes.yaxis, language)
    axes.set_ylim(0, 2 * max(values.max(), line))
    ends = np.array([values[-1], line])
    words = [rate(value, language) for value in ends]
    label_ends(axes, words, ends, [theme.ACCENT, theme.CONTRAST], least=0.07)
    axes.set_ylabel(translator(language)(label))
    grid(axes)
    _range_legend(axes, language, "Shaded: 95% range of the underlying ratio")
    return axes


def _as_unit(axes: Axes, table: pd.DataFrame, unit: str, last: float, language: str) -> str:
    """Write the value axis in `unit` and return the last value so written."""
    if unit == "money":
        as_money(axes.yaxis, table, language)
        return amount(last, table, language)
    if unit == "rate":
        as_rate(axes.yaxis, language)
        return rate(last, language)
    return number(last, language)
