"""What Quarto reads: a chapter's prose as Markdown, all that code made as raw HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ltvlab.report.bodies import (
    JAPANESE_LINE_END,
    block_html,
    closing_html,
    figure_numbers,
    opening_html,
    with_references,
)
from ltvlab.report.chapters import Chapter, Figure, Prose

# Quarto's search reads paragraphs and sections; what else it shall find bears this class.
SEARCHED = "quarto-include-in-search-index"
# Not every mark there is: Quarto shows a backslash in the titles of browser windows.
MARKUP = re.compile(r"[\\`*\[\]<>@$^~{]")


def quarto_texts(
    chapters: Sequence[Chapter], language: str, *, picture: Callable[[Figure], str]
) -> list[str]:
    """Return each chapter as Markdown; answers, tables and figures are the built-in renderer's.

    Quarto thus reads no data as Markdown, and has no notebook output whose page would load
    scripts from the network.
    """
    numbers = figure_numbers(chapters)
    return [
        "\n\n".join(_pieces(chapter, language, numbers, picture)) + "\n" for chapter in chapters
    ]


def _pieces(
    chapter: Chapter, language: str, numbers: Mapping[int, int], picture: Callable[[Figure], str]
) -> Iterator[str]:
    yield f"# {chapter.title}"
    yield raw_block(f'<div class="{SEARCHED}">{opening_html(chapter, language)}</div>')
    for block in chapter.blocks:
        if isinstance(block, Prose):
            prose = JAPANESE_LINE_END.sub("", block.markdown)
            yield with_references(prose, chapter, language, numbers)
        else:
            yield raw_block(block_html(block, language, numbers, picture))
    yield raw_block(closing_html(chapter, language))


def literal(text: str) -> str:
    """Return text that Markdown shows as it is written: a company may be called R&D *star*."""
    return MARKUP.sub(r"\\\g<0>", text)


def raw_block(html: str) -> str:
    """Return HTML as a raw block of Markdown, which no backtick within can end."""
    return f"```{{=html}}\n{html.replace('`', '&#96;')}\n```" if html else ""
