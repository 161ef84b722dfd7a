"""Where monthly recurring revenue came from: a bridge over months, and the movements of each."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ltvlab import theme
from ltvlab.charts.frames import amount, as_money, as_months, grid, new_axes, nothing_yet
from ltvlab.text import translator

GAINS = ("new", "reactivation", "expansion")
LOSSES = ("contraction", "churn")
# English messages of the catalogue.
LABELS = {
    "new": "New",
    "reactivation": "Reactivation",
    "expansion": "Expansion",
    "contraction": "Contraction",
    "churn": "Churn",
    "fx": "Exchange rates",
}


def bridge(movements: pd.DataFrame, *, language: str, months: int = 12) -> Axes:
    """Draw the way from the MRR before the last `months` to the latest, one step per movement."""
    if movements.empty:
        return nothing_yet(language)
    window = movements.tail(months)
    opening, closing = window["opening"].iloc[0], window["closing"].iloc[-1]
    steps = window[_shown(window)].sum()
    ends = opening + steps.cumsum()
    starts = np.concatenate([[opening], ends[:-1]])
    heights = [opening, *steps, closing]
    colours = [theme.INK, *(theme.MOVEMENTS[name] for name in steps.index), theme.INK]
    axes = new_axes(language)
    bars = axes.bar(range(len(heights)), heights, bottom=[0, *starts, 0], color=colours, width=0.62)
    _join(axes, [opening, *ends])
    signs = ["", *("+" if step > 0 else "" for step in steps), ""]
    texts = [s + amount(h, movements, language) for s, h in zip(signs, heights, strict=True)]
    _label(axes, bars, texts)
    axes.set_xticks(range(len(heights)), _bridge_names(window, steps.index, language))
    return _finished(axes, movements, language)


def _shown(movements: pd.DataFrame) -> list[str]:
    """Exchange rates take a step only in a book that has several currencies."""
    return [*GAINS, *LOSSES, *(["fx"] if movements["fx"].any() else [])]


def _bridge_names(window: pd.DataFrame, steps: pd.Index, language: str) -> list[str]:
    _ = translator(language)
    before, last = window["month"].iloc[0] - 1, window["month"].iloc[-1]
    ends = (f"{_('Opening MRR')}\n{before}", f"{_('Closing MRR')}\n{last}")
    return [ends[0], *(_(LABELS[step]) for step in steps), ends[1]]


def _join(axes: Axes, levels: list[float]) -> None:
    places = np.arange(len(levels))
    axes.hlines(levels, places + 0.31, places + 0.69, color=theme.MUTED, linewidth=0.8)


def _label(axes: Axes, bars: list[plt.Rectangle], texts: list[str]) -> None:
    tops = [max(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars]
    for bar, top, text in zip(bars, tops, texts, strict=True):
        place = (bar.get_x() + bar.get_width() / 2, top)
        axes.annotate(text, place, (0, 3), textcoords="offset points", ha="center", va="bottom")


def _finished(axes: Axes, movements: pd.DataFrame, language: str) -> Axes:
    as_money(axes.yaxis, movements, language)
    axes.margins(y=0.1)
    axes.set_ylabel(translator(language)("MRR"))
    axes.tick_params(axis="x", length=0)
    grid(axes)
    return axes


def movement_bars(movements: pd.DataFrame, *, language: str) -> Axes:
    """Draw each month's gains upwards and losses downwards, with the closing MRR above.

    Returns the axes of the bars.
    """
    if movements.empty:
        return nothing_yet(language)
    theme.use(language)
    figure, (upper, lower) = plt.subplots(
        2, 1, sharex=True, figsize=(theme.WIDTH, 4.6), height_ratios=[1, 2], layout="constrained"
    )
    _closing_line(upper, movements, language)
    _stacked(lower, movements, language)
    as_months(lower, movements["month"])
    figure.align_ylabels()
    return lower


def _closing_line(axes: Axes, movements: pd.DataFrame, language: str) -> None:
    closing = movements["closing"].to_numpy()
    axes.fill_between(range(len(closing)), closing, color=theme.ACCENT, alpha=0.12, linewidth=0)
    axes.plot(closing, color=theme.ACCENT, linewidth=2)
    axes.plot(len(closing) - 1, closing[-1], "o", color=theme.ACCENT, markersize=5)
    last = amount(closing[-1], movements, language)
    axes.annotate(
        last, (len(closing) - 1, closing[-1]), (0, 6), textcoords="offset points", ha="right"
    )
    axes.set_ylim(0, closing.max() * 1.25 or 1)
    axes.set_ylabel(translator(language)("Closing MRR"))
    as_money(axes.yaxis, movements, language)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.tick_params(axis="x", length=0)
    grid(axes)


def _stacked(axes: Axes, movements: pd.DataFrame, language: str) -> None:
    _ = translator(language)
    names = _shown(movements)
    amounts = movements[names].to_numpy().T
    for name, heights, bottom in zip(names, amounts, _bottoms(amounts), strict=True):
        style = {"color": theme.MOVEMENTS[name], "width": 0.78, "label": _(LABELS[name])}
        axes.bar(range(len(heights)), heights, bottom=bottom, **style)
    axes.axhline(0, color=theme.INK, linewidth=0.8)
    axes.set_ylabel(_("Movement in the month"))
    as_money(axes.yaxis, movements, language)
    grid(axes)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.12)}
    axes.legend(ncols=len(names), handlelength=1, columnspacing=1.4, **below)


def _bottoms(amounts: np.ndarray) -> np.ndarray:
    """Gains stack upwards from zero and losses downwards; exchange rates join their side."""
    up, down = (np.where(side, amounts, 0.0) for side in (amounts > 0, amounts < 0))
    return np.where(amounts > 0, up.cumsum(axis=0) - up, down.cumsum(axis=0) - down)
