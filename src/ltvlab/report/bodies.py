"""The body of a chapter as HTML: prose through pandoc, data never through Markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pypandoc

from ltvlab.errors import RenderError
from ltvlab.report.chapters import FRONT, Chapter, Figure, Prose, Shown
from ltvlab.text import escaped, translator

# Raw HTML, TeX and raw attributes stay out: a page holds what this project's code wrote.
# Quotes stay straight, as in the sentences of the analyses: Japanese fonts set the others as wide as 字.
MARKDOWN = "markdown-smart-raw_html-raw_tex-raw_attribute-citations+east_asian_line_breaks"
# One sentence per line: in Japanese no space may come of the line's end, before a figure either.
JAPANESE_LINE_END = re.compile(r"(?<=[。、」）])\n(?=(?!\d+[.)]\s)[^\s#*|>:-])")
HEADING = re.compile(r"^#{2,6}\s+(.+?)\s*$", re.MULTILINE)
AMOUNT_BELOW_ZERO = re.compile(r"(?<![\w)])-(?=[^\s\w-])")
PLACE = re.compile(r'<div id="ltvlab-block-(\d+)">\s*</div>')


def chapter_bodies(
    chapters: Sequence[Chapter], language: str, *, picture: Callable[[Figure], str]
) -> list[str]:
    """Return each chapter's body; figures are numbered through the whole report.

    `picture` gives the address of a figure's image: data in a page, a file for the PDF.
    """
    numbers = figure_numbers(chapters)
    return [_body(chapter, language, numbers, picture) for chapter in chapters]


def figure_numbers(chapters: Sequence[Chapter]) -> dict[int, int]:
    """Return the number of each figure, by its identity, counted through the whole report."""
    figures = [b for chapter in chapters for b in chapter.blocks if isinstance(b, Figure)]
    return {id(figure): number for number, figure in enumerate(figures, start=1)}


def _body(
    chapter: Chapter, language: str, numbers: Mapping[int, int], picture: Callable[[Figure], str]
) -> str:
    def block(found: re.Match[str]) -> str:
        return block_html(chapter.blocks[int(found.group(1))], language, numbers, picture)

    # References are looked for in prose only: a customer may be called @fig-leaf.
    prose = with_references(_prose_html(chapter), chapter, language, numbers)
    return (
        opening_html(chapter, language) + PLACE.sub(block, prose) + closing_html(chapter, language)
    )


def opening_html(chapter: Chapter, language: str) -> str:
    """Return what opens a chapter: its answer, and on the front page the decision too.

    Leadership reads the front page first and perhaps alone.
    """
    decision = decision_html(chapter.finding, language) if chapter.page == FRONT else ""
    return answer_html(chapter.finding, language) + decision


def closing_html(chapter: Chapter, language: str) -> str:
    """Return the decision that closes a chapter; the front page has opened with it."""
    if chapter.page == FRONT:
        return ""
    prose = "\n".join(block.markdown for block in chapter.blocks if isinstance(block, Prose))
    headings = HEADING.findall(prose)
    return decision_html(chapter.finding, language, below=headings[-1] if headings else "")


def _prose_html(chapter: Chapter) -> str:
    pieces = [
        block.markdown if isinstance(block, Prose) else f"::: {{#ltvlab-block-{index}}}\n:::"
        for index, block in enumerate(chapter.blocks)
    ]
    text = JAPANESE_LINE_END.sub("", "\n\n".join(pieces))
    return pandoc(text, to="html", source=MARKDOWN, options=("--mathml",))


def pandoc(text: str, *, to: str, source: str, options: Sequence[str] = ()) -> str:
    """Return text converted by the bundled pandoc, or raise what it complains about."""
    try:
        return pypandoc.convert_text(
            text, to, format=source, extra_args=["--sandbox", "--wrap=none", "--quiet", *options]
        )
    except RuntimeError as error:
        raise RenderError(f"pandoc could not convert a chapter: {error}") from error


def block_html(
    block: Shown | Figure,
    language: str,
    numbers: Mapping[int, int],
    picture: Callable[[Figure], str],
) -> str:
    """Return a table, or a figure with its number and caption."""
    if isinstance(block, Shown):
        return f'<div class="shown" tabindex="0">{block.html}</div>'
    number = figure_name(numbers[id(block)], language)
    anchor = f' id="{escaped(block.label)}"' if block.label else ""
    return (
        f'<figure{anchor}><div class="picture"><img src="{picture(block)}" alt="{escaped(block.alt)}"></div>'
        f"<figcaption><strong>{number}</strong>&ensp;"
        f"{escaped(block.caption)}</figcaption></figure>"
    )


def figure_name(number: int, language: str) -> str:
    """Return a figure's name: Figure 1, 図1."""
    return translator(language)("Figure {number}").format(number=number)


def data_address(figure: Figure) -> str:
    """Return a figure as an address that holds its whole image: nothing is asked for."""
    return "data:image/svg+xml;base64," + base64.b64encode(figure.svg.encode()).decode()


def answer_html(finding: Mapping[str, Any], language: str) -> str:
    """Return the answer that opens a chapter: what a reader came for."""
    if not finding:
        return ""
    label = translator(language)(finding["status"])
    return (
        f'<div class="answer {finding["status"]}"><div class="status">{escaped(label)}</div>'
        f"<p>{_sentences(finding['answer'])}</p></div>"
    )


def decision_html(finding: Mapping[str, Any], language: str, *, below: str = "") -> str:
    """Return the decision that closes a chapter, with what to keep in mind.

    It is not headed "Decision" once more `below` a heading that says so.
    """
    if not finding:
        return ""
    words = translator(language)
    label = "" if below == words("Decision") else _label(words("Decision"))
    caveats = "".join(f"<li>{_said(caveat)}</li>" for caveat in finding.get("caveats", ()))
    mind = f"{_label(words('Keep in mind'))}<ul>{caveats}</ul>" if caveats else ""
    deed = f"<p><strong>{_sentences(finding['decision'])}</strong></p>"
    return f'<div class="decision {finding["status"]}">{label}{deed}{mind}</div>'


def _label(text: str) -> str:
    return f'<div class="label">{escaped(text)}</div>'


def _sentences(text: str) -> str:
    return _said(text).replace("\n", "<br>")


def _said(text: str) -> str:
    """Return a sentence made safe, in which no line ends between a minus and its amount."""
    return AMOUNT_BELOW_ZERO.sub("-\N{WORD JOINER}", escaped(text))


def with_references(prose: str, chapter: Chapter, language: str, numbers: Mapping[int, int]) -> str:
    """Return prose in which each @fig-name has become a link that says the figure's number."""
    labels = {b.label: numbers[id(b)] for b in chapter.blocks if isinstance(b, Figure) and b.label}

    def reference(found: re.Match[str]) -> str:
        label = found.group(1)
        if label not in labels:
            raise RenderError(f"notebooks/{chapter.name}.ipynb refers to @{label}, which it lacks")
        return f'<a href="#{label}">{figure_name(labels[label], language)}</a>'

    return re.sub(r"@(fig-[a-z0-9]+(?:-[a-z0-9]+)*)", reference, prose)
