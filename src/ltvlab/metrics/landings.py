"""Where a KPI will stand at the end of the fiscal year, from the changes of the last twelve months."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from ltvlab.metrics.kpis import Course

DRAWS = 4000
# Fewer changes do not say how much a month may bring.
FEWEST_CHANGES = 12
LEVEL = 0.95


class Landing(NamedTuple):
    """The figure at the year's end with its 95 % range; NaN where the months do not allow one."""

    value: float
    low: float
    high: float


NOWHERE = Landing(np.nan, np.nan, np.nan)


def year_start(month: pd.Period, *, fiscal_first_month: int) -> pd.Period:
    """Return the first month of the fiscal year that `month` lies in."""
    return month - (month.month - fiscal_first_month) % 12


def landing(
    values: pd.Series,
    *,
    course: Course,
    start: pd.Period,
    seed: int,
    share: bool = False,
    least: float = -np.inf,
) -> Landing:
    """Return the projected landing of a KPI whose `values` end with the report month (D42).

    A level goes on from where it stands by months like the last twelve changes; a sum adds months
    like the last twelve to the year to date; an average is the mean of the year's months, so far
    and to come. Months are drawn with replacement, their mean too, as a year of twelve draws says
    only so much of it; the range is stretched as Student's t asks for so few, and empty where all
    twelve were alike. A `share` stays within 0 and 1; months like those that would lead to `least`
    or below cannot go on, so there is no landing. What is asked in waves has none, and in the
    year's last month the landing is what happened, without a range.
    """
    left = 11 - (values.index[-1].ordinal - start.ordinal)
    so_far = values[values.index >= start]
    if course == "wave" or np.isnan(values.iloc[-1]):
        return NOWHERE
    if left == 0:
        return Landing(_together(so_far, course), np.nan, np.nan)
    steps = (
        (values.diff() if course == "level" else values).tail(FEWEST_CHANGES).to_numpy("float64")
    )
    if len(steps) < FEWEST_CHANGES or np.isnan(steps).any():
        return NOWHERE
    ends = _ends(steps, left, seed=seed)
    if course == "level":
        ends = float(values.iloc[-1]) + ends
    else:
        months = len(so_far) + left if course == "average" else 1
        ends = (float(so_far.sum()) + ends) / months
    if ends[0] <= least:
        return NOWHERE
    value, low, high = np.clip(ends, 0.0 if share else least, 1.0 if share else np.inf)
    alike = np.ptp(steps) == 0
    return Landing(float(value), *((np.nan, np.nan) if alike else (float(low), float(high))))


def _ends(steps: np.ndarray, left: int, *, seed: int) -> np.ndarray:
    """Return what the months left bring, and its range."""
    point, reach = left * steps.mean(), _stretch(len(steps))
    sums = _drawn_sums(steps, left, seed=seed)
    low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return np.array([point, point + reach * (low - point), point + reach * (high - point)])


def _together(so_far: pd.Series, course: Course) -> float:
    whole = {"level": so_far.iloc[-1], "sum": so_far.sum(), "average": so_far.mean()}
    return float(whole[course])


def _drawn_sums(steps: np.ndarray, left: int, *, seed: int) -> np.ndarray:
    """Return the sums of `left` months drawn from years that were themselves drawn."""
    generator = np.random.default_rng(seed)
    years = steps[generator.integers(0, len(steps), size=(DRAWS, len(steps)))]
    chosen = generator.integers(0, len(steps), size=(DRAWS, left))
    return np.take_along_axis(years, chosen, axis=1).sum(axis=1)


def _stretch(n: int) -> float:
    """Return how much wider than resampling's a range of n steps has to be: variance and tails."""
    half = (1 + LEVEL) / 2
    return float(np.sqrt(n / (n - 1)) * t.ppf(half, n - 1) / norm.ppf(half))
