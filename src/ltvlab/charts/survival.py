"""Survival curves by segment: who stays how long, how sure that is, and on how many it rests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ltvlab import theme
from ltvlab.charts.frames import as_rate, grid, label_ends, new_axes, nothing_yet
from ltvlab.money import number
from ltvlab.text import OTHER, UNKNOWN, segment_label, translator

# More curves in one frame cannot be told apart; tables hold the rest.
CURVES = len(theme.LINES)
AT_RISK_COLUMNS = 6
# Beyond this many the bands lie over each other, so they are drawn fainter.
FEW = 3


def curves(survival: pd.DataFrame, *, language: str, axis: str = "all") -> Axes:
    """Draw the step curve and 95 % band of each segment of `axis`, with counts at risk below.

    Of more than six segments, those with most customers at risk at their start are drawn;
    customers whose segment is unknown, or one of the rare others, make no curve.
    """
    shown = survival[(survival["axis"] == axis) & ~survival["segment"].isin([UNKNOWN, OTHER])]
    # A curve that ends at its start is a frame without a line.
    if shown.empty or shown["age"].max() == 0:
        return nothing_yet(language)
    names = _largest(shown)
    axes = new_axes(language, height=3.7 + 0.22 * len(names))
    lines = {name: shown[shown["segment"] == name].sort_values("age") for name in names}
    for line, colour in zip(lines.values(), theme.LINES, strict=False):
        _step(axes, line, colour, shade=0.14 if len(lines) <= FEW else 0.05)
    _frame(axes, int(shown["age"].max()), language)
    words = [segment_label(name, language) for name in lines]
    ends = np.array([line["survival"].iloc[-1] for line in lines.values()])
    label_ends(axes, words, ends, theme.LINES, least=0.063)
    _at_risk(axes, lines, language)
    return axes


def _largest(shown: pd.DataFrame) -> list[str]:
    size = shown.groupby("segment", sort=True)["at_risk"].max()
    return list(size.sort_values(ascending=False, kind="stable").index[:CURVES])


def _step(axes: Axes, line: pd.DataFrame, colour: str, *, shade: float) -> None:
    age, low, high = (line[column].to_numpy(float) for column in ("age", "low", "high"))
    axes.fill_between(age, low, high, step="post", color=colour, alpha=shade, linewidth=0)
    axes.step(age, line["survival"].to_numpy(float), where="post", color=colour, linewidth=2)


def _frame(axes: Axes, last: int, language: str) -> None:
    _ = translator(language)
    axes.set_ylim(0, 1.03)
    axes.set_xlim(0, max(last, 1))
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60) if last / s <= AT_RISK_COLUMNS or s == 60)
    axes.set_xticks(np.arange(0, last + 1, step))
    as_rate(axes.yaxis, language)
    axes.set_xlabel(_("Months since the first month"))
    axes.set_ylabel(_("Share still customers"))
    grid(axes)


def _at_risk(axes: Axes, lines: dict[str, pd.DataFrame], language: str) -> None:
    """Counts under their ages, one row per curve in its colour, below the axis label."""
    below = {"textcoords": "offset points", "annotation_clip": False, "fontsize": 8.5}
    places = ("data", "axes fraction")
    title = translator(language)("Customers at risk")
    axes.annotate(title, (0, 0), (0, -46), xycoords=places, color=theme.MUTED, **below)
    for row, (line, colour) in enumerate(zip(lines.values(), theme.LINES, strict=False)):
        counts = line.set_index("age")["at_risk"]
        for age in counts.index.intersection(axes.get_xticks().astype(int)):
            text = number(counts[age], language)
            offset = (0, -60 - 13 * row)
            axes.annotate(
                text, (age, 0), offset, xycoords=places, color=colour, ha="center", **below
            )
