"""One rate per pipeline with its range: where deals are won, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ltvlab import theme
from ltvlab.charts.frames import as_rate, grid, new_axes, nothing_yet
from ltvlab.money import number, rate
from ltvlab.text import pipeline_label, translator

ROW_HEIGHT = 0.36


def win_rates(table: pd.DataFrame, *, language: str) -> Axes:
    """Draw a dot and its 95 % range per row of `win_rates`, in the table's order from the top.

    Pipelines with too few closed deals for a rate are left to the table.
    """
    shown = table[table["rate"].notna()].iloc[::-1].reset_index(drop=True)
    if shown.empty:
        return nothing_yet(language)
    axes = new_axes(language, height=1.3 + ROW_HEIGHT * len(shown))
    places = np.arange(len(shown))
    axes.hlines(places, shown["low"], shown["high"], color=theme.ACCENT, linewidth=2.4, alpha=0.45)
    axes.scatter(shown["rate"].to_numpy(float), places, s=52, color=theme.ACCENT, zorder=3)
    axes.set_yticks(places, [_name(row, language) for row in shown.to_dict("records")])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(0, 1)
    axes.tick_params(axis="y", length=0)
    _values(axes, shown, language)
    as_rate(axes.xaxis, language)
    axes.set_xlabel(translator(language)("Share of closed deals that were won"))
    grid(axes, "x")
    return axes


def _name(row: dict[str, object], language: str) -> str:
    closed = number(row["won"] + row["lost"], language)
    return f"{pipeline_label(str(row['pipeline']), language)} (n={closed})"


def _values(axes: Axes, shown: pd.DataFrame, language: str) -> None:
    """Write each rate at the right edge in one column, where no range crosses it."""
    beside = {"xycoords": ("axes fraction", "data"), "va": "center", "color": theme.INK}
    for place, value in enumerate(shown["rate"]):
        axes.annotate(rate(value, language), (1.01, place), **beside)
