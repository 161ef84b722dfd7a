"""How a table is written to a file and shown to a reader, by the kinds of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.table_columns import COLUMNS
from ltvlab.text import (
    escaped,
    pipeline_label,
    play_label,
    scenario_label,
    segment_label,
    translator,
)

NUMERIC = ("money", "rate", "odds", "count", "number", "months", "probability", "shown")


def write_csv(frame: pd.DataFrame, name: str, file: Path) -> None:
    """Write a table with its fixed columns: plain decimals, months as YYYY-MM, empty for missing."""
    kinds = COLUMNS[name]
    lacking = [column for column in kinds if column not in frame]
    if lacking:
        raise ValueError(f"table {name} lacks its column(s) {', '.join(lacking)}")
    written = {
        column: _file_cells(frame[column], kind, frame.attrs) for column, kind in kinds.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(written).to_csv(file, index=False, encoding="utf-8", lineterminator="\n")


def _file_cells(column: pd.Series, kind: str, attrs: dict) -> list[str]:
    write = {
        "money": lambda value: money.major_text(value, attrs["currency"]),
        "rate": significant,
        "odds": significant,
        "number": significant,
        "probability": significant,
        "count": lambda value: str(int(value)),
        "months": lambda value: str(int(value)),
        "flag": lambda value: str(bool(value)).lower(),
        "day": lambda value: str(pd.Timestamp(value).date()),
    }.get(kind, str)
    return ["" if _missing(value) else write(value) for value in column]


def significant(value: float) -> str:
    """Return a figure to ten significant digits, the same on every machine."""
    return format(float(value), ".10g")


def _missing(value: object) -> bool:
    return (
        value is None
        or value is pd.NaT
        or (isinstance(value, float | np.floating) and bool(np.isnan(value)))
    )


@dataclass(frozen=True, eq=False)
class Table:
    """A table as a reader sees it: escaped, translated, numbers with units, nothing cut."""

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    nothing: str

    def _repr_html_(self) -> str:
        rows = "".join(self._row("td", cells) for cells in self.cells)
        if not rows:
            rows = f'<tr><td colspan="{len(self.columns)}">{escaped(self.nothing)}</td></tr>'
        head = self._row("th", self.columns)
        # JupyterLab would read two dollar signs in a cell as a formula.
        return f'<table class="ltvlab mathjax_ignore tex2jax_ignore"><thead>{head}</thead><tbody>{rows}</tbody></table>'

    def _row(self, tag: str, cells: tuple[str, ...]) -> str:
        pairs = zip(cells, self.classes, strict=True)
        return "<tr>" + "".join(_cell(tag, text, name) for text, name in pairs) + "</tr>"

    def __repr__(self) -> str:
        return pd.DataFrame(self.cells, columns=list(self.columns)).to_string(index=False)


def _cell(tag: str, text: str, name: str) -> str:
    marked = f' class="{name}"' if name else ""
    return f"<{tag}{marked}>{escaped(text)}</{tag}>"


@dataclass(frozen=True)
class Note:
    """What a person says beside the figures, in a box with the name of who says it."""

    text: str
    author: str
    language: str

    def _repr_html_(self) -> str | None:
        if not self.text:
            return None
        signed = translator(self.language)("A note by {author}").format(author=self.author)
        words = escaped(self.text).replace("\n", "<br>")
        label = f'<div class="label">{escaped(signed)}</div>'
        return f'<div class="decision note mathjax_ignore">{label}<p>{words}</p></div>'

    def __repr__(self) -> str:
        return f"{self.author}: {self.text}" if self.text else ""


def table(
    frame: pd.DataFrame, name: str, *, language: str, columns: list[str] | None = None
) -> Table:
    """Return `frame` for showing, with the kinds and labels of the table `name`.

    `columns` picks and orders some of its columns; empty cells read "–", and a table without
    rows says so.
    """
    kinds = COLUMNS[name]
    chosen = columns or [column for column in kinds if column in frame]
    label = translator(language)
    shown = [[_shown(value, kinds[c], frame.attrs, language) for value in frame[c]] for c in chosen]
    return Table(
        tuple(label(c) for c in chosen),
        tuple(_class(kinds[c]) for c in chosen),
        tuple(zip(*shown, strict=True)) if len(frame) else (),
        label("Nothing of the kind"),
    )


def _class(kind: str) -> str:
    return "num" if kind in NUMERIC else "month" if kind in ("month", "day", "one_line") else ""


def _shown(value: object, kind: str, attrs: dict, language: str) -> str:
    if _missing(value):
        return money.EMPTY
    show = {
        "money": lambda: money.money(value, attrs["currency"], language, compact=True),
        "rate": lambda: money.rate(value, language),
        "odds": lambda: money.odds(value, language),
        "number": lambda: money.number(value, language, decimals=1),
        "count": lambda: money.number(value, language),
        "months": lambda: money.number(value, language),
        "probability": lambda: (
            "< 0.001" if value < 0.001 else money.number(value, language, decimals=3)
        ),
        "flag": lambda: "✓" if value else "",
        "word": lambda: translator(language)(str(value)),
        "segment": lambda: segment_label(str(value), language),
        "pipeline": lambda: pipeline_label(str(value), language),
        "play": lambda: play_label(str(value), language),
        "scenario": lambda: scenario_label(str(value), language),
        "day": lambda: str(pd.Timestamp(value).date()),
    }.get(kind, lambda: str(value))
    return show()
