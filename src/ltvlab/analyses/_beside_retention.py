"""What stands beside NRR and GRR: another grain of customer, reported currency, and the flash line."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.months import YEAR
from ltvlab.text import translator

# A smaller difference between the grains is not worth a sentence.
NAMED_FROM = 0.01
# What is left of a currency's rate after converting there and back.
SAME_RATE = 1e-6
GRAINS = {
    "parent": "Counted by parent company, NRR is {nrr} against {headline_nrr} and GRR {grr} against {headline_grr}: the headline counts every customer by itself.",
    "company": "Counted company by company, NRR is {nrr} against {headline_nrr} and GRR {grr} against {headline_grr}: the headline counts a family of companies as one customer.",
}
REPORTED = "With what exchange rates changed, NRR is {nrr} and GRR {grr}; the headline holds the rates of twelve months ago."
FLASH = "Customers who joined and left between two month ends in the last twelve months: {customers}, billed {billed}. They are in no month's MRR, but count in their cohorts."


def beside_facts(
    rates: pd.DataFrame, grains: pd.DataFrame | None, flash: pd.DataFrame | None
) -> dict[str, Fact]:
    """Return the facts of what stands beside the rates of the report month, each where it exists."""
    facts = [*_grain_facts(rates, grains), *_reported_facts(rates), *_flash_facts(rates, flash)]
    return {fact.id: fact for fact in facts}


def beside_sentences(
    facts: dict[str, Fact], grains: pd.DataFrame | None, language: str
) -> list[str]:
    """Return a sentence for each that differs from the headline, or happened at all."""
    say = translator(language)
    headline = {f"headline_{name}": facts[f"retention.{name}"] for name in ("nrr", "grr")}
    grain = "" if grains is None else grains.attrs.get("grain", "")
    other = _named(facts, grain)
    sentences = []
    if other and any(_apart(other[name], headline[f"headline_{name}"]) for name in other):
        sentences.append(_filled(say(GRAINS[grain]), other | headline, language))
    reported = _named(facts, "reported")
    if reported:
        sentences.append(_filled(say(REPORTED), reported, language))
    if "flash.customers" in facts and facts["flash.customers"].value:
        known = {name: facts[f"flash.{name}"] for name in ("customers", "billed")}
        sentences.append(_filled(say(FLASH), known, language))
    return sentences


def _named(facts: dict[str, Fact], suffix: str) -> dict[str, Fact]:
    ids = {name: f"retention.{name}_{suffix}" for name in ("nrr", "grr")}
    return {name: facts[fact] for name, fact in ids.items() if fact in facts}


def _apart(one: Fact, other: Fact) -> bool:
    return other.value is not None and abs(one.value - other.value) > NAMED_FROM


def _filled(sentence: str, facts: dict[str, Fact], language: str) -> str:
    return sentence.format(**{name: fact.shown(language) for name, fact in facts.items()})


def _grain_facts(rates: pd.DataFrame, grains: pd.DataFrame | None) -> list[Fact]:
    if grains is None or grains.empty:
        return []
    row, month = grains.iloc[-1], str(rates["month"].iloc[-1])
    return [
        Fact(
            id=f"retention.{name}_{grains.attrs['grain']}", value=float(row[name]), unit="rate",
            definition="D04", month=month, n=int(row["customers"]),
        )
        for name in ("nrr", "grr")
    ]  # fmt: skip


def _reported_facts(rates: pd.DataFrame) -> list[Fact]:
    """Return both rates at each month's own exchange rates, where those moved them."""
    latest = rates.iloc[-1]
    moved = [abs(latest[f"{name}_reported"] - latest[name]) > SAME_RATE for name in ("nrr", "grr")]
    if not any(moved):
        return []
    return [
        Fact(
            id=f"retention.{name}_reported", value=float(latest[f"{name}_reported"]), unit="rate",
            definition="D10", month=str(latest["month"]), n=int(latest["base_year"]),
        )
        for name in ("nrr", "grr")
    ]  # fmt: skip


def _flash_facts(rates: pd.DataFrame, flash: pd.DataFrame | None) -> list[Fact]:
    if flash is None:
        return []
    recent = flash[flash["month"].isin(rates["month"].tail(YEAR))]
    count, billed = int(recent["customers"].sum()), float(recent["billed"].sum())
    about = {"definition": "D12", "month": str(rates["month"].iloc[-1]), "n": count}
    return [
        Fact(id="flash.customers", value=count, unit="count", **about),
        Fact(
            id="flash.billed", value=billed, unit="money", currency=flash.attrs["currency"], **about
        ),
    ]
