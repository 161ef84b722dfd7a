"""The facts of the claims, patterns and views, and each of their figures as a reader sees it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.findings import Fact
from ltvlab.money import EMPTY
from ltvlab.text import translator

# The first column of a table says what its rows are, and begins the ids of its facts.
PREFIXES = {"claim": "claims", "pattern": "patterns", "view": "selling"}


def claim_facts(tables: Mapping[str, pd.DataFrame], month: str) -> dict[str, Fact]:
    """Return every own figure by id, and how many claims are supported, contradicted and left open."""
    facts = [
        _fact(row, prefix, table.columns[0], month)
        for table in tables.values()
        for prefix in (PREFIXES[table.columns[0]],)
        for row in table.to_dict("records")
    ]
    return {fact.id: fact for fact in [*facts, *_counts(tables["claims_register"], month)]}


def _fact(row: Mapping[str, object], prefix: str, name: str, month: str) -> Fact:
    value, low, high = (row[end] for end in ("value", "low", "high"))
    return Fact(
        id=f"{prefix}.{row[name]}", value=value, unit=row["unit"], definition="D44", month=month,
        low=low, high=high, n=int(row["cases"]),
    )  # fmt: skip


def _counts(register: pd.DataFrame, month: str) -> list[Fact]:
    tested = register["lacking"] == ""
    counts = {"tested": tested} | {
        verdict: register["verdict"] == verdict for verdict in ("supported", "contradicted")
    }
    counts["open"] = tested & (register["verdict"] == "cannot_tell")
    return [
        Fact(id=f"claims.count.{name}", value=float(which.sum()), unit="count", definition="D44",
             month=month, n=len(register))
        for name, which in counts.items()
    ]  # fmt: skip


def claim_words(register: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return the register in words: claim, claimed, own, range, cases, verdict, lacking."""
    rows = register.to_dict("records")
    claimed = [
        bounds(row["claim_low"], row["claim_high"], row["unit"], language, least=0.0)
        for row in rows
    ]
    return _shown(register, language).assign(claimed=claimed)


def light_words(table: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return patterns or views in words: own, range, good_line, act_line, cases, status; lacking where a row is open."""
    lines = {
        line: [
            figure(value, unit, language)
            for value, unit in zip(table[line], table["unit"], strict=True)
        ]
        for line in ("good_line", "act_line")
    }
    return _shown(table, language).assign(**lines)


def _shown(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """Leave out why a row is open where none is: the column would be a row of dashes."""
    rows = table.to_dict("records")
    told = table.assign(
        own=[figure(row["value"], row["unit"], language) for row in rows],
        range=[bounds(row["low"], row["high"], row["unit"], language) for row in rows],
        lacking=table["lacking"].where(table["lacking"] != "", None),
    )
    return told if told["lacking"].notna().any() else told.drop(columns="lacking")


def bounds(low: float, high: float, unit: str, language: str, *, least: float = np.nan) -> str:
    """Return a range in words, "at least" or "at most" where one end is open, or is the `least` there is."""
    say = translator(language)
    open_below = np.isnan(low) or low == least
    if open_below and np.isnan(high):
        return EMPTY
    if np.isnan(high):
        return say("at least {figure}").format(figure=figure(low, unit, language))
    if open_below:
        return say("at most {figure}").format(figure=figure(high, unit, language))
    return f"{figure(low, unit, language)} – {figure(high, unit, language)}"


def figure(value: float, unit: str, language: str) -> str:
    """Return a ratio or share as a reader sees it; a dash where there is none."""
    if pd.isna(value):
        return EMPTY
    shown = Fact(id="shown", value=float(value), unit=unit, definition="D44", month="")
    return shown.shown(language)
