"""The monthly matrix: a wide view of the panel, the input of every revenue metric."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.months import month_range


def monthly_matrix(
    panel: ir.Table, *, by: str | Sequence[str], value: str, first: pd.Period, last: pd.Period
) -> pd.DataFrame:
    """Return the sum of `value` with a row per `by` and a column per month from first to last.

    Rows are every key that the panel holds, in sorted order; a month without rows is zero. The
    engine groups and streams Arrow batches; only the dense matrix is held in memory.
    """
    names = [by] if isinstance(by, str) else list(by)
    known = panel.select(*names).distinct()
    keys = known.mutate(row=ibis.row_number().over(order_by=[known[name] for name in names]))
    months = month_range(first, last)
    inside = panel.filter(panel["month"].between(first.ordinal, last.ordinal))
    sums = inside.group_by([*names, "month"]).aggregate(value=inside[value].cast("float64").sum())
    numbered = sums.inner_join(keys, names).select("row", "month", "value")

    index = keys.order_by("row").select(*names).to_pandas()
    cells = np.zeros((len(index), len(months)))
    for batch in numbered.to_pyarrow_batches():
        rows, columns, values = (batch.column(i).to_numpy(zero_copy_only=False) for i in range(3))
        cells[rows.astype("int64"), columns.astype("int64") - first.ordinal] = np.nan_to_num(values)
    return pd.DataFrame(cells, index=_index(index, names), columns=months)


def credit_matrix(connection: Backend, *, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Return refunds and credit notes per customer and month, negative; no rows where none are brought."""
    if "credits" not in connection.list_tables():
        return pd.DataFrame(columns=month_range(first, last), dtype="float64")
    return monthly_matrix(
        connection.table("credits"), by="customer_id", value="credits", first=first, last=last
    )


def usage_matrix(connection: Backend, *, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Return what customers paid by use per month (D06); no rows where no line is billed so."""
    if "usage_cells" not in connection.list_tables():
        return pd.DataFrame(columns=month_range(first, last), dtype="float64")
    return monthly_matrix(
        connection.table("usage_cells"), by="customer_id", value="usage", first=first, last=last
    )


def _index(keys: pd.DataFrame, names: list[str]) -> pd.Index:
    return pd.Index(keys[names[0]]) if len(names) == 1 else pd.MultiIndex.from_frame(keys)
