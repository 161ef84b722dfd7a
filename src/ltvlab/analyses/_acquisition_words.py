"""What acquisition costs against value, and how the value changed: facts and sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.findings import Fact, Unit
from ltvlab.metrics.acquisition_odds import FEWEST_EVENTS
from ltvlab.money import money, number
from ltvlab.text import UNKNOWN, listed, segment_label, translator

FACTORS = ("by_price", "by_frequency", "by_lifetime", "by_margin")
FIGURES: dict[str, Unit] = {
    "spend": "money", "cac": "money", "ltv": "money", "ltv_cac": "number", "probability": "odds",
    "payback_months": "number", "horizon_value": "money", "horizon_ratio": "number",
}  # fmt: skip
VALUED = "A new customer costs {cac} and is worth {ltv} of gross margin at the churn of the last twelve months: LTV/CAC is {ltv_cac} (underlying ratio {range})."
UNRANGED = "A new customer costs {cac} and is worth {ltv} of gross margin at the churn of the last twelve months: LTV/CAC is {ltv_cac}."
BOUNDED = "A new customer costs {cac} and is worth at least {ltv} of gross margin, since few have been lost so far: LTV/CAC is at least {ltv_cac}."
COST_ONLY = "A new customer costs {cac}."
FURTHER = {
    "payback_months": "Its first monthly margin pays that back in {payback_months} months.",
    "horizon_value": "By the report's headline value it brings {horizon_value}, {horizon_ratio} times its cost.",
}
NO_CHANNEL = (
    "Spend of {spend} and {customers} new customers have no channel, and count in the total only."
)
VERDICTS = {
    "at_least_3": "That meets the rule of 3.",
    "below_3": "That misses the rule of 3.",
    "undecided": "Whether that meets the rule of 3 is not settled.",
    "no_margin": "Bring a gross margin: without one, no verdict on LTV/CAC is given.",
    "not_recurring": "Orders know no churn rate, so the rule of 3 is not applied; hold the cost against what a customer brings.",
    "few_customers": "Too few customers are new or active for a verdict on LTV/CAC.",
    "no_spend": "No acquisition spend was booked for these months, so there is no LTV/CAC.",
    "no_customers": "No new customer was won in twelve months, so the spend has no cost per customer.",
    "too_short": "A verdict on LTV/CAC needs thirteen months of revenue, and acquisition spend for every month from {first} to {last}.",
}
ABSENT = (
    "Bring acquisition spend by month and channel (table spend) to see what a new customer costs."
)
LAGGED = "Spend counts {lag} months before the customers it is held against: the median sales cycle of {deals} won deals."
UNLAGGED = "Spend is held against the customers won in the same months, as no sales cycle is known."
CHANNELS = {
    "below_3": "Below 3: {channels}.",
    "no_spend": "Without acquisition spend: {channels}.",
    "no_customers": "With spend but no new customer: {channels}; their spend counts in the total.",
}


def acquisition_facts(table: pd.DataFrame) -> dict[tuple[str, str], Fact]:
    """Return cost, value, ratio, odds and payback as facts by (id, segment), known ones only (D20)."""
    rows = table.assign(horizon_ratio=table["horizon_value"] / table["cac"])
    facts = [
        _fact(row, name, table.attrs)
        for row in rows.to_dict("records")
        for name in FIGURES
        if np.isfinite(row[name])
    ]
    lag = Fact(
        id="acquisition.lag", value=table.attrs["lag_months"], unit="months", definition="D20",
        month=table.attrs["month"], n=table.attrs["lag_deals"],
    )  # fmt: skip
    return {(fact.id, fact.segment): fact for fact in [*facts, lag]}


def _fact(row: dict, name: str, attrs: dict) -> Fact:
    axis = "all" if row["channel"] == "all" else "channel"
    ranged = name == "ltv_cac" and np.isfinite(row["low"])
    return Fact(
        id=f"acquisition.{name}.{axis}", value=row[name], unit=FIGURES[name], definition="D20",
        month=attrs["month"], n=row["new_customers"], segment=row["channel"],
        low=row["low"] if ranged else None, high=row["high"] if ranged else None,
        currency=attrs["currency"] if FIGURES[name] == "money" else "",
    )  # fmt: skip


def acquisition_sentences(table: pd.DataFrame, language: str) -> list[str]:
    """Return what a new customer costs and is worth, the rule of 3, and what is missing for it."""
    say = translator(language)
    if table.empty:
        return [say(ABSENT)]
    overall = table.iloc[0]
    window = {"first": table.attrs["spend_from"], "last": table.attrs["spend_to"]}
    sentences = [
        *_cost(table, overall, language),
        say(VERDICTS[overall["verdict"]]).format(**window),
    ]
    if np.isfinite(overall["cac"]):
        sentences += _channels(table, language)
    return sentences


def lag_sentence(table: pd.DataFrame, language: str) -> str:
    """Return from which months the spend is taken, and why."""
    say, months = translator(language), table.attrs["lag_months"]
    if not table.attrs["lag_deals"]:
        return say(UNLAGGED)
    deals = number(table.attrs["lag_deals"], language)
    return say(LAGGED).format(lag=number(months, language), deals=deals)


def _cost(table: pd.DataFrame, overall: pd.Series, language: str) -> list[str]:
    say, facts = translator(language), acquisition_facts(table)
    shown = {
        name: facts[key].shown(language)
        for name in FIGURES
        if (key := (f"acquisition.{name}.all", "all")) in facts
    }
    if "cac" not in shown:
        return []
    sentence = COST_ONLY
    if "ltv" in shown:
        shown["range"] = facts["acquisition.ltv_cac.all", "all"].shown_range(language)
        known = VALUED if shown["range"] else UNRANGED
        sentence = BOUNDED if overall["events"] < FEWEST_EVENTS else known
    further = [text for name, text in FURTHER.items() if name in shown]
    return [say(text).format(**shown) for text in (sentence, *further)]


def _channels(table: pd.DataFrame, language: str) -> list[str]:
    say, rows = translator(language), table.iloc[1:]
    unknown = rows[rows["channel"].eq(UNKNOWN) & (rows["spend"] + rows["new_customers"] > 0)]
    named = {
        verdict: [segment_label(name, language) for name in rows.loc[rows["verdict"] == verdict, "channel"]]
        for verdict in CHANNELS
    }  # fmt: skip
    sentences = [
        say(CHANNELS[verdict]).format(channels=listed(names, language))
        for verdict, names in named.items()
        if names
    ]
    for row in unknown.to_dict("records"):
        spend = money(row["spend"], table.attrs["currency"], language, compact=True)
        new = number(row["new_customers"], language)
        sentences.append(say(NO_CHANNEL).format(spend=spend, customers=new))
    return sentences


def change_facts(table: pd.DataFrame) -> dict[tuple[str, str], Fact]:
    """Return the change of the headline value in twelve months and its parts, per segment (D17)."""
    about = {"unit": "money", "definition": "D17", "currency": table.attrs["currency"]}
    facts = [
        Fact(
            id=f"ltv.{name}.{row['axis']}", value=row[name], segment=row["segment"],
            month=table.attrs["newest_month"], **about,
        )
        for row in table.to_dict("records")
        for name in ("change", *FACTORS)
    ]  # fmt: skip
    return {(fact.id, fact.segment): fact for fact in facts}


def change_sentences(table: pd.DataFrame, language: str) -> list[str]:
    """Return by how much the value of all customers changed in twelve months, and by what."""
    if not (table["axis"] == "all").any():
        return []
    facts = change_facts(table)
    parts = {name: facts[f"ltv.{name}.all", "all"] for name in ("change", *FACTORS)}
    words = {name: fact.shown_signed(language) for name, fact in parts.items()}
    months = number(table.attrs["horizon_months"], language)
    sentence = "Over {months} months a customer's value changed by {change} within a year: unit price {by_price}, frequency {by_frequency}, lifetime {by_lifetime}, gross margin {by_margin}."
    return [translator(language)(sentence).format(months=months, **words)]
