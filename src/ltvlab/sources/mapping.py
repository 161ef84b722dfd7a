"""From a file's headers to canonical columns, still as text: presets, aliases and the verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ltvlab.source_settings import Lookup, Source
from ltvlab.sources.files import TextFile, read_file
from ltvlab.sources.presets import with_preset
from ltvlab.sources.resolving import headers_of, require_known_columns
from ltvlab.sources.tables import TABLES
from ltvlab.sources.verbs import (
    blanked,
    chosen_rows,
    from_template,
    header_of,
    is_template,
    looked_up,
    translated_values,
    unpivoted,
)


@dataclass(frozen=True, kw_only=True)
class MappedFile:
    """One file's rows under canonical names, as text; `headers` says where each came from.

    `missed` marks the cells whose lookup key the lookup file lacks, `repeated` the rows that an
    earlier row of the file equals in every column, unmapped ones included; `not_chosen` counts the
    rows that `where` leaves to another table.
    """

    file: TextFile
    texts: pd.DataFrame
    places: pd.DataFrame
    repeated: pd.Series
    headers: dict[str, str]
    unmapped: dict[str, float]
    missed: dict[str, pd.Series] = field(default_factory=dict)
    empty_cells: int = 0
    not_chosen: int = 0


def map_file(
    name: str, path: Path, source: Source, *, root: Path, lookup_folder: Path
) -> MappedFile:
    """Read one file of canonical table `name` and return its rows under canonical names."""
    demanded, source = set(source.columns), with_preset(source, name, root=root)
    require_known_columns(name, source)
    file = read_file(
        path,
        encoding=source.encoding,
        separator=source.separator,
        drop_totals=source.drop_total_rows,
    )
    rows, places, empty_cells = blanked(file.rows, source.nulls), file.places, 0
    if source.unpivot:
        rows, places, empty_cells = unpivoted(rows, places, source.unpivot, file=file.name)
    chosen = chosen_rows(rows, source.where, file=file.name)
    rows, places = (part[chosen].reset_index(drop=True) for part in (rows, places))
    headers = headers_of(name, source, list(rows.columns), file.name, demanded=demanded)
    texts, missed = _texts(rows, headers, source, file.name, lookup_folder)
    known = [column for column in TABLES[name].columns if column in texts]
    return MappedFile(
        file=file,
        texts=pd.DataFrame({column: texts[column] for column in known}, index=rows.index),
        places=places.assign(file=file.name),
        repeated=_repeated(rows, name),
        headers=headers | {lookup.column: lookup.of for lookup in source.lookup},
        unmapped=_unmapped(rows, headers, source),
        missed=missed,
        empty_cells=empty_cells,
        not_chosen=int((~chosen).sum()),
    )


def _texts(
    rows: pd.DataFrame, headers: dict[str, str], source: Source, file: str, lookup_folder: Path
) -> tuple[dict[str, pd.Series], dict[str, pd.Series]]:
    """Return the text of each column, and which cells of a lookup found no key."""
    texts = _columns(rows, headers, file) | _constants(rows, source)
    missed = _look_up(texts, rows, source.lookup, lambda verb: _lookup_rows(verb, lookup_folder))
    for column, values in source.values.items():
        if column in texts:
            texts[column] = translated_values(texts[column], values)
    return texts, missed


def _repeated(rows: pd.DataFrame, name: str) -> pd.Series:
    # Where rows have an id of their own, the id tells copies apart.
    return pd.Series(False, index=rows.index) if TABLES[name].row_id else rows.duplicated()


def _columns(rows: pd.DataFrame, headers: dict[str, str], file: str) -> dict[str, pd.Series]:
    return {
        column: from_template(rows, header, file=file, column=column)
        if is_template(header)
        else rows[header]
        for column, header in headers.items()
    }


def _constants(rows: pd.DataFrame, source: Source) -> dict[str, pd.Series]:
    return {
        column: pd.Series(text, index=rows.index, dtype="str")
        for column, text in source.constants.items()
    }


def _look_up(
    texts: dict[str, pd.Series],
    rows: pd.DataFrame,
    lookups: list[Lookup],
    rows_of: Callable[[Lookup], pd.DataFrame],
) -> dict[str, pd.Series]:
    """Add each lookup's column to `texts`, and return which of its cells found no key."""
    missed = {}
    for lookup in lookups:
        keys = texts.get(lookup.of)
        if keys is None:
            keys = rows[header_of(lookup.of, rows.columns, file="", column=lookup.column)]
        texts[lookup.column], missed[lookup.column] = looked_up(keys, lookup, rows_of(lookup))
    return missed


def _lookup_rows(lookup: Lookup, folder: Path) -> pd.DataFrame:
    return read_file(folder / lookup.file, encoding=lookup.encoding).rows


def _unmapped(rows: pd.DataFrame, headers: dict[str, str], source: Source) -> dict[str, float]:
    used = {*headers.values(), *(lookup.of for lookup in source.lookup), *source.where}
    templates = "".join(header for header in used if is_template(header))
    return {
        header: float((rows[header].str.strip() != "").mean())
        for header in rows.columns
        if header not in used and f"{{{header}}}" not in templates
    }
