"""Two groups compared within strata: difference, range, exact p value, and whether one row turns it."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import hypergeom

# Beyond so many possible counts the exact distribution is the normal one to the eye.
LONGEST_EXACT = 5000
# Probabilities that differ by rounding alone are as extreme as each other.
ROUNDING = 1 + 1e-7


class Stratified(NamedTuple):
    """Share with the mark among the first group less that among the second, within strata.

    NaN where no stratum holds both groups and both marks.
    """

    difference: float
    low: float
    high: float
    p_value: float
    sign_holds: bool


class _Tables(NamedTuple):
    """Rows, first-group rows, marked rows and rows that are both, by stratum."""

    rows: np.ndarray
    first: np.ndarray
    marked: np.ndarray
    both: np.ndarray

    @property
    def excess(self) -> np.ndarray:
        return self.both - _ratio(self.first * self.marked, self.rows)

    @property
    def weight(self) -> np.ndarray:
        return _ratio(self.first * (self.rows - self.first), self.rows)

    @property
    def variance(self) -> np.ndarray:
        spread = _ratio(self.marked * (self.rows - self.marked), self.rows * (self.rows - 1))
        return self.weight * spread


def stratified_difference(
    first: np.ndarray, marked: np.ndarray, stratum: np.ndarray, *, level: float = 0.95
) -> Stratified:
    """Return the Mantel–Haenszel difference of the shares marked, and Fisher's exact p within strata.

    The range takes the spread there would be without a difference, so it agrees with the test and
    stays finite where a group has all or none of the mark. The p value is exact given the numbers
    of each stratum: it needs no model to converge.
    """
    tables = _tables(*(np.asarray(x) for x in (first, marked, stratum)))
    variance = tables.variance.sum()
    if not variance > 0:
        return Stratified(np.nan, np.nan, np.nan, np.nan, False)
    excess, weight = tables.excess.sum(), tables.weight.sum()
    reach = -ndtri((1 - level) / 2) * np.sqrt(variance) / weight
    p_value = _p_value(tables, excess / np.sqrt(variance))
    difference = excess / weight
    low, high = max(difference - reach, -1.0), min(difference + reach, 1.0)
    return Stratified(difference, low, high, p_value, _sign_holds(tables))


def _tables(first: np.ndarray, marked: np.ndarray, stratum: np.ndarray) -> _Tables:
    _, place = np.unique(stratum, return_inverse=True)
    count = place.max() + 1 if len(place) else 0
    weights = (np.ones(len(place)), first, marked, first & marked)
    return _Tables(*(np.bincount(place, weights=w, minlength=count) for w in weights))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)


def _p_value(tables: _Tables, z: float) -> float:
    least = np.maximum(0, tables.first + tables.marked - tables.rows).astype("int64")
    most = np.minimum(tables.first, tables.marked).astype("int64")
    if (most - least).sum() > LONGEST_EXACT:
        return float(2 * ndtr(-abs(z)))
    numbers = zip(*(x.astype("int64") for x in tables[:3]), least, most, strict=True)
    parts = [
        hypergeom.pmf(np.arange(low, high + 1), rows, first, marked)
        for rows, first, marked, low, high in numbers
    ]
    chances = reduce(np.convolve, parts)
    seen = chances[int(tables.both.sum()) - least.sum()]
    return float(min(chances[chances <= seen * ROUNDING].sum(), 1.0))


def _sign_holds(tables: _Tables) -> bool:
    """Tell whether the difference keeps its sign whichever single row is left out."""
    total = tables.excess.sum()
    kinds = [(first, marked) for first in (0, 1) for marked in (0, 1)]
    left = [total - tables.excess + _without(tables, *kind).excess for kind in kinds]
    there = [_count(tables, *kind) > 0 for kind in kinds]
    without = np.concatenate([t[ok] for t, ok in zip(left, there, strict=True)])
    return bool(total != 0 and (np.sign(np.round(without, 12)) == np.sign(total)).all())


def _without(tables: _Tables, first: int, marked: int) -> _Tables:
    taken = np.array([1, first, marked, first * marked])[:, None]
    return _Tables(*(np.vstack(tables) - taken))


def _count(tables: _Tables, first: int, marked: int) -> np.ndarray:
    """Return, by stratum, the rows in or out of the first group, with or without the mark."""
    rows, of_first, of_marked, both = tables
    if first:
        return both if marked else of_first - both
    return of_marked - both if marked else rows - of_first - of_marked + both
