"""A rendered report looked at before anyone else does, and a published one checked again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ltvlab.errors import Problem
from ltvlab.report.markup import NOT_A_NUMBER, read_markup

NETWORK = re.compile(r"^\s*(?:https?:)?//|url\(\s*['\"]?(?:https?:)?//", flags=re.IGNORECASE)
TRACEBACK = "Traceback (most recent call last)"


def page_faults(public: Path, pages: Sequence[str]) -> list[Problem]:
    """Return what is missing, empty or unfit for readers among the pages and the PDF."""
    problems = []
    for name in (*pages, "report.pdf"):
        file = public / name
        if not file.is_file() or file.stat().st_size == 0:
            problems.append(
                _fault(name, "it was not made", "look at the renderer's messages above")
            )
        elif name.endswith(".pdf"):
            problems += _pdf_faults(file)
        else:
            problems += _html_faults(file)
    return problems


def _fault(name: str, message: str, fix: str) -> Problem:
    return Problem(id="E601", message=message, file=name, fix=fix)


def _html_faults(file: Path) -> list[Problem]:
    text = file.read_text(encoding="utf-8")
    markup = read_markup(text)
    asked = [address for address in markup.addresses if NETWORK.search(address)]
    styles = re.findall(r"<style.*?</style>", text, flags=re.DOTALL)
    asked += [style[:60] for style in styles if NETWORK.search(style)]
    nonsense = [w for w in (*markup.figures, *markup.words) if NOT_A_NUMBER.search(w)]
    found = [
        (asked, "it would ask the network for {}", "keep images, styles and scripts in the page"),
        (nonsense, "it shows {}", "show an empty cell or say there is not enough data"),
        ([TRACEBACK] if TRACEBACK in text else [], "it shows a {}", "mend the notebook"),
        (["{{<"] if "{{<" in text else [], "it holds an unescaped {}", "escape data in tables"),
    ]
    return [
        _fault(file.name, message.format(repr(words[0].strip()[:80])), fix)
        for words, message, fix in found
        if words
    ]


def _pdf_faults(file: Path) -> list[Problem]:
    try:
        text = "\n".join(page.extract_text() for page in PdfReader(file).pages)
    except (PyPdfError, OSError, ValueError) as error:
        return [_fault(file.name, f"it does not open: {error}", "render again")]
    faults = []
    if not text.strip():
        faults.append(_fault(file.name, "it has no text", "look at the fonts"))
    if "\x00" in text:
        faults.append(_fault(file.name, "a character has no glyph", "look at the fonts"))
    if TRACEBACK in text:
        faults.append(_fault(file.name, "it shows a traceback", "mend the notebook"))
    return faults


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def run_faults(run_dir: Path) -> list[Problem]:
    """Return what differs between a published run and its manifest; empty when it is whole."""
    manifest = run_dir / "manifest.json"
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        fix = "run the report again; this run was not finished"
        return [
            Problem(id="E702", message="it has no readable manifest", value=str(run_dir), fix=fix)
        ]
    if listed.get("status") != "published":
        fix = "run the report again"
        return [Problem(id="E702", message="it is not a finished run", value=str(run_dir), fix=fix)]
    reasons = {
        name: _difference(run_dir / name, expected["sha256"])
        for name, expected in listed["files"].items()
    }
    there = {f.relative_to(run_dir).as_posix() for f in run_dir.rglob("*") if f.is_file()}
    added = there - set(listed["files"]) - {manifest.name}
    reasons |= dict.fromkeys(sorted(added), "the file was added after publishing")
    return [
        Problem(
            id="E703", message=reason, file=name, value=str(run_dir), fix="run the report again"
        )
        for name, reason in reasons.items()
        if reason
    ]


def _difference(file: Path, expected: str) -> str:
    if not file.is_file():
        return "the file is missing"
    return "" if sha256(file) == expected else "the file is not as it was published"
