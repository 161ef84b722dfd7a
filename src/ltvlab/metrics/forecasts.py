"""What each model of value would have forecast for the next twelve months, as known at an origin.

Each takes what was known and returns the margin that the existing customers bring, undiscounted,
in minor units; NaN where the model has no fit that stands. No model adds growth: a customer that
stays brings what it brings now (D19).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from ltvlab.metrics.known_books import Known
from ltvlab.metrics.renewal_value import renewals_of
from ltvlab.metrics.values import EVENTS_PER_STRATUM, size_groups
from ltvlab.months import YEAR, last_day
from ltvlab.statistics.purchases import fit_purchases, purchase_summary
from ltvlab.statistics.renewals import RenewalFit, fit_renewals, retention_rate
from ltvlab.statistics.spending import expected_year, fit_spend
from ltvlab.statistics.survival import survival_curve


def survival_forecast(known: Known) -> float:
    """Return own margin × Σ S(age + t) / S(age), t = 1 … 12, by Kaplan–Meier of the size stratum.

    Strata are thirds or halves by first margin where each has ten losses, as for the value (D18).
    Beyond the ages that five customers reached, the pooled monthly loss of the last twelve such
    ages is held: one month's alone is zero eleven times a year in an annual book.
    """
    everyone = np.ones(len(known.age), dtype=bool)
    return float(known.base_margin @ _months_ahead(known, everyone)[known.in_base])


def renewal_forecast(known: Known) -> float:
    """Return own margin × months to come, losing customers on annual terms at their renewal alone.

    A customer that has renewed k times stays at the next renewal with the sBG rate of its size
    stratum; those on shorter terms follow the survival of their kind. NaN where the fit is
    withheld, or nobody is on annual terms.
    """
    annual_now = known.annual[:, -1] > known.paid[:, -1] / 2
    annual_so_far = known.annual.sum(axis=1) > known.paid.sum(axis=1) / 2
    months = np.where(annual_now, _renewed_months(known, annual_so_far), np.nan)
    shorter = known.in_base & ~annual_now
    if shorter.any():
        months[shorter] = _shorter_months(known, ~annual_so_far)[shorter]
    if not (known.in_base & annual_now).any():
        return float("nan")
    return float(known.base_margin @ months[known.in_base])


def _shorter_months(known: Known, kind: np.ndarray) -> np.ndarray:
    """Return the months ahead by the survival of this kind, or of everyone where it has no curve."""
    months = _months_ahead(known, kind)
    return months if np.isfinite(months).all() else _months_ahead(known, np.ones_like(kind))


def _months_ahead(known: Known, counted: np.ndarray) -> np.ndarray:
    """Return, per customer, the months it is expected to pay of the next twelve, from `counted` spells."""
    spells, of = known.spells, counted[known.spell_rows]
    for strata in (3, 2, 1):
        group = size_groups(known.size, strata)
        parts = [spells[of & (group[known.spell_rows] == part)] for part in range(strata)]
        if strata == 1 or all(part["event"].sum() >= EVENTS_PER_STRATUM for part in parts):
            break
    longest = int(known.age.max(initial=0))
    table = np.stack([_months_by_age(part, longest) for part in parts])
    return table[group, known.age]


def _months_by_age(spells: pd.DataFrame, longest: int) -> np.ndarray:
    """Return Σ S(a + t) / S(a) over t = 1 … 12 for every age a up to `longest`; NaN without a curve."""
    curve = survival_curve(*(spells[name].to_numpy() for name in ("duration", "event", "entry")))
    # At its first age a curve is 1 by definition; losses are watched from the next one on.
    watched = curve[(curve["at_risk"] > 0) & (curve["age"] > curve["age"].iloc[0])]
    if watched.empty:
        return np.full(longest + 1, np.nan)
    lasting = watched.tail(YEAR)
    loss = np.full(longest + YEAR + 1, lasting["events"].sum() / lasting["at_risk"].sum())
    inside = watched[watched["age"] < len(loss)]
    loss[inside["age"].to_numpy()] = (inside["events"] / inside["at_risk"]).to_numpy()
    ahead = sliding_window_view(1.0 - loss[1:], YEAR)
    return np.cumprod(ahead, axis=1).sum(axis=1)


def _renewed_months(known: Known, annual: np.ndarray) -> np.ndarray:
    """Return the months to come of customers on annual terms: sure until the renewal, then its rate."""
    terms = renewals_of(known.spells)
    of = annual[known.spell_rows]
    for strata in (3, 2, 1):
        group = size_groups(known.size, strata)
        fits = [_fitted(terms[of & (group[known.spell_rows] == part)]) for part in range(strata)]
        if not any(fit.reason for fit in fits):
            break
    alpha, beta = (
        np.array([getattr(fit, name) for fit in fits])[group] for name in ("alpha", "beta")
    )
    renewed, into_term = known.age // YEAR, known.age % YEAR
    stays = retention_rate(alpha, beta, renewed + 1)
    return (YEAR - 1 - into_term) + (into_term + 1) * stays


def _fitted(terms: pd.DataFrame) -> RenewalFit:
    return fit_renewals(terms["renewed"], terms["churned"], entered=terms["entered"])


def purchase_forecast(known: Known) -> float:
    """Return expected purchases (BG/NBD) × expected spend (Gamma–Gamma) × the last year's margin share.

    The models speak of money spent, since a purchase at a loss has no place in a gamma; what of
    it is margin is the share of the last twelve months. NaN where a fit is withheld.
    """
    summary = purchase_summary(known.lines, as_of=last_day(known.origin))
    times = (summary[name].to_numpy() for name in ("repeats", "last_repeat", "age"))
    buying = fit_purchases(*times)
    spending = fit_spend(summary["repeats"].to_numpy(), summary["spend"].to_numpy())
    spent = known.paid[:, -YEAR:].sum()
    if buying.reason or spending.reason or spent <= 0:
        return float("nan")
    share = known.margin[:, -YEAR:].sum() / spent
    return float(expected_year(summary, buying.rates, spending.rates, unit="month").sum() * share)


MODELS: dict[str, Callable[[Known], float]] = {
    "survival": survival_forecast,
    "renewal_model": renewal_forecast,
    "purchase_model": purchase_forecast,
}
