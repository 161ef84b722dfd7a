"""Two groups of cases compared within strata, where one customer may stand behind several cases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student_t


class Matched(NamedTuple):
    """Mean of the first group, of the second, their difference and its range, within strata.

    `n_first` and `n_second` are the cases of strata that hold both groups, `customers` those
    behind them, `events` the rarer of yes and no among them (for other figures: cases that are not 0).
    """

    mean_first: float
    mean_second: float
    difference: float
    low: float
    high: float
    n_first: int
    n_second: int
    customers: int
    events: int


NOTHING = Matched(np.nan, np.nan, np.nan, np.nan, np.nan, 0, 0, 0, 0)


class Excess(NamedTuple):
    """First less second of the mean outcome within strata; what it is divided by, and its own spread.

    `squares` sums the squared pull of each customer, all of its cases taken as one.
    """

    difference: float
    weight: float
    squares: float


def excess_within(
    first: pd.Series, outcome: pd.Series, stratum: pd.Series, customer: pd.Series
) -> Excess:
    """Return first less second of the mean outcome, each stratum counting by n₁·n₂ ÷ n.

    The difference is NaN where no stratum holds both.
    """
    apart, other = (
        each - each.groupby(stratum).transform("mean")
        for each in (first.astype("float64"), outcome.astype("float64"))
    )
    weight = float((apart**2).sum())
    if not weight > 0:
        return Excess(np.nan, weight, np.nan)
    difference = float((apart * other).sum() / weight)
    pull = apart * (other - difference * apart)
    return Excess(difference, weight, float((pull.groupby(customer).sum() ** 2).sum()))


def matched_difference(
    first: np.ndarray,
    outcome: np.ndarray,
    stratum: np.ndarray,
    customer: np.ndarray,
    *,
    level: float = 0.95,
) -> Matched:
    """Return first less second of the mean outcome, compared only within strata that hold both.

    A stratum counts by n₁·n₂ ÷ n, as in Mantel–Haenszel. The range takes a customer's cases as
    one, and is never narrower than the spread there would be without a difference: where one
    group has none or all of a mark, its own spread would be nothing. Cases without an outcome are
    left out.
    """
    rows = pd.DataFrame(
        {
            "first": np.asarray(first, dtype="float64"),
            "outcome": np.asarray(outcome, dtype="float64"),
            "stratum": np.asarray(stratum),
            "customer": np.asarray(customer),
        }
    ).dropna(subset=["outcome"])
    share = rows.groupby("stratum")["first"].transform("mean")
    rows = rows[(share > 0) & (share < 1)]
    if rows.empty:
        return NOTHING
    excess = excess_within(rows["first"], rows["outcome"], rows["stratum"], rows["customer"])
    mean_first = _weighted_mean(rows)
    low, high = _range(rows, excess, level)
    if _are_marks(rows["outcome"]):
        low, high = np.maximum(low, -1.0), np.minimum(high, 1.0)
    is_first = rows["first"] == 1
    return Matched(
        mean_first,
        mean_first - excess.difference,
        excess.difference,
        low,
        high,
        int(is_first.sum()),
        int((~is_first).sum()),
        int(rows["customer"].nunique()),
        _events(rows["outcome"]),
    )


def _weighted_mean(rows: pd.DataFrame) -> float:
    """Return the first group's mean with strata weighted as in the difference."""
    groups = rows.groupby("stratum")["first"]
    weight = groups.sum() * (1 - groups.mean())
    own = rows[rows["first"] == 1].groupby("stratum")["outcome"].mean()
    return float((weight * own).sum() / weight.sum())


def _range(rows: pd.DataFrame, excess: Excess, level: float) -> tuple[float, float]:
    customers, strata = rows["customer"].nunique(), rows["stratum"].nunique()
    free = len(rows) - strata - 1
    if customers < 3 or free < 1:
        return np.nan, np.nan
    few = customers / (customers - 1) * (len(rows) - 1) / free
    variance = max(excess.squares * few, _without_a_difference(rows)) / excess.weight**2
    if not variance > 0:
        return np.nan, np.nan
    reach = float(student_t.ppf((1 + level) / 2, customers - 1)) * np.sqrt(variance)
    return excess.difference - reach, excess.difference + reach


def _without_a_difference(rows: pd.DataFrame) -> float:
    """Return the spread of the weighted excess if who is first had nothing to do with the outcome."""
    groups = rows.groupby("stratum")["first"]
    count = groups.size()
    weight = groups.sum() * (1 - groups.mean())
    apart = rows["outcome"] - rows.groupby("stratum")["outcome"].transform("mean")
    squares = (apart**2).groupby(rows["stratum"]).sum()
    return float((weight * squares / (count - 1)).sum())


def _are_marks(outcome: pd.Series) -> bool:
    return bool(outcome.isin([0.0, 1.0]).all())


def _events(outcome: pd.Series) -> int:
    if _are_marks(outcome):
        return int(min(outcome.sum(), (1 - outcome).sum()))
    return int((outcome != 0).sum())
