"""Kaplan–Meier on whole months of age, with late entry, for one table or thousands of draws.

A customer is at risk at age t when entry < t ≤ duration (D24). One churned at age T was active
at ages 0 … T−1; one still active at the report month is censored at its age then. Survival is 1
at the first age of a curve by definition and falls from there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri
from statsmodels.duration.survfunc import survdiff

from ltvlab.statistics.discounting import month_weights
from ltvlab.statistics.resampling import DRAWS, Resampled, resampling_weights

# Below this many at risk, one loss moves the curve by more than a fifth.
MINIMUM_AT_RISK = 5


def survival_curve(
    duration: np.ndarray,
    event: np.ndarray,
    entry: np.ndarray | None = None,
    *,
    minimum_at_risk: int = MINIMUM_AT_RISK,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return age, survival, low, high, at_risk, events for every month of age.

    The curve starts just before the first age with `minimum_at_risk` at risk, at 1: from a
    later start than 0 it is conditional on having reached it. It stops at the last age with so
    many, or before a thinner age at which everyone left, which would end it for good.
    `low` and `high` are log-log Greenwood bounds, empty before the first loss and at zero.
    """
    at_risk, events = _counts(duration, event, entry)
    first, last = _usable(at_risk, events, minimum_at_risk)
    ages = np.arange(first, last + 1)
    at_risk, events = at_risk[ages], np.where(ages == first, 0, events[ages])
    survival = survival_from_counts(at_risk, events)
    low, high = _log_log_bounds(survival, _greenwood(at_risk, events), level)
    return pd.DataFrame(
        {
            "age": ages,
            "survival": survival,
            "low": low,
            "high": high,
            "at_risk": at_risk,
            "events": events,
        }
    )


def _counts(
    duration: np.ndarray, event: np.ndarray, entry: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return customers at risk and events at ages 0, 1, … by counting, never customer × age.

    At age 0 nobody can be lost, so those known from their start stand there.
    """
    duration, event, entry = _observed(duration, event, entry)
    ages = int(duration.max(initial=0)) + 1
    entered = np.bincount(entry, minlength=ages + 1).cumsum()
    left = np.bincount(duration, minlength=ages + 1).cumsum()
    at_risk = np.concatenate([[entered[0]], entered[: ages - 1] - left[: ages - 1]])
    return at_risk, np.bincount(duration[event], minlength=ages)


def _observed(
    duration: np.ndarray, event: np.ndarray, entry: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    duration = np.asarray(duration).astype("int64")
    event = np.asarray(event).astype(bool)
    entry = np.zeros_like(duration) if entry is None else np.asarray(entry).astype("int64")
    # Nobody who left at or before entry was ever at risk.
    seen = duration > entry
    return duration[seen], event[seen], np.maximum(entry[seen], 0)


def _usable(at_risk: np.ndarray, events: np.ndarray, minimum: int) -> tuple[int, int]:
    """Return the first and last age of the curve; both 0 where it never starts."""
    enough = np.flatnonzero(at_risk[1:] >= minimum) + 1
    if not len(enough):
        return 0, 0
    ages = np.arange(len(at_risk))
    emptied = (at_risk < minimum) & (events == at_risk) & (events > 0) & (ages > enough[0])
    return int(enough[0]) - 1, int(min(enough[-1], *(ages[emptied][:1] - 1), len(ages)))


def survival_from_counts(at_risk: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Return Kaplan–Meier survival along the last axis, 1 at its first age by definition."""
    kept = 1.0 - np.divide(
        events, at_risk, out=np.zeros(np.shape(at_risk), dtype="float64"), where=at_risk > 0
    )
    kept[..., 0] = 1.0
    return np.cumprod(kept, axis=-1)


def _greenwood(at_risk: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Return d / (R (R − d)) per age; 0 at the first, and where nobody is left of those at risk."""
    rest = at_risk * (at_risk - events)
    terms = np.divide(events, rest, out=np.zeros(np.shape(rest), dtype="float64"), where=rest > 0)
    terms[..., 0] = 0.0
    return terms


def _log_log_bounds(
    survival: np.ndarray, greenwood: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    inside = (survival > 0) & (survival < 1)
    log_survival = np.log(np.where(inside, survival, 0.5))
    width = -ndtri((1 - level) / 2) * np.sqrt(greenwood.cumsum()) / np.abs(log_survival)
    low, high = (
        np.where(inside, np.exp(log_survival * np.exp(s * width)), np.nan) for s in (1, -1)
    )
    low[0] = high[0] = 1.0
    return low, high


def observed_months(curve: pd.DataFrame) -> int:
    """Return the longest horizon for which every month's survival was observed."""
    return int(curve["age"].iloc[-1]) + 1


def restricted_mean(
    curve: pd.DataFrame, horizon_months: int, *, monthly_discount: float = 0.0
) -> float:
    """Return Σ S(t) / (1 + d)^t over t = 0 … horizon − 1: expected months, or their worth today.

    Ages before a conditional start count as survived. NaN where the curve ends before the
    horizon above zero: take `min(horizon_months, observed_months(curve))` and say so.
    """
    if horizon_months > observed_months(curve) and curve["survival"].iloc[-1] > 0:
        return float("nan")
    before = np.arange(curve["age"].iloc[0])
    ages = np.concatenate([before, curve["age"]])
    survival = np.concatenate([np.ones(len(before)), curve["survival"]])
    return float(
        survival
        @ month_weights(ages, horizon_months=horizon_months, monthly_discount=monthly_discount)
    )


def restricted_mean_standard_error(
    at_risk: np.ndarray,
    events: np.ndarray,
    ages: np.ndarray,
    *,
    horizon_months: int,
    monthly_discount: float = 0.0,
) -> np.ndarray:
    """Return the Greenwood-type standard error of the restricted mean, along the last axis.

    An age at which everyone left adds nothing: no survival is left after it to be uncertain of.
    """
    weights = month_weights(ages, horizon_months=horizon_months, monthly_discount=monthly_discount)
    paid = survival_from_counts(at_risk, events) * weights
    ahead = np.flip(np.flip(paid, axis=-1).cumsum(axis=-1), axis=-1)
    return np.sqrt((ahead**2 * _greenwood(at_risk, events)).sum(axis=-1))


def resampled_counts(
    duration: np.ndarray,
    event: np.ndarray,
    entry: np.ndarray | None,
    weights: np.ndarray,
    ages: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws × ages of customers at risk and of events, by two matrix products."""
    under_risk, lost = counts_by_customer(duration, event, entry, ages)
    return weights @ under_risk, weights @ lost


def counts_by_customer(
    duration: np.ndarray, event: np.ndarray, entry: np.ndarray | None, ages: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return customers × ages of being at risk and of being lost, as 0 and 1."""
    duration, ages = np.asarray(duration)[:, None], np.asarray(ages)
    entry = np.zeros_like(duration) if entry is None else np.asarray(entry)[:, None]
    under_risk = (entry < ages) & (ages <= duration)
    lost = under_risk & (ages == duration) & np.asarray(event).astype(bool)[:, None]
    return under_risk.astype("float64"), lost.astype("float64")


def resampled_curves(
    duration: np.ndarray,
    event: np.ndarray,
    entry: np.ndarray | None,
    weights: np.ndarray,
    ages: np.ndarray,
) -> np.ndarray:
    """Return draws × ages of survival, each 1 at `ages[0]`; `ages` are consecutive months.

    An age nobody is at risk at in a draw leaves that draw's curve as it was.
    """
    return survival_from_counts(*resampled_counts(duration, event, entry, weights, ages))


def resampled_restricted_mean(
    duration: np.ndarray,
    event: np.ndarray,
    entry: np.ndarray | None = None,
    *,
    horizon_months: int,
    monthly_discount: float = 0.0,
    seed: int,
    draws: int = DRAWS,
) -> Resampled:
    """Return the restricted mean from age 0 with its standard error, and both for every draw.

    The caller keeps `horizon_months` within what `observed_months` of the curve allows.
    """
    ages = np.arange(horizon_months)
    settings = {"horizon_months": horizon_months, "monthly_discount": monthly_discount}
    drawn = resampling_weights(len(np.asarray(duration)), draws=draws, seed=seed)
    weights = np.vstack([np.ones((1, drawn.shape[1])), drawn])
    at_risk, events = resampled_counts(duration, event, entry, weights, ages)
    means = survival_from_counts(at_risk, events) @ month_weights(ages, **settings)
    errors = restricted_mean_standard_error(at_risk, events, ages, **settings)
    return Resampled(means[:1], errors[:1], means[1:, None], errors[1:, None])


def log_rank(
    durations: np.ndarray,
    events: np.ndarray,
    groups: np.ndarray,
    entry: np.ndarray | None = None,
) -> tuple[float, float]:
    """Return the log-rank chi-square and its p value that all groups share one curve.

    NaN for both with one group, or where no loss happened while two groups were at risk.
    """
    groups = np.unique(np.asarray(groups), return_inverse=True)[1]
    if groups.max(initial=0) == 0:
        return float("nan"), float("nan")
    settings = {} if entry is None else {"entry": np.asarray(entry)}
    events = np.asarray(events).astype("int64")
    try:
        chi_square, _ = survdiff(np.asarray(durations), events, groups, **settings)
    except np.linalg.LinAlgError:  # no variance: nothing was there to compare
        return float("nan"), float("nan")
    # survdiff subtracts from 1: beyond a chi-square of about 70 every p value would tie at zero.
    return float(chi_square), float(chdtrc(groups.max(), chi_square))
