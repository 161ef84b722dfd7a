"""How much a purchase brings: the Gamma–Gamma model of repeat spend, and value over a year.

Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4); Fader & Hardie
(2013), The Gamma-Gamma Model of Monetary Value. A customer's purchases scatter around its own
mean (gamma: p), and the means differ between customers (gamma: q, gamma); a customer seen once
or twice is drawn towards all others. Spend and number of purchases are taken as unrelated.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from ltvlab.statistics.likelihood import Maximum, distinct_rows, maximum_likelihood
from ltvlab.statistics.purchases import (
    DAYS_PER_UNIT,
    DAYS_PER_YEAR,
    PurchaseRates,
    Unit,
    expected_further_purchases,
)

NO_MEAN = "mean spend has no finite value"


class SpendRates(NamedTuple):
    """The parameters of Gamma–Gamma; `gamma` is in the unit of money of the spend."""

    p: float
    q: float
    gamma: float


class SpendFit(NamedTuple):
    """Fitted rates and their standard errors; NaN where `reason` says why they are withheld.

    `events` and `n` are the customers with a repeat that brought money.
    """

    rates: SpendRates
    standard_errors: SpendRates
    log_covariance: np.ndarray
    log_likelihood: float
    converged: bool
    on_bound: bool
    events: float
    n: float
    reason: str


def fit_spend(
    repeats: np.ndarray, spend: np.ndarray, weights: np.ndarray | None = None
) -> SpendFit:
    """Return the Gamma–Gamma rates that make the mean `spend` of customers' repeats most likely.

    Customers without a repeat, or whose repeats brought nothing, say nothing here.
    """
    repeats, spend = np.asarray(repeats, dtype="float64"), np.asarray(spend, dtype="float64")
    bought = (repeats > 0) & (spend > 0)
    weights = None if weights is None else np.asarray(weights, dtype="float64")[bought]
    repeats, spend, weight = distinct_rows(repeats[bought], spend[bought], weights=weights)
    customers = float(weight.sum())
    # Spend near 1 keeps gamma within the bounds of the search, whatever the currency.
    scale = float(weight @ spend) / customers if customers else 1.0

    seen = (repeats, spend / scale)

    def log_likelihood(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        rates = SpendRates(*parameters)
        return float(weight @ _log_likelihoods(rates, *seen)), _slopes(rates, *seen) @ weight

    best = maximum_likelihood(log_likelihood, parameters=3, events=customers, total=customers)
    return _fit(best, customers, scale)


def _log_likelihoods(rates: SpendRates, repeats: np.ndarray, spend: np.ndarray) -> np.ndarray:
    p, q, gamma = rates
    shape = p * repeats
    return (
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        - np.log(spend)
        - q * np.log1p(repeats * spend / gamma)
        - shape * np.log1p(gamma / (repeats * spend))
    )


def _slopes(rates: SpendRates, repeats: np.ndarray, spend: np.ndarray) -> np.ndarray:
    p, q, gamma = rates
    shape, total = p * repeats, repeats * spend
    both = digamma(shape + q)
    return np.stack(
        [
            repeats * (both - digamma(shape) - np.log1p(gamma / total)),
            both - digamma(q) - np.log1p(total / gamma),
            (q * total / gamma - shape) / (gamma + total),
        ]
    )


def _fit(best: Maximum, customers: float, scale: float) -> SpendFit:
    units = np.array([1.0, 1.0, scale])
    if best.parameters[1] <= 1.0:
        unknown = np.full(3, np.nan)
        best = best._replace(parameters=unknown, standard_errors=unknown, reason=NO_MEAN)
    return SpendFit(
        SpendRates(*map(float, best.parameters * units)),
        SpendRates(*map(float, best.standard_errors * units)),
        best.log_covariance,
        best.log_likelihood - customers * math.log(scale),
        best.converged,
        best.on_bound,
        customers,
        customers,
        best.reason,
    )


def expected_spend(rates: SpendRates, repeats: np.ndarray, spend: np.ndarray) -> np.ndarray:
    """Return the mean each customer will spend per purchase: its own, drawn towards all others'.

    Without a repeat it is the mean of all customers.
    """
    p, q, gamma = rates
    repeats = np.asarray(repeats, dtype="float64")
    total = np.where(repeats > 0, repeats * np.asarray(spend, dtype="float64"), 0.0)
    return p * (gamma + total) / (p * repeats + q - 1.0)


def expected_year(
    summary: pd.DataFrame, purchases: PurchaseRates, spending: SpendRates, *, unit: Unit
) -> pd.Series:
    """Return what each customer of a `purchase_summary` brings in the next twelve months.

    Expected purchases × expected spend, not discounted; `unit` is that of the summary.
    """
    bought = expected_further_purchases(
        purchases,
        *(summary[name].to_numpy() for name in ("repeats", "last_repeat", "age")),
        periods=DAYS_PER_YEAR / DAYS_PER_UNIT[unit],
    )
    paid = expected_spend(spending, summary["repeats"].to_numpy(), summary["spend"].to_numpy())
    return pd.Series(bought * paid, index=summary.index, name="value")
