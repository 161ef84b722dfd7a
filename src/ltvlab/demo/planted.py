"""The list of known answers: what was planted, where, how large, and what should be found."""

from __future__ import annotations

import json

import pandas as pd

from ltvlab.demo.book import Tables
from ltvlab.demo.opportunities import Groups
from ltvlab.demo.planted_changes import change_entries
from ltvlab.demo.planted_drivers import driver_entries
from ltvlab.demo.planted_signals import signal_entries
from ltvlab.demo.truth import true_values

Entry = dict[str, object]
SHOWN_IDS = 20


def planted_entries(book: Tables, groups: Groups) -> list[Entry]:
    """Return every planted answer as {id, what, where, size, expected}."""
    values = true_values(book["lives"])
    return driver_entries(book, values) + change_entries(book) + signal_entries(book, groups)


def planted_json(entries: list[Entry], *, seed: int) -> str:
    """Return the list for machines: sorted keys, floats to ten significant digits."""
    content = {"seed": seed, "month": "2026-09", "entries": entries}
    return json.dumps(_plain(content), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def planted_markdown(entries: list[Entry], *, seed: int) -> str:
    """Return the list for people: one heading per entry, segment values as a table."""
    lines = [
        "# What is planted in the demo company",
        "",
        f"The exports beside this file were drawn with seed {seed}; all of it is fictional.",
        "`planted.json` says the same to machines, with every id.",
        "Annual contracts carry more than half of MRR; amounts of deals are yearly.",
        "",
    ]
    return "\n".join([*lines, *(line for entry in entries for line in _section(entry))])


def _section(entry: Entry) -> list[str]:
    rows = [f"## {entry['id']}", "", f"{entry['what']}.", ""]
    rows += [
        f"- {name}: {_shown(value)}"
        for name, value in dict(entry["where"]).items()
        if value not in ("", [])
    ]
    rows += [f"- size: {_shown(entry['size'])}"]
    expected = entry["expected"]
    if isinstance(expected, list):
        return [*rows, "", *_table(pd.DataFrame(expected)), ""]
    return [*rows, f"- expected: {_shown(expected)}", ""]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    if isinstance(value, list):
        more = f" … {len(value)} in all" if len(value) > SHOWN_IDS else ""
        return ", ".join(_shown(item) for item in value[:SHOWN_IDS]) + more
    return f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1000 else _whole(value)


def _whole(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _table(rows: pd.DataFrame) -> list[str]:
    header = ["| " + " | ".join(rows.columns) + " |", "|" + "---|" * len(rows.columns)]
    cells = [[_shown(cell) for cell in row] for row in rows.to_numpy(dtype=object).tolist()]
    return header + ["| " + " | ".join(row) + " |" for row in cells]


def _plain(value: object) -> object:
    """Return a value as JSON knows it, whatever numpy made of it."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    return float(f"{value:.10g}") if isinstance(value, float) else value
