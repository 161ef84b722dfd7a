"""The figures leadership knows by name, how they changed, and what moved revenue in the month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from ltvlab import money
from ltvlab.months import YEAR
from ltvlab.text import in_sentence, listed, translator

Record = dict[str, Any]
# The figures leadership knows by name: fact, label. The first five that there are make the page.
KEY_FIGURES = {
    "mrr.closing": "MRR",
    "retention.nrr": "NRR, 12 months",
    "retention.grr": "GRR, 12 months",
    "ltv.new_customer": "Value of a new customer",
    "scenarios.base.12": "MRR expected in 12 months",
    "pipeline.weighted_calibrated": "Open deals, weighted by calibrated odds",
    "survival.12": "Customers kept after 12 months",
    "pipeline.win_rate.all": "Deals won, 12 months",
    "revenue.month": "Order revenue in the month",
    "revenue.twelve_months": "Order revenue, 12 months",
    "cohort.logos_12": "Customers active 12 months after the start",
    "ltv.cohort.all": "Margin per customer at equal age",
}
MOST_SHOWN = 5
# Which fact says by how much a figure changed since the month before.
CHANGES = {
    "mrr.closing": "mrr.month_change",
    "retention.nrr": "retention.nrr_month_change",
    "retention.grr": "retention.grr_month_change",
    "ltv.new_customer": "ltv.month_change",
    "revenue.month": "revenue.month_change",
}
ONLY_ORDERS = ("revenue.month", "revenue.twelve_months", "cohort.logos_12", "ltv.cohort.all")
COLUMNS = ["figure", "value", "month_change", "range", "n", "definition"]
REASONS_SHOWN = 3
MOVED = "MRR at the end of {month} is {mrr}, {change} on the month: {parts}."
MOVED_ALONE = "MRR at the end of {month} is {mrr}, {change} on the month."
ORDERED = "Orders of {month} came to {revenue}, {change} on the month."
ORDERED_ALONE = "Orders of {month} came to {revenue}."
HEADED = "It is headed for {landing} at the end of the fiscal year (range {range}); the target is {target}."


def overall(facts: list[Record]) -> dict[str, Record]:
    """Return the facts of all customers that have a value, by id."""
    return {f["id"]: f for f in facts if f["segment"] == "all" and f["value"] is not None}


def key_figures(facts: list[Record], *, language: str) -> pd.DataFrame:
    """Return five headline facts in words: figure, value, change on the month, range (95 %), n, definition."""
    by_id = overall(facts)
    out = ONLY_ORDERS if "mrr.closing" in by_id else ()
    names = [name for name in KEY_FIGURES if name in by_id and name not in out][:MOST_SHOWN]
    say = translator(language)
    rows = [
        {
            "figure": say(KEY_FIGURES[name]),
            "value": shown(by_id[name], language),
            "month_change": _change(by_id.get(CHANGES.get(name, "")), language),
            "range": _range(by_id[name], language),
            "n": by_id[name]["n"],
            "definition": by_id[name]["definition"],
        }
        for name in names
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def month_sentences(facts: list[Record], month: str, language: str) -> list[str]:
    """Return what revenue did in the month, by its largest reasons, and where the year is headed.

    The parts sum to the change. Nothing is said of what there is no figure for.
    """
    by_id, say = overall(facts), translator(language)
    said = []
    closing, change = by_id.get("mrr.closing"), by_id.get("mrr.month_change")
    orders = by_id.get("revenue.month")
    if closing is not None and change is not None:
        words = {
            "month": month,
            "mrr": shown(closing, language),
            "change": signed(change, language),
        }
        parts = _month_parts(facts, language)
        said.append(say(MOVED if parts else MOVED_ALONE).format(**words, parts=parts))
    elif orders is not None:
        words = {"month": month, "revenue": shown(orders, language)}
        change = by_id.get("revenue.month_change")
        words["change"] = signed(change, language) if change else ""
        said.append(say(ORDERED if change else ORDERED_ALONE).format(**words))
    landing, target = by_id.get("kpi.mrr.landing"), by_id.get("kpi.mrr.year_end")
    if landing is not None and target is not None:
        words = {"landing": shown(landing, language), "range": _range(landing, language)}
        said.append(say(HEADED).format(**words, target=shown(target, language)))
    return said


def _month_parts(facts: list[Record], language: str) -> str:
    """Return the largest reasons of the month with their amounts, and the rest as one."""
    moved = [fact for fact in facts if fact["id"] == "mrr.month.reason" and float(fact["value"])]
    moved.sort(key=lambda fact: (-abs(float(fact["value"])), fact["segment"]))
    first, rest = moved[:REASONS_SHOWN], moved[REASONS_SHOWN:]
    one = translator(language)("{reason} {amount}")
    parts = [
        one.format(
            reason=in_sentence(fact["segment"].split(": ")[1], language),
            amount=signed(fact, language),
        )
        for fact in first
    ]
    if rest:
        total = {**rest[0], "value": str(sum(Decimal(fact["value"]) for fact in rest))}
        parts.append(
            one.format(reason=translator(language)("all else"), amount=signed(total, language))
        )
    return listed(parts, language)


def money_at_stake(finding: Record, by_id: dict[str, Record]) -> float:
    """Return the money a finding is about, in major units, for its place: MRR as a year of it."""
    fact = by_id.get(finding.get("stake", ""))
    if fact is None:
        return 0.0
    months = YEAR if finding.get("stake_is", "").startswith("mrr") else 1
    return months * abs(float(fact["value"]))


def stake_words(finding: Record, by_id: dict[str, Record], language: str) -> str:
    """Return the money a finding is about and what kind of money it is; empty where there is none."""
    fact, say = by_id.get(finding.get("stake", "")), translator(language)
    if fact is None:
        return ""
    amount = shown(fact, language)
    kind = finding.get("stake_is", "")
    return say("{amount} {kind}").format(amount=amount, kind=say(kind)) if kind else amount


def shown(fact: Record, language: str, name: str = "value") -> str:
    """Return one figure of a stored fact in words."""
    value, unit = fact[name], fact["unit"]
    if unit == "rate":
        return money.rate(value, language)
    if unit in ("count", "months", "number"):
        return money.number(value, language)
    return money.money(float(value) * 10 ** money.digits(unit), unit, language, compact=True)


def signed(fact: Record, language: str) -> str:
    """Return a stored fact with its sign, as a change is read."""
    return ("+" if float(fact["value"]) > 0 else "") + shown(fact, language)


def _change(fact: Record | None, language: str) -> str:
    if fact is None:
        return ""
    if fact["unit"] != "rate":
        return signed(fact, language)
    # A share that rises from 90 % to 91 % rises by one point, not by one percent.
    points = money.number(100 * fact["value"], language, decimals=1)
    sign = "+" if fact["value"] > 0 else ""
    return translator(language)("{points} points").format(points=sign + points)


def _range(fact: Record, language: str) -> str:
    if fact["low"] is None or fact["high"] is None:
        return ""
    return f"{shown(fact, language, 'low')} – {shown(fact, language, 'high')}"
