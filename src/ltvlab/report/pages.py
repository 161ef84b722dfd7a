"""The built-in HTML site: one page per chapter, whole in itself, asking the network for nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pandas as pd

from ltvlab.report.bodies import chapter_bodies, data_address
from ltvlab.report.chapters import Chapter
from ltvlab.text import escaped, month_label, translator

STYLES = ("body.css", "page.css")
CURRENT = ' aria-current="page"'
SECTION = re.compile(r'<h2[^>]*\sid="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What a report is: of whom, of which month, in which language, made by what."""

    company: str
    month: pd.Period
    language: str
    made_by: str


def write_pages(
    chapters: Sequence[Chapter], edition: Edition, template: Path, public: Path
) -> None:
    """Write the site of a report into `public`."""
    page = Template((template / "page.html").read_text(encoding="utf-8"))
    style = "".join((template / name).read_text(encoding="utf-8") for name in STYLES)
    bodies = chapter_bodies(chapters, edition.language, picture=data_address)
    for index, body in enumerate(bodies):
        fields = _fields(chapters, index, body, edition)
        text = page.substitute(fields, style=style)
        (public / chapters[index].page).write_text(text, encoding="utf-8", newline="\n")


def _fields(chapters: Sequence[Chapter], index: int, body: str, edition: Edition) -> dict[str, str]:
    words = translator(edition.language)
    chapter = chapters[index]
    return {
        "language": edition.language,
        "company": escaped(edition.company),
        "month": escaped(month_label(edition.month, edition.language)),
        "report": escaped(words("Customer value report")),
        "title": escaped(chapter.title),
        "chapters": _navigation(chapters, index, edition.language),
        "chapters_label": escaped(words("Chapters")),
        "sections": _sections(body, words("On this page")),
        "body": body,
        "turn": _turn(chapters, index, edition.language),
        "pdf_label": escaped(words("Report as PDF")),
        "skip": escaped(words("Skip to content")),
        "made_by": escaped(edition.made_by),
    }


def _navigation(chapters: Sequence[Chapter], current: int, language: str) -> str:
    items = (
        f'<li><a href="{chapter.page}"{_status(chapter, language)}'
        f"{CURRENT if index == current else ''}>{escaped(chapter.title)}</a></li>"
        for index, chapter in enumerate(chapters)
    )
    return "<ol>" + "".join(items) + "</ol>"


def _status(chapter: Chapter, language: str) -> str:
    status = chapter.finding.get("status")
    # The dot's colour says it; the title says it to those who do not see colours.
    words = escaped(translator(language)(status)) if status else ""
    return f' class="{status}" title="{words}"' if status else ""


def _sections(body: str, label: str) -> str:
    found = SECTION.findall(body)
    if len(found) < 2:
        return ""
    items = "".join(f'<li><a href="#{anchor}">{title}</a></li>' for anchor, title in found)
    return f'<nav class="sections" aria-label="{escaped(label)}"><p>{escaped(label)}</p><ul>{items}</ul></nav>'


def _turn(chapters: Sequence[Chapter], index: int, language: str) -> str:
    words = translator(language)
    links = []
    if index > 0:
        links.append(_turn_link(chapters[index - 1], "previous", words("Previous")))
    if index + 1 < len(chapters):
        links.append(_turn_link(chapters[index + 1], "next", words("Next")))
    return "".join(links)


def _turn_link(chapter: Chapter, way: str, label: str) -> str:
    return (
        f'<a class="{way}" rel="{way.replace("previous", "prev")}" href="{chapter.page}">'
        f"<span>{escaped(label)}</span>{escaped(chapter.title)}</a>"
    )
