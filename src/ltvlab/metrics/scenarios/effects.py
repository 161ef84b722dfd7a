"""What each lever adds to a joint effect, whatever their order: its Shapley value (D43)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.engine import Engine, expected_mrr
from ltvlab.metrics.scenarios.levers import Levers, only, turned
from ltvlab.money import on_grid


def lever_effects(engine: Engine, levers: Levers) -> dict[str, float]:
    """Return lever → its part of the change of MRR in the last month shown, in minor units.

    A lever's part is the mean of what it adds to every set of the others. Parts are on the money
    grid and sum exactly to the change; what rounding leaves is taken by the largest part.
    """
    names = turned(levers)
    worth = {
        subset: float(expected_mrr(engine, only(levers, subset))[-1])
        for size in range(len(names) + 1)
        for subset in combinations(names, size)
    }
    parts = {name: float(on_grid(_shapley(name, names, worth))) for name in names}
    if parts:
        largest = max(sorted(parts), key=lambda name: abs(parts[name]))
        parts[largest] += worth[names] - worth[()] - sum(parts.values())
    return parts


def _shapley(name: str, names: tuple[str, ...], worth: Mapping[tuple[str, ...], float]) -> float:
    count = len(names)
    return sum(
        factorial(len(subset))
        * factorial(count - len(subset) - 1)
        / factorial(count)
        * (worth[tuple(n for n in names if n in subset or n == name)] - gain)
        for subset, gain in worth.items()
        if name not in subset
    )


def effect_table(engine: Engine, scenarios: Mapping[str, Levers]) -> pd.DataFrame:
    """Return scenario, lever, effect (minor units, last month shown); none for the base."""
    rows = [
        {"scenario": scenario, "lever": lever, "effect": effect}
        for scenario, levers in scenarios.items()
        for lever, effect in lever_effects(engine, levers).items()
    ]
    table = pd.DataFrame(rows, columns=["scenario", "lever", "effect"])
    table = table.astype({"effect": np.float64})
    table.attrs = dict(engine.attrs)
    return table
