"""What stops a notebook is said in our words, and the report before stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_project import notebook, write_project

from ltvlab.errors import DataError, KernelError, LtvlabError, NotebookError
from ltvlab.report import execute
from ltvlab.report.run import run_report


def run_with(root: Path, cell: str) -> None:
    write_project(root, {"03_segment_ltv": notebook("segment_ltv", cells=[cell])})
    run_report("params/acme.yml", root=root)


def failed_manifest(root: Path) -> dict[str, object]:
    (kept,) = (root / "reports" / "acme" / "failed").iterdir()
    assert (kept / "internal" / "notebooks" / "03_segment_ltv.ipynb").is_file()
    return json.loads((kept / "manifest.json").read_text(encoding="utf-8"))


def test_an_error_names_notebook_heading_and_last_line(tmp_path: Path):
    with pytest.raises(NotebookError, match="under “Result”: ValueError: 3 rows are odd") as raised:
        run_with(tmp_path, "raise ValueError('3 rows are odd')")

    assert "Nothing was published" in raised.value.__notes__[0]
    assert failed_manifest(tmp_path)["status"] == "failed"
    assert not (tmp_path / "reports" / "acme" / "latest").exists()


def test_an_error_of_ours_keeps_its_kind(tmp_path: Path):
    cell = "from ltvlab.errors import DataError\nraise DataError('amount is not a number')"

    with pytest.raises(DataError, match=r"03_segment_ltv.*amount is not a number"):
        run_with(tmp_path, cell)


def test_a_notebook_that_leaves_early_is_no_success(tmp_path: Path):
    with pytest.raises(NotebookError, match="a cell is"):
        run_with(tmp_path, "import sys\nsys.exit(0)")


def test_a_dead_kernel_is_said_to_be_dead(tmp_path: Path):
    with pytest.raises(KernelError, match="its kernel died"):
        run_with(tmp_path, "import os\nos._exit(1)")


def test_an_endless_cell_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(execute, "CELL_SECONDS", 1)

    with pytest.raises(KernelError, match="took longer than 1 seconds"):
        run_with(tmp_path, "while True: pass")


def test_exit_codes_tell_the_causes_apart():
    causes: list[type[LtvlabError]] = [DataError, NotebookError, KernelError]

    assert [cause.exit_code for cause in causes] == [3, 4, 5]
