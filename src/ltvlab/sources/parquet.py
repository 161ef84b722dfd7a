"""Read a Parquet file as text, so that it passes the same parsers as a CSV."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ltvlab.errors import DataError
from ltvlab.sources.faults import problem


def read_parquet(content: bytes, *, file: str) -> dict[str, Any]:
    """Return the parts of a `TextFile`; a damaged file is refused."""
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            "A file cannot be read", [problem("E213", file=file, detail=reason)]
        ) from None
    if not table.num_rows:
        raise DataError("A file has no rows", [problem("E206", file=file)])
    columns = {name: _as_text(table.column(name)) for name in table.column_names}
    rows = pd.DataFrame(columns, dtype="str")
    records = np.arange(1, len(rows) + 1)
    return {
        "rows": rows,
        "places": pd.DataFrame({"record": records, "line": pd.array([pd.NA] * len(rows), "Int64")}),
        "totals": rows.iloc[:0],
        "broken": pd.DataFrame(columns=["record", "line", "id", "row"]),
        "encoding": "parquet",
        "separator": "",
        "rows_read": len(rows),
    }


def _as_text(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_floating(column.type):
        return _decimals(column.to_pandas())
    if pa.types.is_decimal(column.type) or pa.types.is_boolean(column.type):
        return column.cast(pa.string()).to_pandas().fillna("")
    if pa.types.is_timestamp(column.type) and column.type.tz:
        # Arrow writes such moments with a Z, which is what the date parser converts from.
        column = pc.cast(column, pa.timestamp("us", tz="UTC"))
    return column.cast(pa.string()).to_pandas().astype("str").fillna("")


def _decimals(values: pd.Series) -> pd.Series:
    codes, unique = pd.factorize(values)
    # Never 1e+20: an exponent in a file means a spreadsheet lost digits.
    texts = [np.format_float_positional(value, trim="-") for value in unique]
    return pd.Series(np.array([*texts, ""], dtype=object)[codes], dtype="str")
