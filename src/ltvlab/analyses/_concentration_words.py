"""Which figures hang on one customer: facts, and a sentence where one turns a verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ltvlab.findings import Fact
from ltvlab.money import digits
from ltvlab.text import translator

# Where a figure changes its meaning: the book grows or shrinks, retention comes first, value pays.
TURNS = {"nrr": 1.0, "churn_to_new_6": 0.3, "churn_to_new_12": 0.3, "ltv_cac": 3.0}
# What one customer may move before it is worth a sentence: points of NRR, a share of the LTV.
MOVES = {"nrr": 0.02, "ltv": 0.1}
TURNED = "{figure} hangs on single customers: with any one left out it lies between {lowest} and {highest}, on both sides of {turn}; {customer} moves it most."
MOVED = "{figure} hangs on one customer: with any one left out it lies between {lowest} and {highest}; {customer} moves it most."


def concentration_facts(table: pd.DataFrame) -> dict[str, Fact]:
    """Return each figure with, as low and high, its range without any single customer (D33)."""
    return {
        f"concentration.{row['figure']}": Fact(
            id=f"concentration.{row['figure']}", unit=row["unit"], definition="D33",
            month=table.attrs["month"], currency=table.attrs["currency"] if row["unit"] == "money" else "",
            **_figures(row, table.attrs["currency"]),
        )
        for row in table.to_dict("records")
    }  # fmt: skip


def _figures(row: dict, currency: str) -> dict[str, float | None]:
    scale = 10.0 ** digits(currency) if row["unit"] == "money" else 1.0
    named = {"value": "value", "low": "lowest", "high": "highest"}
    return {
        name: row[column] * scale if np.isfinite(row[column]) else None
        for name, column in named.items()
    }


def concentration_sentences(table: pd.DataFrame, language: str) -> list[str]:
    """Return a sentence per figure that one customer turns or moves by much; none where none does."""
    facts = concentration_facts(table)
    return [
        sentence
        for row in table.to_dict("records")
        if (sentence := _sentence(row, facts[f"concentration.{row['figure']}"], language))
    ]


def _sentence(row: dict, fact: Fact, language: str) -> str:
    if not row["customer_id"] or fact.low is None:
        return ""
    turned = _turns(row)
    if not (turned or _moves(row)):
        return ""
    words = {
        "figure": translator(language)(row["figure"]),
        "customer": row["customer_id"],
        "lowest": replace(fact, value=fact.low).shown(language),
        "highest": replace(fact, value=fact.high).shown(language),
    }
    if turned:
        words["turn"] = replace(fact, value=TURNS[row["figure"]]).shown(language)
    return translator(language)(TURNED if turned else MOVED).format(**words)


def _turns(row: dict) -> bool:
    turn = TURNS.get(row["figure"])
    if turn is None:
        return False
    if row["figure"].startswith("churn_to_new"):
        # Exactly 30 % does not fire (D35).
        return row["lowest"] <= turn < row["highest"]
    return row["lowest"] < turn <= row["highest"]


def _moves(row: dict) -> bool:
    furthest = max(row["highest"] - row["value"], row["value"] - row["lowest"])
    # Two points of an NRR near 1; in a book that trebles, as much of what it is.
    allowed = MOVES.get(row["figure"], np.inf) * max(abs(row["value"]), row["figure"] == "nrr")
    return furthest > allowed
