"""The notebooks of a report: which there are, and the copy that runs in one language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ltvlab.errors import Problem, UsageError
from ltvlab.report.parameters import slug
from ltvlab.text import LANGUAGES

SUMMARY = "00_executive_summary"
# What the chapters say now is compared by the one, and summed up by the other.
AFTER_THE_OTHERS = ("15_history", SUMMARY)
NAME_PATTERN = re.compile(r"\d\d_[a-z0-9_]{1,60}")


def read_notebooks(folder: Path) -> dict[str, NotebookNode]:
    """Return name → notebook of every chapter, in the order of their numbers."""
    files = sorted(f for f in folder.glob("*.ipynb") if NAME_PATTERN.fullmatch(f.stem))
    if not files:
        problem = Problem(
            id="E115",
            message="no notebook named like 03_segment_ltv.ipynb",
            value=str(folder),
            fix="run from the project folder, or set LTVLAB_ROOT to it",
        )
        raise UsageError("There is nothing to report from", [problem])
    return {file.stem: nbformat.read(file, as_version=4) for file in files}


def chosen(name: str, names: Iterable[str]) -> str:
    """Return the notebook meant by `segment_ltv` or `03_segment_ltv`; refuse with the nearest."""
    by_slug = {slug(each): each for each in names}
    wanted = slug(name)
    if wanted in by_slug:
        return by_slug[wanted]
    near = difflib.get_close_matches(wanted, by_slug, n=1, cutoff=0.4)
    problem = Problem(
        id="E112",
        message="there is no such notebook",
        value=name,
        fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(by_slug)}",
    )
    raise UsageError("The notebook to run was not found", [problem])


def for_run(
    notebook: NotebookNode, *, language: str, basis: str, deals: bool = True
) -> NotebookNode:
    """Return a copy that keeps code and the prose of one language, without old outputs.

    Cells tagged `subscriptions`, `orders` or `deals` are kept only where the company brings such data.
    """
    brought = {"orders" if basis == "orders" else "subscriptions"} | ({"deals"} if deals else set())
    others = {*LANGUAGES, "subscriptions", "orders", "deals"} - {language, *brought}
    copy = nbformat.from_dict(notebook)
    copy.cells = [c for c in copy.cells if not others & set(c.metadata.get("tags", ()))]
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    copy.metadata = nbformat.from_dict({"language_info": {"name": "python"}})
    return copy


def in_turn(names: Iterable[str]) -> list[list[str]]:
    """Return the notebooks in groups that run one after another: chapters, history, summary."""
    names = list(names)
    chapters = [name for name in names if name not in AFTER_THE_OTHERS]
    return [chapters, *([name] for name in AFTER_THE_OTHERS if name in names)]


def heading_above(notebook: NotebookNode, index: int) -> str:
    """Return the last heading before a cell: how a reader finds the place."""
    prose = [c.source for c in notebook.cells[:index] if c.cell_type == "markdown"]
    headings = re.findall(r"^#+\s+(.+)$", "\n".join(prose), flags=re.MULTILINE)
    return headings[-1].strip() if headings else "the first cell"
