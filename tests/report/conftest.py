"""Reports of the small project: made once for each language, looked at by many tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Kernels are started with this folder's helpers too, so they are a module and no fixture.
sys.path.insert(0, str(Path(__file__).parent))

from small_project import (
    ODD_NAMES,
    TABLE_WRITER,
    notebook,
    showing,
    table,
    without_data,
    write_project,
)

from ltvlab.report.run import PublishedReport, run_report


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs find their inputs in order without reading any, in these tests alone."""
    for name, module in without_data().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of a summary and one chapter with odd names and a table of 120 rows."""
    long = table([(f"Customer {number:03d}", f"¥{number:,}") for number in range(120)])
    odd = table([(name, "¥1,000") for name in ODD_NAMES])
    shown = [showing({"text/html": html}) for html in (long, odd)]
    books = {
        "00_executive_summary": notebook("executive_summary", title="What to decide?"),
        "03_segment_ltv": notebook(
            "segment_ltv", cells=[*shown, TABLE_WRITER], status="good", headed=True
        ),
    }
    root = tmp_path_factory.mktemp("project")
    write_project(root, books)
    return root


@pytest.fixture(scope="session")
def report(project: Path) -> Callable[..., PublishedReport]:
    """Return the function that makes a report of the small project, each language once."""
    made: dict[str, PublishedReport] = {}

    def in_language(language: str = "en") -> PublishedReport:
        if language not in made:
            made[language] = run_report("params/acme.yml", language=language, root=project)
        return made[language]

    return in_language
