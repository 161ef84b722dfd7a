"""Spoil the exports as real ones are: what intake must survive, count and never stop at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ltvlab.demo.company import stream
from ltvlab.demo.names import AWKWARD_NAMES

FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")
Texts = dict[str, pd.DataFrame]
Entry = dict[str, object]
CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "blank": (lambda cell: "", "becomes Unknown; no row is lost"),
    "trailing_space": (lambda cell: f"{cell} ", "read without the space"),
    "full_width_digits": (lambda cell: cell.translate(FULL_WIDTH), "read as the number"),
}
SPOILED_CELLS = (
    ("blank", "customers", "業種", 9),
    ("blank", "customers", "従業員数", 7),
    ("blank", "customers", "獲得チャネル", 11),
    ("trailing_space", "contracts", "顧客コード", 6),
    ("trailing_space", "invoices", "顧客コード", 5),
    ("full_width_digits", "contracts", "契約金額（税抜）", 5),
    ("full_width_digits", "customers", "従業員数", 4),
)
DUPLICATES = (("contracts", "契約番号", 5), ("deals", "取引ID", 4), ("customers", "顧客コード", 2))
BLANK_ROWS = (("customers", 2), ("spend", 3))
OCTOBER_USAGE = 60
OCTOBER = {  # header and how the file writes October 2026
    "contracts": ("契約開始日", "2026/10"),
    "invoices": ("請求月", "2026年10月"),
    "deals": ("作成日", "2026-10"),
    "events": ("日時", "2026-10"),
    "usage": ("month", "2026-10"),
}
COLUMN_WORDS = {"業種": "industry", "従業員数": "employees", "獲得チャネル": "channel"}
WHATS = {
    "blank": "Cells left empty",
    "trailing_space": "Ids with a space behind them",
    "full_width_digits": "Numbers in full-width digits",
    "duplicate": "Exact duplicate rows",
    "after_report_month": "Rows dated after the report month",
    "blank_rows": "Rows without any value",
    "awkward_names": f"Names that break careless tools: {', '.join(f'`{name}`' for name in AWKWARD_NAMES)}",
}


def spoil(texts: Texts, *, seed: int) -> tuple[Texts, list[Entry]]:
    """Return the exports with planted ugliness, and an entry for each kind of it."""
    rng = stream(seed, "ugliness")
    texts = texts | {"usage": _with_october_usage(texts["usage"])}
    entries = []
    for kind, name, header, count in SPOILED_CELLS:
        change, expected = CHANGES[kind]
        texts, places = _change_cells(texts, name, header, count, change, rng)
        entries.append(_entry(kind, name, header, places, expected))
    for name, header, count in DUPLICATES:
        texts, ids = _with_duplicates(texts, name, header, count, rng)
        entries.append(_entry("duplicate", name, header, ids, "excluded and counted"))
    entries += [_october_entry(texts[name], name, *place) for name, place in OCTOBER.items()]
    for name, count in BLANK_ROWS:
        texts = texts | {name: _with_blank_rows(texts[name], count)}
        entries.append(_entry("blank_rows", name, "", ["end of the file"] * count, "skipped"))
    return texts, [*entries, _names_entry(texts["customers"])]


def _change_cells(
    texts: Texts,
    name: str,
    header: str,
    count: int,
    change: Callable[[str], str],
    rng: np.random.Generator,
) -> tuple[Texts, list[str]]:
    """Change `count` filled cells of a column; return the ids of their rows (the first column)."""
    table = texts[name]
    filled = np.flatnonzero((table[header] != "").to_numpy())
    # The report speaks of paying customers: prospects, in the last fifth, stay as they are.
    filled = filled[filled < len(table) * 0.7]
    places = np.sort(rng.choice(filled, size=min(count, len(filled)), replace=False))
    cells = table[header].to_numpy(copy=True)
    cells[places] = [change(cell) for cell in cells[places]]
    return texts | {name: table.assign(**{header: cells})}, table.iloc[places, 0].tolist()


def _with_duplicates(
    texts: Texts, name: str, header: str, count: int, rng: np.random.Generator
) -> tuple[Texts, list[str]]:
    table = texts[name]
    places = np.sort(rng.choice(len(table), size=count, replace=False))
    doubled = pd.concat([table, table.iloc[places]], ignore_index=True)
    return texts | {name: doubled}, table[header].iloc[places].tolist()


def _with_october_usage(usage: pd.DataFrame) -> pd.DataFrame:
    """Add rows of the month after the report's, as a product that counts on does."""
    last = usage[usage["month"] == "2026-09"].head(OCTOBER_USAGE)
    return pd.concat([usage, last.assign(month="2026-10")], ignore_index=True)


def _with_blank_rows(table: pd.DataFrame, count: int) -> pd.DataFrame:
    blank = pd.DataFrame("", index=range(count), columns=table.columns)
    return pd.concat([table, blank], ignore_index=True)


def _october_entry(table: pd.DataFrame, name: str, header: str, written: str) -> Entry:
    late = table[table[header].str.startswith(written)]
    places = late.iloc[:, 0].tolist()
    return _entry("after_report_month", name, header, places, "excluded and counted")


def _names_entry(customers: pd.DataFrame) -> Entry:
    named = customers[customers["会社名"].isin(AWKWARD_NAMES)]
    ids = named["顧客コード"].drop_duplicates().tolist()
    return _entry("awkward_names", "customers", "会社名", ids, "shown as written, in every output")


def _entry(kind: str, name: str, header: str, places: list[str], expected: str) -> Entry:
    column = COLUMN_WORDS.get(header, "")
    where = {"file": f"{name}.csv", "column": header, "ids": places}
    ident = "_".join(part for part in ("ugly", name, kind, column) if part)
    return {
        "id": ident,
        "what": WHATS[kind],
        "where": where,
        "size": len(places),
        "expected": expected,
    }
