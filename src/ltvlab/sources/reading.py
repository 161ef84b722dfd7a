"""Read all files of one canonical table and parse them into a draft."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ltvlab.errors import DataError, Problem
from ltvlab.params import Params
from ltvlab.source_settings import Source
from ltvlab.sources.drafts import FAULT_COLUMNS, Draft, with_faults, with_warning
from ltvlab.sources.faults import problem
from ltvlab.sources.mapping import MappedFile, map_file
from ltvlab.sources.tables import TABLES
from ltvlab.sources.values import Reading, parse_column

DAMAGED_ID = r"\d+(?:\.\d+)?E\+\d+"
# What UTF-8 looks like when it was read as cp932 or as Latin-1 somewhere before.
WRONGLY_DECODED = "縺|繧[\u0080-\uffff]|ã[\u0080-\u00bf]|ï¿½|â€"
FILE_COLUMNS = ["table", "file", "encoding", "separator", "sha256", "size", "rows_read"]


def read_table(name: str, source: Source, params: Params, *, root: Path, folder: Path) -> Draft:
    """Return the draft of one canonical table: every file mapped, every cell parsed."""
    names = [source.file] if isinstance(source.file, str) else source.file
    mapped = [
        map_file(name, folder / file, source, root=root, lookup_folder=folder) for file in names
    ]
    _require_distinct_files(name, mapped)
    texts = pd.concat([file.texts for file in mapped], ignore_index=True)
    # A column that only some of the files have is empty in the others.
    texts = texts.astype("str").fillna("")
    draft = _empty_draft(name, source, mapped, texts)
    draft = _with_totals_checked(_parsed(draft, params), mapped)
    return _with_lookup_misses(draft, mapped)


def _require_distinct_files(name: str, mapped: list[MappedFile]) -> None:
    seen: dict[str, str] = {}
    for file in (file.file for file in mapped):
        if file.sha256 in seen:
            detail = f"{seen[file.sha256]} and {file.name} have the same content"
            found = problem("E220", table=name, file=file.name, detail=detail)
            raise DataError("A file is given twice", [found])
        seen[file.sha256] = file.name


def _empty_draft(name: str, source: Source, mapped: list[MappedFile], texts: pd.DataFrame) -> Draft:
    broken = [file.file.broken.assign(file=file.file.name) for file in mapped]
    places = pd.concat([file.places for file in mapped], ignore_index=True)
    return Draft(
        name=name,
        source=source,
        texts=texts,
        rows=texts,
        places=places.assign(file=places["file"].astype("category")),
        left_out=pd.Series("", index=texts.index, dtype="str"),
        repeated=pd.concat([file.repeated for file in mapped], ignore_index=True),
        faults=pd.DataFrame(columns=list(FAULT_COLUMNS)).astype(FAULT_COLUMNS),
        broken=pd.concat(broken, ignore_index=True),
        files=_file_counts(name, mapped),
        headers={key: header for file in reversed(mapped) for key, header in file.headers.items()},
        unmapped={key: share for file in reversed(mapped) for key, share in file.unmapped.items()},
    )


def _file_counts(name: str, mapped: list[MappedFile]) -> pd.DataFrame:
    """Return one row per file: what it is, its rows, and those left out before parsing."""
    rows = [
        {
            "table": name,
            "file": mapped_file.file.name,
            "encoding": mapped_file.file.encoding,
            "separator": mapped_file.file.separator,
            "sha256": mapped_file.file.sha256,
            "size": mapped_file.file.size,
            "records": len(mapped_file.file.rows) + len(mapped_file.file.broken),
            # A wide table has one row per cell of its wide columns.
            "rows_read": len(mapped_file.texts)
            + len(mapped_file.file.broken)
            + mapped_file.empty_cells
            + mapped_file.not_chosen
            + sum(mapped_file.file.excluded.values()),
            "left_out": dict(mapped_file.file.excluded)
            | ({"X206": mapped_file.empty_cells} if mapped_file.empty_cells else {})
            | ({"X207": mapped_file.not_chosen} if mapped_file.not_chosen else {}),
        }
        for mapped_file in mapped
    ]
    return pd.DataFrame(rows)


def _parsed(draft: Draft, params: Params) -> Draft:
    typed = {}
    for column in draft.texts:
        kind = TABLES[draft.name].columns[column]
        reading = Reading(
            time_zone=params.time_zone,
            naive_zone="UTC" if "(utc)" in draft.headers.get(column, "").lower() else None,
            date_format=draft.source.date_format,
        )
        typed[column], faults = parse_column(draft.texts[column], kind, reading)
        for fault_id in sorted(set(faults.unique()) - {""}):
            draft = with_faults(draft, faults.index[faults == fault_id], column, fault_id)
        draft = _with_reading_warnings(draft, column, kind, typed[column], faults)
    rows = pd.DataFrame(typed, index=draft.texts.index)
    return Draft(**{**vars(draft), "rows": rows})


def _with_reading_warnings(
    draft: Draft, column: str, kind: str, typed: pd.Series, faults: pd.Series
) -> Draft:
    texts = draft.texts[column]
    if kind == "id":
        draft = with_warning(draft, "W201", column, texts.index[texts != typed.fillna("")])
        damaged = texts.str.fullmatch(DAMAGED_ID)
        draft = with_warning(draft, "W207", column, texts.index[damaged])
    if kind == "text":
        wrong = texts.str.contains(WRONGLY_DECODED, regex=True)
        draft = with_warning(draft, "W214", column, texts.index[wrong])
    if kind == "date":
        opened = typed.isna() & (faults == "") & (texts.str.strip() != "")
        draft = with_warning(draft, "W202", column, texts.index[opened])
    return draft


def _with_lookup_misses(draft: Draft, mapped: list[MappedFile]) -> Draft:
    for column in sorted({column for file in mapped for column in file.missed}):
        missed = pd.concat([file.missed[column] for file in mapped], ignore_index=True)
        rows = missed.index[missed.astype(bool)]
        if column in TABLES[draft.name].needed:
            draft = with_faults(draft, rows, column, "E255")
        elif column in draft.texts:
            draft = with_warning(draft, "W212", column, rows)
    return draft


def _with_totals_checked(draft: Draft, mapped: list[MappedFile]) -> Draft:
    """Compare each total row taken off, and the declared totals, with the rows themselves."""
    problems: list[Problem] = []
    amount = draft.headers.get("amount")
    for file in mapped:
        total = file.file.totals
        if len(total) and amount in total and "amount" in draft.rows:
            of_file = (draft.places["file"] == file.file.name).to_numpy()
            stated = parse_column(total[amount].iloc[-1:], "money", Reading())[0].iloc[0]
            problems += _sum_problems(draft, "E224", stated, draft.rows["amount"][of_file].sum())
    source = draft.source
    if source.expected_rows is not None and source.expected_rows != draft.files["records"].sum():
        detail = f"{source.expected_rows} expected, {draft.files['records'].sum()} read"
        problems.append(problem("E222", table=draft.name, file=_files(draft), detail=detail))
    if source.expected_amount is not None and "amount" in draft.rows:
        read = draft.rows["amount"].sum()
        problems += _sum_problems(draft, "E223", source.expected_amount, read)
    return Draft(**{**vars(draft), "problems": (*draft.problems, *problems)})


def _sum_problems(draft: Draft, fault_id: str, stated: float, read: float) -> list[Problem]:
    # A blank total row states nothing; a cent of float noise is no difference.
    if pd.isna(stated) or abs(stated - read) < 0.005:
        return []
    detail = f"{stated:,.2f} stated, {read:,.2f} read"
    return [problem(fault_id, table=draft.name, file=_files(draft), column="amount", detail=detail)]


def _files(draft: Draft) -> str:
    return ", ".join(draft.files["file"])
