"""How many times as often one side does what the other does: a ratio of two shares, and its range."""

from __future__ import annotations

import numpy as np

from ltvlab.statistics.intervals import bca
from ltvlab.statistics.resampling import resampled_sums


def rate_ratio(sums: np.ndarray) -> np.ndarray:
    """Return (a ÷ b) ÷ (c ÷ d) of sums a, b, c, d along the last axis; NaN where b or c is nothing."""
    done, cases, other_done, other_cases = np.moveaxis(np.asarray(sums, dtype="float64"), -1, 0)
    below = cases * other_done
    # np.divide with `where` keeps draws without a case undefined instead of infinite.
    return np.divide(
        done * other_cases, below, out=np.full(np.shape(below), np.nan), where=below > 0
    )


def rate_ratio_range(per_customer: np.ndarray, *, seed: int) -> tuple[float, float]:
    """Return the 95 % range of the ratio of `per_customer` (customers × 4 sums), customers drawn again."""
    sums = per_customer.sum(axis=0)
    if len(per_customer) < 2:
        return np.nan, np.nan
    low, high = bca(
        rate_ratio(sums),
        rate_ratio(resampled_sums(per_customer, seed=seed)),
        rate_ratio(sums - per_customer),
    )
    return float(low), float(high)
