"""Random companies as CSV text: each holds ten books of customers with every kind of contract line.

A book is a set of customers with contracts of its own; the books of a company share its files,
settings, exchange rates and report month, so that one warehouse proves all of them.
"""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path

BOOKS, CUSTOMERS = 10, 12
# Ends the id of the customer without contracts that each book of a company with merges has.
STRANGER = "12"
FAMILIES = {"P": "F", "Q": "F", "R": "G"}
COLUMNS = (
    "contract_id", "customer_id", "product", "start_date", "end_date", "amount", "billing_period",
    "list_amount", "currency", "term_months", "auto_renew", "cancel_effective_date",
    "predecessor_id", "discount_end_date", "pause_start", "pause_end", "kind",
)  # fmt: skip
SETTINGS = (
    {"end_date_convention": "inclusive", "month": "2024-12"},
    {"end_date_convention": "exclusive", "month": "2024-11", "gap_days": 14},
    {"end_date_convention": "inclusive", "month": "2025-02", "history_complete_from": "2023-01-01"},
    {"end_date_convention": "exclusive", "month": "2024-12", "gap_days": 0},
)


def company(seed: int, *, merged: bool = False) -> dict:
    """Return the settings and the rows of each table of one random company, dates as dates.

    `merged` is the same company, in each book of which some customers went into others.
    """
    chance = random.Random(seed)
    settings = {"gap_days": 31, "history_complete_from": None} | SETTINGS[seed % len(SETTINGS)]
    lines, customers = [], []
    for book in range(BOOKS):
        for number in range(CUSTOMERS):
            name = f"B{book}-{number:02d}"
            since = date(2020, 5, 1) if chance.random() < 0.2 else ""
            customers.append({"customer_id": name, "start_date": since})
            lines += _customer(
                chance, name, inclusive=settings["end_date_convention"] == "inclusive"
            )
    chance.shuffle(lines)
    # The same row exported twice is one row.
    lines += [dict(line) for line in chance.sample(lines, 5)]
    rates = [
        {"month": date(year, month, 1), "currency": "USD", "rate": 140 + chance.randint(0, 80) / 4}
        for year in (2022, 2023, 2024, 2025)
        for month in range(1, 13)
    ]
    products = [{"product": product, "family": family} for product, family in FAMILIES.items()]
    tables = {"customers": customers, "contracts": lines, "fx_rates": rates, "products": products}
    if merged:
        strangers = [f"B{book}-{STRANGER}" for book in range(BOOKS)]
        customers += [{"customer_id": name, "start_date": ""} for name in strangers]
        tables["merges"] = _merges(random.Random(f"merges {seed}"))
    return {"settings": settings, "tables": tables}


def _merges(chance: random.Random) -> list[dict]:
    """Return who went into whom: chains, several in one month, some after the report month.

    Every book has a customer without contracts, which takes in others or is taken in.
    """
    rows = []
    for book in range(BOOKS):
        names = [f"B{book}-{number:02d}" for number in range(CUSTOMERS)] + [f"B{book}-{STRANGER}"]
        # Nobody goes into one who stands earlier, so that no merges lead in a circle.
        chance.shuffle(names)
        days = [date(2022, 7, 1) + timedelta(days=chance.randint(0, 1000)) for _ in range(4)]
        for at, name in enumerate(names[:-1]):
            if chance.random() < 0.5:
                into = names[at + 1] if chance.random() < 0.5 else chance.choice(names[at + 1 :])
                day = chance.choice(days)
                rows.append({"customer_id": name, "into_customer_id": into, "date": day})
    return rows


def _customer(chance: random.Random, name: str, *, inclusive: bool) -> list[dict]:
    lines: list[dict] = []
    start = date(2022, 7, 1) + timedelta(days=chance.randint(0, 800))
    for number in range(chance.choice([1, 1, 2, 3, 4, 5])):
        line, end = _line(chance, f"{name}-{number}", start, inclusive=inclusive)
        lines.append(line | {"customer_id": name, "kind": _kind(chance)})
        if chance.random() < 0.15 and number:
            lines[-1]["predecessor_id"] = lines[-2]["contract_id"]
        start = end + timedelta(days=chance.choice([0, 0, 0, 1, 12, 20, 31, 32, 70, 200, -15]))
    return lines


def _kind(chance: random.Random) -> str:
    return chance.choice(["recurring"] * 12 + ["trial", "one_time", ""])


def _line(chance: random.Random, name: str, start: date, *, inclusive: bool) -> tuple[dict, date]:
    """Return a line as written in the file, and the first day after it."""
    months = chance.choice([1, 1, 3, 6, 12, 12, 13, 24])
    end = (
        _months_on(start, months)
        if chance.random() < 0.8
        else start + timedelta(chance.randint(1, 400))
    )
    written = timedelta(days=1) if inclusive else timedelta(0)
    amount = chance.choice([0, 100, 300, 1000, 1000, 1200, chance.randint(1, 90_000), 12.5])
    line = dict.fromkeys(COLUMNS, "") | {
        "contract_id": name,
        "product": chance.choice("PPQR"),
        "start_date": start,
        "end_date": end - written,
        "amount": amount,
        "billing_period": chance.choice(["month", "month", "quarter", "half_year", "year", "week", "day", "term", "term"]),
        "currency": chance.choice(["JPY", "USD"]),
        "auto_renew": "no",
    }  # fmt: skip
    what = chance.random()
    if what < 0.25:
        line["auto_renew"] = "yes"
        line["term_months"] = chance.choice(["", 1, 12])
        if chance.random() < 0.2 and line["billing_period"] != "term":
            line["end_date"] = ""
        if chance.random() < 0.6:
            stop = _months_on(end, chance.randint(0, 14)) + timedelta(chance.randint(0, 20))
            line["cancel_effective_date"] = stop - written
    elif what < 0.35 and line["billing_period"] != "term":
        line["end_date"] = ""
    elif what < 0.45:
        line["list_amount"] = amount * 2 or 5000
        line["discount_end_date"] = start + (end - start) / 2
    elif what < 0.55:
        line["pause_start"] = start + (end - start) / 3 * chance.choice([0, 1])
        line["pause_end"] = "" if chance.random() < 0.2 else start + (end - start) / 3 * 2 + written
    elif what < 0.57:
        line["cancel_effective_date"] = start - timedelta(days=40)
    return line, end


def _months_on(day: date, months: int) -> date:
    turned = day.month - 1 + months
    return date(day.year + turned // 12, turned % 12 + 1, min(day.day, 28))


def write(made: dict, root: Path) -> str:
    """Write a company's files and params under `root`, and return the params file's path."""
    folder = root / "data" / "proof" / "raw"
    folder.mkdir(parents=True)
    for name, rows in made["tables"].items():
        (folder / f"{name}.csv").write_text(csv_text(rows), encoding="utf-8")
    settings = {name: value for name, value in made["settings"].items() if value is not None}
    params = settings | {
        "company": "proof", "name": {"en": "Proof", "ja": "証明"}, "gross_margin": 0.5,
        "sources": {name: {"file": f"{name}.csv"} for name in made["tables"]},
    }  # fmt: skip
    (root / "params").mkdir()
    (root / "params" / "proof.yml").write_text(json.dumps(params), encoding="utf-8")
    return "params/proof.yml"


def csv_text(rows: list[dict]) -> str:
    """Return rows as the text of a CSV file with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
