"""Two groups, or many at once: the range of a difference, and p values that own up to their number."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from statsmodels.stats.multitest import multipletests

from ltvlab.statistics.intervals import resampled_interval, t_of_draws
from ltvlab.statistics.resampling import Resampled


class Difference(NamedTuple):
    """First minus second, its 95 % range, and the p value that there is none."""

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray


def difference(first: Resampled, second: Resampled, *, level: float = 0.95) -> Difference:
    """Return the difference of two estimates drawn independently, with bootstrap-t bounds.

    Both need as many draws, from different seeds. Ranges of the two that overlap say little;
    this one does.
    """
    apart = Resampled(
        first.estimate - second.estimate,
        np.hypot(first.standard_error, second.standard_error),
        first.draw_estimates - second.draw_estimates,
        np.hypot(first.draw_standard_errors, second.draw_standard_errors),
    )
    low, high = resampled_interval(apart, level=level)
    return Difference(apart.estimate, low, high, _p_value(apart))


def _p_value(apart: Resampled) -> np.ndarray:
    varied = np.asarray(apart.standard_error) > 0
    seen = np.abs(apart.estimate) / np.where(varied, apart.standard_error, 1.0)
    drawn = np.abs(t_of_draws(apart.estimate, apart.draw_estimates, apart.draw_standard_errors))
    # The data themselves count as one draw, so that no p value is 0.
    p_value = (1 + (drawn >= seen).sum(axis=0)) / (1 + len(drawn))
    return np.where(varied, p_value, np.nan)


def adjusted_p_values(
    p_values: np.ndarray, *, method: Literal["holm", "fdr_bh"] = "holm"
) -> np.ndarray:
    """Return p values corrected for how many there are; NaN stays NaN and counts for nothing.

    Holm bounds the chance of one false finding, fdr_bh the share of false ones.
    """
    p_values = np.asarray(p_values, dtype="float64")
    known = ~np.isnan(p_values)
    adjusted = np.full(p_values.shape, np.nan)
    if known.any():
        adjusted[known] = multipletests(p_values[known], method=method)[1]
    return adjusted
