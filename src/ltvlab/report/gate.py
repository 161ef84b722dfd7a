"""What no reader may see is stopped here: the executed notebooks are read before rendering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from ltvlab.errors import NotebookError, Problem
from ltvlab.report.markup import NOT_A_NUMBER, read_markup
from ltvlab.report.notebooks import heading_above

SHOWN = ("text/html", "text/markdown")
ACTIVE_ELEMENTS = ("script", "iframe", "object", "embed", "form", "link", "meta", "base")
SECRET = re.compile(
    r"sk_live_\w{8,}|AKIA[0-9A-Z]{16}|\bpat-[a-z0-9]+-[\w-]{20,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}"
)
STATUSES = ("good", "watch", "act", "insufficient")
FINDING_WORDS = ("question", "answer", "decision")


def require_presentable(notebooks: Mapping[str, NotebookNode]) -> None:
    """Refuse notebooks that are incomplete or show what no reader may see, all faults at once."""
    problems = [p for name, notebook in notebooks.items() for p in faults(name, notebook)]
    if problems:
        raise NotebookError(f"{len(problems)} thing(s) no reader may see", problems)


def faults(name: str, notebook: NotebookNode) -> list[Problem]:
    """Return everything that forbids rendering a notebook."""
    found = list(_unfinished(notebook))
    for index, cell in _code_cells(notebook):
        found += [(index, *fault) for output in cell.outputs for fault in _output_faults(output)]
    if not found and finding_of(notebook) is None:
        found.append(
            (len(notebook.cells), "its last cell shows no finding", "end it with conclude(…)")
        )
    return [_problem(name, notebook, *fault) for fault in found]


def _problem(name: str, notebook: NotebookNode, index: int, message: str, fix: str) -> Problem:
    return Problem(
        id="E402",
        message=message,
        file=f"notebooks/{name}.ipynb, under “{heading_above(notebook, index)}”",
        fix=fix,
    )


def _code_cells(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    cells = enumerate(notebook.cells)
    return [(i, c) for i, c in cells if c.cell_type == "code" and c.source.strip()]


def _unfinished(notebook: NotebookNode) -> Iterator[tuple[int, str, str]]:
    for index, cell in _code_cells(notebook):
        state = cell.metadata.get("papermill", {})
        if state.get("status") != "completed" or state.get("exception"):
            # papermill reports sys.exit(0) as success, with the cells below it never run.
            fix = "let every cell run to its end; no sys.exit in a notebook"
            yield index, f"a cell is {state.get('status', 'not run')}", fix
            return


def _output_faults(output: NotebookNode) -> Iterator[tuple[str, str]]:
    if output.output_type == "error":
        yield f"it shows an error ({output.ename})", "mend the cell"
    if output.output_type == "stream":
        yield from _stream_faults(output)
    data = output.get("data", {})
    for kind in SHOWN:
        yield from _text_faults("".join(data.get(kind, "")))
    if "text/markdown" in data and "text/html" not in data:
        yield "it shows Markdown made by code", "show a table or a finding: data is no markup"
    finding = output.get("metadata", {}).get("ltvlab", {}).get("finding")
    if finding:
        yield from _finding_faults(finding)


def _stream_faults(output: NotebookNode) -> Iterator[tuple[str, str]]:
    text = "".join(output.text)
    if re.search(r"Glyph .* missing from (?:current )?font", text):
        yield f"a chart lacks a character: {_line_with(text, 'Glyph')}", "rename it or the font"
    if SECRET.search(text):
        yield "it prints what looks like a secret", "read secrets in the loaders, never show them"


def _line_with(text: str, word: str) -> str:
    return next(line.strip() for line in text.splitlines() if word in line)[-120:]


def _text_faults(text: str) -> Iterator[tuple[str, str]]:
    if SECRET.search(text):
        yield "it shows what looks like a secret", "read secrets in the loaders, never show them"
    # Quarto's own callout and raw-block fences are ours; a {{< never is.
    if "{{<" in text or ("{=" in text and "```{=html}" not in text):
        yield (
            "its output holds {{< or {=, which a renderer would run",
            "show it through tables.table",
        )
    markup = read_markup(text)
    active = sorted(set(markup.elements) & set(ACTIVE_ELEMENTS))
    if active:
        yield f"its output holds <{active[0]}>", "show it through tables.table, which escapes"
    for figure in markup.figures:
        if NOT_A_NUMBER.search(figure):
            yield (
                f"a table shows {figure.strip()!r} as a number",
                "show an empty cell with a status",
            )


def _finding_faults(finding: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if finding.get("status") not in STATUSES:
        yield f"its status is {finding.get('status')!r}", f"use one of {', '.join(STATUSES)}"
    words = [finding.get(part, "") for part in FINDING_WORDS] + list(finding.get("caveats", ()))
    for sentence in words:
        if NOT_A_NUMBER.search(str(sentence)):
            yield f"a finding says {str(sentence)[:90]!r}", "say that there is not enough data"


def finding_of(notebook: NotebookNode) -> Mapping[str, Any] | None:
    """Return the finding a notebook ends with: metadata `ltvlab` of its last code cell."""
    cells = _code_cells(notebook)
    outputs = cells[-1][1].outputs if cells else []
    records = [o.get("metadata", {}).get("ltvlab", {}) for o in outputs]
    return next((r for r in reversed(records) if r.get("finding")), None)
