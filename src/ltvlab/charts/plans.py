"""Plan against actual with the year's landing, and the wall of renewals ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ltvlab import theme
from ltvlab.charts.frames import amount, as_money, as_months, grid, new_axes, nothing_yet
from ltvlab.text import translator

# Terms that end, from the surest to stay to the surest to leave.
PARTS = {
    "auto_renewing": "Renews by itself",
    "to_decide": "To be decided",
    "notice_given": "Notice given",
}
COLOURS = {
    "auto_renewing": theme.MOVEMENTS["reactivation"], "to_decide": theme.ACCENT,
    "notice_given": theme.CONTRAST,
}  # fmt: skip


def plan_course(months: pd.DataFrame, kpis: pd.DataFrame, *, kpi: str, language: str) -> Axes:
    """Draw a KPI of money by month beside its targets, and the landing with its 95 % range.

    Takes the rows of `kpi_months` and `kpi_targets`; of both those of the whole company.
    """
    rows, ends = (_of_company(table, kpi) for table in (months, kpis))
    rows = rows[rows["month"] <= _last_month(rows, ends)].reset_index(drop=True)
    if rows["actual"].notna().sum() < 2:
        return nothing_yet(language)
    say = translator(language)
    axes = new_axes(language)
    # A sum of some people's targets is no line to be held against.
    _line(
        axes,
        rows["target"].where(~rows["partial"]),
        theme.MUTED,
        say("Target"),
        linestyle=(0, (4, 2)),
    )
    _line(axes, rows["actual"], theme.ACCENT, say("Actual"))
    _label(axes, rows, months, theme.ACCENT, language)
    if len(ends) and len(rows) and rows["month"].iloc[-1] > ends["month"].iloc[0]:
        _landing(axes, ends.iloc[0], len(rows) - 1, months, language)
    as_months(axes, rows["month"])
    as_money(axes.yaxis, months, language)
    axes.set_ylabel(say(kpi))
    axes.figure.legend(loc="outside lower center", ncols=3)
    grid(axes)
    return axes


def _of_company(table: pd.DataFrame, kpi: str) -> pd.DataFrame:
    whole = (table[["segment", "team", "owner"]] == "all").all(axis=1)
    return table[whole & (table["kpi"] == kpi)]


def _last_month(rows: pd.DataFrame, ends: pd.DataFrame) -> pd.Period:
    """Return the last month drawn: no plan for a year that nobody is in yet."""
    newest = ends["month"].iloc[0] if len(ends) else rows["month"].max()
    end = pd.Period(ends.attrs["year_end"], "M") if len(ends) else newest
    return end if (rows["month"] >= end).any() else newest


def _line(axes: Axes, values: pd.Series, colour: str, label: str, **style: object) -> None:
    if values.notna().any():
        axes.plot(values.to_numpy(float), color=colour, linewidth=2, label=label, **style)


def _label(axes: Axes, rows: pd.DataFrame, table: pd.DataFrame, colour: str, language: str) -> None:
    """Write the newest figure at its dot, on the side where no target runs."""
    place = int(rows["actual"].last_valid_index())
    actual, target = float(rows["actual"][place]), float(rows["target"][place])
    axes.plot(place, actual, "o", color=colour, markersize=5)
    beside = {"ha": "left", "xytext": (4, -14)} if actual < target else {"ha": "right", "xytext": (0, 7)}  # fmt: skip
    axes.annotate(
        amount(actual, table, language), (place, actual), textcoords="offset points", color=colour,
        **beside,
    )  # fmt: skip


def _landing(axes: Axes, row: pd.Series, place: int, table: pd.DataFrame, language: str) -> None:
    value, low, high = (float(row[name]) for name in ("landing", "landing_low", "landing_high"))
    # A sum of a year has no place on an axis of months.
    if np.isnan([value, low, high]).any() or row["kpi"] == "revenue":
        return
    style = {"color": theme.CONTRAST, "label": translator(language)("Landing, with its range")}
    axes.errorbar(place, value, yerr=[[value - low], [high - value]], fmt="o", capsize=4, **style)
    beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    axes.annotate(
        amount(value, table, language), (place, value), (9, 0), color=theme.CONTRAST, **beside
    )


def renewal_wall(calendar: pd.DataFrame, *, language: str) -> Axes:
    """Draw the MRR whose terms end, month by month: renewing by itself, to be decided, leaving."""
    if calendar.empty or not calendar["due"].any():
        return nothing_yet(language)
    say = translator(language)
    axes = new_axes(language)
    bottom = np.zeros(len(calendar))
    for name, label in PARTS.items():
        heights = _heights(calendar, name)
        axes.bar(
            range(len(calendar)),
            heights,
            bottom=bottom,
            width=0.7,
            color=COLOURS[name],
            label=say(label),
        )
        bottom += heights
    as_months(axes, calendar["month"].reset_index(drop=True))
    as_money(axes.yaxis, calendar, language)
    axes.set_ylabel(say("MRR whose term ends"))
    axes.figure.legend(loc="outside lower center", ncols=3)
    grid(axes)
    return axes


def _heights(calendar: pd.DataFrame, name: str) -> np.ndarray:
    """Return the part of what is due in minor units; to be decided is what the other two leave."""
    if name == "to_decide":
        return (calendar["due"] - calendar["auto_renewing"] - calendar["notice_given"]).to_numpy(
            float
        )
    return calendar[name].to_numpy(float)
