"""Each present customer's expected future margin, by renewals, survival or purchases.

All three give a value per customer, its slope in every fitted parameter with their covariance,
and the chance that lies in who stays, so that any group of customers can be added up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import block_diag
from statsmodels.tools.numdiff import approx_fprime

from ltvlab.metrics.renewal_fits import Rates, Stratum, staying
from ltvlab.metrics.values import observed, size_strata
from ltvlab.statistics.purchases import (
    PurchaseRates,
    expected_further_purchases,
    fit_purchases,
)
from ltvlab.statistics.spending import SpendRates, expected_spend, fit_spend
from ltvlab.statistics.survival import resampled_counts, survival_from_counts


class Forecast(NamedTuple):
    """Expected margin per customer (minor units), its slopes (customers × parameters), and chance.

    `lottery` is the variance that remains were the rates known exactly; `unseen` marks customers
    older than any that was watched, for whom nothing is carried.
    """

    method: str
    months: int
    value: pd.Series
    slopes: np.ndarray
    covariance: np.ndarray
    lottery: np.ndarray
    unseen: np.ndarray


class _Part(NamedTuple):
    """One stratum's customers: discounted months to come, slopes, chance, and ages watched."""

    customers: pd.DataFrame
    worth: np.ndarray
    slopes: np.ndarray
    chance: np.ndarray
    watched: float


def renewal_forecast(
    strata: list[Stratum], today: pd.DataFrame, *, months: int, monthly_discount: float
) -> Forecast:
    """Return Σ margin × S(a + t) / S(a) / (1 + d)^t, t = 1 … months, by each stratum's renewals."""
    weights = _weights(months, monthly_discount)
    parts = []
    for rates, spells in strata:
        group = today[today.index.isin(spells.index)]
        ages, position = np.unique(group["age"].to_numpy(), return_inverse=True)
        kept = _conditional(rates, rates.parameters, ages, months)
        slope = _slopes(rates, ages, months, weights)
        chance = _chance(kept, weights)[position]
        parts.append(_Part(group, (kept @ weights)[position], slope[position], chance, np.inf))
    covariance = block_diag(*(rates.covariance for rates, _ in strata))
    return _joined("renewal_model", months, parts, covariance)


def _conditional(rates: Rates, parameters: np.ndarray, ages: np.ndarray, months: int) -> np.ndarray:
    ahead = ages[:, None] + np.arange(months + 1)
    kept = staying(rates, parameters, ahead)
    return kept[:, 1:] / kept[:, :1]


def _slopes(rates: Rates, ages: np.ndarray, months: int, weights: np.ndarray) -> np.ndarray:
    """Return ages × parameters: how the months to come change with each of them."""

    def worth(parameters: np.ndarray) -> np.ndarray:
        return _conditional(rates, parameters, ages, months) @ weights

    slopes = approx_fprime(rates.parameters, worth, centered=True)
    return np.reshape(slopes, (len(ages), len(rates.parameters)))


def survival_forecast(
    spells: pd.DataFrame, today: pd.DataFrame, *, months: int, monthly_discount: float
) -> Forecast:
    """Return the same by Kaplan–Meier of the size stratum, no further than ages were watched."""
    weights = _weights(months, monthly_discount)
    strata = size_strata(spells, min(months, observed(spells)))
    parts, variances = [], []
    for stratum in np.unique(strata):
        inside = spells[strata == stratum]
        group = today[today.index.isin(inside.index)]
        kept, hazard, variance = _watched(inside)
        worth, slope, chance = _by_age(kept, hazard, weights)
        ages = np.minimum(group["age"].to_numpy(), len(kept) - 1)
        parts.append(_Part(group, worth[ages], slope[ages], chance[ages], len(kept) - 1))
        variances.append(np.diag(variance))
    return _joined("survival", months, parts, block_diag(*variances))


def _watched(spells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return survival, hazard and its variance at each age that five customers were watched for."""
    ages = np.arange(observed(spells))
    spell = (spells[name].to_numpy() for name in ("duration", "event", "entry"))
    at_risk, events = (row[0] for row in resampled_counts(*spell, np.ones((1, len(spells))), ages))
    known = np.where(at_risk > 0, at_risk, np.inf)
    hazard = np.where(ages > 0, events / known, 0.0)
    return survival_from_counts(at_risk, events), hazard, hazard * (1 - hazard) / known


def _by_age(
    kept: np.ndarray, hazard: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per age: months to come, their slope in the hazard of every age, and their chance."""
    ages = np.arange(len(kept))
    ahead = ages[None, :] - ages[:, None]
    inside = (ahead >= 1) & (ahead <= len(weights))
    share = np.where(
        inside & (kept[:, None] > 0), kept / np.where(kept > 0, kept, 1.0)[:, None], 0.0
    )
    discount = np.where(inside, weights[np.clip(ahead, 1, len(weights)) - 1], 0.0)
    paid = share * discount
    after = np.flip(np.flip(paid, axis=1).cumsum(axis=1), axis=1)
    left = np.where(hazard < 1, 1 - hazard, np.inf)
    slope = np.where(ahead >= 1, -after / left, 0.0)
    sums = discount.cumsum(axis=1)
    chance = (share * (sums**2 - (sums - discount) ** 2)).sum(axis=1) - paid.sum(axis=1) ** 2
    return paid.sum(axis=1), slope, np.maximum(chance, 0.0)


def _chance(kept: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the variance of discounted months to come: a customer stays to some month, then none."""
    sums = weights.cumsum()
    square = kept @ (sums**2 - (sums - weights) ** 2)
    return np.maximum(square - (kept @ weights) ** 2, 0.0)


def _weights(months: int, monthly_discount: float) -> np.ndarray:
    return (1.0 + monthly_discount) ** -np.arange(1.0, months + 1)


def _joined(method: str, months: int, parts: list[_Part], covariance: np.ndarray) -> Forecast:
    """Return the strata's parts as one: each has parameters of its own, side by side."""
    everyone = pd.concat([part.customers for part in parts])
    margin = everyone["margin"].to_numpy()
    watched = np.repeat([part.watched for part in parts], [len(part.customers) for part in parts])
    worth, chance = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("worth", "chance")
    )
    return Forecast(
        method,
        months,
        pd.Series(margin * worth, index=everyone.index),
        margin[:, None] * block_diag(*(part.slopes for part in parts)),
        covariance,
        margin**2 * chance,
        everyone["age"].to_numpy() >= watched,
    )


def purchase_forecast(
    history: pd.DataFrame | None, *, months: int, monthly_discount: float
) -> Forecast | None:
    """Return expected further purchases × expected spend × margin share; None without a fit.

    A customer without a repeat counts with what the model expects of it; that the model takes
    it for alive with certainty is its construction and is shown nowhere.
    """
    if history is None or history.empty:
        return None
    fitted = history[history["seen"]]
    bought = fit_purchases(fitted["repeats"], fitted["last_repeat"], fitted["age"])
    paid = fit_spend(fitted["repeats"], fitted["spend"])
    if bought.reason or paid.reason:
        return None

    def buying(rates: np.ndarray) -> np.ndarray:
        return _buying(PurchaseRates(*rates), history, months, monthly_discount)

    def spending(rates: np.ndarray) -> np.ndarray:
        repeats, spend = history["repeats"].to_numpy(), history["spend"].fillna(0.0).to_numpy()
        return expected_spend(SpendRates(*rates), repeats, spend)

    share = history["margin"].sum() / history["revenue"].sum()
    count, spend = buying(bought.rates), spending(paid.rates)
    slopes = [
        _slope(buying, bought.rates) * spend[:, None],
        _slope(spending, paid.rates) * count[:, None],
    ]
    none = np.zeros(len(history))
    return Forecast(
        "purchase_model", months, pd.Series(share * count * spend, index=history.index),
        share * np.hstack(slopes), block_diag(bought.log_covariance, paid.log_covariance),
        none, none.astype(bool),
    )  # fmt: skip


def _buying(
    rates: PurchaseRates, history: pd.DataFrame, months: int, monthly_discount: float
) -> np.ndarray:
    """Return each customer's further purchases, later ones worth less."""
    past = history[["repeats", "last_repeat", "age"]].to_numpy()
    # Equal histories once: a shop of 20,000 customers has a few thousand of them.
    rows, position = np.unique(past, axis=0, return_inverse=True)
    made = expected_further_purchases(
        rates, *(column[:, None] for column in rows.T), periods=np.arange(1.0, months + 1)
    )
    worth = np.diff(made, prepend=0.0, axis=1) @ _weights(months, monthly_discount)
    return worth[position.reshape(-1)]


def _slope(function: Callable[[np.ndarray], np.ndarray], rates: NamedTuple) -> np.ndarray:
    """Return customers × parameters: the slope of `function` in the logarithm of each parameter."""
    logs = np.log(np.array(rates))
    return approx_fprime(logs, lambda at: function(np.exp(at)), centered=True)
