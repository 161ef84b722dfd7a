"""The CRM's deals and their stages as they stood on the report's day."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.money import to_minor
from ltvlab.sources.tables import TABLES
from ltvlab.text import UNKNOWN
from ltvlab.warehouse.customers import size_band

MONEY = ("amount", "previous_amount", "list_amount")


def deal_frames(
    connection: Backend, *, as_of: pd.Timestamp, currency: str, size_bands: Sequence[int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per deal and one per stage a deal entered; neither has rows without deals.

    Deals have every column of the canonical table, money in minor units, and `size`, the size
    band of the customer (Unknown without one). `product_names` in the attrs are the products the
    company sells; `as_of` and `currency` stand there too.
    """
    present = set(connection.list_tables())
    deals, stages = (_whole(connection, name, present) for name in ("deals", "deal_stages"))
    deals = deals.assign(**{name: to_minor(deals[name], currency) for name in MONEY})
    deals["size"] = _sizes(connection, deals["customer_id"], size_bands)
    products = connection.table("products").to_pandas()["product"] if "products" in present else []
    deals.attrs = {"as_of": as_of, "currency": currency, "product_names": tuple(products)}
    return deals, stages


def _whole(connection: Backend, name: str, present: set[str]) -> pd.DataFrame:
    """Return a canonical table with all its columns, those not brought empty."""
    rows = connection.table(name).to_pandas() if name in present else pd.DataFrame()
    kinds = {
        "money": "float64",
        "number": "float64",
        "date": "datetime64[us]",
        "moment": "datetime64[us]",
    }
    absent = {
        column: pd.Series(index=rows.index, dtype=kinds.get(kind, "object"))
        for column, kind in TABLES[name].columns.items()
        if column not in rows
    }
    rows = rows.assign(**absent)[list(TABLES[name].columns)]
    # A deal column nobody filled comes back as text; it still has to divide and to compare.
    typed = {c: kinds[kind] for c, kind in TABLES[name].columns.items() if kind in kinds}
    return rows.astype(typed)


def _sizes(connection: Backend, ids: pd.Series, bands: Sequence[int]) -> pd.Series:
    customers = connection.table("customers").to_pandas()
    sizes = size_band(customers, bands).set_axis(customers["customer_id"])
    return ids.map(sizes[~sizes.index.duplicated()]).fillna(UNKNOWN)
