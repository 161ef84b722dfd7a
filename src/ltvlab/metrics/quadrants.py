"""Customers by what they bring and what they could become: the articles' quadrants A to D (D28)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

HALF = 50.0
# Who crosses a cut by less stays where it was until the quarter after confirms it.
MARGIN_POINTS = 5.0
QUADRANTS = ("A", "B", "C", "D")


class Standing(NamedTuple):
    """A quarter's customers: on which side of each cut they lie, where they are held, and where that is.

    `across` and `sides` have the columns value and potential, true for high; `sides` differ from
    `across` where a small step has not been confirmed yet.
    """

    across: pd.DataFrame
    sides: pd.DataFrame
    quadrant: pd.Series


def quadrants(value: pd.Series, score: pd.Series, *, before: Standing | None = None) -> Standing:
    """Return each customer's quadrant: A high/high, B high/low, C low/high, D low/low.

    `value` (twelve months' realised margin) is cut at its median among the customers given,
    `score` (potential, 0–100) at 50; on the cut is high, but a customer that brought nothing is low. A customer that was there the quarter
    `before` changes sides only by 5 points or more (percentiles of value), or when it was across
    the cut then too. Without a value or a score there is no quadrant.
    """
    score = score.reindex(value.index)
    points = pd.DataFrame({"value": _percentile(value), "potential": score})
    # Where most customers cost more than they pay, the median is no value either.
    high = (value >= value.median()) & (value > 0)
    across = pd.DataFrame({"value": high, "potential": score >= HALF})
    sides = across if before is None else _held(across, points, before)
    both = [sides["value"] & sides["potential"], sides["value"], sides["potential"]]
    named = pd.Series(np.select(both, ["A", "B", "C"], default="D"), index=value.index)
    return Standing(across, sides, named.where(points.notna().all(axis=1)))


def _held(across: pd.DataFrame, points: pd.DataFrame, before: Standing) -> pd.DataFrame:
    there = across.index.isin(before.sides.index)[:, None]
    clear = (points - HALF).abs() >= MARGIN_POINTS
    then, held = (
        frame.reindex(across.index).fillna(False).astype("bool")
        for frame in (before.across, before.sides)
    )
    return across.where(~there | clear | (then == across), held)


def _percentile(value: pd.Series) -> pd.Series:
    return (value.rank(method="average") - 0.5) / max(value.notna().sum(), 1) * 100


def moves(before: pd.Series, now: pd.Series) -> pd.DataFrame:
    """Return before, now, customers: how many moved between quadrants; `new` and `gone` included."""
    every = before.index.union(now.index)
    pairs = pd.DataFrame({"before": before.reindex(every), "now": now.reindex(every)})
    pairs = pairs.dropna(how="all").fillna({"before": "new", "now": "gone"})
    return pairs.value_counts(sort=False).rename("customers").reset_index()
