"""What more or less of a product would cost a customer a month: own prices, list steps, usual prices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.opportunities.known import Known
from ltvlab.months import YEAR

FEWEST_HOLDERS = 5


class Prices(NamedTuple):
    """What each customer pays per product in the month, the price list, and the usual option price."""

    held: pd.DataFrame
    plans: pd.DataFrame
    option: float
    option_product: str


def book_prices(book: Known) -> Prices:
    """Return amount, seats and plan per customer_id and product now held, with the price list.

    `option` is the median that holders of an option pay a month (minor units), where at least
    five hold one.
    """
    held = book.panel[(book.panel["month"] == book.month.ordinal) & (book.panel["amount"] > 0)]
    held = held.assign(seats=held.get("seats", np.nan))
    keys = ["customer_id", "product"]
    held = held.sort_values([*keys, "amount"], kind="stable")
    sums = held.groupby(keys).agg(
        amount=("amount", "sum"), seats=("seats", "sum"), plan=("plan", "last")
    )
    option = held[_flag(held, "is_option")]
    usual = option.groupby("customer_id")["amount"].sum()
    enough = len(usual) >= FEWEST_HOLDERS
    names = option["product"].mode()
    plans = book.tables.get("plans", pd.DataFrame(columns=["plan", "product"]))
    return Prices(
        sums,
        plans,
        float(usual.median()) if enough else np.nan,
        str(names.iloc[0]) if len(names) else "",
    )


def seat_price(product: pd.Series, prices: Prices) -> pd.Series:
    """Return what each customer (the index) pays per seat of its product; NaN where seats are unknown."""
    held = _own(product, prices)
    return (held["amount"] / held["seats"].where(held["seats"] > 0)).rename("seat_price")


def plan_steps(product: pd.Series, prices: Prices, *, up: bool) -> pd.Series:
    """Return what the next plan up or down changes a month, at the customer's own discount.

    NaN where the price list has no tiers, or the customer is at its end.
    """
    held, plans = _own(product, prices), prices.plans
    if not {"tier", "list_price"} <= set(plans):
        return pd.Series(np.nan, index=product.index)
    plain = plans[~_flag(plans, "is_option")].sort_values(["product", "tier"], kind="stable")
    beside = plain.groupby("product")["list_price"].shift(-1 if up else 1)
    step = (beside / plain["list_price"] - 1).to_numpy()
    by_plan = pd.Series(step, index=pd.MultiIndex.from_frame(plain[["plan", "product"]]))
    asked = pd.MultiIndex.from_arrays([held["plan"], product])
    return pd.Series(held["amount"].to_numpy() * by_plan.reindex(asked).to_numpy(), product.index)


def entry_amounts(book: Known) -> pd.DataFrame:
    """Return what others paid a month when they added a family: amount by family and size.

    The median of the first month's amounts of customers that held something else before; with
    orders of a month's share of what was bought in the last twelve. The size `all` is of every
    size together; fewer than five cases: no price.
    """
    first = _orders_a_month(book) if book.basis == "orders" else _first_amounts(book)
    first["size"] = first["customer_id"].map(book.features["size"].astype("str"))
    every = pd.concat([first, first.assign(size="all")], ignore_index=True)
    cells = every.groupby(["family", "size"])["amount"]
    return cells.median().where(cells.size() >= FEWEST_HOLDERS).to_frame()


def _first_amounts(book: Known) -> pd.DataFrame:
    paid = book.panel[(book.panel["amount"] > 0) & (book.panel["month"] <= book.month.ordinal)]
    sums = paid.groupby(["customer_id", "family", "month"], as_index=False)["amount"].sum()
    began = sums.groupby("customer_id")["month"].transform("min")
    added = sums["month"] == sums.groupby(["customer_id", "family"])["month"].transform("min")
    return sums[added & (sums["month"] > began)].reset_index(drop=True)


def _orders_a_month(book: Known) -> pd.DataFrame:
    year = book.panel[book.panel["month"] > book.month.ordinal - YEAR]
    sums = year.groupby(["customer_id", "family"], as_index=False)["amount"].sum()
    return sums.assign(amount=sums["amount"] / YEAR)


def _own(product: pd.Series, prices: Prices) -> pd.DataFrame:
    keys = pd.MultiIndex.from_arrays([product.index, product])
    return prices.held.reindex(keys).set_axis(product.index)


def _flag(rows: pd.DataFrame, name: str) -> pd.Series:
    given = rows[name] if name in rows else pd.Series(False, index=rows.index)
    return given.astype("boolean").fillna(False).astype("bool")
