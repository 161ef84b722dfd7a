"""What an HTML text shows: cells of figures apart from words, addresses it would ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# `None of the segments` is English; `None` alone is a value nobody computed.
NOT_A_NUMBER = re.compile(r"(?<![\w-])-?(?:nan|NaN|inf|NaT|<NA>|None(?! of\b))(?![\w-])")
SILENT = ("style", "script", "title", "svg")
ASKING = {"src", "srcset", "poster", "data", "action", "background"}


@dataclass
class _Reader(HTMLParser):
    """Collects while reading; use `read_markup`."""

    figures: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._place = "words"
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.elements.append(tag)
        self._silent += tag in SILENT
        asked = ASKING | ({"href"} if tag != "a" else set())
        self.addresses += [value for name, value in named.items() if name in asked]
        if tag in ("td", "th"):
            self._place = "figures" if "num" in named.get("class", "").split() else "data"

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in ("td", "th"):
            self._place = "words"

    def handle_data(self, data: str) -> None:
        if not self._silent and self._place == "figures":
            self.figures.append(data)
        elif not self._silent and self._place == "words":
            self.words.append(data)


@dataclass(frozen=True)
class Markup:
    """What `read_markup` found.

    `figures` are the texts of table cells of class `num`; `words` those outside tables. Other
    cells hold data, where a company may well be called None.
    """

    figures: tuple[str, ...]
    words: tuple[str, ...]
    addresses: tuple[str, ...]
    elements: tuple[str, ...]


def read_markup(html: str) -> Markup:
    """Return what a page or a cell's HTML shows and asks for."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Markup(
        figures=tuple(reader.figures),
        words=tuple(reader.words),
        addresses=tuple(reader.addresses),
        elements=tuple(reader.elements),
    )
