"""How much of the book stays: NRR, GRR, churn rates and the quick ratio, month by month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.histories import as_held_now, began_before
from ltvlab.metrics.movements import movement_table
from ltvlab.money import number
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import ratio_interval
from ltvlab.text import translator

QUARTER = 3
RATES = (
    "nrr", "nrr_low", "nrr_high", "nrr_reported", "grr", "grr_low", "grr_high", "grr_reported",
)  # fmt: skip
# The quick ratios and the months that each sums.
RATIOS = {
    "quick_ratio": QUARTER,
    "quick_ratio_12": YEAR,
    "quick_ratio_with_reactivation": QUARTER,
}


def retention_table(
    mrr: pd.DataFrame,
    opening: pd.Series,
    *,
    seed: int | None,
    fx: pd.DataFrame | None = None,
    year_ago_rates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per month with the rates of D22, D23 and D25.

    `nrr` and `grr` compare a month with the one twelve before, customer by customer, for those
    who paid then, at the exchange rates of then where `year_ago_rates` holds the book at them;
    `nrr_reported` and `grr_reported` are at each month's own rates. They are booked facts. `*_low`
    and `*_high` are the 95 % range of the underlying rate (customers resampled, BCa).
    `logo_churn` and `revenue_churn` are monthly shares of the opening book; `quick_ratio` sums
    three months and is empty without losses; `quick_ratio_12` sums twelve, and
    `quick_ratio_with_reactivation` is the three with returners. `base_year` and `base_month`
    count the customers that the rates are of. Without a `seed` no range is drawn.
    """
    moves = movement_table(mrr, opening, fx=fx)
    losses = moves["churn"].abs() + moves["contraction"].abs()
    yearly = _yearly(mrr, mrr if year_ago_rates is None else year_ago_rates, seed=seed)
    table = pd.DataFrame({"month": mrr.columns}).join(yearly)
    lost, there = lost_customers(mrr, opening)
    table["base_month"] = there
    table["logo_churn"] = np.divide(lost, there, out=np.full(len(there), np.nan), where=there > 0)
    table["revenue_churn"] = (losses / moves["opening"]).where(moves["opening"] > 0)
    gains = moves["new"] + moves["expansion"]
    table["quick_ratio"] = _ratio_of_sums(gains, losses)
    table["quick_ratio_12"] = _ratio_of_sums(gains, losses, months=YEAR)
    table["quick_ratio_with_reactivation"] = _ratio_of_sums(gains + moves["reactivation"], losses)
    # The first month has no month before it: nothing could be lost in it.
    table.loc[table.index[:1], ["logo_churn", "revenue_churn"]] = np.nan
    table.attrs = dict(mrr.attrs)
    return table


class Base(NamedTuple):
    """Customers × months from the thirteenth on: paid a year before, and what of it is kept now."""

    then: np.ndarray
    nrr: np.ndarray
    grr: np.ndarray


def year_on_year(mrr: pd.DataFrame, at_rates: pd.DataFrame) -> Base:
    """Return what customers paid a year before each month, and what they pay now (D22, D23).

    `at_rates` is what they pay now in the money of then: `mrr` itself, or at the rates of then.
    """
    then = as_held_now(mrr.to_numpy()[:, :-YEAR], mrr, lag=YEAR)
    now = at_rates.reindex(index=mrr.index, columns=mrr.columns).to_numpy()[:, YEAR:]
    kept = np.where(then > 0, now, 0.0)
    return Base(then, kept, np.minimum(kept, then))


def shares(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return the ratio of sums over customers per month, empty without anything to divide by."""
    total = below.sum(axis=0)
    out = np.full(len(total), np.nan)
    return np.divide(above.sum(axis=0), total, where=total > 0, out=out)


def _yearly(mrr: pd.DataFrame, at_rates: pd.DataFrame, *, seed: int | None) -> pd.DataFrame:
    rates = pd.DataFrame(np.nan, index=range(mrr.shape[1]), columns=list(RATES))
    rates["base_year"] = 0
    if mrr.shape[1] <= YEAR:
        return rates
    rows = slice(YEAR, None)
    base, reported = year_on_year(mrr, at_rates), year_on_year(mrr, mrr)
    rates.loc[rows, "base_year"] = (base.then > 0).sum(axis=0)
    for name in ("nrr", "grr"):
        rates.loc[rows, name] = shares(getattr(base, name), base.then)
        rates.loc[rows, f"{name}_reported"] = shares(getattr(reported, name), base.then)
        if seed is not None:
            low, high = ratio_interval(getattr(base, name), base.then, seed=seed)
            rates.loc[rows, f"{name}_low"], rates.loc[rows, f"{name}_high"] = low, high
    return rates


def lost_customers(mrr: pd.DataFrame, opening: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return, per month, the customers lost in it, and those who paid before it."""
    paid = mrr.to_numpy() > 0
    started = began_before(mrr, opening)[:, :1] & paid[:, :1]
    before = as_held_now(np.hstack([started, paid[:, :-1]]).astype("int16"), mrr) > 0
    return (before & ~paid).sum(axis=0), before.sum(axis=0)


def _ratio_of_sums(gained: pd.Series, lost: pd.Series, *, months: int = QUARTER) -> pd.Series:
    gained, lost = gained.rolling(months).sum(), lost.rolling(months).sum()
    return (gained / lost).where(lost > 0)


def ratios_in_words(rates: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return `rates` with the quick ratios as a reader sees them: "no losses" where nothing was lost.

    They stay empty while fewer months are known than a ratio sums.
    """
    say = translator(language)
    shown = rates.copy()
    for name, months in RATIOS.items():
        known = np.arange(len(rates)) >= months - 1
        words = [
            number(ratio, language, decimals=1) if ratio == ratio else say("no losses")
            for ratio in rates[name]
        ]
        shown[name] = np.where(known, np.array(words, dtype="object"), None)
    shown.attrs = dict(rates.attrs)
    return shown
