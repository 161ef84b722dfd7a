"""95 % ranges: Wilson for proportions, bootstrap-t for money, BCa for most ratios (D33).

Where a range cannot be given (under two customers, no variation, nothing to divide by) both
bounds are NaN; nothing raises and nothing warns.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri
from statsmodels.stats.proportion import proportion_confint

from ltvlab.statistics.resampling import DRAWS, Resampled, resampled_mean, resampled_sums

Bounds = tuple[np.ndarray, np.ndarray]
# With more draws than this undefined (nothing to divide by), a range would describe the rest only.
DEFINED_SHARE = 0.95
# Draws that miss the one customer who carries a mean vary by less than this share of its own
# standard error; their t values put a mean of 1.1 million between -0.1 and 429 million.
LEAST_SPREAD = 0.02


def wilson(successes: np.ndarray, total: np.ndarray, *, level: float = 0.95) -> Bounds:
    """Return the Wilson bounds of `successes` out of `total`: 0 of 30 reaches up to 11.4 %."""
    successes, total = np.broadcast_arrays(
        *(np.asarray(x, dtype="float64") for x in (successes, total))
    )
    known = total > 0
    low, high = proportion_confint(
        np.where(known, successes, 0.0),
        np.where(known, total, 1.0),
        alpha=1 - level,
        method="wilson",
    )
    return np.where(known, low, np.nan)[()], np.where(known, high, np.nan)[()]


def exact_share(successes: np.ndarray, total: np.ndarray, *, level: float = 0.95) -> Bounds:
    """Return the exact (Clopper–Pearson) bounds of `successes` out of `total`: 0 of 30 up to 11.6 %.

    Wider than Wilson, and never too narrow: for holding a share against a fixed one.
    """
    successes, total = np.broadcast_arrays(
        *(np.asarray(x, dtype="float64") for x in (successes, total))
    )
    known = total > 0
    low, high = proportion_confint(
        np.where(known, successes, 0.0), np.where(known, total, 1.0), alpha=1 - level, method="beta"
    )
    return np.where(known, low, np.nan)[()], np.where(known, high, np.nan)[()]


def bootstrap_t(
    estimate: np.ndarray,
    standard_error: np.ndarray,
    draw_estimates: np.ndarray,
    draw_standard_errors: np.ndarray,
    *,
    level: float = 0.95,
) -> Bounds:
    """Return the bounds that the draws' own t values put around `estimate`.

    Skewed sizes make few large customers carry the mean; the t values carry that skew, where
    plain percentiles would cover too little. Where one customer is nearly all of the mean, what
    others of its kind would bring is unknown, and so are the bounds.
    """
    t_values = t_of_draws(estimate, draw_estimates, draw_standard_errors)
    tail = (1 - level) / 2
    # Whole order statistics: interpolating towards an infinite t would give NaN with a warning.
    most = np.quantile(t_values, 1 - tail, axis=0, method="higher")
    least = np.quantile(t_values, tail, axis=0, method="lower")
    with np.errstate(invalid="ignore"):
        low, high = estimate - most * standard_error, estimate - least * standard_error
    spread = np.quantile(draw_standard_errors, tail, axis=0, method="lower")
    return _finite(low, high, (standard_error > 0) & (spread >= LEAST_SPREAD * standard_error))


def t_of_draws(
    estimate: np.ndarray, draw_estimates: np.ndarray, draw_standard_errors: np.ndarray
) -> np.ndarray:
    """Return each draw's distance from `estimate` in its own standard errors.

    A draw without variation is infinitely far, or at zero where it equals the estimate.
    """
    distance = np.asarray(draw_estimates) - estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(distance == 0, 0.0, distance / draw_standard_errors)


def _finite(low: np.ndarray, high: np.ndarray, varied: np.ndarray) -> Bounds:
    """Half a range would read as a mistake, so both bounds hold or neither."""
    known = np.isfinite(low) & np.isfinite(high) & varied
    return np.where(known, low, np.nan)[()], np.where(known, high, np.nan)[()]


def bca(
    estimate: np.ndarray,
    draw_estimates: np.ndarray,
    leave_one_out: np.ndarray,
    *,
    level: float = 0.95,
) -> Bounds:
    """Return bias-corrected and accelerated bounds for each column of draws.

    `draw_estimates` is draws (× columns); `leave_one_out` is customers (× columns), the
    estimate without each of them.
    """
    draws = np.sort(np.asarray(draw_estimates, dtype="float64"), axis=0)
    defined = np.isfinite(draws).sum(axis=0)
    below = (draws < estimate).sum(axis=0) + 0.5 * (draws == estimate).sum(axis=0)
    bias = ndtri(below / np.maximum(defined, 1))
    tail = ndtri((1 - level) / 2)
    acceleration = _acceleration(leave_one_out)
    low, high = (
        _order_statistic(draws, _corrected(bias, acceleration, z), defined) for z in (tail, -tail)
    )
    varied = high - low > 1e-12 * np.abs(estimate)
    return _finite(low, high, varied & (defined >= DEFINED_SHARE * len(draws)))


def _acceleration(leave_one_out: np.ndarray) -> np.ndarray:
    known = np.isfinite(leave_one_out)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, leave_one_out, 0.0).sum(axis=0) / count
    distance = np.where(known, mean - leave_one_out, 0.0)
    spread = (distance**2).sum(axis=0) ** 1.5
    return (distance**3).sum(axis=0) / np.where(spread > 0, 6 * spread, 1.0)


def _corrected(bias: np.ndarray, acceleration: np.ndarray, z: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        shifted = bias + z
        return ndtr(bias + shifted / (1 - acceleration * shifted))


def _order_statistic(draws: np.ndarray, share: np.ndarray, defined: np.ndarray) -> np.ndarray:
    """Return the quantile `share` of each sorted column among its first `defined` values."""
    position = np.nan_to_num(share) * np.maximum(defined - 1, 0)
    lower = np.floor(position).astype("int64")
    upper = np.minimum(lower + 1, np.maximum(defined - 1, 0))
    at = [
        np.take_along_axis(draws, np.asarray(row)[None, ...], axis=0)[0] for row in (lower, upper)
    ]
    return np.where(np.isnan(share), np.nan, at[0] + (at[1] - at[0]) * (position - lower))


def ratio_interval(
    numerator: np.ndarray,
    denominator: np.ndarray,
    *,
    seed: int,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Bounds:
    """Return BCa bounds of Σ numerator ÷ Σ denominator over customers.

    Both are per customer, or customers × columns for many ratios drawn together.
    """
    above, below = (np.asarray(x, dtype="float64") for x in (numerator, denominator))
    shape, customers = above.shape[1:], len(above)
    if customers < 2:
        return np.full(shape, np.nan)[()], np.full(shape, np.nan)[()]
    above, below = above.reshape(customers, -1), below.reshape(customers, -1)
    sums = resampled_sums(np.hstack([above, below]), draws=draws, seed=seed)
    low, high = bca(
        _ratio(above.sum(axis=0), below.sum(axis=0)),
        _ratio(*np.split(sums, 2, axis=1)),
        _ratio(above.sum(axis=0) - above, below.sum(axis=0) - below),
        level=level,
    )
    return low.reshape(shape)[()], high.reshape(shape)[()]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below != 0)


def mean_interval(
    values: np.ndarray, *, seed: int, draws: int = DRAWS, level: float = 0.95
) -> Bounds:
    """Return bootstrap-t bounds of the mean of `values`, per customer or customers × columns."""
    shape = np.shape(values)[1:]
    low, high = resampled_interval(resampled_mean(values, seed=seed, draws=draws), level=level)
    return low.reshape(shape)[()], high.reshape(shape)[()]


def resampled_interval(resampled: Resampled, *, level: float = 0.95) -> Bounds:
    """Return the bootstrap-t bounds of an estimate that was drawn again many times."""
    return bootstrap_t(*resampled, level=level)
