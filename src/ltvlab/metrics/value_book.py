"""The customers of a company in the forms that the methods of value need, and their segments."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ltvlab.metrics.cohorts import by_age
from ltvlab.metrics.lifetimes import lifetimes
from ltvlab.metrics.purchase_value import purchase_history
from ltvlab.metrics.renewal_fits import MONTH, starting_terms
from ltvlab.metrics.values import recent_sums

AXES = ("industry", "size", "product", "channel", "start_quarter", "start_year")


class Book(NamedTuple):
    """The company's customers in the forms that the methods need, all indexed by customer_id.

    `terms` are the months of term at the start; `purchases` is None but for companies that
    bring orders.
    """

    customers: pd.DataFrame
    recent: pd.DataFrame
    terms: pd.Series
    spells: pd.DataFrame
    margin_by_age: pd.DataFrame
    purchases: pd.DataFrame | None
    attrs: dict


def value_book(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    credits: pd.DataFrame | None = None,
    annual: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
) -> Book:
    """Return the book; money in `margin` and `credits` must be in the unit of `mrr` (D17a)."""
    for name, other in (("margin", margin), ("credits", credits), ("annual", annual)):
        _require_same_unit(name, other, mrr)
    monthly = pd.Series(MONTH, index=mrr.index)
    terms = monthly if annual is None else starting_terms(mrr, annual)
    with_purchases = orders is not None and mrr.attrs["basis"] == "orders"
    realised = margin if credits is None else margin.add(credits.reindex(margin.index).fillna(0.0))
    return Book(
        customers,
        recent_sums(mrr, margin),
        terms,
        _spells(mrr, customers, terms),
        by_age(realised, customers),
        _purchases(mrr, margin, customers, orders) if with_purchases else None,
        dict(mrr.attrs),
    )


def segments_of(customers: pd.DataFrame) -> list[tuple[str, str, pd.Index]]:
    """Return axis, segment and customers of every segment, all customers first."""
    segments = [("all", "all", customers.index)]
    for axis in AXES:
        groups = customers.groupby(axis, sort=True).groups
        segments += [(axis, str(name), index) for name, index in groups.items()]
    return segments


def _require_same_unit(name: str, other: pd.DataFrame | None, mrr: pd.DataFrame) -> None:
    currency = mrr.attrs["currency"] if other is None else other.attrs.get("currency")
    if currency not in (None, mrr.attrs["currency"]):
        raise ValueError(
            f"{name} is in {currency} and the monthly amounts in {mrr.attrs['currency']}; "
            f"load both with the same params"
        )
    if other is not None and len(other) and not other.columns.equals(mrr.columns):
        raise ValueError(f"{name} and the monthly amounts do not cover the same months")


def _spells(mrr: pd.DataFrame, customers: pd.DataFrame, terms: pd.Series) -> pd.DataFrame:
    spells = lifetimes(mrr, customers).join(customers["starting_margin"])
    spells["seen"] = ~customers["opening"].reindex(spells.index).to_numpy(dtype=bool)
    spells["term_months"] = terms
    flash = customers.index[
        ~customers["opening"].to_numpy(dtype=bool) & ~customers.index.isin(mrr.index)
    ]
    never = {
        "entry": 0, "duration": 0, "event": True, "starting_margin": 0.0, "seen": True,
        "term_months": MONTH,
    }  # fmt: skip
    return pd.concat([spells, pd.DataFrame(never, index=flash)])


def _purchases(
    revenue: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame, orders: pd.DataFrame
) -> pd.DataFrame:
    """Return the purchase history; a model is fitted on those `seen` from their first purchase."""
    history = purchase_history(revenue, margin, orders)
    opening = customers["opening"].reindex(history.index).to_numpy(dtype=bool)
    return history.assign(seen=~opening)
