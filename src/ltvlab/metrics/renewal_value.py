"""What one customer of an annual book is worth: starting margin × renewals by sBG (D17b, D18, D19).

Customers on yearly terms can leave only at a renewal, so months of their first year say nothing
about how long they stay; terms do, and the model carries them past the years seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri
from statsmodels.tools.numdiff import approx_fprime

from ltvlab.metrics.values import Value, nothing, observed, size_groups
from ltvlab.statistics.discounting import month_weights
from ltvlab.statistics.renewals import RenewalFit, fit_renewals, survival

YEAR = 12


class RenewalValue(NamedTuple):
    """A `Value`, the share of it that lies beyond the ages seen, and why there is none, or ""."""

    value: Value
    share_beyond: float
    reason: str


class _Stratum(NamedTuple):
    fit: RenewalFit
    spells: pd.DataFrame


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


def renewal_value(
    spells: pd.DataFrame,
    *,
    term_months: int = YEAR,
    horizon_months: int = 60,
    monthly_discount: float,
    level: float = 0.95,
) -> RenewalValue:
    """Return starting margin × sBG survival of its size stratum, summed over the horizon.

    `spells` is as for `survival_value`: starting_margin, seen, entry, duration, event. Survival
    falls at renewals alone. Strata are thirds or halves by starting margin where each has a fit
    that stands, else all as one. The range takes up how sizes scatter and, by the delta method,
    how well the rates are known; its bounds are of the logarithm, as a value is above zero.
    """
    customers = int(spells["seen"].sum())
    strata = _strata(spells, term_months)
    reason = strata[0].fit.reason
    if reason or customers < 2:
        return RenewalValue(nothing(customers), np.nan, reason)
    settings = {"term_months": term_months, "monthly_discount": monthly_discount}
    months = np.arange(horizon_months)
    value, error = _value(strata, months, customers, settings)
    later = _value(strata, months[observed(spells) :], customers, settings)[0]
    spread = np.exp(-ndtri((1 - level) / 2) * error / value) if value > 0 else np.nan
    events = int(sum(stratum.fit.events for stratum in strata))
    found = Value(value, value / spread, value * spread, error, customers, horizon_months, events)
    return RenewalValue(found, later / value if value > 0 else np.nan, "")


def _strata(spells: pd.DataFrame, term_months: int) -> list[_Stratum]:
    """Return thirds, halves or one stratum by size: the finest of which every fit stands."""
    sizes = spells["starting_margin"].to_numpy()
    terms = renewals_of(spells, term_months=term_months)
    for count in (3, 2):
        group = size_groups(sizes, count)
        strata = [_fitted(spells[group == i], terms[group == i]) for i in range(count)]
        if not any(stratum.fit.reason for stratum in strata):
            return strata
    return [_fitted(spells, terms)]


def _fitted(spells: pd.DataFrame, terms: pd.DataFrame) -> _Stratum:
    fit = fit_renewals(terms["renewed"], terms["churned"], entered=terms["entered"])
    return _Stratum(fit, spells)


def _value(
    strata: list[_Stratum], months: np.ndarray, customers: int, settings: dict
) -> tuple[float, float]:
    """Return the value from these months and its standard error."""
    value = square = rate_variance = 0.0
    for fit, spells in strata:
        margin = spells["starting_margin"].to_numpy()[spells["seen"].to_numpy(dtype=bool)]
        annuity, error = _annuity(fit, months, **settings)
        value += margin.sum() / customers * annuity
        square += margin @ margin / customers * annuity**2
        rate_variance += (margin.sum() / customers * error) ** 2
    size_variance = max(square - value**2, 0.0) / customers
    return float(value), float(np.sqrt(size_variance + rate_variance))


def _annuity(
    fit: RenewalFit, months: np.ndarray, *, term_months: int, monthly_discount: float
) -> tuple[float, float]:
    if len(months) == 0:
        return 0.0, 0.0
    weights = month_weights(
        months, horizon_months=int(months[-1]) + 1, monthly_discount=monthly_discount
    )

    def paid(logs: np.ndarray) -> float:
        return float(survival(*np.exp(logs), months // term_months) @ weights)

    logs = np.log([fit.alpha, fit.beta])
    slope = approx_fprime(logs, paid, centered=True)
    return paid(logs), float(np.sqrt(slope @ fit.log_covariance @ slope))
