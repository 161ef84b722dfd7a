"""What all shapes share: a figure in the reader's fonts, axes of money, rates and months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ltvlab import theme
from ltvlab.money import money, rate
from ltvlab.text import translator

MONTH_LABELS = 9


def new_axes(language: str, *, height: float = theme.HEIGHT) -> Axes:
    """Return empty axes of the report's width in the fonts of `language`."""
    theme.use(language)
    return plt.subplots(figsize=(theme.WIDTH, height), layout="constrained")[1]


def nothing_yet(language: str) -> Axes:
    """Return axes that say there is nothing to show, so that no empty frame reads as zero."""
    return note(translator(language)("Nothing to show yet"), language)


def note(words: str, language: str) -> Axes:
    """Return axes that hold `words` and nothing else."""
    axes = new_axes(language, height=1.2)
    axes.set_axis_off()
    axes.text(
        0.5, 0.5, words, ha="center", va="center", color=theme.MUTED, transform=axes.transAxes
    )
    return axes


def amount(minor: float, table: pd.DataFrame, language: str) -> str:
    """Return a compact amount in the currency of `table`."""
    return money(minor, table.attrs["currency"], language, compact=True)


def as_money(axis: Axis, table: pd.DataFrame, language: str) -> None:
    """Write an axis in compact amounts of the currency of `table`."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda minor, _: amount(minor, table, language)))


def as_rate(axis: Axis, language: str) -> None:
    """Write an axis in percent, with decimals only where whole percents would repeat."""
    low, high = sorted(axis.get_view_interval())
    decimals = 0 if high - low > 0.05 else 1
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: rate(value, language, decimals=decimals))
    )


def as_months(axes: Axes, months: pd.Series) -> None:
    """Label positions 0, 1, … with their months, thinned so that the last always has one."""
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(months) / s <= MONTH_LABELS)
    shown = np.arange(len(months) - 1, -1, -step)[::-1]
    axes.set_xticks(shown, [str(month) for month in months.iloc[shown]])
    axes.set_xlim(-0.6, len(months) - 0.4)


def grid(axes: Axes, axis: str = "y") -> None:
    """Draw faint lines behind the marks, along the axis that values are read from."""
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=axis)
    axes.spines["left" if axis == "y" else "bottom"].set_visible(False)


def label_ends(
    axes: Axes, words: Sequence[str], values: np.ndarray, colours: Iterable[str], *, least: float
) -> None:
    """Write the words of each line beside its last value at the right edge, none over another.

    `least` is the height of a line of words as a share of the axes.
    """
    bottom, top = axes.get_ylim()
    places = spread(np.asarray(values, dtype="float64"), least=(top - bottom) * least)
    beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    right = axes.get_xlim()[1]
    for text, place, colour in zip(words, places, colours, strict=False):
        axes.annotate(text, (right, place), (6, 0), color=colour, **beside)


def spread(positions: np.ndarray, *, least: float) -> np.ndarray:
    """Return label positions at least `least` apart, in the same order and near their marks."""
    order = np.argsort(positions, kind="stable")
    steps = least * np.arange(len(positions))
    # Pushing each up against the one below, then back by the mean push, keeps labels centred.
    pushed = np.maximum.accumulate(positions[order] - steps) + steps
    placed = np.empty(len(positions))
    placed[order] = pushed - (pushed - positions[order]).mean() if len(positions) else pushed
    return placed
