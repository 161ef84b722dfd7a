"""Whoever reads `latest` sees the old report or the new one, whole, whatever fails between."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ltvlab.errors import PublishError
from ltvlab.paths import CompanyFolders
from ltvlab.report.manifest import write_manifest
from ltvlab.report.publish import publish, set_aside_interrupted, start_run
from ltvlab.report.verify import run_faults

MONTH, LANGUAGE = "2026-09", "en"


@pytest.fixture
def folders(tmp_path: Path) -> CompanyFolders:
    return CompanyFolders(tmp_path, "acme")


def finished_run(folders: CompanyFolders, words: str) -> Path:
    run_dir = start_run(folders, "0123456789abcdef")
    (run_dir / "public" / "index.html").write_text(words, encoding="utf-8")
    write_manifest(run_dir, "published", {})
    return run_dir


def published(folders: CompanyFolders, words: str, month: str = MONTH) -> Path:
    return publish(folders, finished_run(folders, words), month, LANGUAGE)


def read(folders: CompanyFolders) -> str:
    folder = folders.latest / LANGUAGE
    assert run_faults(folder) == []
    return (folder / "public" / "index.html").read_text(encoding="utf-8")


def test_latest_leads_to_the_newest_month_whatever_is_published_last(folders: CompanyFolders):
    published(folders, "september")
    published(folders, "august", month="2026-08")

    assert read(folders) == "september"


def test_a_run_is_never_overwritten(folders: CompanyFolders):
    first = published(folders, "first").resolve()
    published(folders, "second")

    assert (first / "public" / "index.html").read_text(encoding="utf-8") == "first"
    assert read(folders) == "second"


class DiskFaultError(OSError):
    """The disk refuses."""


def failing_at(nth: int, patch: pytest.MonkeyPatch) -> list[str]:
    """Let the n-th call that changes or opens something fail; return the calls as they come."""
    calls: list[str] = []

    def counted(name: str, real: Callable) -> Callable:
        def call(*args: object, **settings: object) -> object:
            calls.append(name)
            if len(calls) == nth:
                raise DiskFaultError(28, "No space left on device")
            return real(*args, **settings)

        return call

    for name in ("open", "fsync", "replace", "symlink", "mkdir", "write", "unlink"):
        patch.setattr(os, name, counted(name, getattr(os, name)))
    return calls


def test_a_fault_at_any_call_leaves_the_old_report_or_the_new_one_whole(folders: CompanyFolders):
    published(folders, "old")
    nth = 0
    while True:
        nth += 1
        run_dir = finished_run(folders, "new")
        with pytest.MonkeyPatch.context() as patch:
            calls = failing_at(nth, patch)
            with contextlib.suppress(DiskFaultError):
                publish(folders, run_dir, MONTH, LANGUAGE)
        assert read(folders) in ("old", "new")
        if len(calls) < nth:
            break
    assert read(folders) == "new"
    assert {"fsync", "replace", "symlink"} <= set(calls)


def test_a_latest_that_is_a_real_folder_is_refused_and_kept(folders: CompanyFolders):
    (folders.latest / "mine").mkdir(parents=True)

    with pytest.raises(PublishError, match="nothing was deleted"):
        published(folders, "new")

    assert (folders.latest / "mine").is_dir()


def test_an_interrupted_run_is_set_aside_at_the_next_start(folders: CompanyFolders):
    left = finished_run(folders, "half")

    moved = set_aside_interrupted(folders)

    assert not left.exists()
    assert moved == [folders.failed / left.name.removesuffix(".partial")]
