"""The contracts of the canonical tables as pandera schemas, each check named by its error id."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pa
from babel import Locale
from pandera.errors import SchemaErrors

from ltvlab.sources.tables import TABLES, Table
from ltvlab.sources.values import Kind

DTYPES: dict[Kind, str] = {
    "money": "float64",
    "number": "float64",
    "date": "datetime64[us]",
    "moment": "datetime64[us]",
    "month": "datetime64[us]",
    "boolean": "boolean",
}
EMPTY_FAULT = "E246"


@cache
def contract(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a canonical table; optional columns may be absent."""
    table = TABLES[name]
    columns = {column: _column(table, column, kind) for column, kind in table.columns.items()}
    ordered = [_ends_after_start(start, end) for start, end in table.ordered]
    if name == "invoices":
        ordered.append(pa.Check(_charges_not_negative, error="E247@amount", ignore_na=False))
    return pa.DataFrameSchema(columns, checks=ordered, strict=True, ordered=False)


def broken_cells(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return every cell that breaks the contract: row (index of `frame`), column, id.

    A frame that holds another column or type than the contract says is a bug of ours and
    raises.
    """
    try:
        contract(name).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        _require_cases_of_data(cases)
        return _cells(cases)
    return pd.DataFrame({"row": pd.Series(dtype="int64"), "column": "", "id": ""})


def _cells(cases: pd.DataFrame) -> pd.DataFrame:
    of_frame = cases["schema_context"] == "DataFrameSchema"
    # A check over two columns is reported once per column of the table; its id names the second.
    named = cases["check"].astype(str).str.split("@")
    cells = pd.DataFrame(
        {
            "row": cases["index"].astype("int64"),
            "column": np.where(of_frame, named.str[-1], cases["column"]),
            "id": named.str[0].replace({"not_nullable": EMPTY_FAULT}),
        }
    )
    return cells.drop_duplicates(ignore_index=True)


def _require_cases_of_data(cases: pd.DataFrame) -> None:
    ours = cases[cases["index"].isna()]
    if len(ours):
        raise AssertionError(
            f"the intake built a table against its contract: {ours.to_dict('records')}"
        )


def _column(table: Table, column: str, kind: Kind) -> pa.Column:
    needed = column in table.needed
    return pa.Column(
        DTYPES.get(kind, "str"),
        checks=list(_checks(table, column, kind)),
        # A row without its currency cannot be added to any other.
        nullable=(not needed or column in table.blank) and kind != "currency",
        required=needed,
    )


def _checks(table: Table, column: str, kind: Kind) -> list[pa.Check]:
    checks = []
    if column in table.words:
        checks.append(pa.Check.isin(table.words[column], error="E245"))
    if column in table.not_negative:
        checks.append(pa.Check.ge(0, error="E247"))
    if column in table.ranges:
        checks.append(pa.Check.in_range(*table.ranges[column], error="E250"))
    if kind == "currency":
        checks.append(pa.Check.isin(_currencies(), error="E249"))
    return checks


@cache
def _currencies() -> frozenset[str]:
    return frozenset(Locale("en").currencies)


def _ends_after_start(start: str, end: str) -> pa.Check:
    def not_before(frame: pd.DataFrame) -> pd.Series:
        if start not in frame or end not in frame:
            return pd.Series(True, index=frame.index)
        return ~(frame[end] < frame[start])

    return pa.Check(not_before, error=f"E248@{end}", ignore_na=False)


def _charges_not_negative(frame: pd.DataFrame) -> pd.Series:
    if "kind" not in frame:
        return pd.Series(True, index=frame.index)
    return ~((frame["kind"] == "charge") & (frame["amount"] < 0))
