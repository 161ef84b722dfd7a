"""The facts of the MRR chapter about prices and renewals, and the sentence that they make."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.renewal_rates import twelve_months
from ltvlab.money import number
from ltvlab.statistics.intervals import wilson
from ltvlab.text import translator

# Under five a rate is a handful of names (D34).
FEWEST_DECIDED = 5


def price_facts(prices: pd.DataFrame) -> dict[str, Fact]:
    """Return what a customer pays now, what changed in twelve months and why, and what new ones pay."""
    latest = prices[prices["axis"] == "all"].iloc[-1]
    about = {
        "unit": "money", "definition": "D31", "month": str(latest["month"]),
        "currency": prices.attrs["currency"],
    }  # fmt: skip
    values = {
        "arpa.now": latest["arpa"],
        "arpa.change_12": latest["mix_effect"] + latest["like_for_like"],
        "arpa.mix_effect": latest["mix_effect"],
        "arpa.like_for_like": latest["like_for_like"],
    }
    n, joined = int(latest["customers"]), prices.attrs["joined"]
    facts = [Fact(id=name, value=value, n=n, **about) for name, value in values.items()]
    facts.append(Fact(id="arpa.asp", value=prices.attrs["asp"], n=joined, **about))
    return {fact.id: fact for fact in facts}


def renewal_facts(renewals: pd.DataFrame) -> dict[str, Fact]:
    """Return the renewals of the last twelve months together; none where nothing came due (D26)."""
    if renewals.empty:
        return {}
    year = twelve_months(renewals)
    decided = int(year["due"] - year["pending"])
    if not decided:
        return {}
    low, high = wilson(year["renewed"], decided)
    about = {"unit": "rate", "definition": "D26", "month": str(renewals["month"].iloc[-1])}
    shares = ("gross", "net", "price_change", "of_all_held")
    facts = [
        Fact(id="renewals.rate_12", value=year["rate"], low=low, high=high, n=decided, **about),
        *(Fact(id=f"renewals.{name}_12", value=year[name], n=decided, **about) for name in shares),
        Fact(id="renewals.pending_12", value=int(year["pending"]), **about | {"unit": "count"}),
    ]  # fmt: skip
    return {fact.id: fact for fact in facts}


def renewal_sentence(facts: dict[str, Fact], language: str) -> list[str]:
    """Return the sentence that gives the losses over what was due and over all that is held (V23)."""
    rate, of_all = facts.get("renewals.rate_12"), facts.get("renewals.of_all_held_12")
    if rate is None or rate.n < FEWEST_DECIDED or of_all.value is None:
        return []
    sentence = translator(language)(
        "Of {count} contracts that came due in twelve months and are decided, {rate} were renewed (underlying rate {range}); over all contracts held, the same losses are {of_all} a month."
    )
    words = {
        "count": number(rate.n, language), "rate": rate.shown(language),
        "range": rate.shown_range(language), "of_all": of_all.shown(language),
    }  # fmt: skip
    return [sentence.format(**words)]
