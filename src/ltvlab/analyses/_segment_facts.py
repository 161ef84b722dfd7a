"""The facts of the segments chapter: every figure that its sentences may carry."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact

DEFINITIONS = {"quadrant": "D28", "loyalty": "D29", "rfm": "D30"}
SCORES = {"person": "nps.person", "account": "nps.account", "money": "nps.money"}


def segment_facts(
    table: pd.DataFrame, sizes: Mapping[str, pd.DataFrame], calls: pd.DataFrame, *, month: str
) -> list[Fact]:
    """Return customers and amounts per group, and what else of the table is counted."""
    currency = table.attrs["currency"]
    return [
        *(fact for by, rows in sizes.items() for fact in _sizes(rows, by, month, currency)),
        _count("segments.customers", len(table), "D28", month),
        _count("segments.unscored", int((~table["scored"].astype("bool")).sum()), "D29", month),
        _count("segments.leaving", int(table["leaving"].sum()), "D29", month),
        _count("segments.negative_margin", int((table["ltv"] < 0).sum()), "D28", month),
        _count("segments.calls", len(calls), "D29", month),
        Fact(
            id="segments.calls_amount", value=float(calls["amount"].sum()), unit="money",
            definition="D29", month=month, n=len(calls), currency=currency,
        ),
    ]  # fmt: skip


def _sizes(rows: pd.DataFrame, by: str, month: str, currency: str) -> list[Fact]:
    about = {"definition": DEFINITIONS[by], "month": month}
    facts = []
    for row in rows.itertuples():
        place = {"segment": getattr(row, by), "n": int(row.customers), **about}
        facts += [
            Fact(id=f"{by}.customers", value=int(row.customers), unit="count", **place),
            Fact(id=f"{by}.amount", value=row.amount, unit="money", currency=currency, **place),
            Fact(id=f"{by}.share", value=row.share, unit="rate", **place),
        ]
    return facts


def _count(name: str, value: int, definition: str, month: str) -> Fact:
    return Fact(id=name, value=value, unit="count", definition=definition, month=month)


def beside_facts(beside: Mapping[str, pd.DataFrame], *, month: str) -> list[Fact]:
    """Return the facts of the further tables that are given: moves, NPS and falls of it."""
    return [*_moved(beside, month), *_nps(beside, month), *_drops(beside, month)]


def _moved(beside: Mapping[str, pd.DataFrame], month: str) -> list[Fact]:
    table = beside.get("quadrant_moves")
    if table is None or table.empty:
        return []
    stayed_in_book = table[(table["quadrant_before"] != "new") & (table["quadrant_now"] != "gone")]
    moved = stayed_in_book[stayed_in_book["quadrant_before"] != stayed_in_book["quadrant_now"]]
    n = int(stayed_in_book["customers"].sum())
    return [
        Fact(
            id="segments.moved", value=int(moved["customers"].sum()), unit="count",
            definition="D28", month=month, n=n,
        )
    ]  # fmt: skip


def _nps(beside: Mapping[str, pd.DataFrame], month: str) -> list[Fact]:
    table = beside.get("nps")
    if table is None or table.empty:
        return []
    newest = table[table["wave"] == table["wave"].iloc[-1]]
    facts = [_score(row, SCORES[row.weighting], month) for row in newest.itertuples()]
    before = table[(table["wave"] != newest["wave"].iloc[0]) & (table["weighting"] == "person")]
    facts += [_score(row, "nps.person_before", month) for row in before.tail(1).itertuples()]
    asked = newest.dropna(subset=["response"]).head(1)
    return facts + [
        Fact(
            id="nps.response", value=float(row.response), unit="rate", definition="D41",
            month=month, n=int(row.invited),
        )
        for row in asked.itertuples()
    ]  # fmt: skip


def _score(row: tuple, name: str, month: str) -> Fact:
    return Fact(
        id=name, value=row.nps, low=row.low, high=row.high, unit="number", n=int(row.answers),
        definition="D41", month=month,
    )  # fmt: skip


def _drops(beside: Mapping[str, pd.DataFrame], month: str) -> list[Fact]:
    table = beside.get("nps_drops")
    return [] if table is None else [_count("nps.drops", len(table), "D41", month)]
