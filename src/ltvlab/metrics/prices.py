"""What a customer pays a month, over time and by segment, and why it changed (D31)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import customer_counts, movement_table
from ltvlab.money import on_grid
from ltvlab.months import YEAR

PRICE_AXES = ("industry", "size", "channel", "product")
COLUMNS = ["month", "axis", "segment", "arpa", "customers", "mix_effect", "like_for_like"]


def arpa_table(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, axes: Sequence[str] = PRICE_AXES
) -> pd.DataFrame:
    """Return MRR per paying customer: one row per axis, segment and month, all customers first.

    `like_for_like` is what the customers that paid twelve months ago and pay now have changed,
    per customer of today: ARPA now less what it would be at their old amounts. `mix_effect` is
    the rest, who joined and who left; the two sum exactly to the change of ARPA. Both are empty
    where no customer paid then or now. Booked, in minor units.
    """
    people = customers.reindex(mrr.index)
    tables = [_prices(mrr).assign(axis="all", segment="all")]
    for axis in axes:
        for segment, rows in people.groupby(axis, sort=True).indices.items():
            tables.append(_prices(mrr.iloc[rows]).assign(axis=axis, segment=str(segment)))
    table = pd.concat(tables, ignore_index=True)[COLUMNS]
    table.attrs = dict(mrr.attrs)
    return table


def _prices(mrr: pd.DataFrame) -> pd.DataFrame:
    paid = mrr.to_numpy()
    count = (paid > 0).sum(axis=0)
    # On the grid of money, so that the two effects add up to the last digit written.
    arpa = on_grid(_divided(paid.sum(axis=0), count))
    kept = on_grid(_divided(_changed_by_stayers(paid), count))
    change = arpa - np.concatenate([np.full(min(YEAR, len(arpa)), np.nan), arpa[:-YEAR]])
    kept = np.where(np.isnan(change), np.nan, kept)
    return pd.DataFrame(
        {
            "month": mrr.columns,
            "arpa": arpa,
            "customers": count,
            "mix_effect": change - kept,
            "like_for_like": kept,
        }
    )


def _changed_by_stayers(paid: np.ndarray) -> np.ndarray:
    """Return, per month, what those who paid now and twelve months before have changed since."""
    then, now = paid[:, :-YEAR], paid[:, YEAR:]
    changed = np.zeros(paid.shape[1])
    changed[YEAR:] = np.where((then > 0) & (now > 0), now - then, 0.0).sum(axis=0)
    return changed


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def average_selling_price(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, fx: pd.DataFrame | None = None
) -> tuple[float, int]:
    """Return new MRR ÷ new customers of the last twelve months, and how many they were (D31).

    NaN without a new customer, or where fewer than twelve months are known.
    """
    opening = customers["opening"]
    amount = movement_table(mrr, opening, fx=fx)["new"].tail(YEAR).sum()
    joined = int(customer_counts(mrr, opening, fx=fx)["new"].tail(YEAR).sum())
    known = joined > 0 and mrr.shape[1] > YEAR
    return (float(on_grid(amount / joined)) if known else np.nan), joined
