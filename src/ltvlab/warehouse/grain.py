"""The grain of a customer: every table moved to the ids that the report counts customers by (D04).

The warehouse then shows up to three views. The plain tables hold one history per customer as of
the report month. `booked_…` hold ids as they stood in each month, for the MRR bridge.
`other_grain_panel` counts by parent where the report counts by company, or the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.warehouse.columns import month_number
from ltvlab.warehouse.engine import store
from ltvlab.warehouse.histories import EVER, Merges, group_ids, holders
from ltvlab.warehouse.panel import KEYS

GRAINS = {"company": "parent", "parent": "company"}
View = Literal["joined", "booked", "other_grain"]
PREFIX = {"joined": "", "booked": "booked_", "other_grain": "other_grain_"}
# Rows that describe a company rather than count for it: those of the surviving one stand.
DESCRIBING = ("customers", "customer_history")
# What a table was before its ids were moved: a later run builds the book again from it.
GIVEN = "given_"


def group_customers(connection: Backend, tables: Mapping[str, pd.DataFrame], *, grain: str) -> None:
    """Move panel, periods, credits and canonical tables to the customers that the report counts."""
    groups, others = (group_ids(tables, grain=name) for name in (grain, GRAINS[grain]))
    if (groups != others).any():
        _write_panel(connection, _for_all_time(others), view="other_grain")
    moved = _for_all_time(groups)
    if moved.empty:
        return
    if grain == "company":
        _write_booked(connection, tables)
    _write_panel(connection, moved, view="joined")
    _write_periods(connection, moved, view="joined")
    if "credits" in connection.list_tables():
        _overwrite(connection, "credits", _credits(connection.table("credits"), moved))
    for name in (name for name in tables if "customer_id" in tables[name] and name != "merges"):
        connection.create_table(f"{GIVEN}{name}", obj=connection.table(name))
        connection.drop_table(name)
        store(connection, {name: _grouped(tables[name], groups, name=name)})


def given_tables(connection: Backend, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return canonical tables as the company gave them, under its own ids; those it brought."""
    there = set(connection.list_tables())
    own = {name: f"{GIVEN}{name}" if f"{GIVEN}{name}" in there else name for name in names}
    return {
        name: connection.table(table).to_pandas() for name, table in own.items() if table in there
    }


def named(connection: Backend, name: str, view: View) -> str:
    """Return the name of a table as a view holds it: the plain one where they do not differ."""
    own = f"{PREFIX[view]}{name}"
    return own if own in connection.list_tables() else name


def merges_of(connection: Backend) -> Merges:
    """Return who holds an absorbed customer's history from which month to which: plain tuples."""
    if "holders" not in connection.list_tables():
        return ()
    return tuple(connection.table("holders").to_pandas().itertuples(index=False, name=None))


def _write_booked(connection: Backend, tables: Mapping[str, pd.DataFrame]) -> None:
    held = holders(tables["merges"])
    store(connection, {"holders": held, "booked_customers": tables["customers"]})
    _write_panel(connection, held, view="booked")
    _write_periods(connection, held, view="booked")


def _for_all_time(groups: pd.Series) -> pd.DataFrame:
    moved = groups[groups != groups.index]
    first, last = EVER
    return pd.DataFrame(
        {"customer_id": moved.index, "holder": moved.array, "first": first, "last": last}
    )


def _write_panel(connection: Backend, held: pd.DataFrame, *, view: str) -> None:
    """Write the panel of a view, and its idle cells where the company has such."""
    panel, prefix = connection.table("panel"), PREFIX[view]
    if "idle" not in connection.list_tables():
        _overwrite(connection, f"{prefix}panel", _regrouped(panel, held))
        return
    every = panel.union(connection.table("idle").select(*panel.columns))
    cells = connection.create_table("regrouped", obj=_regrouped(every, held))
    # A line that pauses beside a paid one of the same product is part of a paid cell.
    _overwrite(connection, f"{prefix}panel", cells.filter(cells["amount"] > 0))
    _overwrite(connection, f"{prefix}idle", cells.filter(cells["amount"] == 0))
    connection.drop_table("regrouped")


def _regrouped(cells: ir.Table, held: pd.DataFrame) -> ir.Table:
    cells = _moved(cells, held)
    values = [name for name in cells.columns if name not in KEYS]
    sums = {
        name: cells[name].any() if cells[name].type().is_boolean() else cells[name].sum()
        for name in values
    }
    return cells.group_by(KEYS).aggregate(**sums)


def _moved(rows: ir.Table, held: pd.DataFrame) -> ir.Table:
    """Return `rows` with the id that holds the customer's history in the row's month."""
    ids = ibis.memtable(held).select("holder", "first", "last", own_id="customer_id")
    inside = [
        rows["customer_id"] == ids["own_id"],
        rows["month"] >= ids["first"],
        rows["month"] <= ids["last"],
    ]
    joined = rows.left_join(ids, inside)
    joined = joined.mutate(customer_id=joined["holder"].fill_null(joined["customer_id"]))
    return joined.select(*rows.columns)


def _write_periods(connection: Backend, held: pd.DataFrame, *, view: str) -> None:
    if "periods" in connection.list_tables():
        periods = connection.table("periods")
        moved = _moved(periods.mutate(month=month_number(periods["start"])), held)
        _overwrite(connection, f"{PREFIX[view]}periods", moved.select(*periods.columns))


def _credits(credits: ir.Table, held: pd.DataFrame) -> ir.Table:
    moved = _moved(credits, held)
    return moved.group_by(["customer_id", "month"]).aggregate(credits=moved["credits"].sum())


def _overwrite(connection: Backend, name: str, rows: ir.Table) -> None:
    connection.create_table(name, obj=rows, overwrite=True)


def _grouped(rows: pd.DataFrame, groups: pd.Series, *, name: str) -> pd.DataFrame:
    """Return a canonical table under the ids of the groups, as the columns of `rows`."""
    ids = rows["customer_id"].map(groups).fillna(rows["customer_id"])
    if name not in DESCRIBING:
        return rows.assign(customer_id=ids)
    own = rows[(rows["customer_id"] == ids).to_numpy()]
    return own if name != "customers" else _with_heads(own, rows.assign(customer_id=ids))


def _with_heads(own: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return a row per group: its own, or only its id where the parent is no customer.

    A group starts when the first of its members did.
    """
    absent = members.loc[~members["customer_id"].isin(own["customer_id"]), "customer_id"]
    heads = pd.DataFrame({"customer_id": absent.drop_duplicates()})
    if "name" in own:
        heads["name"] = heads["customer_id"]
    every = pd.concat([own, heads], ignore_index=True)
    if "start_date" not in every:
        return every
    first = members.groupby("customer_id")["start_date"].min()
    return every.assign(start_date=every["customer_id"].map(first))
