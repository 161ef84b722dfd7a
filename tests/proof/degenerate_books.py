"""Companies of which little can be said: nobody, one, all gone, all alike, one giant, one month."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

MONTH = "2026-09"
LINES = "contract_id,customer_id,product,start_date,end_date,amount,billing_period\n"
ORDERS = "order_id,customer_id,product,date,amount,cost\n"


def _contracts(count: int, **given) -> list[dict]:
    """Return `count` customers, started one after another from `first`, `left` of them lost."""
    how = {
        "first": 12,
        "every": 12,
        "left": 0,
        "amount": lambda i: 1000 + 137 * i,
        "product": "P",
    } | given
    rows = []
    for number in range(count):
        start = _month(how["first"] - number % how["every"])
        end = f"{_month(1)}-10" if number < how["left"] else ""
        rows.append(
            {"customer": f"C{number:03d}", "product": how["product"], "start": f"{start}-01", "end": end,
             "amount": how["amount"](number)}
        )  # fmt: skip
    return rows


def _month(ago: int) -> str:
    """Return the month so many before the report month."""
    turned = 2026 * 12 + 8 - ago
    return f"{turned // 12}-{turned % 12 + 1:02d}"


def _orders(count: int, *, months: range, amount: Callable[[int], float]) -> list[dict]:
    return [
        {"customer": f"C{number:03d}", "product": "P", "date": f"{_month(ago)}-1{number % 10}",
         "amount": amount(number + ago)}
        for number in range(count)
        for ago in months
        if (number + ago) % 3 != 1
    ]  # fmt: skip


def _same(_: int) -> int:
    return 1000


BOOKS: dict[str, list[dict]] = {
    "one customer": _contracts(1),
    "two customers": _contracts(2, first=20),
    "nobody left": _contracts(40, first=30, every=24),
    "all left": _contracts(40, first=30, every=24, left=40),
    "all left in their first month": [
        row | {"start": f"{_month(3)}-02", "end": f"{_month(3)}-20"} for row in _contracts(12)
    ],
    "all joined this month": _contracts(20, first=0, every=1),
    "one giant": _contracts(40, first=30, left=5, amount=lambda i: 400_000 if i == 20 else 1000 + i),
    "one outlier who left": _contracts(40, first=30, left=1, amount=lambda i: 10**9 if i == 0 else 1000 + i),
    "forty-nine": _contracts(60, first=30, left=11),
    "fifty": _contracts(60, first=30, left=10),
    "four": _contracts(4, first=30, left=1),
    "five": _contracts(5, first=30, left=1),
    "eleven months": _contracts(60, first=10, every=5, left=20),
    "twelve months": _contracts(60, first=11, every=5, left=20),
    "thirteen months": _contracts(60, first=12, every=5, left=20),
    "all amounts equal": _contracts(60, first=30, left=20, amount=_same),
    "one order": _orders(1, months=range(2, 3), amount=_same),
    "no orders of late": _orders(20, months=range(4, 30), amount=lambda i: 100 + i),
    "orders this month only": _orders(20, months=range(0, 1), amount=lambda i: 100 + i),
    "orders with returns": _orders(30, months=range(0, 30), amount=lambda i: 100 + i if i % 4 else -80),
    "returns above sales": _orders(30, months=range(0, 30), amount=lambda i: -100 if i % 2 else 60),
}  # fmt: skip


def write_book(name: str, root: Path) -> str:
    """Write a book's files and params, and return what it brings: subscriptions or orders."""
    rows = BOOKS[name]
    names = sorted({row["customer"] for row in rows})
    kinds = [
        f"{each},{'AB'[number % 9 < 4]},{30 + number * 7}" for number, each in enumerate(names)
    ]
    customers = "customer_id,industry,employees\n" + "\n".join(kinds) + "\n"
    if "date" in rows[0]:
        table = "orders"
        lines = [
            f"O{n},{r['customer']},{r['product']},{r['date']},{r['amount']},{r['amount'] * 0.6}"
            for n, r in enumerate(rows)
        ]
        content = ORDERS
    else:
        table, content = "contracts", LINES
        lines = [
            f"K{n},{r['customer']},{r['product']},{r['start']},{r['end']},{r['amount']},month"
            for n, r in enumerate(rows)
        ]
    write_company(root, {"customers": customers, table: content + "\n".join(lines) + "\n"})
    return "orders" if table == "orders" else "subscriptions"


def write_company(root: Path, tables: dict[str, str]) -> None:
    """Write tables as CSV files and the params file that reads them."""
    folder = root / "data" / "book" / "raw"
    folder.mkdir(parents=True)
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    params = {
        "company": "book", "name": {"en": "Book", "ja": "本"}, "month": MONTH, "gap_days": 0,
        "sources": {table: {"file": f"{table}.csv"} for table in tables},
    }  # fmt: skip
    (root / "params").mkdir()
    (root / "params" / "book.yml").write_text(json.dumps(params), encoding="utf-8")
