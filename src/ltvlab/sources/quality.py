"""The one entry of the intake: every table read and checked, every problem in one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ltvlab.errors import DataError, Problem
from ltvlab.params import Params
from ltvlab.paths import resolve
from ltvlab.sources.accounting import column_account, exclusions, file_account, set_aside
from ltvlab.sources.drafts import WARNING_COLUMNS, Draft, row_problems
from ltvlab.sources.faults import problem
from ltvlab.sources.finishing import finished
from ltvlab.sources.reading import read_table
from ltvlab.sources.relations import related, require_revenue
from ltvlab.sources.rules import checked
from ltvlab.sources.tables import TABLES

# Typed even when empty, so that a warehouse can keep them.
QUARANTINE_COLUMNS = {
    "table": "str", "file": "str", "record": "Int64", "line": "Int64", "problems": "str",
    "row": "str",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The canonical tables, and the account of every row that was read.

    Rows read are rows used, excluded or quarantined, per file and in all. `tables` are typed and
    hold canonical columns only; `columns` says where each came from and how full it is.
    """

    tables: Mapping[str, pd.DataFrame]
    files: pd.DataFrame
    excluded: pd.DataFrame
    problems: tuple[Problem, ...]
    warnings: pd.DataFrame
    quarantine: pd.DataFrame
    columns: pd.DataFrame


def read_intake(params: Params, *, as_of: dt.date, root: Path, quarantine: bool = False) -> Intake:
    """Return every canonical table of a company as known on `as_of`.

    Raises DataError with every problem at once. With `quarantine`, faulty rows are set aside
    and counted instead, up to `quarantine_limit` of a table's rows; a file that cannot be
    trusted as a whole is refused all the same.
    """
    drafts, structure = _drafts(params, as_of=as_of, root=root)
    drafts = related(drafts, params, quarantine=quarantine)
    structure += [found for draft in drafts.values() for found in draft.problems]
    structure += _over_limit(drafts, params) if quarantine else []
    rows = [found for draft in drafts.values() for found in row_problems(draft)]
    _require_none(structure, rows, quarantine=quarantine)
    return Intake(
        tables={name: finished(draft, params) for name, draft in drafts.items()},
        files=file_account(drafts),
        excluded=exclusions(drafts),
        problems=tuple(rows),
        warnings=_listed(drafts, lambda draft: draft.warnings, WARNING_COLUMNS),
        quarantine=_listed(drafts, set_aside, QUARANTINE_COLUMNS),
        columns=column_account(drafts),
    )


def _drafts(
    params: Params, *, as_of: dt.date, root: Path
) -> tuple[dict[str, Draft], list[Problem]]:
    folder = resolve(params.data_folder, root)
    drafts: dict[str, Draft] = {}
    problems = require_revenue(params.sources)
    # In the order of the tables, so that the same problems always come in the same order.
    for name in (name for name in TABLES if name in params.sources):
        try:
            draft = read_table(name, params.sources[name], params, root=root, folder=folder)
        except DataError as error:
            problems += [_in_table(found, name) for found in error.problems]
        else:
            drafts[name] = checked(draft, params, as_of=as_of)
    return drafts, problems


def _in_table(found: Problem, name: str) -> Problem:
    return Problem(**{**vars(found), "table": found.table or name})


def _require_none(structure: list[Problem], rows: list[Problem], *, quarantine: bool) -> None:
    if structure or (rows and not quarantine):
        found = [*structure, *rows]
        way_out = "" if structure else "; --quarantine sets the rows aside and goes on"
        raise DataError(f"{len(found)} problem(s) in the data{way_out}", found)


def _over_limit(drafts: Mapping[str, Draft], params: Params) -> list[Problem]:
    problems = []
    for name, draft in drafts.items():
        aside, read = len(draft.faulty) + len(draft.broken), int(draft.files["rows_read"].sum())
        if aside > params.quarantine_limit * read:
            detail = f"{aside} of {read} rows, over {params.quarantine_limit:.2%}"
            problems.append(
                problem("E225", table=name, file=", ".join(draft.files["file"]), detail=detail)
            )
    return problems


def _listed(
    drafts: Mapping[str, Draft],
    rows_of: Callable[[Draft], Iterable[Mapping[str, object]]],
    columns: Mapping[str, str],
) -> pd.DataFrame:
    rows = [row for draft in drafts.values() for row in rows_of(draft)]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
