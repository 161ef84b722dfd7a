"""Forecasts anyone could make on one line: what a model has to beat before it is believed.

Each takes what was known at an origin and returns the margin that the existing customers bring
in the next twelve months, undiscounted, in minor units; NaN where it cannot say.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ltvlab.metrics.known_books import Known
from ltvlab.months import YEAR

# The mean of fewer customers of one age says more about them than about the age.
FEWEST_AT_AGE = 5


def last_value(known: Known) -> float:
    """Return the last month's margin × 12; with orders the margin of the last twelve months."""
    if known.by_orders:
        return float(known.margin[known.in_base, -YEAR:].sum())
    return float(known.base_margin.sum() * YEAR)


def one_over_churn(known: Known) -> float:
    """Return the last month's margin, thinned every month by the pooled churn of twelve months (D17b)."""
    window = known.paid[:, -(YEAR + 1) :] > 0
    opened = window[:, :-1]
    if known.by_orders or not opened.any():
        return float("nan")
    churn = (opened & ~window[:, 1:]).sum() / opened.sum()
    return float(known.base_margin.sum() * ((1.0 - churn) ** np.arange(1, YEAR + 1)).sum())


def same_age_cohort_mean(known: Known) -> float:
    """Return, per customer of the base, what earlier customers brought 1 … 12 months after its age.

    The mean is over those who paid at that age (with orders: had bought by it); where fewer than
    five did, over all ages; a month that nobody was yet followed to is as the month before.
    """
    pairs = [_margin_after(known, ahead) for ahead in range(1, YEAR + 1)]
    wanted = np.bincount(known.age[known.in_base], minlength=len(pairs[0][0]))
    total = overall = np.nan
    for brought, customers in pairs:
        if customers.sum() > 0:
            overall = brought.sum() / customers.sum()
        own = customers >= FEWEST_AT_AGE
        mean = np.where(own, brought / np.maximum(customers, 1.0), overall)
        total = np.nansum([total, wanted @ mean]) if np.isfinite(overall) else np.nan
    return float(total)


def _margin_after(known: Known, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, per age, the margin so many months later and the customers it comes from."""
    months = known.paid.shape[1]
    columns = np.arange(max(months - ahead, 0))
    ages = known.age[:, None] - (months - 1 - columns)
    paid = known.paid[:, : len(columns)] > 0
    there = np.logical_or.accumulate(paid, axis=1) if known.by_orders else paid
    there &= ages >= 0
    later = known.margin[:, ahead : ahead + len(columns)]
    length = int(known.age.max(initial=0)) + 1
    return (
        np.bincount(ages[there], later[there], minlength=length),
        np.bincount(ages[there], minlength=length).astype("float64"),
    )


BASELINES: dict[str, Callable[[Known], float]] = {
    "last_value": last_value,
    "one_over_churn": one_over_churn,
    "same_age_cohort_mean": same_age_cohort_mean,
}
