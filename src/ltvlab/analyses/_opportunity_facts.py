"""Counts and expected values per kind of list, as facts and as a table."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.opportunities.known import KINDS
from ltvlab.metrics.opportunities.listing import Opportunities

DEFINITIONS = {"renewal": "D37", "repeat": "D32"}


def opportunity_kinds(found: Opportunities) -> pd.DataFrame:
    """Return listed, blocked, mrr_delta, value, low, high, n per kind (money of what is not blocked).

    `n` is the customers that may be spoken to. The bounds take every odds and every stay at its
    low or high end at once; without a past of offers there is no value. A row that would bring a
    loss is listed, but left out of the value: nobody has to act on it.
    """
    rows = found.rows.assign(free=found.rows["blocked_by"] == "")
    free = rows[rows["free"]].groupby("kind")
    gains = rows[rows["free"] & (rows["expected_value"] > 0)].groupby("kind")
    worth = free[["mrr_delta"]].sum(min_count=1)
    worth = worth.join(gains[["expected_value", "low", "high"]].sum(min_count=1))
    table = pd.DataFrame({"kind": list(KINDS)}).set_index("kind")
    table["listed"] = rows.groupby("kind").size()
    table["blocked"] = rows[~rows["free"]].groupby("kind").size()
    table = table.join(worth.rename(columns={"expected_value": "value"}))
    table["n"] = free["customer_id"].nunique()
    counts = ["listed", "blocked", "n"]
    table[counts] = table[counts].fillna(0).astype("int64")
    table = table.reset_index().astype(
        dict.fromkeys(["mrr_delta", "value", "low", "high"], "float64")
    )
    table.attrs = dict(found.rows.attrs)
    return table


def opportunity_facts(found: Opportunities, kinds: pd.DataFrame, month: str) -> dict[str, Fact]:
    """Return, by id, the counts and values per kind, the customers to speak to, and the blocked share."""
    free = found.rows[found.rows["blocked_by"] == ""]
    every = found.gates.set_index("gate").loc["any"]
    facts = [
        _count("opportunities.to_speak_to", free["customer_id"].nunique(), "D36", month),
        Fact(
            id="opportunities.blocked_share",
            value=every["share"],
            unit="rate",
            definition="D38",
            month=month,
            n=None if pd.isna(every["share"]) else int(every["customers"]),
        ),
    ]
    for row in kinds.itertuples():
        facts += _of_kind(row, month, kinds.attrs["currency"])
    return {fact.id: fact for fact in facts}


def largest_value(facts: dict[str, Fact]) -> str:
    """Return the id of the largest value of a kind, empty where none is known: kinds do not add up."""
    values = {
        name: facts[name].value
        for kind in KINDS
        if (name := f"opportunities.{kind}.value") in facts
    }
    known = {name: value for name, value in values.items() if value is not None and value > 0}
    return max(known, key=lambda name: known[name], default="")


def _of_kind(row: object, month: str, currency: str) -> list[Fact]:
    definition = DEFINITIONS.get(row.kind, "D36")
    value = Fact(
        id=f"opportunities.{row.kind}.value",
        value=row.value,
        unit="money",
        definition=definition,
        month=month,
        low=row.low,
        high=row.high,
        n=row.n,
        currency=currency,
    )
    return [
        _count(f"opportunities.{row.kind}", row.n, definition, month),
        _count(f"opportunities.{row.kind}.blocked", row.blocked, "D38", month),
        value,
    ]


def _count(name: str, value: int, definition: str, month: str) -> Fact:
    return Fact(
        id=name, value=float(value), unit="count", definition=definition, month=month, n=int(value)
    )
