"""A table on its way in: its texts, its typed rows, what is wrong with them and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from ltvlab.errors import Problem
from ltvlab.source_settings import Source
from ltvlab.sources.faults import WARNINGS, problem
from ltvlab.sources.headers import nearest
from ltvlab.sources.tables import TABLES

FAULT_COLUMNS = {"row": "int64", "column": "str", "id": "str", "detail": "str"}
WARNING_COLUMNS = {
    "id": "str", "table": "str", "column": "str", "message": "str", "rows": "int64",
    "example": "str",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One canonical table between its files and the warehouse.

    `texts`, `rows`, `places`, `left_out` and `repeated` share one index: a row's text as the file has it,
    its typed values, its file, record and line, and the id of the reason it is left out for, or
    "". `faults` names cells by row; `broken` are the rows that never fitted their header;
    `repeated` marks rows that equal an earlier one of their file.
    """

    name: str
    source: Source
    texts: pd.DataFrame
    rows: pd.DataFrame
    places: pd.DataFrame
    left_out: pd.Series
    repeated: pd.Series
    faults: pd.DataFrame
    broken: pd.DataFrame
    files: pd.DataFrame
    headers: dict[str, str]
    unmapped: dict[str, float]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[dict[str, object], ...] = ()

    @property
    def kept(self) -> pd.DataFrame:
        """Return the rows not left out so far, faulty ones included."""
        return self.rows[self.left_out == ""]

    @property
    def sound(self) -> pd.DataFrame:
        """Return the rows neither left out nor faulty."""
        kept = self.kept
        return kept[~kept.index.isin(self.faults["row"])]

    @property
    def faulty(self) -> pd.DataFrame:
        """Return the rows with at least one fault, none of them left out."""
        return self.rows[self.rows.index.isin(self.faults["row"])]


def with_faults(
    draft: Draft, rows: pd.Index, column: str, fault_id: str, detail: pd.Series | str = ""
) -> Draft:
    """Return the draft with one more fault in `column` of each of `rows`."""
    if not len(rows):
        return draft
    details = detail.loc[rows].to_numpy() if isinstance(detail, pd.Series) else detail
    new = pd.DataFrame({"row": rows, "column": column, "id": fault_id, "detail": details})
    faults = pd.concat([draft.faults, new.astype(FAULT_COLUMNS)], ignore_index=True)
    return replace(draft, faults=faults)


def without_rows(draft: Draft, rows: pd.Index, reason: str) -> Draft:
    """Return the draft with `rows` left out for `reason`, and their faults forgotten."""
    if not len(rows):
        return draft
    left_out = draft.left_out.copy()
    left_out.loc[rows] = reason
    return replace(draft, left_out=left_out, faults=draft.faults[~draft.faults["row"].isin(rows)])


def with_warning(
    draft: Draft, warning_id: str, column: str, rows: pd.Index, *, example: str = ""
) -> Draft:
    """Return the draft with a warning on `column`, counted over `rows`; none if there are none.

    The example is the first row's text unless one is given.
    """
    if not len(rows):
        return draft
    if not example and column in draft.texts:
        example = str(draft.texts.at[rows[0], column])
    warning = {
        "id": warning_id,
        "table": draft.name,
        "column": column,
        "message": WARNINGS[warning_id],
        "rows": len(rows),
        "example": example,
    }
    return replace(draft, warnings=(*draft.warnings, warning))


def row_problems(draft: Draft) -> list[Problem]:
    """Return every row fault of the draft, in file order, as a reader needs it."""
    broken = [
        problem(fault.id, file=fault.file, table=draft.name, record=fault.record,
                line=_line(fault.line), value=fault.row[:80])
        for fault in draft.broken.itertuples()
    ]  # fmt: skip
    faults = draft.faults.sort_values("row", kind="stable")
    places = draft.places.loc[faults["row"]]
    cells = [
        _cell_problem(draft, fault, place)
        for fault, place in zip(faults.itertuples(), places.itertuples(), strict=True)
    ]
    return sorted(broken + cells, key=lambda found: (found.file, found.record or 0))


def _cell_problem(draft: Draft, fault: tuple, place: tuple) -> Problem:
    column = fault.column
    value = str(draft.texts.at[fault.row, column]) if column in draft.texts else ""
    return problem(
        fault.id,
        detail=fault.detail,
        fix=_vocabulary_fix(draft.name, column, value) if fault.id == "E245" else "",
        file=place.file,
        table=draft.name,
        record=int(place.record),
        line=_line(place.line),
        column=column,
        header=draft.headers.get(column, ""),
        value=value,
    )


def _vocabulary_fix(table: str, column: str, value: str) -> str:
    words = TABLES[table].words[column]
    near = nearest(value, words)
    hint = f"did you mean {near}? " if near else ""
    return f"{hint}Map it under sources.{table}.values.{column} to one of: {', '.join(words)}"


def _line(line: object) -> int | None:
    return None if pd.isna(line) else int(line)
