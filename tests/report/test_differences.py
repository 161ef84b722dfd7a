"""Two runs side by side: which facts changed, and which run a name means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ltvlab.errors import PublishError, UsageError
from ltvlab.paths import CompanyFolders
from ltvlab.report.differences import described_differences, run_of
from ltvlab.report.manifest import write_manifest
from ltvlab.report.publish import publish, start_run


@pytest.fixture(autouse=True)
def stand_in() -> None:
    """Let nothing stand in for the loaders here: the books themselves are compared."""


def _publish(root: Path, month: str, *facts: tuple[str, str, object], company: str = "acme") -> str:
    """Publish a run whose facts are (id, month, value), and return its name."""
    folders = CompanyFolders(root, company)
    run_dir = start_run(folders, "0123456789abcdef")
    shared = {"segment": "all", "unit": "count", "definition": "D06", "finding": "a"}
    stated = [{"id": name, "month": of, "value": value, **shared} for name, of, value in facts]
    (run_dir / "internal" / "facts.json").write_text(json.dumps(stated), encoding="utf-8")
    fields = {"company": company, "month": month, "language": "en", "params": {"currency": "JPY"}}
    write_manifest(run_dir, "published", fields)
    return publish(folders, run_dir, month, "en").resolve().name


def _described(root: Path, one: str, other: str) -> str:
    return described_differences(run_of(one, root), run_of(other, root), root=root)


def test_facts_that_changed_are_listed_with_both_values(tmp_path: Path):
    first = _publish(tmp_path, "2026-09", ("a", "2026-09", 10), ("b", "2026-09", 1), ("c", "x", 1))
    second = _publish(tmp_path, "2026-09", ("a", "2026-09", 12), ("b", "2026-09", 1))

    lines = _described(tmp_path, first, second).splitlines()

    assert "1 facts changed" in lines
    changed = lines[lines.index("1 facts changed") + 2].split()
    assert (changed[0], changed[-3:]) == ("a", ["10", "12", "2"])
    assert "1 facts only before, 0 only after" in lines


def test_runs_of_two_months_compare_what_each_says_of_its_own_month(tmp_path: Path):
    """Older first, in whichever order they are named."""
    for month, value in (("2026-09", 12), ("2026-08", 10)):
        _publish(tmp_path, month, ("a", month, value), ("a", "2025-01", 5))

    said = _described(tmp_path, "acme/2026-09", "acme/2026-08")

    assert "1 facts changed" in said
    assert [line.split()[-3:] for line in said.splitlines() if "its month" in line] == [
        ["10", "12", "2"]
    ]


def test_without_their_warehouses_runs_are_compared_and_not_split(tmp_path: Path):
    names = [_publish(tmp_path, "2026-09", ("a", "2026-09", value)) for value in (1, 2)]

    assert "the inputs of a run are no longer kept" in _described(tmp_path, *names)


def test_a_run_is_meant_by_its_month_its_name_or_its_folder(tmp_path: Path):
    name = _publish(tmp_path, "2026-09")

    folder = tmp_path / "reports/acme/runs" / name
    for meant in ("acme/2026-09", f"acme/{name}", name, name[:20], str(folder)):
        assert run_of(meant, tmp_path).folder == folder


def test_a_name_that_means_none_or_many_is_refused(tmp_path: Path):
    _publish(tmp_path, "2026-09")
    _publish(tmp_path, "2026-09", company="other")

    with pytest.raises(PublishError, match="2 published runs have this name"):
        run_of("20", tmp_path)
    with pytest.raises(PublishError, match="0 published runs have this name"):
        run_of("1999", tmp_path)


def test_runs_of_two_companies_are_not_compared(tmp_path: Path):
    _publish(tmp_path, "2026-09")
    _publish(tmp_path, "2026-09", company="other")

    with pytest.raises(UsageError, match="two companies"):
        _described(tmp_path, "acme/2026-09", "other/2026-09")
