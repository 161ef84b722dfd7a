"""Churned against new MRR month by month, each with the range of its underlying ratio (D35)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.allocation import THRESHOLD
from ltvlab.metrics.movements import KINDS, Changes, changes
from ltvlab.statistics.ratios import ratio_range, resampled_ratio


def churn_to_new_by_month(
    mrr: pd.DataFrame,
    opening: pd.Series,
    *,
    months: int,
    seed: int,
    fx: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return month, value, low, high, threshold: churned ÷ new MRR of the `months` that end in each month.

    Empty where nothing new was won; months without a whole window are left out, and orders have
    none. With one seed the last row is that of the 30 % rule.
    """
    if mrr.attrs["basis"] == "orders" or mrr.shape[1] <= months:
        return pd.DataFrame(
            {"month": mrr.columns[:0], "value": [], "low": [], "high": [], "threshold": []}
        )
    step = changes(mrr, opening.reindex(mrr.index), fx=fx)
    lost, won = (_moving_sums(step, name, months) for name in ("churn", "new"))
    low, high = ratio_range(resampled_ratio([lost], [won], seed=seed))
    above, below = lost.sum(axis=0), won.sum(axis=0)
    value = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    table = pd.DataFrame({"month": mrr.columns[months:], "value": value, "low": low, "high": high})
    table["threshold"] = THRESHOLD
    table.attrs = dict(mrr.attrs) | {"window_months": months}
    return table


def _moving_sums(step: Changes, name: str, months: int) -> np.ndarray:
    """Return customers × months, from the first whole window on: what the window came to."""
    moved = np.abs(step.now - step.fx - step.before) * (step.kind == KINDS.index(name))
    # The first month has no month before it and so belongs to no window.
    running = np.cumsum(moved, axis=1)
    return running[:, months:] - running[:, :-months]
