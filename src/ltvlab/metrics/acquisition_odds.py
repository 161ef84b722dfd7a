"""How sure LTV/CAC is of reaching 3: its range and its odds from customers drawn again (D20, D33)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import KINDS, changes
from ltvlab.metrics.values import recent_sums
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import bca, wilson
from ltvlab.statistics.likelihood import FEWEST_EVENTS
from ltvlab.statistics.resampling import resampled_sums

RULE = 3.0
# A verdict on fewer losses would hang on a handful of customers.
FIRM_LOSSES = 12
LIKELY, UNLIKELY = 0.9, 0.1
# No life is put longer than this on a book that has hardly lost anyone.
LONGEST_MONTHS = 60
# 3 reached up to the rounding of a product is 3.
NEARLY = 1e-9


class Sums(NamedTuple):
    """Sums over customers: what `acquisition_sums` has columns of."""

    margin: float
    active: float
    opened: float
    lost: float
    new: float
    starting_margin: float


class JudgedValue(NamedTuple):
    """Plain LTV, LTV/CAC with its range, the odds that it is 3 or more, and the verdict."""

    ltv: float
    ltv_cac: float
    low: float
    high: float
    probability: float
    verdict: str


def acquisition_sums(
    mrr: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Return, per customer, what CAC and the plain LTV sum up.

    margin and active in the last month; opened and lost customer-months, and new (D07), of the
    last twelve; starting_margin of those new.
    """
    kind = changes(mrr, customers["opening"]).kind[:, -YEAR:]
    new = (kind == KINDS.index("new")).any(axis=1).astype("float64")
    starting = customers["starting_margin"].reindex(mrr.index).to_numpy() * new
    sums = recent_sums(mrr, margin).astype("float64")
    return sums.assign(new=new, starting_margin=starting)


def judged_value(
    sums: pd.DataFrame, *, spend: float, seed: int, longest_months: int = LONGEST_MONTHS
) -> JudgedValue:
    """Return the plain LTV of customers, its ratio to their CAC, and whether it reaches 3.

    A verdict needs twelve losses and odds of at least 0.9 or at most 0.1. With fewer losses only
    the least life that Wilson's bound on churn allows may decide, and only that 3 is reached;
    with fewer than ten it is also the LTV shown, at least so much, without a range.
    """
    each = sums.to_numpy(dtype="float64")
    total, drawn = each.sum(axis=0), resampled_sums(each, seed=seed)
    lost, opened = Sums(*total).lost, Sums(*total).opened
    least = min(1 / wilson(lost, opened)[1], longest_months) if opened else np.nan
    life = least if lost < FEWEST_EVENTS else None
    ratio = ltv_cac(total, spend, life)
    low = high = np.nan
    if life is None:
        low, high = bca(ratio, ltv_cac(drawn, spend), ltv_cac(total - each, spend))
    odds = _probability(drawn, spend, least if lost < FIRM_LOSSES else None)
    figures = (float(figure) for figure in (plain_value(total, life), ratio, low, high, odds))
    return JudgedValue(*figures, _verdict(odds))


def plain_value(sums: np.ndarray, life_months: float | None = None) -> np.ndarray:
    """Return margin per active customer × life (D17b); a life not given is 1 ÷ pooled churn."""
    total = Sums(*np.moveaxis(sums, -1, 0))
    life = _quotient(total.opened, total.lost) if life_months is None else life_months
    return _quotient(total.margin, total.active) * life


def ltv_cac(sums: np.ndarray, spend: float, life_months: float | None = None) -> np.ndarray:
    """Return LTV/CAC of sums over customers (rows × columns); NaN where nothing was lost."""
    return plain_value(sums, life_months) * Sums(*np.moveaxis(sums, -1, 0)).new / spend


def _quotient(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    above, below = np.asarray(above), np.asarray(below)
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)


def _probability(drawn: np.ndarray, spend: float, least_life: float | None) -> float:
    """Return the share of draws in which LTV/CAC is 3 or more; of a bound only odds that decide."""
    total = Sums(*np.moveaxis(drawn, -1, 0))
    # Multiplied out, so that a draw without losses counts as reached and one without new
    # customers as missed, and neither divides by zero.
    life, lost = (total.opened, total.lost) if least_life is None else (least_life, 1.0)
    earned = total.margin * life * total.new
    needed = RULE * total.active * lost * spend
    odds = float(((earned > 0) & (earned >= needed * (1 - NEARLY))).mean())
    return np.nan if least_life is not None and odds < LIKELY else odds


def _verdict(probability: float) -> str:
    if probability >= LIKELY:
        return "at_least_3"
    return "below_3" if probability <= UNLIKELY else "undecided"
