"""Read one file as text: CSV, TSV or Parquet, every value as written, every row with its line."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ltvlab.errors import DataError, Problem
from ltvlab.sources.delimited import read_delimited
from ltvlab.sources.faults import problem
from ltvlab.sources.parquet import read_parquet

PARQUET_MARK = b"PAR1"
# What a file really is, whatever its name says. Pickles run code when they are opened.
OTHER_KINDS = (
    (b"PK\x03\x04", "it is an Excel workbook or another zip file"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook or has a password"),
    (b"\x80\x04", "it is a Python pickle, which is never opened"),
    (b"\x80\x05", "it is a Python pickle, which is never opened"),
    (b"%PDF", "it is a PDF"),
    (b"\x1f\x8b", "it is compressed"),
    (b"<html", "it is a web page"),
    (b"<!DOCTYPE", "it is a web page"),
    (b"<table", "it is a web page"),
)
PICKLE_NAMES = (".pkl", ".pickle", ".joblib")


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file's rows as text, and what was met on the way.

    `rows` holds the file's columns under their headers; `places` has `record` and `line` for
    each. `broken` holds the rows that do not fit the header: record, line, id, row. `totals`
    holds total rows taken from the end. `excluded` counts rows left out by reason.
    """

    name: str
    rows: pd.DataFrame
    places: pd.DataFrame
    totals: pd.DataFrame
    broken: pd.DataFrame
    excluded: Mapping[str, int] = field(default_factory=dict)
    encoding: str
    separator: str
    sha256: str
    size: int
    rows_read: int


def read_file(
    path: Path, *, encoding: str = "auto", separator: str | None = None, drop_totals: bool = False
) -> TextFile:
    """Return the text of `path`, or refuse it with the place of what makes it unreadable."""
    content = _stable_content(path)
    _require_known_kind(path, content)
    if content.startswith(PARQUET_MARK) or path.suffix == ".parquet":
        read = read_parquet(content, file=path.name)
    else:
        read = read_delimited(
            content, file=path.name, encoding=encoding, separator=separator, drop_totals=drop_totals
        )
    digest = hashlib.sha256(content).hexdigest()
    return TextFile(name=path.name, sha256=digest, size=len(content), **read)


def _stable_content(path: Path) -> bytes:
    if not path.is_file():
        raise DataError("A file is missing", [_missing(path)])
    before = path.stat()
    content = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError("A file is not complete", [problem("E214", file=path.name)])
    return content


def _missing(path: Path) -> Problem:
    if path.is_dir():
        return problem("E202", file=path.name, detail="it is a folder", value=str(path))
    names = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.5)
    fix = f"did you mean {near[0]}?" if near else ""
    return problem("E201", file=path.name, value=str(path), fix=fix)


def _require_known_kind(path: Path, content: bytes) -> None:
    if not content.strip():
        raise DataError("A file is empty", [problem("E205", file=path.name)])
    start = content[:512].lstrip().lower()
    reasons = [reason for mark, reason in OTHER_KINDS if start.startswith(mark.lower())]
    if path.suffix.lower() in PICKLE_NAMES:
        reasons = ["it is a Python pickle, which is never opened"]
    if reasons:
        found = problem("E202", file=path.name, detail=reasons[0])
        raise DataError("A file is of another kind than expected", [found])
