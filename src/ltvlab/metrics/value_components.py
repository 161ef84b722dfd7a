"""What a customer value is made of: price, frequency, lifetime and margin, per segment."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ltvlab.metrics.cohorts import by_age

COLUMNS = ("month", "axis", "segment", "unit_price", "frequency", "lifetime_months", "gross_margin")


def ltv_components(
    ltv: pd.DataFrame, revenue: pd.DataFrame, customers: pd.DataFrame, *, orders: pd.DataFrame
) -> pd.DataFrame:
    """Return the headline value as unit price × frequency × lifetime × gross margin, per segment.

    For subscriptions, frequency is the products held per customer at the start and lifetime the
    value divided by the other three: months, money-weighted and discounted as the value is
    (D17). Where the company brings orders, price is per order, frequency `orders` (a count per
    customer and month) per customer and month, and lifetime the common age.
    """
    shown = ltv[ltv["headline"] & ltv["value"].notna()]
    rows = [_components(row, revenue, customers, orders) for row in shown.itertuples()]
    # The horizon comes along: values over different months are not to be held against each other.
    table = pd.DataFrame(rows, columns=[*COLUMNS, "horizon_months"])
    table.attrs = dict(ltv.attrs)
    return table


def _components(
    row: NamedTuple, revenue: pd.DataFrame, customers: pd.DataFrame, orders: pd.DataFrame
) -> dict:
    members = customers if row.axis == "all" else customers[customers[row.axis] == row.segment]
    members = members[~members["opening"].to_numpy(dtype=bool)]
    place = {"month": row.month, "axis": row.axis, "segment": row.segment}
    place["horizon_months"] = row.horizon_months
    if revenue.attrs["basis"] == "orders":
        return place | _order_components(row, revenue, members, orders)
    paid, margin, held = (
        members[name].sum() for name in ("starting_mrr", "starting_margin", "products_held")
    )
    price, frequency, share = paid / held, held / len(members), margin / paid
    return place | {
        "unit_price": price,
        "frequency": frequency,
        "lifetime_months": row.value / (price * frequency * share),
        "gross_margin": share,
    }


def _order_components(
    row: NamedTuple, revenue: pd.DataFrame, members: pd.DataFrame, orders: pd.DataFrame
) -> dict:
    months = int(row.horizon_months)
    counts, spent = by_age(orders, members), by_age(revenue, members)
    finished = counts[months - 1].notna()
    per_customer = counts[finished].loc[:, : months - 1].sum(axis=1).mean()
    paid = spent[finished].loc[:, : months - 1].sum(axis=1).mean()
    return {
        "unit_price": paid / per_customer,
        "frequency": per_customer / months,
        "lifetime_months": float(months),
        "gross_margin": row.value / paid,
    }
