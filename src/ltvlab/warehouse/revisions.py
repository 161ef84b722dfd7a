"""Two versions of the same exports: which rows came late, which were changed, and which are gone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.sources.tables import TABLES

Tables = Mapping[str, pd.DataFrame]
# What a book of MRR or revenue is built from; the other tables move none of its figures.
BOOKED = (
    "customers", "contracts", "invoices", "orders", "deals", "products", "plans", "fx_rates", "merges",
)  # fmt: skip
# What tells the rows of a table without row ids apart, as far as a company brings it.
LIKENESS = ("invoice_id", "order_id", "customer_id", "product", "kind")
COUNTS = ["table", "rows_late", "rows_changed", "rows_gone"]


def until(tables: Tables, as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the tables without rows dated after `as_of`, as an intake of that day reads them."""
    return {name: _until(rows, TABLES[name].dated, as_of) for name, rows in tables.items()}


def _until(rows: pd.DataFrame, dated: str, as_of: pd.Timestamp) -> pd.DataFrame:
    if not dated or dated not in rows:
        return rows
    return rows[~(rows[dated] >= as_of + pd.Timedelta(days=1))].reset_index(drop=True)


def corrected(before: Tables, after: Tables) -> dict[str, pd.DataFrame]:
    """Return `after` without the rows that `before` did not have: what was changed or taken away.

    A table that only one of the two has is left as it was before: it is new as a whole, or late.
    """
    kept = {name: _known_rows(name, before[name], after[name]) for name in before if name in after}
    return {name: rows for name, rows in before.items() if name not in after} | kept


def _known_rows(name: str, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    columns = _identity(name, before, after)
    known = _keys(after, columns).isin(_keys(before, columns))
    return after[known].reset_index(drop=True)


def revision_counts(before: Tables, after: Tables) -> pd.DataFrame:
    """Return table, rows_late, rows_changed, rows_gone: how many rows differ, a row per table in which any does."""
    rows = [
        {"table": name, **_counts(name, before.get(name), after.get(name))}
        for name in TABLES
        if name in before or name in after
    ]
    counted = pd.DataFrame(rows, columns=COUNTS)
    return counted[(counted[COUNTS[1:]] > 0).any(axis=1)].reset_index(drop=True)


def _counts(name: str, before: pd.DataFrame | None, after: pd.DataFrame | None) -> dict[str, int]:
    if before is None or after is None:
        there = 0 if after is None else len(after)
        return {
            "rows_late": there,
            "rows_changed": 0,
            "rows_gone": 0 if before is None else len(before),
        }
    columns = _identity(name, before, after)
    old, new = (_keyed(rows, columns) for rows in (before, after))
    both = old.index.intersection(new.index)
    return {
        "rows_late": len(new) - len(both),
        "rows_changed": int(_differ(old.loc[both], new.loc[both]).sum()),
        "rows_gone": len(old) - len(both),
    }


def _differ(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    every = old.columns.union(new.columns)
    left, right = (rows.reindex(columns=every).astype("object") for rows in (old, new))
    return ((left != right) & ~(left.isna() & right.isna())).any(axis=1)


def _identity(name: str, before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    table = TABLES[name]
    wanted = table.row_id or (*LIKENESS, table.dated)
    return [column for column in wanted if column in before and column in after]


def _keyed(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows.set_axis(_keys(rows, columns), axis=0)


def _keys(rows: pd.DataFrame, columns: list[str]) -> pd.MultiIndex:
    """Return what tells each row apart: its identity, and the how-manieth of its like it is."""
    # As text, since an id that is missing is like another one that is.
    like = rows[columns].astype("str")
    number = like.groupby(columns, dropna=False, sort=False).cumcount()
    return pd.MultiIndex.from_frame(like.assign(nth=number))
