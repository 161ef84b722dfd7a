"""How much more often one group has each trait than another, with ranges: which stand clear of zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ltvlab import theme
from ltvlab.charts.frames import as_rate, grid, new_axes, nothing_yet
from ltvlab.money import number
from ltvlab.text import segment_label, translator

ROW_HEIGHT = 0.32
MOST = 14


def differences(traits: pd.DataFrame, *, language: str) -> Axes:
    """Draw a dot and 95 % range per trait and level, in the order of the table, the first on top.

    Takes `traits`; draws its first rows with a range. Filled dots are found, hollow ones not.
    """
    say = translator(language)
    label = say("Share among the best less share among the others")
    marks = (say("Found, with 95% range"), say("Not found, or not clear"))
    return _dots(traits, label, marks, language)


def compared(effects: pd.DataFrame, *, language: str) -> Axes:
    """Draw a dot and 95 % range per comparison of two groups, in the order of the table.

    Takes `selling_effects`; draws its rows with a range. Filled dots are clear of zero.
    """
    rows = effects.assign(
        trait=effects["comparison"],
        level="yes",
        effect=effects["difference"],
        n=effects["n_first"] + effects["n_other"],
        verdict=effects["verdict"].isin(["higher", "lower"]).map({True: "found", False: ""}),
    )
    say = translator(language)
    marks = (say("Clear difference, with 95% range"), say("No clear difference"))
    return _dots(rows, say("Share less share of the others"), marks, language)


def _dots(rows: pd.DataFrame, label: str, marks: tuple[str, str], language: str) -> Axes:
    shown = rows[rows["low"].notna()].head(MOST)[::-1].reset_index(drop=True)
    if shown.empty:
        return nothing_yet(language)
    axes = new_axes(language, height=1.3 + ROW_HEIGHT * len(shown))
    _draw(axes, shown)
    axes.axvline(0, color=theme.INK, linewidth=0.9, zorder=1)
    axes.set_yticks(range(len(shown)), [_name(row, language) for row in shown.itertuples()])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.tick_params(axis="y", length=0)
    as_rate(axes.xaxis, language)
    axes.set_xlabel(label)
    grid(axes, "x")
    _legend(axes, marks)
    return axes


def _draw(axes: Axes, shown: pd.DataFrame) -> None:
    places, effect = np.arange(len(shown)), shown["effect"].to_numpy(float)
    axes.hlines(places, shown["low"], shown["high"], color=theme.ACCENT, linewidth=2.4, alpha=0.45)
    found = (shown["verdict"] == "found").to_numpy()
    axes.scatter(effect[found], places[found], s=52, color=theme.ACCENT, zorder=3)
    hollow = {"facecolor": theme.PAPER, "edgecolor": theme.ACCENT, "linewidth": 1.6}
    axes.scatter(effect[~found], places[~found], s=46, zorder=3, **hollow)


def _name(row: tuple, language: str) -> str:
    say = translator(language)
    level = "" if row.level == "yes" else f": {segment_label(row.level, language)}"
    count = number(row.n, language)
    return f"{say(row.trait)}{level} (n={count})"


def _legend(axes: Axes, names: tuple[str, str]) -> None:
    filled = {"marker": "o", "linewidth": 2.4, "color": theme.ACCENT, "markersize": 6}
    marks = [
        Line2D([], [], label=names[0], **filled),
        Line2D([], [], label=names[1], markerfacecolor=theme.PAPER, **filled),
    ]
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=2)
