"""How much of the book stays: NRR, GRR, churn rates and the quick ratio, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import movement_table
from ltvlab.statistics.intervals import ratio_interval

YEAR = 12
QUARTER = 3
RATES = ("nrr", "nrr_low", "nrr_high", "grr", "grr_low", "grr_high")


def retention_table(
    mrr: pd.DataFrame, opening: pd.Series, *, seed: int, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per month with the rates of D22, D23 and D25.

    `nrr` and `grr` compare a month with the one twelve before, customer by customer, for those
    who paid then; they are booked facts. `*_low` and `*_high` are the 95 % range of the
    underlying rate (customers resampled, BCa). `logo_churn` and `revenue_churn` are monthly
    shares of the opening book; `quick_ratio` sums three months and is empty without losses.
    `base_year` and `base_month` count the customers that the rates are of.
    """
    moves = movement_table(mrr, opening, fx=fx)
    losses = moves["churn"].abs() + moves["contraction"].abs()
    table = pd.DataFrame({"month": mrr.columns}).join(_yearly(mrr, seed=seed))
    lost, there = _lost_customers(mrr, opening)
    table["base_year"] = (mrr > 0).sum().shift(YEAR, fill_value=0).to_numpy()
    table["base_month"] = there
    table["logo_churn"] = np.divide(lost, there, out=np.full(len(there), np.nan), where=there > 0)
    table["revenue_churn"] = (losses / moves["opening"]).where(moves["opening"] > 0)
    table["quick_ratio"] = _ratio_of_sums(moves["new"] + moves["expansion"], losses)
    # The first month has no month before it: nothing could be lost in it.
    table.loc[table.index[:1], ["logo_churn", "revenue_churn"]] = np.nan
    table.attrs = dict(mrr.attrs)
    return table


def _yearly(mrr: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    rates = pd.DataFrame(np.nan, index=range(mrr.shape[1]), columns=list(RATES))
    if mrr.shape[1] <= YEAR:
        return rates
    then, now = mrr.to_numpy()[:, :-YEAR], mrr.to_numpy()[:, YEAR:]
    now = np.where(then > 0, now, 0.0)
    rows = slice(YEAR, None)
    for name, kept in {"nrr": now, "grr": np.minimum(now, then)}.items():
        base = then.sum(axis=0)
        low, high = ratio_interval(kept, then, seed=seed)
        rates.loc[rows, name] = np.divide(
            kept.sum(axis=0), base, where=base > 0, out=np.full(len(base), np.nan)
        )
        rates.loc[rows, f"{name}_low"] = low
        rates.loc[rows, f"{name}_high"] = high
    return rates.iloc[: mrr.shape[1]]


def _lost_customers(mrr: pd.DataFrame, opening: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return, per month, the customers lost in it, and those who paid before it."""
    paid = mrr.to_numpy() > 0
    started = opening.reindex(mrr.index).to_numpy(dtype=bool)[:, None] & paid[:, :1]
    before = np.hstack([started, paid[:, :-1]])
    return (before & ~paid).sum(axis=0), before.sum(axis=0)


def _ratio_of_sums(gained: pd.Series, lost: pd.Series) -> pd.Series:
    gained, lost = gained.rolling(QUARTER).sum(), lost.rolling(QUARTER).sum()
    return (gained / lost).where(lost > 0)
