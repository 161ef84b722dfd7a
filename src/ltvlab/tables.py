"""The published tables' columns, how each is written to a file, and how a table is shown.

A column's kind says how it is written: money (minor units), rate (0–1), count, number, months,
probability, month, flag, word (ours, translated), segment (theirs, but for our own names), shown
(a figure already in words), or text. One place, so that file, page and label cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.text import escaped, segment_label, translator

MONTHLY_MONEY = dict.fromkeys(
    ("opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "closing"),
    "money",
)
RANGE = {"low": "money", "high": "money"}
COLUMNS: dict[str, dict[str, str]] = {
    "mrr_movements": {"month": "month", **MONTHLY_MONEY, "customers": "count"},
    "retention": {
        "month": "month", "nrr": "rate", "grr": "rate", "nrr_low": "rate", "nrr_high": "rate",
        "grr_low": "rate", "grr_high": "rate", "logo_churn": "rate", "revenue_churn": "rate",
        "quick_ratio": "number",
    },
    "mrr_reasons": {
        "month": "month", "movement": "word", "reason": "word", "amount": "money", "customers": "count",
    },
    "recent_reasons": {"group": "word", "reason": "word", "amount": "money", "customers": "count"},
    "segment_ltv": {
        "month": "month", "axis": "word", "segment": "segment", "method": "word", "headline": "flag",
        "value": "money", **RANGE, "n": "count", "unit": "text", "horizon_months": "months",
        "margin_source": "word", "status": "word",
    },
    "ltv_components": {
        "month": "month", "axis": "word", "segment": "segment", "unit_price": "money",
        "frequency": "number", "lifetime_months": "number", "gross_margin": "rate",
    },
    "value_drivers": {
        "axis": "word",
        "segment": "segment",
        "difference": "money",
        "by_price": "money",
        "by_frequency": "money",
        "by_lifetime": "money",
        "by_margin": "money",
    },
    "cohort_logos": {"cohort": "segment", "age": "months", "value": "rate", "base": "count", "complete": "flag"},
    "cohort_revenue": {"cohort": "segment", "age": "months", "value": "rate", "base": "count", "complete": "flag"},
    "cohort_margin": {
        "cohort": "segment",
        "age": "months",
        "value": "money",
        "base": "count",
        "complete": "flag",
    },
    "margin_by_age": {
        "cohort": "segment",
        "base": "count",
        "m3": "money",
        "m6": "money",
        "m12": "money",
        "m24": "money",
    },
    "survival": {
        "axis": "word", "segment": "segment", "age": "months", "survival": "rate", "low": "rate",
        "high": "rate", "at_risk": "count",
    },
    "rows_read": {
        "table": "text", "file": "text", "encoding": "text", "read": "count", "used": "count",
        "excluded": "count", "quarantined": "count",
    },
    "excluded_rows": {"table": "text", "reason": "text", "rows": "count"},
    "input_warnings": {"table": "text", "column": "text", "message": "text", "rows": "count"},
    "fill": {"table": "text", "column": "text", "filled": "rate"},
    "coverage": {"section": "word", "state": "word", "reason": "text"},
    "ltv_methods": {
        "method": "word", "headline": "flag", "value": "money", **RANGE, "n": "count",
        "horizon_months": "months", "status": "word",
    },
    "curve_differences": {"axis": "word", "segments": "count", "chi_square": "number", "p_value": "probability"},
    "key_figures": {"figure": "text", "value": "shown", "range": "shown", "n": "count", "definition": "text"},
    "findings": {"question": "text", "status": "word", "answer": "text", "decision": "text"},
}  # fmt: skip
NUMERIC = ("money", "rate", "count", "number", "months", "probability", "shown")


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
        "number": significant,
        "probability": significant,
        "count": lambda value: str(int(value)),
        "months": lambda value: str(int(value)),
        "flag": lambda value: str(bool(value)).lower(),
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
    return "num" if kind in NUMERIC else "month" if kind == "month" else ""


def _shown(value: object, kind: str, attrs: dict, language: str) -> str:
    if _missing(value):
        return money.EMPTY
    show = {
        "money": lambda: money.money(value, attrs["currency"], language, compact=True),
        "rate": lambda: money.rate(value, language),
        "number": lambda: money.number(value, language, decimals=1),
        "count": lambda: money.number(value, language),
        "months": lambda: money.number(value, language),
        "probability": lambda: (
            "< 0.001" if value < 0.001 else money.number(value, language, decimals=3)
        ),
        "flag": lambda: "✓" if value else "",
        "word": lambda: translator(language)(str(value)),
        "segment": lambda: segment_label(str(value), language),
    }.get(kind, lambda: str(value))
    return show()
