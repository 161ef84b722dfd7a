"""The engine behind Ibis: one DuckDB file per inputs and params, built aside, then only read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend


@contextmanager
def building(file: Path) -> Iterator[Backend]:
    """Yield a new warehouse that takes the name `file` only when everything in it is written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.stem}-{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    connection = ibis.duckdb.connect(unfinished)
    try:
        yield connection
        connection.disconnect()
        unfinished.replace(file)
    finally:
        connection.disconnect()
        unfinished.unlink(missing_ok=True)


@contextmanager
def reading(file: Path) -> Iterator[Backend]:
    """Yield a finished warehouse, open for reading only, so that notebooks can share it."""
    connection = ibis.duckdb.connect(file, read_only=True)
    try:
        yield connection
    finally:
        connection.disconnect()


def in_memory(tables: Mapping[str, pd.DataFrame]) -> Backend:
    """Return a warehouse that lives in memory and holds `tables`."""
    connection = ibis.duckdb.connect()
    store(connection, tables)
    return connection


def store(connection: Backend, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write frames as tables of the same name."""
    for name, frame in tables.items():
        connection.create_table(name, obj=_typed(pa.Table.from_pandas(frame, preserve_index=False)))


def _typed(table: pa.Table) -> pa.Table:
    """Return `table` with its all-empty columns as text: DuckDB stores no column without a type."""
    fields = [
        field.with_type(pa.string()) if pa.types.is_null(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
