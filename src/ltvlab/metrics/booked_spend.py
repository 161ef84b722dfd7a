"""What was spent in twelve months, by purpose, as the company booked it: money and hours (D35)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.money import to_minor
from ltvlab.months import YEAR

PURPOSES = ("acquisition", "expansion", "retention")


def booked_spend(spend: pd.DataFrame | None, month: pd.Period, *, currency: str) -> pd.DataFrame:
    """Return one row per purpose: amount (minor units), hours, and how many of the 12 months have any.

    Sums of the twelve months up to `month`; empty unless every one of them is booked.
    """
    if spend is None:
        return pd.DataFrame({"amount": np.nan, "hours": np.nan, "months": 0}, index=PURPOSES)
    paid = spend["month"].dt.to_period("M").rename("paid")
    inside = (paid > month - YEAR) & (paid <= month)
    hours = spend["hours"] if "hours" in spend else pd.Series(np.nan, index=spend.index)
    amounts = pd.Series(to_minor(spend["amount"].to_numpy(), currency), index=spend.index)
    rows = pd.DataFrame({"purpose": spend["purpose"], "amount": amounts, "hours": hours})
    keys = ["purpose", "paid"]
    monthly = rows.assign(paid=paid)[inside].groupby(keys).sum(min_count=1)
    whole = {name: _whole_years(monthly[name]) for name in ("amount", "hours")}
    months = monthly.groupby(level="purpose").size().reindex(PURPOSES, fill_value=0)
    return pd.DataFrame(whole).assign(months=months)


def _whole_years(monthly: pd.Series) -> pd.Series:
    known = monthly.dropna().astype("float64").groupby(level="purpose")
    return known.sum().where(known.size() == YEAR).reindex(PURPOSES)
