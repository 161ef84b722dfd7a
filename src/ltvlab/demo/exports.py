"""Write the demo's export files, and beside them the list of everything planted in them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from ltvlab.demo.book import draw_book
from ltvlab.demo.layout import LAYOUTS, Layout
from ltvlab.demo.opportunities import plant_opportunities
from ltvlab.demo.planted import planted_entries, planted_json, planted_markdown
from ltvlab.demo.ugliness import spoil

CUSTOMERS = 400


def write_exports(folder: Path, *, seed: int, customers: int = CUSTOMERS) -> None:
    """Write every export of the demo company, PLANTED.md and planted.json into `folder`.

    The same seed gives the same bytes: nothing reads a clock, the locale or the platform.
    """
    book, groups = plant_opportunities(draw_book(seed=seed, customers=customers), seed=seed)
    texts = {name: as_written(book[name], layout) for name, layout in LAYOUTS.items()}
    spoiled, ugly = spoil(texts, seed=seed)
    entries = planted_entries(book, groups) + ugly
    folder.mkdir(parents=True, exist_ok=True)
    for name, layout in LAYOUTS.items():
        (folder / f"{name}.csv").write_bytes(_file_bytes(spoiled[name], layout))
    (folder / "PLANTED.md").write_bytes(planted_markdown(entries, seed=seed).encode())
    (folder / "planted.json").write_bytes(planted_json(entries, seed=seed).encode())


def as_written(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return a table as the export writes it: the file's headers, every cell a text."""
    wide = [column for column in table if str(column)[:2] == "20"]  # targets: a column per month
    wanted = [*layout.headers, *wide]
    cells = {column: _written(table[column], column, layout) for column in wanted}
    return pd.DataFrame(cells).rename(columns=dict(layout.headers))


def _written(values: pd.Series, column: str, layout: Layout) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return _dates(values, layout.date_format)
    if column in layout.money:
        return _money(values, layout)
    if column in layout.words:
        return values.astype(str).map(layout.words[column]).astype("object")
    if pd.api.types.is_numeric_dtype(values):
        return _numbers(values)
    return values.fillna("").astype("object")


def _dates(values: pd.Series, date_format: str) -> pd.Series:
    """Return dates in the file's form, each distinct one written once; no day, no text.

    `%-m` is spelt out here, since not every platform's strftime knows it.
    """
    distinct = values.dropna().drop_duplicates()
    written = {stamp: _date(stamp, date_format) for stamp in distinct}
    return values.map(written).astype("object").where(values.notna(), "")


def _date(stamp: pd.Timestamp, date_format: str) -> str:
    plain = date_format.replace("%-m", str(stamp.month)).replace("%-d", str(stamp.day))
    return (
        plain.replace("%Y", f"{stamp.year:04d}")
        .replace("%m", f"{stamp.month:02d}")
        .replace("%d", f"{stamp.day:02d}")
        .replace("%H", f"{stamp.hour:02d}")
        .replace("%M", f"{stamp.minute:02d}")
    )


def _money(values: pd.Series, layout: Layout) -> pd.Series:
    whole = np.rint(values.fillna(0)).astype("int64")
    digits = whole.abs().map("{:,}".format)
    signed = (layout.money_prefix + digits + layout.money_suffix).where(whole >= 0, "△" + digits)
    return signed.where(values.notna(), "").astype("object")


def _numbers(values: pd.Series) -> pd.Series:
    distinct = values.dropna().drop_duplicates()
    written = {value: f"{value:.4f}".rstrip("0").rstrip(".") for value in distinct}
    return values.map(written).astype("object").where(values.notna(), "")


def _file_bytes(texts: pd.DataFrame, layout: Layout) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=layout.line_end)
    writer.writerow(texts.columns)
    writer.writerows(texts.to_numpy().tolist())
    return buffer.getvalue().encode(layout.encoding)
