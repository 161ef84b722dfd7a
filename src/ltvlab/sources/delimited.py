"""Read a CSV or TSV as text: header, separator, titles, totals and rows that do not fit."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from ltvlab.errors import DataError
from ltvlab.sources.encodings import decode
from ltvlab.sources.endings import blank_rows, footer_records, total_rows
from ltvlab.sources.faults import problem
from ltvlab.sources.headers import require_single_headers
from ltvlab.sources.separators import separator_of
from ltvlab.sources.shape import Shape, shape_of

MOST_TITLE_ROWS = 10


def read_delimited(
    content: bytes, *, file: str, encoding: str, separator: str | None, drop_totals: bool
) -> dict[str, Any]:
    """Return the parts of a `TextFile` for a CSV or TSV."""
    text, found_encoding = decode(content, declared=encoding, file=file)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    sign = separator or separator_of(text, file=file)
    parts = _parts(text, sign, file, drop_totals)
    return parts | {"encoding": found_encoding, "separator": sign}


def _parts(text: str, separator: str, file: str, drop_totals: bool) -> dict[str, Any]:
    content = np.frombuffer(text.encode("utf-8"), dtype="uint8")
    shape = shape_of(content, separator, file=file)
    header = _header(content, shape, separator, file)
    fitting, broken, footers = _fit(content, shape, separator, len(header))
    rows = _rows(content, shape, fitting, header, separator)
    places = pd.DataFrame({"record": fitting, "line": shape.line[fitting]}).astype(
        {"line": "Int64"}
    )
    blank = blank_rows(rows)
    totals = total_rows(rows[~blank], places, file=file, drop_totals=drop_totals)
    used = ~blank & ~rows.index.isin(totals.index)
    excluded = {"X203": int(blank.sum()), "X204": footers, "X205": len(totals)}
    return {
        "rows": rows[used].reset_index(drop=True),
        "places": places[used].reset_index(drop=True),
        "totals": totals,
        "broken": broken,
        "excluded": {reason: count for reason, count in excluded.items() if count},
        "rows_read": shape.start.size - 1,
    }


def _record(content: np.ndarray, shape: Shape, index: int, separator: str) -> list[str]:
    text = content[shape.start[index] : shape.end[index]].tobytes().decode("utf-8")
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def _header(content: np.ndarray, shape: Shape, separator: str, file: str) -> list[str]:
    usual = int(np.bincount(shape.fields[:1000]).argmax())
    titles = _title_rows(content, shape, separator, usual)
    if titles:
        line = int(shape.line[titles])
        fix = f"delete the lines above line {line}, where the header seems to stand"
        value = " ".join(_record(content, shape, 0, separator)).strip()
        raise DataError(
            "A file's header was not found",
            [problem("E207", file=file, line=1, value=value, fix=fix)],
        )
    header = _record(content, shape, 0, separator)
    require_single_headers(header, file)
    if shape.start.size == 1:
        raise DataError("A file has no rows", [problem("E206", file=file, line=1)])
    _require_same_width(shape, len(header), file)
    return header


def _title_rows(content: np.ndarray, shape: Shape, separator: str, usual: int) -> int:
    """Return how many records stand above the header: one cell filled, or narrower than the rest."""
    if usual < 2:
        return 0
    for index in range(min(MOST_TITLE_ROWS, shape.start.size)):
        filled = sum(bool(cell.strip()) for cell in _record(content, shape, index, separator))
        if filled > 1 and shape.fields[index] >= usual - 1:
            return index
    return 0


def _require_same_width(shape: Shape, width: int, file: str) -> None:
    rows = shape.fields[1:]
    # A footer is one field wide and says nothing about the rows.
    rows = rows[rows > 1] if (rows > 1).any() else rows
    usual = int(np.bincount(rows).argmax())
    # Most rows off by the same number: the header is wrong, not the rows.
    if usual != width and (rows == usual).mean() > 0.5:
        detail = f"{usual} in most rows, {width} in the header"
        found = problem("E209", file=file, line=int(shape.line[1]), detail=detail)
        raise DataError("A file's columns would be shifted", [found])


def _fit(
    content: np.ndarray, shape: Shape, separator: str, width: int
) -> tuple[np.ndarray, pd.DataFrame, int]:
    """Return the records that fit the header, those that do not, and how many footers end it."""
    index = np.arange(1, shape.start.size)
    wrong = (shape.fields[1:] != width) | shape.has_control[1:]
    odd = [(at, _record(content, shape, at, separator)) for at in index[wrong].tolist()]
    footers = footer_records(odd, shape.start.size - 1)
    broken = [
        (at, int(shape.line[at]), _fault_of(cells, width), json.dumps(cells, ensure_ascii=False))
        for at, cells in odd
        if at not in footers
    ]
    return (
        index[~wrong],
        pd.DataFrame(broken, columns=["record", "line", "id", "row"]),
        len(footers),
    )


def _fault_of(cells: list[str], width: int) -> str:
    return "E231" if len(cells) < width else "E232" if len(cells) > width else "E233"


def _rows(
    content: np.ndarray, shape: Shape, fitting: np.ndarray, header: list[str], separator: str
) -> pd.DataFrame:
    body = _body(content, shape, fitting)
    names = [name.strip() or f"(column {at})" for at, name in enumerate(header, start=1)]
    if not body:
        return pd.DataFrame(columns=names, dtype="str")
    keys = [str(position) for position in range(len(names))]
    table = pa_csv.read_csv(
        pa.BufferReader(body),
        read_options=pa_csv.ReadOptions(column_names=keys, block_size=_block_size(body, shape)),
        parse_options=pa_csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False
        ),
    )
    if table.num_rows != fitting.size:
        raise AssertionError(f"{fitting.size} records were found, but {table.num_rows} were read")
    return table.to_pandas().set_axis(names, axis="columns")


def _body(content: np.ndarray, shape: Shape, fitting: np.ndarray) -> bytes:
    if not fitting.size:
        return b""
    if fitting.size == shape.start.size - 1 and _contiguous(shape):
        return content[shape.start[1] : shape.end[-1]].tobytes()
    edges = np.zeros(content.size + 1, dtype="int8")
    edges[shape.start[fitting]] += 1
    # One byte further: the line break belongs to the record.
    edges[np.minimum(shape.end[fitting] + 1, content.size)] -= 1
    return content[np.cumsum(edges[:-1], dtype="int8").astype(bool)].tobytes()


def _contiguous(shape: Shape) -> bool:
    return bool((shape.start[2:] == shape.end[1:-1] + 1).all())


def _block_size(body: bytes, shape: Shape) -> int:
    longest = int((shape.end - shape.start).max()) + 1
    return min(max(1 << 20, 2 * longest), max(len(body), 1) + 1)
