"""One value per segment with its range: who is worth more, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ltvlab import theme
from ltvlab.charts.frames import amount, as_money, grid, new_axes, note, nothing_yet
from ltvlab.money import number
from ltvlab.text import segment_label, translator

ROW_HEIGHT = 0.34
# A range of a handful of customers can reach tens of times further than any value.
REACH = 2.5


def intervals(ltv: pd.DataFrame, *, language: str, axis: str = "industry") -> Axes:
    """Draw a dot and 95 % range per segment of `axis`, the most valuable on top.

    Takes the headline rows of `segment_ltv`. Indicative values are hollow; segments too small
    for a value keep their row and say so. The value of all customers is a line.
    """
    shown = _rows(ltv, axis)
    if shown["value"].isna().all():
        return nothing_yet(language)
    if len(shown) == 1:
        return note(translator(language)("There is one segment only: nothing to compare"), language)
    axes = new_axes(language, height=1.3 + ROW_HEIGHT * len(shown))
    _draw(axes, shown)
    _value_labels(axes, shown, ltv, language)
    axes.set_yticks(range(len(shown)), _names(shown, language))
    axes.set_ylim(-0.6, len(shown) - 0.4)
    _limit(axes, shown)
    everyone = _rows(ltv, "all")
    if _usual_horizon(everyone) == _usual_horizon(shown):
        _reference(axes, everyone, language)
    axes.tick_params(axis="y", length=0)
    as_money(axes.xaxis, ltv, language)
    axes.set_xlabel(_axis_label(shown, language))
    grid(axes, "x")
    _legend(axes, shown, language)
    return axes


def _rows(ltv: pd.DataFrame, axis: str) -> pd.DataFrame:
    wanted = (
        ltv["headline"].astype(bool) & (ltv["axis"] == axis) & (ltv["status"] != "not_applicable")
    )
    return ltv[wanted].sort_values(["value", "segment"], na_position="first", ignore_index=True)


def _draw(axes: Axes, shown: pd.DataFrame) -> None:
    places = np.arange(len(shown))
    axes.hlines(places, shown["low"], shown["high"], color=theme.ACCENT, linewidth=2.4, alpha=0.45)
    firm = (shown["status"] == "ok").to_numpy()
    values = shown["value"].to_numpy(float)
    axes.scatter(values[firm], places[firm], s=52, color=theme.ACCENT, zorder=3)
    hollow = {"facecolor": theme.PAPER, "edgecolor": theme.ACCENT, "linewidth": 1.6}
    axes.scatter(values[~firm], places[~firm], s=46, zorder=3, **hollow)


def _limit(axes: Axes, shown: pd.DataFrame) -> None:
    """Cut ranges that would press all others together; an arrow says that they go on."""
    usual = REACH * shown["value"].abs().max()
    right = min(np.nanmax([shown["high"].max(), shown["value"].max()]) * 1.05, usual)
    left = max(min(0.0, shown["low"].min() * 1.05), -usual)
    axes.set_xlim(left, max(right, 0.0) or None)
    for edge, marker, beyond in (
        (right, ">", shown["high"] > right),
        (left, "<", shown["low"] < left),
    ):
        places = np.flatnonzero(beyond)
        axes.scatter(
            np.full(len(places), edge),
            places,
            marker=marker,
            s=40,
            color=theme.ACCENT,
            clip_on=False,
        )


def _usual_horizon(shown: pd.DataFrame) -> int | None:
    """Return the horizon of most rows with a value; None where there is none."""
    known = shown.loc[shown["value"].notna(), "horizon_months"].dropna()
    return int(known.mode().max()) if len(known) else None


def _reference(axes: Axes, everyone: pd.DataFrame, language: str) -> None:
    value = everyone["value"].iloc[-1] if len(everyone) else np.nan
    left, right = axes.get_xlim()
    # One giant in a segment too small to show can lift all customers far beyond the chart.
    if left <= value <= right:
        axes.axvline(value, color=theme.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        text = translator(language)("All customers")
        axes.annotate(
            text,
            (value, 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            color=theme.MUTED,
        )


def _value_labels(axes: Axes, shown: pd.DataFrame, ltv: pd.DataFrame, language: str) -> None:
    _ = translator(language)
    known = shown["value"].notna()
    texts = [
        amount(value, ltv, language) if drawn else _("too few customers to show")
        for value, drawn in zip(shown["value"], known, strict=True)
    ]
    for row, (text, drawn) in enumerate(zip(texts, known, strict=True)):
        # At the right edge in one column, where no range crosses them.
        axes.annotate(
            text,
            (1.01, row),
            xycoords=("axes fraction", "data"),
            va="center",
            color=theme.INK if drawn else theme.MUTED,
        )


def _names(shown: pd.DataFrame, language: str) -> list[str]:
    """Return each row's name with its customers, and its months where they are not the usual."""
    longer = translator(language)("{segment} (n={count}, {months} months)")
    usual = _usual_horizon(shown)
    names = []
    for row in shown.itertuples():
        differs = not np.isnan(row.value) and row.horizon_months != usual
        form = longer if differs else "{segment} (n={count})"
        words = {"segment": segment_label(row.segment, language), "count": number(row.n, language)}
        names.append(
            form.format(**words, months=number(np.nan_to_num(row.horizon_months), language))
        )
    return names


def _axis_label(shown: pd.DataFrame, language: str) -> str:
    label = translator(language)("Value of a customer over {months} months")
    return label.format(months=_usual_horizon(shown))


def _legend(axes: Axes, shown: pd.DataFrame, language: str) -> None:
    _ = translator(language)
    filled = {"marker": "o", "linewidth": 2.4, "color": theme.ACCENT, "markersize": 6}
    marks = [Line2D([], [], label=_("Value and 95% range"), **filled)]
    if (shown["status"] == "indicative").any():
        label = _("indicative")
        marks += [Line2D([], [], label=label, markerfacecolor=theme.PAPER, **filled)]
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=2)
