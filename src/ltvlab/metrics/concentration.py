"""How much of a figure hangs on one customer: its range with any single one left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class LeaveOneOut(NamedTuple):
    """A ratio of sums, its lowest and highest value without any one customer, and who moves it most."""

    value: float
    lowest: float
    highest: float
    mover: str


def leave_one_out(above: pd.Series, below: pd.Series) -> LeaveOneOut:
    """Return Σ above ÷ Σ below and what it becomes when any single customer is left out.

    Both are per customer (same index), e.g. MRR now and twelve months ago. With fewer than two
    customers, or nothing to divide by, every figure is NaN and nobody moves it.
    """
    whole, parts = float(below.sum()), below.sum() - below.to_numpy()
    if len(below) < 2 or whole <= 0:
        return LeaveOneOut(np.nan, np.nan, np.nan, "")
    value = float(above.sum()) / whole
    rest = above.sum() - above.to_numpy()
    without = np.divide(rest, parts, out=np.full(len(parts), np.nan), where=parts > 0)
    known = np.flatnonzero(np.isfinite(without))
    mover = known[np.abs(without[known] - value).argmax()]
    return LeaveOneOut(
        value, float(np.nanmin(without)), float(np.nanmax(without)), str(below.index[mover])
    )


def largest_share(amounts: pd.Series) -> float:
    """Return the largest customer's share of a sum of amounts; NaN where there is none."""
    total = amounts.sum()
    return float(amounts.max() / total) if total > 0 else float("nan")
