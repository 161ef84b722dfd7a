"""An executed notebook as a chapter: its title, prose, tables, figures and finding, no code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from ltvlab.errors import RenderError
from ltvlab.report.gate import finding_of
from ltvlab.report.notebooks import SUMMARY
from ltvlab.report.parameters import slug
from ltvlab.text import translator

OPTION = re.compile(r"^#\|\s*([a-z-]+):\s*(.+?)\s*$", flags=re.MULTILINE)
# Comments of a chart repeat its labels, metadata its date: neither is for readers.
SVG_NOISE = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Words of a markdown cell, written by the project."""

    markdown: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Escaped HTML that code made: a table, in the main."""

    html: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart with its caption in the reader's language."""

    label: str
    caption: str
    alt: str
    svg: str
    png: str = ""


Block = Prose | Shown | Figure


FRONT = "index.html"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One question of the report, answered."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    finding: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Return the file name of its page; the executive summary is the front page."""
        return FRONT if self.name == SUMMARY else f"{slug(self.name)}.html"


def read_chapters(notebooks: Mapping[str, NotebookNode], language: str) -> list[Chapter]:
    """Return the chapters in the order of their numbers, the executive summary first."""
    return [_chapter(name, notebooks[name], language) for name in sorted(notebooks)]


def _chapter(name: str, notebook: NotebookNode, language: str) -> Chapter:
    blocks = [block for cell in notebook.cells for block in _blocks(cell, translator(language))]
    title, blocks = _split_title(name, blocks)
    record = finding_of(notebook) or {}
    return Chapter(name=name, title=title, blocks=tuple(blocks), finding=record.get("finding", {}))


def _split_title(name: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    first = blocks[0].markdown if blocks and isinstance(blocks[0], Prose) else ""
    found = re.match(r"\s*#\s+(.+?)\s*(?:\n|$)", first)
    if not found:
        raise RenderError(
            f"notebooks/{name}.ipynb has no title; begin it with a cell `# Question?`"
        )
    rest = first[found.end() :].strip()
    return found.group(1), [*([Prose(markdown=rest)] if rest else []), *blocks[1:]]


def _blocks(cell: NotebookNode, translate: Callable[[str], str]) -> Iterator[Block]:
    if cell.cell_type == "markdown" and cell.source.strip():
        yield Prose(markdown=cell.source)
    if cell.cell_type != "code":
        return
    options = dict(OPTION.findall(cell.source))
    for output in cell.outputs:
        block = _shown(output, options, translate)
        if block:
            yield block


def _shown(
    output: NotebookNode, options: Mapping[str, str], translate: Callable[[str], str]
) -> Block | None:
    data = output.get("data", {})
    # A finding is set by the renderer from its words, so that every page sets it alike.
    if output.get("metadata", {}).get("ltvlab", {}).get("finding"):
        return None
    if "image/svg+xml" in data:
        return _figure(data, options, translate)
    return Shown(html="".join(data["text/html"])) if "text/html" in data else None


def _figure(
    data: Mapping[str, Any], options: Mapping[str, str], translate: Callable[[str], str]
) -> Figure:
    caption = _unquoted(options.get("fig-cap", ""))
    alt = _unquoted(options.get("fig-alt", ""))
    return Figure(
        label=_unquoted(options.get("label", "")),
        caption=translate(caption) if caption else "",
        alt=translate(alt or caption) if alt or caption else "",
        svg=SVG_NOISE.sub("", "".join(data["image/svg+xml"])).strip(),
        png="".join(data.get("image/png", "")).strip(),
    )


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] == text[-1:] and text[:1] in ("'", '"') else text
