"""Runs: listed, checked for edits by hand, and purged without ever touching a published month."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ltvlab.errors import PublishError
from ltvlab.paths import CompanyFolders
from ltvlab.report.manifest import write_manifest
from ltvlab.report.publish import publish, set_aside, start_run
from ltvlab.report.runs import described, find_run, list_runs, purge_runs, verify_runs


@pytest.fixture
def folders(tmp_path: Path) -> CompanyFolders:
    return CompanyFolders(tmp_path, "acme")


def _publish(folders: CompanyFolders, words: str, month: str = "2026-09") -> Path:
    run_dir = start_run(folders, "0123456789abcdef")
    (run_dir / "public" / "index.html").write_text(words, encoding="utf-8")
    write_manifest(run_dir, "published", {"month": month, "language": "en", "commit": "c0ffee"})
    return publish(folders, run_dir, month, "en").resolve()


def _fail(folders: CompanyFolders) -> Path:
    run_dir = start_run(folders, "0123456789abcdef")
    write_manifest(run_dir, "failed", {"month": "2026-09", "language": "en"})
    return set_aside(folders, run_dir)


def test_runs_are_listed_with_the_months_they_stand_for(folders: CompanyFolders):
    _publish(folders, "first")
    _publish(folders, "second")
    _fail(folders)

    listed = [(run.status, run.published_as) for run in list_runs(folders)]
    assert listed == [("published", ()), ("published", ("2026-09/en",)), ("failed", ())]
    assert "c0ffee" in described(folders)


def test_a_run_is_listed_with_the_hash_of_its_facts(folders: CompanyFolders):
    run_dir = start_run(folders, "0123456789abcdef")
    facts = run_dir / "internal" / "facts.json"
    facts.write_text("[]\n", encoding="utf-8")
    write_manifest(run_dir, "published", {"month": "2026-09", "language": "en"})
    publish(folders, run_dir, "2026-09", "en")

    assert list_runs(folders)[0].hash == hashlib.sha256(b"[]\n").hexdigest()
    assert list_runs(folders)[0].hash[:8] in described(folders)


def test_a_company_without_runs_is_told_so(folders: CompanyFolders):
    assert "no runs yet" in described(folders)
    assert purge_runs(folders) == []


def test_untouched_runs_pass(folders: CompanyFolders):
    _publish(folders, "first")

    verify_runs(folders)


@pytest.mark.parametrize(
    ("touch", "reason"),
    [
        (lambda page: page.write_text("12 %", encoding="utf-8"), "not as it was published"),
        (lambda page: page.unlink(), "missing"),
        (lambda page: page.with_name("extra.html").touch(), "added after publishing"),
        (lambda page: (page.parents[1] / "manifest.json").unlink(), "no readable manifest"),
        (
            lambda page: (page.parents[1] / "manifest.json").write_text('{"status": "failed"}'),
            "not a finished run",
        ),
    ],
)
def test_a_page_edited_by_hand_is_found(folders: CompanyFolders, touch, reason: str):
    touch(_publish(folders, "10 %") / "public" / "index.html")

    with pytest.raises(PublishError, match=reason):
        verify_runs(folders)


def test_purging_keeps_what_any_month_leads_to(folders: CompanyFolders):
    old, kept, august = (
        _publish(folders, "first"),
        _publish(folders, "second"),
        _publish(folders, "august", month="2026-08"),
    )
    failed = _fail(folders)

    assert sorted(purge_runs(folders)) == sorted([old, failed])
    assert [run.folder for run in list_runs(folders)] == sorted([kept, august])
    verify_runs(folders)


def test_a_run_is_found_by_its_name_its_beginning_or_its_month(folders: CompanyFolders):
    run = _publish(folders, "first")

    for name in (run.name, run.name[:12], "2026-09", "2026-09/en", "latest"):
        assert find_run(folders, name) == run


def test_a_name_that_means_none_or_many_is_refused(folders: CompanyFolders):
    _publish(folders, "first")
    _publish(folders, "second")

    with pytest.raises(PublishError, match="2 runs have this name"):
        find_run(folders, "20")
    with pytest.raises(PublishError, match="there is no such run"):
        find_run(folders, "1999-01")
