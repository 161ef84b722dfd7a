"""Maximum likelihood for models with positive parameters, and when not to believe the maximum (D34)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from statsmodels.tools.numdiff import approx_fprime

# Callers measure time and money in units of their own mean, so that these fit every company.
LOWEST, HIGHEST = 1e-3, 1e3
FEWEST_EVENTS = 10
STEEPEST = 1e-5
# An error of 10 on the log scale leaves a parameter open by a factor of 20,000 either way.
FLATTEST = 1e-2
NEAR = 1e-2
SEARCH = {"maxiter": 500, "ftol": 0.0, "gtol": 1e-7}

# From the parameters to the log likelihood of all customers and its slope in each of them.
LogLikelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]

FEW_EVENTS = "too few events: fewer than 10"
NOT_CONVERGED = "the fit did not converge"
ON_BOUND = "the best fit lies on a bound"
UNDETERMINED = "the data do not determine the parameters"


class Maximum(NamedTuple):
    """Where a likelihood is highest; all NaN where `reason` says why the fit is withheld.

    `log_covariance` belongs to the logarithms of the parameters.
    """

    parameters: np.ndarray
    standard_errors: np.ndarray
    log_covariance: np.ndarray
    log_likelihood: float
    converged: bool
    on_bound: bool
    reason: str


def maximum_likelihood(
    log_likelihood: LogLikelihood, *, parameters: int, events: float, total: float
) -> Maximum:
    """Return the parameters that make `log_likelihood` highest, each between 0.001 and 1,000.

    The search runs on logarithms from 1, on the mean over `total` customers, so that twice the
    same data give the same estimates. Standard errors come from the curvature. A fit on fewer
    than 10 `events`, one that does not converge, sits on a bound, or is flat is withheld.
    """
    if events < FEWEST_EVENTS:
        return _withheld(parameters, FEW_EVENTS)

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slopes = log_likelihood(np.exp(logs))
        return -value / total, -slopes * np.exp(logs) / total

    low, high = np.log(LOWEST), np.log(HIGHEST)
    start, box = np.zeros(parameters), [(low, high)] * parameters
    best = minimize(loss, start, jac=True, bounds=box, method="L-BFGS-B", options=SEARCH)
    if np.any((best.x - low < NEAR) | (high - best.x < NEAR)):
        return _withheld(parameters, ON_BOUND)
    # The slope itself, not the optimiser's word: line searches give up at the last digit.
    if not np.all(np.abs(best.jac) < STEEPEST):
        return _withheld(parameters, NOT_CONVERGED)
    return _with_errors(best.x, loss, total)


def _with_errors(
    logs: np.ndarray, loss: Callable[[np.ndarray], tuple[float, np.ndarray]], total: float
) -> Maximum:
    curvature = approx_fprime(logs, lambda at: loss(at)[1], centered=True) * total
    curvature = (curvature + curvature.T) / 2
    if not np.all(np.linalg.eigvalsh(curvature) > FLATTEST):
        return _withheld(len(logs), UNDETERMINED)
    covariance = np.linalg.inv(curvature)
    errors = np.exp(logs) * np.sqrt(np.diag(covariance))
    highest = float(-loss(logs)[0] * total)
    return Maximum(np.exp(logs), errors, covariance, highest, True, False, "")


def _withheld(parameters: int, reason: str) -> Maximum:
    unknown = np.full(parameters, np.nan)
    converged = reason in (ON_BOUND, UNDETERMINED)
    square = np.full((parameters, parameters), np.nan)
    return Maximum(unknown, unknown, square, np.nan, converged, reason == ON_BOUND, reason)


def distinct_rows(*columns: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Return each distinct row's columns, then the weight it has in all (1 a row without weights).

    Sums over distinct rows cost less and do not depend on the order of customers.
    """
    table = np.column_stack([np.asarray(column, dtype="float64") for column in columns])
    rows, position = np.unique(table, axis=0, return_inverse=True)
    weight = np.bincount(position.reshape(-1), weights, minlength=len(rows)).astype("float64")
    return (*rows.T, weight)
