"""Where runs live, and the one atomic step by which a finished one becomes the report."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from pathlib import Path

from ltvlab.errors import Problem, PublishError
from ltvlab.paths import CompanyFolders
from ltvlab.text import LANGUAGES

UNFINISHED = ".partial"
MONTH_FOLDER = re.compile(r"\d{4}-\d{2}")


def start_run(folders: CompanyFolders, digest: str) -> Path:
    """Return the new folder of a run, `internal/` closed to others from its first day."""
    moment = dt.datetime.now(dt.UTC)
    while True:
        name = f"{moment:%Y%m%dT%H%M%SZ}-{digest[:8]}"
        partial = folders.runs / f"{name}{UNFINISHED}"
        taken = (folders.runs / name, folders.failed / name, partial)
        if not any(path.exists() for path in taken):
            break
        moment += dt.timedelta(seconds=1)
    (partial / "public").mkdir(parents=True)
    (partial / "internal").mkdir(mode=0o700)
    return partial


def set_aside_interrupted(folders: CompanyFolders) -> list[Path]:
    """Move runs that a kill left half-way to `failed/`; call only while holding the lock."""
    left = sorted(folders.runs.glob(f"*{UNFINISHED}")) if folders.runs.is_dir() else []
    return [set_aside(folders, run_dir) for run_dir in left]


def set_aside(folders: CompanyFolders, run_dir: Path, *, place: Path | None = None) -> Path:
    """Move a run that is not to be published to `place`, else `failed/`; return where it is."""
    place = place or folders.failed
    place.mkdir(parents=True, exist_ok=True)
    target = place / run_dir.name.removesuffix(UNFINISHED)
    run_dir.replace(target)
    return target


def publish(folders: CompanyFolders, run_dir: Path, month: str, language: str) -> Path:
    """Make a finished run the report of its month and language, or change nothing.

    Every file is on disk before the run takes its name, and its name before a link leads to
    it: whoever reads `<month>/<language>` or `latest` sees the old report or the new one, whole.
    """
    _require_links_replaceable(folders, month, language)
    _sync_tree(run_dir)
    finished = run_dir.with_name(run_dir.name.removesuffix(UNFINISHED))
    Path(run_dir).replace(finished)
    _sync(folders.runs)
    link = folders.published(month, language)
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        _point(link, Path("..") / folders.runs.name / finished.name)
        _point(folders.latest, Path(newest_month(folders)))
    except OSError:
        # A run that no link leads to is no report; one that a link leads to must stay.
        if link.resolve() != finished.resolve():
            set_aside(folders, finished)
        raise
    return link


def newest_month(folders: CompanyFolders) -> str:
    """Return the newest month that has a published report."""
    links = [link for link in folders.reports.glob("*/*") if link.name in LANGUAGES]
    return max(link.parent.name for link in links if MONTH_FOLDER.fullmatch(link.parent.name))


def _require_links_replaceable(folders: CompanyFolders, month: str, language: str) -> None:
    for link in (folders.published(month, language), folders.latest):
        if link.exists() and not link.is_symlink():
            problem = Problem(
                id="E704",
                message="this should be a link, but is a real file or folder; nothing was deleted",
                value=str(link),
                fix="move it away, then run again",
            )
            raise PublishError("The report could not take its place", [problem])


def not_written(error: OSError) -> PublishError:
    """Return what a full disk or a missing right means to whoever wanted a report."""
    problem = Problem(
        id="E705",
        message=error.strerror or str(error),
        value=str(error.filename or ""),
        fix="free disk space or mend the rights, then run again; the report before is unchanged",
    )
    unwritten = PublishError("The report could not be written", [problem])
    for note in getattr(error, "__notes__", ()):
        unwritten.add_note(note)
    return unwritten


def _point(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    Path(fresh).symlink_to(target)
    Path(fresh).replace(link)
    _sync(link.parent)


def _sync_tree(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place) / name)
        _sync(Path(place))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
