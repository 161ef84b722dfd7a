"""How customers renew, by the term they are on and by size: sBG, or one constant rate (D18).

A customer on yearly terms comes to a renewal once a year, any other every month; a year's
renewals are never laid over customers who may leave each month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from ltvlab.metrics.values import size_groups
from ltvlab.months import YEAR
from ltvlab.statistics.likelihood import FEW_EVENTS, FEWEST_EVENTS
from ltvlab.statistics.renewals import constant_renewal, fit_renewals, survival

MONTH = 1
# From this share of the first month's MRR on, the customer counts as one on yearly terms.
MOSTLY = 0.5
CONSTANT = "renewal rates taken as constant: the losses do not tell how they change with age"
NONE_DUE = "no renewal has come due yet"


class Rates(NamedTuple):
    """How one stratum renews: logarithms of α and β, or the logit of one constant rate."""

    term_months: int
    parameters: np.ndarray
    covariance: np.ndarray
    events: float
    reason: str


class Stratum(NamedTuple):
    """Customers of one term and size with the rates they renew at."""

    rates: Rates
    spells: pd.DataFrame


def starting_terms(mrr: pd.DataFrame, annual: pd.DataFrame) -> pd.Series:
    """Return 12 for customers whose first month's MRR is at least half on terms of a year, else 1.

    The first month, since who stays may change terms later, and who left could not.
    """
    first = (mrr.to_numpy() > 0).argmax(axis=1)
    rows = np.arange(len(mrr))
    bound = annual.reindex(mrr.index).fillna(0.0).to_numpy()[rows, first]
    yearly = bound >= MOSTLY * mrr.to_numpy()[rows, first]
    return pd.Series(np.where(yearly & (bound > 0), YEAR, MONTH), index=mrr.index)


def renewals_of(spells: pd.DataFrame, *, term_months: int = YEAR) -> pd.DataFrame:
    """Return renewed, churned and entered, in terms, of spells in months of age.

    Who is there at age 12 has renewed once; who is gone at age 12 has not. Who leaves inside a
    term is lost at its end.
    """
    duration, event = spells["duration"].to_numpy(), spells["event"].to_numpy(dtype=bool)
    renewed = np.where(event, -(-duration // term_months) - 1, duration // term_months)
    entered = spells["entry"].to_numpy() // term_months
    return pd.DataFrame(
        {"renewed": renewed, "churned": event, "entered": entered}, index=spells.index
    )


def renewal_strata(spells: pd.DataFrame) -> list[Stratum]:
    """Return the strata of `spells` (with `term_months`), every customer in one of them.

    Per term thirds, halves or all by starting margin: the finest of which every sBG fit stands.
    Where none does (it sits on a bound, or the data leave it open) one constant rate is taken,
    likewise by size where each part has ten losses.
    """
    terms = np.unique(spells["term_months"].to_numpy())
    groups = [spells[(spells["term_months"] == term).to_numpy()] for term in terms]
    return [stratum for group in groups for stratum in _by_size(group)]


def withheld(strata: list[Stratum]) -> str:
    """Return why these strata carry no value, or "": too few losses, or a term without a renewal."""
    if sum(stratum.rates.events for stratum in strata) < FEWEST_EVENTS:
        return FEW_EVENTS
    return next((stratum.rates.reason for stratum in strata if stratum.rates.reason), "")


def constant(strata: list[Stratum]) -> bool:
    """Return whether any stratum had to take one rate for every renewal."""
    return any(len(stratum.rates.parameters) == 1 for stratum in strata)


def staying(rates: Rates, parameters: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """Return the share still there at `ages` in months; it falls at renewals alone."""
    made = np.asarray(ages) // rates.term_months
    if len(parameters) == 1:
        return expit(parameters[0]) ** made
    return survival(*np.exp(parameters), made)


def _by_size(spells: pd.DataFrame) -> list[Stratum]:
    sizes = spells["starting_margin"].to_numpy()
    for rates_of in (_fitted, _constant):
        for count in (3, 2, 1):
            group = size_groups(sizes, count)
            parts = [spells[group == i] for i in range(count)]
            strata = [Stratum(rates_of(part, alone=count == 1), part) for part in parts]
            if not any(stratum.rates.reason for stratum in strata):
                return strata
    return strata


def _fitted(spells: pd.DataFrame, *, alone: bool) -> Rates:
    term, terms = _terms(spells)
    fit = fit_renewals(terms["renewed"], terms["churned"], entered=terms["entered"])
    logs = np.log([fit.alpha, fit.beta])
    return Rates(term, logs, fit.log_covariance, fit.events, fit.reason)


def _constant(spells: pd.DataFrame, *, alone: bool) -> Rates:
    term, terms = _terms(spells)
    rate = constant_renewal(terms["renewed"], terms["churned"], entered=terms["entered"])
    few = not alone and rate.events < FEWEST_EVENTS
    reason = NONE_DUE if rate.due == 0 else FEW_EVENTS if few else ""
    return Rates(term, np.array([rate.logit]), np.array([[rate.variance]]), rate.events, reason)


def _terms(spells: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    term = int(spells["term_months"].iloc[0]) if len(spells) else YEAR
    return term, renewals_of(spells, term_months=term)
