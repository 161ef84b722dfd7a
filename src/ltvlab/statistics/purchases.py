"""Who will buy again, and how often: the BG/NBD model of purchases without a contract.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
While alive a customer buys at its own rate (gamma: r, alpha), and after each purchase leaves
with its own probability (beta: a, b). The papers' x, t_x and T are `repeats`, `last_repeat` and
`age` here, all counted from the first purchase and in one unit of time.
"""

from __future__ import annotations

import datetime
import math
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from ltvlab.statistics.likelihood import distinct_rows, maximum_likelihood

Unit = Literal["week", "month"]
DAYS_PER_YEAR = 365.25
# A twelfth of a year, not 30 days: twelve of those are 360 days.
DAYS_PER_UNIT = {"week": 7.0, "month": DAYS_PER_YEAR / 12}


class PurchaseRates(NamedTuple):
    """The parameters of BG/NBD; `alpha` is in the unit of time of the ages."""

    r: float
    alpha: float
    a: float
    b: float


class PurchaseFit(NamedTuple):
    """Fitted rates and their standard errors; NaN where `reason` says why they are withheld.

    `events` are the customers who bought again, `n` all customers.
    """

    rates: PurchaseRates
    standard_errors: PurchaseRates
    log_covariance: np.ndarray
    log_likelihood: float
    converged: bool
    on_bound: bool
    events: float
    n: float
    reason: str


def purchase_summary(
    orders: pd.DataFrame, *, as_of: datetime.date, unit: Unit = "month"
) -> pd.DataFrame:
    """Return per customer_id: repeats, last_repeat, age (in `unit`s) and mean spend of a repeat.

    From order lines customer_id, date, amount up to `as_of`. What is bought on one day is one
    purchase; a day whose amounts add up to less than nothing is a return, no purchase. Spend is
    empty without a repeat: the first purchase says when a customer began, not how it goes on.
    """
    until = pd.Timestamp(as_of)
    dated = orders.assign(day=pd.to_datetime(orders["date"]).dt.normalize())
    days = dated[dated["day"] <= until].groupby(["customer_id", "day"])["amount"].sum()
    days = days[days >= 0].reset_index()
    customers = days.groupby("customer_id")
    first, last = customers["day"].min(), customers["day"].max()
    repeated = days[days["day"] > days["customer_id"].map(first)]
    length = pd.Timedelta(days=DAYS_PER_UNIT[unit])
    return pd.DataFrame(
        {
            "repeats": customers.size() - 1,
            "last_repeat": (last - first) / length,
            "age": (until - first) / length,
            "spend": repeated.groupby("customer_id")["amount"].mean(),
        }
    )


def fit_purchases(
    repeats: np.ndarray,
    last_repeat: np.ndarray,
    age: np.ndarray,
    weights: np.ndarray | None = None,
) -> PurchaseFit:
    """Return the BG/NBD rates that make these customers' repeat purchases most likely.

    `weights` says how many customers a row stands for.
    """
    repeats, last_repeat, age, weight = distinct_rows(repeats, last_repeat, age, weights=weights)
    events, total = float(weight @ (repeats > 0)), float(weight.sum())
    # Ages near 1 keep alpha within the bounds of the search, whatever the unit.
    scale = float(age.max(initial=0.0)) or 1.0
    times = (repeats, last_repeat / scale, age / scale)

    def log_likelihood(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        rates = PurchaseRates(*parameters)
        return float(weight @ log_likelihoods(rates, *times)), _slopes(rates, *times) @ weight

    best = maximum_likelihood(log_likelihood, parameters=4, events=events, total=total)
    units = np.array([1.0, scale, 1.0, 1.0])
    return PurchaseFit(
        PurchaseRates(*map(float, best.parameters * units)),
        PurchaseRates(*map(float, best.standard_errors * units)),
        best.log_covariance,
        best.log_likelihood - float(weight @ repeats) * math.log(scale),
        best.converged,
        best.on_bound,
        events,
        total,
        best.reason,
    )


def log_likelihoods(
    rates: PurchaseRates, repeats: np.ndarray, last_repeat: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """Return each customer's log likelihood, in logarithms throughout (paper, equation 6)."""
    r, alpha, a, b = rates
    repeats = np.asarray(repeats, dtype="float64")
    buying = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
    staying = betaln(a, b + repeats) - betaln(a, b)
    silent = -(r + repeats) * np.log(alpha + age)
    return (
        buying
        + staying
        + silent
        + np.logaddexp(0.0, _log_odds_gone(rates, repeats, last_repeat, age))
    )


def _slopes(
    rates: PurchaseRates, repeats: np.ndarray, last_repeat: np.ndarray, age: np.ndarray
) -> np.ndarray:
    r, alpha, a, b = rates
    gone = 1.0 - probability_alive(rates, repeats, last_repeat, age)
    until_now, until_last = alpha + age, alpha + last_repeat
    left = digamma(a + b) - digamma(a + b + repeats)
    return np.stack(
        [
            digamma(r + repeats)
            - digamma(r)
            + np.log(alpha / until_now)
            + gone * np.log(until_now / until_last),
            r / alpha
            - (r + repeats) / until_now
            + gone * (r + repeats) * (1.0 / until_now - 1.0 / until_last),
            left + gone / a,
            left + digamma(b + repeats) - digamma(b) - gone / (b + np.maximum(repeats, 1.0) - 1.0),
        ]
    )


def _log_odds_gone(
    rates: PurchaseRates, repeats: np.ndarray, last_repeat: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """Return −∞ without a repeat: nobody leaves before the first one."""
    r, alpha, a, b = rates
    repeats, last_repeat, age = (
        np.asarray(x, dtype="float64") for x in (repeats, last_repeat, age)
    )
    silence = np.log(alpha + age) - np.log(alpha + last_repeat)
    odds = np.log(a) - np.log(b + np.maximum(repeats, 1.0) - 1.0) + (r + repeats) * silence
    return np.where(repeats > 0, odds, -np.inf)


def probability_alive(
    rates: PurchaseRates,
    repeats: np.ndarray,
    last_repeat: np.ndarray,
    age: np.ndarray,
    *,
    hide_without_repeat: bool = False,
) -> np.ndarray:
    """Return the probability that each customer has not left for good.

    Without a repeat the model says exactly 1, which is its construction and no news;
    `hide_without_repeat` leaves those NaN.
    """
    alive = expit(-_log_odds_gone(rates, repeats, last_repeat, age))
    hidden = hide_without_repeat & (np.asarray(repeats) == 0)
    return np.where(hidden, np.nan, alive)[()]


def expected_purchases(rates: PurchaseRates, periods: np.ndarray) -> np.ndarray:
    """Return the repeat purchases that a new customer makes within `periods` (equation 9)."""
    return _purchases_if_alive(rates, repeats=0.0, age=0.0, periods=periods)


def expected_further_purchases(
    rates: PurchaseRates,
    repeats: np.ndarray,
    last_repeat: np.ndarray,
    age: np.ndarray,
    *,
    periods: np.ndarray,
) -> np.ndarray:
    """Return the purchases each customer makes in the next `periods`, given its past (equation 10)."""
    alive = probability_alive(rates, repeats, last_repeat, age)
    return alive * _purchases_if_alive(rates, repeats=repeats, age=age, periods=periods)


def _purchases_if_alive(
    rates: PurchaseRates, *, repeats: np.ndarray, age: np.ndarray, periods: np.ndarray
) -> np.ndarray:
    """Euler's transformation of the paper's ₂F₁ leaves powers of a − 1 alone.

    As printed, a customer with hundreds of purchases multiplies a vanishing power by one that
    overflows.
    """
    r, alpha, a, b = rates
    # At a = 1 the formula is 0 / 0 and its limit is finite; so is it where a + b = 1.
    a = a if abs(a - 1.0) > 1e-6 else 1.0 + 1e-6
    b = b if abs(a + b - 1.0) > 1e-6 else b + 1e-6
    repeats, age, periods = (np.asarray(x, dtype="float64") for x in (repeats, age, periods))
    passed = periods / (alpha + age + periods)
    top = a + b + repeats - 1.0
    series = hyp2f1(a + b - 1.0 - r, a - 1.0, top, passed)
    return top / (a - 1.0) * (1.0 - (1.0 - passed) ** (a - 1.0) * series)
