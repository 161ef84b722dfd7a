"""Why two tools show two figures: the gap, split by the conventions that make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from ltvlab.metrics.convention_figures import FIGURES, RATE_GRID, Figures, headline
from ltvlab.metrics.convention_presets import PRESETS, Preset
from ltvlab.metrics.convention_views import Book
from ltvlab.metrics.conventions import OURS, Conventions, differing
from ltvlab.money import GRID

COLUMNS = ["preset", "figure", "unit", "ours", "theirs", "convention", "part"]
EFFECT_COLUMNS = ["convention", "setting", "figure", "unit", "ours", "theirs"]
# What a figure's parts are rounded to; the last part takes the rest, so that they sum exactly.
STEPS = {"money": float(GRID), "count": float(GRID), "rate": RATE_GRID}
NONE = "none"
TOGETHER = "together"
# One switch at a time: what any other tool may do, as tools of the trade do it.
SINGLE = {
    "snapshot": "month_start", "late_renewals": "strict", "pauses": "kept", "free": "kept",
    "discounts": "list", "churn_timing": "notice", "netting": "event", "returner_days": 90,
    "churn_base": "opening_and_new", "churn_window": "previous_6", "retention": "movements",
    "margin": False,
}  # fmt: skip


def convention_gaps(
    book: Book, *, ours: Conventions = OURS, presets: Sequence[Preset] = PRESETS
) -> pd.DataFrame:
    """Return, per preset and figure, ours, theirs, and the gap by convention: one row a part.

    Money in minor units. A part is the convention's Shapley value: its mean effect over every
    order in which the switches could be set. The parts of a figure sum to theirs − ours exactly.
    Equal figures have one row, convention `none`; a gap that cannot be split, since some mixture
    of conventions has no figure, has one row `together`. Figures that either side lacks are out.
    """
    views: dict = {}
    parts = [
        rows
        for preset in presets
        for rows in _preset_rows(preset, ours, lambda switches: headline(book, switches, views))
    ]
    return pd.DataFrame(parts, columns=COLUMNS)


def single_effects(book: Book, *, ours: Conventions = OURS) -> pd.DataFrame:
    """Return convention, setting, figure, unit, ours, theirs: each switch turned alone, where it moves a figure."""
    views: dict = {}
    here = headline(book, ours, views)
    rows = []
    for name, setting in SINGLE.items():
        if getattr(ours, name) == setting:
            continue
        there = headline(book, ours._replace(**{name: setting}), views)
        rows += [
            (name, str(setting).lower(), figure, unit, here[figure], there[figure])
            for figure, unit in FIGURES.items()
            if here[figure] != there[figure] and np.isfinite(here[figure] - there[figure])
        ]
    return pd.DataFrame(rows, columns=EFFECT_COLUMNS)


def _preset_rows(
    preset: Preset, ours: Conventions, figures_of: Callable[[Conventions], Figures]
) -> list[tuple]:
    names = differing(ours, preset.conventions)
    mixtures = {
        chosen: figures_of(ours._replace(**{n: getattr(preset.conventions, n) for n in chosen}))
        for size in range(len(names) + 1)
        for chosen in combinations(names, size)
    }
    here, there = mixtures[()], mixtures[names]
    rows = []
    for figure in preset.figures:
        if np.isfinite(here[figure]) and np.isfinite(there[figure]):
            values = {chosen: figures[figure] for chosen, figures in mixtures.items()}
            parts = _parts(names, values, STEPS[FIGURES[figure]])
            row = (preset.name, figure, FIGURES[figure], here[figure], there[figure])
            rows += [(*row, convention, part) for convention, part in parts.items()]
    return rows


def _parts(
    names: tuple[str, ...], values: dict[tuple[str, ...], float], step: float
) -> dict[str, float]:
    """Return the effect of each convention that has one; they sum to the whole gap."""
    gap = values[names] - values[()]
    if not np.isfinite(list(values.values())).all():
        return {TOGETHER: gap}
    effects = {name: np.rint(_shapley(name, names, values) * step) / step for name in names}
    moving = {name: effect for name, effect in effects.items() if effect != 0}
    if not moving:
        return {TOGETHER if gap else NONE: gap}
    largest = max(moving, key=lambda name: abs(moving[name]))
    rest = sum(effect for name, effect in moving.items() if name != largest)
    return moving | {largest: gap - rest}


def _shapley(name: str, names: tuple[str, ...], values: dict[tuple[str, ...], float]) -> float:
    others = [other for other in names if other != name]
    effect = 0.0
    for size in range(len(names)):
        weight = factorial(size) * factorial(len(names) - size - 1) / factorial(len(names))
        for chosen in combinations(others, size):
            added = tuple(n for n in names if n in chosen or n == name)
            effect += weight * (values[added] - values[chosen])
    return effect
