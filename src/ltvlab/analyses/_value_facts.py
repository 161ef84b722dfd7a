"""The facts of the value chapter: every figure that its sentences may carry."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact

DEFINITIONS = {
    "basic": "D17a", "subscription": "D17b", "cohort": "D17c", "survival": "D18",
    "renewal_model": "D18", "purchase_model": "D30",
}  # fmt: skip


def value_facts(
    ltv: pd.DataFrame, clear: pd.DataFrame, existing: pd.DataFrame | None
) -> tuple[Fact, ...]:
    """Return the values shown, the contrasts that are clear, and what today's customers bring."""
    return (*_values(ltv), *_headline(ltv), *_contrasts(ltv, clear), *_existing(existing))


def _values(ltv: pd.DataFrame) -> list[Fact]:
    shown = ltv[ltv["value"].notna() & ((ltv["axis"] == "all") | ltv["headline"])]
    return [_value(row, f"ltv.{row.method}.{row.axis}", ltv) for row in shown.itertuples()]


def _value(row: tuple, name: str, ltv: pd.DataFrame) -> Fact:
    return Fact(
        id=name, value=row.value, low=row.low, high=row.high, unit="money", n=int(row.n),
        definition=DEFINITIONS[row.method], month=str(row.month), segment=row.segment,
        currency=ltv.attrs["currency"],
    )  # fmt: skip


def _headline(ltv: pd.DataFrame) -> list[Fact]:
    """Return the headline under one name whatever its method, and what of it no age has shown yet.

    The cohort value at equal age is no forecast of a new customer and keeps its own name.
    """
    shown = ltv[ltv["headline"] & (ltv["axis"] == "all") & ltv["value"].notna()]
    shown = shown[shown["method"] != "cohort"]
    facts = [_value(row, "ltv.new_customer", ltv) for row in shown.itertuples()]
    beyond = shown[shown["method"] == "renewal_model"]
    return facts + [
        Fact(
            id="ltv.renewal_model.beyond", value=row.share_beyond, unit="rate", n=int(row.n),
            definition="D18", month=str(row.month),
        )
        for row in beyond.itertuples()
    ]  # fmt: skip


def _contrasts(ltv: pd.DataFrame, clear: pd.DataFrame) -> list[Fact]:
    return [
        Fact(
            id=f"ltv.contrast.{row.axis}", value=row.difference, low=row.low, high=row.high, unit="money",
            definition="D33", month=str(ltv["month"].iloc[0]), n=int(row.n), segment=row.segment,
            currency=ltv.attrs["currency"],
        )
        for row in clear.itertuples()
    ]  # fmt: skip


def _existing(existing: pd.DataFrame | None) -> list[Fact]:
    if existing is None:
        return []
    shown = existing[(existing["axis"] == "all") & existing["total"].notna()]
    return [
        Fact(
            id="ltv.existing.total", value=row.total, low=row.low, high=row.high, unit="money",
            definition="D19", month=str(row.month), n=int(row.customers),
            currency=existing.attrs["currency"],
        )
        for row in shown.itertuples()
    ]  # fmt: skip
