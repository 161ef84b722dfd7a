"""Where MRR may go: the months behind, the base with its bands, and a line per scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ltvlab import theme
from ltvlab.charts.frames import amount, as_money, as_months, grid, new_axes, nothing_yet, spread
from ltvlab.text import scenario_label, translator

HEIGHT = 4.2
MONTHS_BEHIND = 24


def scenario_lines(scenarios: pd.DataFrame, history: pd.DataFrame, *, language: str) -> Axes:
    """Draw closing MRR of the last months, and from there each scenario; the base with its bands.

    `scenarios` has scenario, month, mrr, low, low_80, high_80, high; `history` month and closing.
    Empty bands are left out. Of more scenarios than can be told apart the first ones are drawn.
    """
    if scenarios.empty or history.empty:
        return nothing_yet(language)
    axes = new_axes(language, height=HEIGHT)
    behind = history.tail(MONTHS_BEHIND)
    last = behind["closing"].to_numpy(float)
    now = len(behind) - 1
    axes.plot(last, color=theme.INK, linewidth=2.2)
    ends = {}
    for colour, (name, line) in zip(
        theme.LINES, scenarios.groupby("scenario", sort=False), strict=False
    ):
        if name == "base":
            _fan(axes, line, now, last[-1], colour)
        style = (
            {"linewidth": 2.2} if name == "base" else {"linewidth": 1.5, "linestyle": (0, (5, 2))}
        )
        values = np.append(last[-1], line["mrr"].to_numpy(float))
        axes.plot(now + np.arange(len(values)), values, color=colour, **style)
        ends[str(name)] = (values[-1], colour)
    months = pd.concat([behind["month"], scenarios["month"].drop_duplicates()], ignore_index=True)
    _finish(axes, scenarios, months, ends, language)
    return axes


def _fan(axes: Axes, line: pd.DataFrame, now: int, start: float, colour: str) -> None:
    if line["low"].isna().all():
        return
    places = now + np.arange(len(line) + 1)
    for low, high, strength in (("low", "high", 0.13), ("low_80", "high_80", 0.18)):
        edges = (np.append(start, line[name].to_numpy(float)) for name in (low, high))
        axes.fill_between(places, *edges, color=colour, alpha=strength, linewidth=0)


def _finish(
    axes: Axes,
    scenarios: pd.DataFrame,
    months: pd.Series,
    ends: dict[str, tuple[float, str]],
    language: str,
) -> None:
    as_months(axes, months)
    as_money(axes.yaxis, scenarios, language)
    axes.set_ylabel("MRR")
    grid(axes)
    bottom, top = axes.get_ylim()
    places = spread(np.array([end for end, _ in ends.values()]), least=(top - bottom) * 0.055)
    beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    for (name, (end, colour)), place in zip(ends.items(), places, strict=True):
        text = f"{scenario_label(name, language)} {amount(end, scenarios, language)}"
        axes.annotate(text, (len(months) - 1, place), (8, 0), color=colour, **beside)
    if scenarios["low"].notna().any():
        label = translator(language)("Shaded: 80% and 95% ranges of the base")
        patch = Patch(facecolor=theme.ACCENT, alpha=0.3, label=label)
        axes.legend(
            handles=[patch], loc="upper center", bbox_to_anchor=(0.5, -0.1), handlelength=1.2
        )
