"""The cohort triangle: each row a cohort, each column an age, empty where nothing is known yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from ltvlab import theme
from ltvlab.charts.frames import as_rate, grid, new_axes, nothing_yet
from ltvlab.money import number, rate
from ltvlab.text import segment_label, translator

# More columns than this leave no room for a percentage in each cell.
ANNOTATED_AGES = 14
ROW_HEIGHT = 0.27
COHORT_LABELS = 24
# More names than this stand upright below their places.
COHORT_TICKS = 8


def triangle(cohorts: pd.DataFrame, *, language: str) -> Axes:
    """Draw the value of each cohort at each age as a shade; cells without a value stay blank.

    The scale starts at the lowest value, so that shades tell cells apart; its bar says so.
    """
    cells = cohorts.pivot(index="cohort", columns="age", values="value")
    # All cohorts together come first: the row that the others are held against.
    cells = cells.reindex(sorted(cells.index, key=lambda name: (name != "all", name)))
    if cells.empty or cells.isna().all(axis=None):
        return nothing_yet(language)
    axes = new_axes(language, height=min(1.4 + ROW_HEIGHT * len(cells), 8.0))
    _shade(axes, cells, language)
    _name_rows(axes, cohorts, cells.index, language)
    _name_columns(axes, cells.columns)
    axes.set_xlabel(translator(language)("Months since the first month"))
    axes.set_ylabel("")
    return axes


def _shade(axes: Axes, cells: pd.DataFrame, language: str) -> None:
    values = cells.to_numpy(float)
    fits = cells.shape[1] <= ANNOTATED_AGES
    sns.heatmap(
        values,
        ax=axes,
        annot=_texts(values, language) if fits else None,
        fmt="",
        annot_kws={"fontsize": 8},
        cmap=theme.sequential(),
        vmin=min(0.9, np.floor(np.nanmin(values) * 10) / 10),
        vmax=max(1.0, float(np.nanmax(values))),
        linewidths=0.6,
        linecolor=theme.PAPER,
        cbar_kws={
            "label": translator(language)("Share of the first month"),
            "aspect": 30,
            "pad": 0.02,
        },
    )
    bar = axes.collections[0].colorbar
    as_rate(bar.ax.yaxis, language)
    bar.outline.set_visible(False)


def _texts(values: np.ndarray, language: str) -> np.ndarray:
    texts = [rate(v, language, decimals=0) if np.isfinite(v) else "" for v in values.ravel()]
    return np.array(texts, dtype=object).reshape(values.shape)


def _name_rows(axes: Axes, cohorts: pd.DataFrame, names: pd.Index, language: str) -> None:
    base = cohorts.groupby("cohort")["base"].max()
    step = -(-len(names) // COHORT_LABELS)
    rows = np.arange(len(names))[::step]
    labels = [
        f"{segment_label(str(names[row]), language)} (n={number(base[names[row]], language)})"
        for row in rows
    ]
    axes.set_yticks(rows + 0.5, labels, rotation=0)
    axes.tick_params(axis="both", length=0)


def _name_columns(axes: Axes, ages: pd.Index) -> None:
    step = 1 if len(ages) <= ANNOTATED_AGES else 3 if len(ages) <= 40 else 6
    columns = np.arange(len(ages))[::step]
    axes.set_xticks(columns + 0.5, [str(ages[column]) for column in columns], rotation=0)


def same_age(cells: pd.DataFrame, *, language: str) -> Axes:
    """Draw one line per age across cohorts: whether newer customers stay better than older ones."""
    if cells["cohort"].nunique() < 2:
        return nothing_yet(language)
    axes = new_axes(language)
    names = sorted(cells["cohort"].unique())
    for (age, line), colour in zip(cells.groupby("age"), theme.LINES, strict=False):
        places = [names.index(name) for name in line["cohort"]]
        label = translator(language)("after {months} months").format(months=number(age, language))
        axes.plot(
            places, line["value"], "o-", color=colour, linewidth=2, markersize=4.5, label=label
        )
    axes.figure.legend(loc="outside lower center", ncols=4)
    axes.set_xticks(range(len(names)), names, rotation=0 if len(names) <= COHORT_TICKS else 90)
    as_rate(axes.yaxis, language)
    axes.set_ylabel(translator(language)("Share still customers"))
    grid(axes)
    return axes
