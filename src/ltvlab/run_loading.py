"""What a run has found so far, and what its analyst says of it, for the summary."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ltvlab.findings import RUN_FOLDER
from ltvlab.params import load_params
from ltvlab.paths import CompanyFolders, project_root
from ltvlab.table_columns import COLUMNS
from ltvlab.tables import Note


def load_findings(
    params: str, month: str, *, language: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the findings and facts of this run, else of the last published report, else none."""
    files = _found(params, month, language, ("findings.json", "facts.json"))
    if not files:
        return [], []
    findings, facts = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return findings, facts


def load_reported(params: str, month: str, name: str, *, language: str) -> pd.DataFrame:
    """Return a table as this run wrote it, else the last published report, in text; else no rows."""
    files = _found(params, month, language, (f"tables/{name}.csv",))
    if not files:
        return pd.DataFrame(columns=list(COLUMNS[name]), dtype="str")
    table = pd.read_csv(files[0], dtype="str", keep_default_na=False, encoding="utf-8")
    return table.replace("", None)


def load_note(params: str, month: str, *, language: str) -> Note:
    """Return the analyst's note for a month as the params file has it; an empty one otherwise."""
    note = load_params(params).note
    if note is None or note.month != month:
        return Note("", "", language)
    return Note(note.ja if language == "ja" else note.en, note.author, language)


def _found(params: str, month: str, language: str, names: Sequence[str]) -> list[Path]:
    settings = load_params(params)
    run = os.environ.get(RUN_FOLDER)
    folders = CompanyFolders(project_root(), settings.company)
    places = [Path(run)] if run else [folders.published(month, language), folders.latest / language]
    for place in places:
        files = [place / "internal" / name for name in names]
        if all(file.is_file() for file in files):
            return files
    return []
