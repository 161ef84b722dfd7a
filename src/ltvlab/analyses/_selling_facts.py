"""What selling did to customers, as facts: rates, differences with ranges, shares blocked, quarter ends."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.selling.followed import EVERYONE

DEFINITIONS = {
    "offered_or_left_alone": "D38",
    "offered_blocked_or_free": "D38",
    "after_upsell": "D38",
}


def selling_facts(
    tables: Mapping[str, pd.DataFrame], compared: pd.DataFrame, month: str
) -> dict[str, Fact]:
    """Return every figure of the chapter's sentences by id."""
    facts = [
        *(fact for row in compared.to_dict("records") for fact in _comparison(row, month)),
        *(_blocked(row, month) for row in _blocked_rows(tables["gate_audit"])),
        *(
            _quarter_end(row, month)
            for row in tables["quarter_ends"].to_dict("records")
            if row["responsible"] == EVERYONE
        ),
        *(_state(row, month) for row in tables["action_states"].to_dict("records")),
    ]
    return {_key(fact): fact for fact in facts}


def _key(fact: Fact) -> str:
    return fact.id if fact.segment == "all" else f"{fact.id}.{fact.segment}"


def _comparison(row: Mapping[str, object], month: str) -> list[Fact]:
    name = str(row["comparison"])
    both = {"definition": DEFINITIONS.get(name, "D36"), "month": month, "unit": "rate"}
    n, other = int(row["n_first"]), int(row["n_other"])
    return [
        Fact(id=f"selling.{name}", value=row["first"], n=n, **both),
        Fact(id=f"selling.{name}.other", value=row["other"], n=other, **both),
        Fact(
            id=f"selling.{name}.difference",
            value=row["difference"],
            low=row["low"],
            high=row["high"],
            n=n + other,
            **both,
        ),
    ]


def _blocked_rows(audit: pd.DataFrame) -> list[dict[str, object]]:
    return audit[audit["gate"] == "any"].to_dict("records")


def _blocked(row: Mapping[str, object], month: str) -> Fact:
    return Fact(
        id="selling.offers_blocked", value=float(row["share"]), unit="rate", definition="D38",
        month=month, n=int(row["offers"]), segment=_segment(row),
    )  # fmt: skip


def _segment(row: Mapping[str, object]) -> str:
    name = str(row["responsible"])
    return "all" if name == EVERYONE else name


def _quarter_end(row: Mapping[str, object], month: str) -> Fact:
    return Fact(
        id=f"selling.quarter_end_{row['event']}", value=float(row["share"]), unit="rate",
        definition="D38", month=month, low=row["low"], high=row["high"],
        n=int(row["deals"]),
    )  # fmt: skip


def _state(row: Mapping[str, object], month: str) -> Fact:
    return Fact(
        id=f"selling.actions_{row['state']}", value=float(row["actions"]), unit="count",
        definition="D36", month=month, n=int(row["actions"]),
    )  # fmt: skip
