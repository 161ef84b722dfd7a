"""How many renew, term after term: the shifted beta geometric model (sBG; D18).

Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1).
Every customer has its own constant chance of not renewing, spread over customers as a beta
distribution (α, β): retention rises with age because those likely to leave go first.
A period is one contract term, so annual contracts have annual periods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import betaln, digamma

from ltvlab.statistics.likelihood import Maximum, distinct_rows, maximum_likelihood


class RenewalFit(NamedTuple):
    """The fitted α and β; NaN where `reason` says why they are withheld.

    `events` are the customers lost at a renewal, `n` those who came to one.
    """

    alpha: float
    beta: float
    alpha_error: float
    beta_error: float
    log_covariance: np.ndarray
    log_likelihood: float
    converged: bool
    on_bound: bool
    events: float
    n: float
    reason: str


def fit_renewals(
    renewed_periods: np.ndarray,
    churned: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    entered: np.ndarray | None = None,
) -> RenewalFit:
    """Return the sBG parameters that make the renewals seen most likely.

    Per customer: how often it renewed, and whether it left at the next renewal; one still
    active is censored there. `entered` counts the renewals already made when losses began to
    be recorded (D24): the customer is then judged on later ones alone. `weights` says how many
    customers a row stands for.
    """
    renewed, left = np.asarray(renewed_periods), np.asarray(churned).astype("int64")
    entered = np.zeros(len(renewed)) if entered is None else np.asarray(entered)
    weights = np.ones(len(renewed)) if weights is None else np.asarray(weights, dtype="float64")
    came = renewed + left > entered
    renewed, left, entered, weight = distinct_rows(
        renewed[came], left[came], entered[came], weights=weights[came]
    )
    events, total = float(weight @ left), float(weight.sum())

    def log_likelihood(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        alpha, beta = parameters
        after, before = (alpha + left, beta + renewed), (alpha, beta + entered)
        slopes = np.stack(_betaln_slopes(*after)) - np.stack(_betaln_slopes(*before))
        return float(weight @ (betaln(*after) - betaln(*before))), slopes @ weight

    best = maximum_likelihood(log_likelihood, parameters=2, events=events, total=total)
    return _fit(best, events, total)


def _betaln_slopes(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = digamma(first + second)
    return digamma(first) - both, digamma(second) - both


def _fit(best: Maximum, events: float, total: float) -> RenewalFit:
    return RenewalFit(
        *map(float, best.parameters),
        *map(float, best.standard_errors),
        best.log_covariance,
        best.log_likelihood,
        best.converged,
        best.on_bound,
        events,
        total,
        best.reason,
    )


class ConstantRenewal(NamedTuple):
    """One chance of renewing at every renewal, as its logit with variance; NaN where none came due."""

    logit: float
    variance: float
    events: float
    due: float


def constant_renewal(
    renewed_periods: np.ndarray, churned: np.ndarray, *, entered: np.ndarray
) -> ConstantRenewal:
    """Return the share of all renewals due that was made, half a customer added to either side.

    So that a share of all or none keeps a range (Jeffreys). Arguments are as for `fit_renewals`.
    """
    renewed, entered = np.asarray(renewed_periods), np.asarray(entered)
    left = np.asarray(churned).astype("int64")
    came = renewed + left > entered
    made, lost = float((renewed - entered)[came].sum()), float(left[came].sum())
    if made + lost == 0:
        return ConstantRenewal(np.nan, np.nan, 0.0, 0.0)
    variance = 1 / (made + 0.5) + 1 / (lost + 0.5)
    return ConstantRenewal(float(np.log((made + 0.5) / (lost + 0.5))), variance, lost, made + lost)


def retention_rate(alpha: float, beta: float, period: np.ndarray) -> np.ndarray:
    """Return the share that renews at the renewal number `period` (1, 2, …) of those who reach it."""
    return (beta + np.asarray(period) - 1.0) / (alpha + beta + np.asarray(period) - 1.0)


def survival(alpha: float, beta: float, renewals: np.ndarray) -> np.ndarray:
    """Return the share that makes so many `renewals`: 1 at none, the product of retention rates."""
    return np.exp(betaln(alpha, beta + np.asarray(renewals, dtype="float64")) - betaln(alpha, beta))


def remaining_terms(
    alpha: float,
    beta: float,
    renewals: np.ndarray,
    *,
    horizon_periods: int,
    discount_per_period: float = 0.0,
) -> np.ndarray:
    """Return the terms to come of customers that have made so many `renewals`, worth today.

    Σ S(k + j) / S(k) / (1 + d)^j over j = 1 … horizon: the term now running is paid and not
    counted, and nothing beyond the horizon is.
    """
    made, position = np.unique(np.asarray(renewals, dtype="float64"), return_inverse=True)
    ahead = np.arange(1, horizon_periods + 1)
    # One betaln per side: S(k + j) / S(k) would divide two vanishing numbers for old customers.
    staying = np.exp(
        betaln(alpha, beta + made[:, None] + ahead) - betaln(alpha, beta + made)[:, None]
    )
    terms = staying @ (1.0 + discount_per_period) ** -ahead.astype("float64")
    return terms[position.reshape(np.shape(renewals))]


def remaining_value(
    alpha: float,
    beta: float,
    renewals: np.ndarray,
    margin_per_period: np.ndarray,
    *,
    horizon_periods: int,
    discount_per_period: float = 0.0,
) -> np.ndarray:
    """Return what customers will still bring, given the `renewals` made and the margin of a term.

    The future alone, cut off at the horizon and discounted: see `remaining_terms`.
    """
    terms = remaining_terms(
        alpha,
        beta,
        renewals,
        horizon_periods=horizon_periods,
        discount_per_period=discount_per_period,
    )
    return np.asarray(margin_per_period) * terms
