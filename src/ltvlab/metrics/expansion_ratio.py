"""How many times as often existing customers say yes: expansion win rate ÷ new win rate (J5)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import EXPANSION, FEWEST_CLOSED, closed_in_year
from ltvlab.statistics.rate_ratios import rate_ratio, rate_ratio_range

COLUMNS = ("expansion_won", "expansion_closed", "new_won", "new_closed")


class ExpansionRatio(NamedTuple):
    """Both win rates of the same twelve months, their ratio with its 95 % range, and deals counted.

    `same_size` is the ratio within size bands of customers, so that a mix of sizes makes none of it.
    """

    expansion: float
    new: float
    ratio: float
    low: float
    high: float
    same_size: float
    n: int


def expansion_ratio(book: pd.DataFrame, *, as_of: pd.Timestamp, seed: int) -> ExpansionRatio:
    """Return the ratio over deals closed in the twelve months up to `as_of`; customers drawn again.

    Every figure is NaN with under five closed deals on either side, the ratio without a new win.
    """
    closed = closed_in_year(book, as_of=as_of)
    sides = pd.DataFrame(
        {"expansion": closed["pipeline"].isin(EXPANSION), "new": closed["pipeline"] == "new"}
    )
    won = closed["outcome"] == "won"
    counts = pd.DataFrame(
        {f"{name}_{what}": (flag & (won if what == "won" else True)).astype("float64")
         for name, flag in sides.items() for what in ("won", "closed")}
    )[list(COLUMNS)]  # fmt: skip
    sums = counts.sum().to_numpy()
    n = int(sums[1] + sums[3])
    if min(sums[1], sums[3]) < FEWEST_CLOSED:
        return ExpansionRatio(*[np.nan] * 6, n)
    per_customer = counts.groupby(closed["cluster"]).sum().to_numpy()
    ratio = float(rate_ratio(sums))
    low, high = rate_ratio_range(per_customer, seed=seed)
    same = _within_sizes(counts.groupby(closed["size"]).sum().to_numpy())
    return ExpansionRatio(sums[0] / sums[1], sums[2] / sums[3], ratio, low, high, same, n)


def _within_sizes(bands: np.ndarray) -> float:
    """Return the Mantel–Haenszel ratio: each size band weighs by the deals it can compare."""
    won, closed, new_won, new_closed = bands.T
    total = np.maximum(closed + new_closed, 1)
    below = (new_won * closed / total).sum()
    return float((won * new_closed / total).sum() / below) if below > 0 else np.nan
