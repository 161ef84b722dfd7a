"""What a customer without a contract is worth: BG/NBD purchases × Gamma–Gamma spend (D19, D30).

For companies that bring orders alone: where a contract says who is still there, a model that
guesses it from silence has no place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from statsmodels.tools.numdiff import approx_fprime

from ltvlab.metrics.renewal_value import log_range
from ltvlab.metrics.values import Value, nothing
from ltvlab.statistics.discounting import month_weights
from ltvlab.statistics.purchases import (
    PurchaseFit,
    PurchaseRates,
    expected_purchases,
    fit_purchases,
)
from ltvlab.statistics.spending import SpendFit, fit_spend

# Purchases of a first month that has several are on average this far from the first of them.
WITHIN_MONTH = 0.25
# Beyond this correlation, frequent buyers spend otherwise than rare ones and the product misleads.
RELATED = 0.3
SPEND_RELATED = "those who buy often spend otherwise per purchase than those who buy rarely"


class PurchaseValue(NamedTuple):
    """A `Value`, why there is none, what speaks against it, and how spend goes with frequency."""

    value: Value
    reason: str
    note: str
    correlation: float


def purchase_history(
    revenue: pd.DataFrame, margin: pd.DataFrame, orders: pd.DataFrame
) -> pd.DataFrame:
    """Return per customer: repeats, last_repeat, age (months), spend, first_spend, revenue, margin.

    From monthly matrices: an order counts from the middle of its month, and a month that brings
    no more than returns has no purchase. Spend is revenue per repeat, empty without one.
    """
    if revenue.attrs["basis"] != "orders":
        raise ValueError(
            f"the purchase model is for companies that bring orders, and these bring "
            f"{revenue.attrs['basis']}; use the renewal value"
        )
    paid = revenue.to_numpy()
    bought = (orders.reindex(revenue.index).fillna(0.0).to_numpy() > 0) & (paid > 0)
    counts = np.where(bought, np.maximum(orders.reindex(revenue.index).to_numpy().round(), 1), 0)
    spent = np.where(bought, paid, 0.0)
    first = bought.argmax(axis=1)
    last = bought.shape[1] - 1 - bought[:, ::-1].argmax(axis=1)
    rows, repeats = np.arange(len(paid)), counts.sum(axis=1) - 1
    first_spend = spent[rows, first] / np.maximum(counts[rows, first], 1)
    further = spent.sum(axis=1) - first_spend
    history = pd.DataFrame(
        {
            "repeats": repeats,
            "last_repeat": np.where(repeats > 0, np.maximum(last - first, WITHIN_MONTH), 0.0),
            "age": paid.shape[1] - first - 0.5,
            "spend": np.where(repeats > 0, further / np.maximum(repeats, 1), np.nan),
            "first_spend": first_spend,
            "revenue": paid.sum(axis=1),
            "margin": margin.reindex(revenue.index).fillna(0.0).sum(axis=1),
        },
        index=revenue.index,
    )
    return history[bought.any(axis=1)]


def purchase_value(
    history: pd.DataFrame, *, horizon_months: int, monthly_discount: float
) -> PurchaseValue:
    """Return the margin a new customer brings over the horizon, the first purchase included.

    Expected repeats of each month, worth less the later they come, × expected spend × margin
    share. The range is the delta method over both fits and the scatter of first purchases.
    """
    bought = fit_purchases(history["repeats"], history["last_repeat"], history["age"])
    paid = fit_spend(history["repeats"], history["spend"])
    reason = bought.reason or paid.reason
    if reason or history["revenue"].sum() <= 0:
        return PurchaseValue(nothing(len(history)), reason, "", np.nan)
    repeats, repeats_error = _repeats(bought, horizon_months, monthly_discount)
    spend, spend_error = mean_spend(paid)
    share = history["margin"].sum() / history["revenue"].sum()
    first = history["first_spend"].mean()
    first_error = history["first_spend"].std() / np.sqrt(len(history))
    value = share * (first + repeats * spend)
    error = abs(share) * np.sqrt(
        first_error**2 + (repeats_error * spend) ** 2 + (repeats * spend_error) ** 2
    )
    events = int((history["repeats"] > 0).sum())
    related = correlation(history)
    low, high = log_range(value, error)
    found = Value(value, low, high, error, len(history), horizon_months, events)
    return PurchaseValue(found, "", SPEND_RELATED if abs(related) >= RELATED else "", related)


def correlation(history: pd.DataFrame) -> float:
    """Return how spend per repeat goes with the number of repeats, among those who repeat; NaN if few."""
    again = history[(history["repeats"] > 0) & (history["spend"] > 0)]
    if len(again) < 3 or again["repeats"].nunique() < 2 or again["spend"].nunique() < 2:
        return np.nan
    return float(np.corrcoef(again["repeats"], again["spend"])[0, 1])


def mean_spend(fit: SpendFit) -> tuple[float, float]:
    """Return the mean spend per purchase of all customers and its standard error."""
    p, q, gamma = fit.rates
    mean = p * gamma / (q - 1.0)
    slope = mean * np.array([1.0, -q / (q - 1.0), 1.0])
    return mean, float(np.sqrt(slope @ fit.log_covariance @ slope))


def _repeats(fit: PurchaseFit, months: int, monthly_discount: float) -> tuple[float, float]:
    """Return the repeats of a new customer over `months`, each worth today's, and their error."""
    ages = np.arange(months)
    weights = month_weights(ages, horizon_months=months, monthly_discount=monthly_discount)

    def worth(logs: np.ndarray) -> float:
        made = expected_purchases(PurchaseRates(*np.exp(logs)), ages + 1.0)
        return float(np.diff(made, prepend=0.0) @ weights)

    logs = np.log(fit.rates)
    slope = approx_fprime(logs, worth, centered=True)
    return worth(logs), float(np.sqrt(slope @ fit.log_covariance @ slope))
