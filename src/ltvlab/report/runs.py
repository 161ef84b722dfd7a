"""A company's runs: which there are, whether any was edited since, and which nobody needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from ltvlab.errors import Problem, PublishError
from ltvlab.paths import CompanyFolders
from ltvlab.report.lock import company_lock
from ltvlab.report.manifest import NAME
from ltvlab.report.publish import MONTH_FOLDER, UNFINISHED
from ltvlab.report.verify import run_faults
from ltvlab.text import LANGUAGES


class Run(NamedTuple):
    """One run's folder, what its manifest says, and the months' links that lead to it.

    `hash` is the SHA-256 of its facts: two runs with one hash state the same figures.
    """

    folder: Path
    status: str
    month: str
    language: str
    commit: str
    hash: str
    published_as: tuple[str, ...]


def list_runs(folders: CompanyFolders) -> list[Run]:
    """Return every run of a company, oldest first: published ones, then failed ones."""
    led_to = _links(folders)
    found = [
        sorted(place.iterdir()) if place.is_dir() else []
        for place in (folders.runs, folders.failed)
    ]
    return [_run(folder, led_to) for folders_found in found for folder in folders_found]


def verify_runs(folders: CompanyFolders) -> None:
    """Raise PublishError naming every published file that is missing, edited or added.

    A run without its manifest, or with one that denies having been published, is at fault too.
    """
    there = [run.folder for run in list_runs(folders) if run.folder.parent == folders.runs]
    finished = [folder for folder in there if folder.suffix != UNFINISHED]
    problems = [problem for folder in finished for problem in run_faults(folder)]
    if problems:
        raise PublishError(f"{len(problems)} file(s) are not as they were published", problems)


def purge_runs(folders: CompanyFolders) -> list[Path]:
    """Remove failed runs, and those that no month leads to any more; return what was removed."""
    if not folders.reports.is_dir():
        return []
    with company_lock(folders.reports):
        unneeded = [run.folder for run in list_runs(folders) if not run.published_as]
        for folder in unneeded:
            shutil.rmtree(folder)
    return unneeded


def described(folders: CompanyFolders) -> str:
    """Return the runs as lines to print."""
    runs = list_runs(folders)
    if not runs:
        return f"{folders.company} has no runs yet"
    lines = [
        f"{run.folder.name}  {run.status:<9}  {run.month:<7}  {run.language:<2}  "
        f"{run.commit[:8]:<8}  {run.hash[:8]:<8}  {', '.join(run.published_as)}".rstrip()
        for run in runs
    ]
    return "\n".join(lines)


def find_run(folders: CompanyFolders, name: str) -> Path:
    """Return the folder of a run by its name, its beginning, or the month or `latest` it is shown as.

    Raises PublishError where none, or more than one, is meant.
    """
    shown = [folders.reports / name, *(folders.reports / name / tongue for tongue in LANGUAGES)]
    for link in shown:
        if (link / NAME).is_file():
            return link.resolve()
    meant = [run.folder for run in list_runs(folders) if run.folder.name.startswith(name)]
    if len(meant) == 1:
        return meant[0]
    problem = Problem(
        id="E706",
        message=f"{len(meant)} runs have this name" if meant else "there is no such run",
        value=name,
        fix=f"`ltvlab runs {folders.company}` lists them; a month such as 2026-09 or latest works too",
    )
    raise PublishError("The run was not found", [problem])


def _links(folders: CompanyFolders) -> dict[Path, list[str]]:
    led_to: dict[Path, list[str]] = {}
    for link in sorted(folders.reports.glob("*/*")):
        if link.name in LANGUAGES and MONTH_FOLDER.fullmatch(link.parent.name):
            led_to.setdefault(link.resolve(), []).append(f"{link.parent.name}/{link.name}")
    return led_to


def _run(folder: Path, led_to: dict[Path, list[str]]) -> Run:
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {"status": "unfinished"}
    said = [str(told.get(name) or "") for name in ("status", "month", "language", "commit")]
    facts = told.get("files", {}).get("internal/facts.json", {}).get("sha256", "")
    return Run(folder, *said, facts, tuple(led_to.get(folder.resolve(), ())))
