"""Ratios of sums over customers, drawn again: their range and their odds from one distribution.

The bootstrap-t of Efron & Tibshirani (An Introduction to the Bootstrap, 1993, ch. 12) with
standard errors by the delta method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np

from ltvlab.statistics.intervals import Bounds, resampled_interval, t_of_draws
from ltvlab.statistics.resampling import DRAWS, Resampled, resampled_sums

# Sums in proportion to each other leave less relative variance than this, by rounding.
NO_VARIANCE = 1e-12


def resampled_ratio(
    above: Sequence[np.ndarray], below: Sequence[np.ndarray], *, seed: int, draws: int = DRAWS
) -> Resampled:
    """Return the product of the sums `above` ÷ that of the sums `below`, with its draws.

    Each is per customer and never negative, or customers × columns for many ratios drawn
    together. A draw without anyone above is 0 and one without anyone below infinite, both
    infinitely far away; the ratio itself is unknown where one of its sums is 0.
    """
    parts = [np.asarray(part, dtype="float64") for part in (*above, *below)]
    customers = len(parts[0])
    parts = [part.reshape(customers, math.prod(part.shape[1:])) for part in parts]
    totals = np.array([part.sum(axis=0) for part in parts])
    powers = np.array([1.0] * len(above) + [-1.0] * len(below))
    pairs = list(combinations_with_replacement(range(len(parts)), 2))
    # As shares of their totals, so that squares of large amounts do not cancel.
    shares = [part / np.where(total > 0, total, 1.0) for part, total in zip(parts, totals, strict=True)]  # fmt: skip
    columns = np.hstack([*shares, *(shares[one] * shares[other] for one, other in pairs)])
    split = (-1, len(parts) + len(pairs), totals.shape[1])
    drawn = resampled_sums(columns, draws=draws, seed=seed).reshape(split)
    _, error = _ratio_and_error(columns.sum(axis=0).reshape(split), powers, pairs, customers)
    draw_estimates, draw_errors = _ratio_and_error(drawn, powers, pairs, customers)
    known = (totals > 0).all(axis=0) & (customers > 1)
    value = np.where(known, _powered(totals, powers), np.nan)
    return Resampled(value, value * error[0], value * draw_estimates, value * draw_errors)


def _powered(sums: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """Return sums above ÷ sums below (axis 0); 0 without any above, infinite without any below."""
    above, below = (np.prod(sums[powers == side], axis=0) for side in (1.0, -1.0))
    with np.errstate(divide="ignore"):
        return np.where(above > 0, above / np.where(above > 0, below, 1.0), 0.0)


def _ratio_and_error(
    sums: np.ndarray, powers: np.ndarray, pairs: list[tuple[int, int]], customers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return ratio and standard error (draws × columns) of draws × (shares, products) × columns.

    The relative variance is the sum of squares of each customer's Σ power × share of the sum.
    """
    single = np.moveaxis(sums[:, : len(powers)], 1, 0)
    defined = (single > 0).all(axis=0)
    known = np.where(defined, single, 1.0)
    variance = np.full(defined.shape, -(powers.sum() ** 2) / max(customers, 1))
    for place, (one, other) in enumerate(pairs, start=len(powers)):
        weight = powers[one] * powers[other] * (1 if one == other else 2)
        variance += weight * sums[:, place] / (known[one] * known[other])
    ratio, varied = _powered(single, powers), defined & (variance > NO_VARIANCE)
    return ratio, np.where(varied, _powered(known, powers) * np.sqrt(np.where(varied, variance, 0.0)), 0.0)  # fmt: skip


def ratio_range(ratio: Resampled, *, level: float = 0.95) -> Bounds:
    """Return the bootstrap-t bounds of each column; a ratio of amounts ends at 0.

    NaN where too many draws miss a whole side, as of three customers in forty, or one is nearly
    all of it: what others of its kind would bring is unknown.
    """
    low, high = resampled_interval(ratio, level=level)
    return np.maximum(low, 0.0), high


def odds_over(ratio: Resampled, line: float) -> np.ndarray:
    """Return the odds that each column's underlying ratio is over `line`.

    They are the largest level of a one-sided range that stays over it, so that odds of 90 % and
    the range of 80 % say the same. NaN where the ratio is unknown; certain without variation.
    """
    t_values = t_of_draws(ratio.estimate, ratio.draw_estimates, ratio.draw_standard_errors)
    varied = ratio.standard_error > 0
    seen = (ratio.estimate - line) / np.where(varied, ratio.standard_error, 1.0)
    odds = np.where(varied, (t_values < seen).mean(axis=0), ratio.estimate > line)
    return np.where(np.isnan(ratio.estimate), np.nan, odds)
