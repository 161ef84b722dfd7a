"""The facts of where spend goes, and the tables of it as a reader sees them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.allocation import THRESHOLD
from ltvlab.metrics.allocation_table import split_of
from ltvlab.metrics.churn_stability import HIGHEST, LOWEST
from ltvlab.metrics.spend_share import LEAST, MOST
from ltvlab.money import EMPTY
from ltvlab.text import translator

# All others are shares or ratios that are read as one.
NUMBERS = ("expansion_to_new", "ltv_cac")
BANDS = {"stable": (LOWEST, HIGHEST), "existing": (LEAST, MOST)}
WORDS = {
    "expansion": "motion_expansion", "retention": "motion_retention", "new": "motion_new",
}  # fmt: skip
MONEY = ("won_mrr", "brought", "cost", "point_worth")


def allocation_facts(tables: Mapping[str, pd.DataFrame]) -> dict[str, Fact]:
    """Return every figure of the chapter by id; LTV/CAC keeps the facts of its own chapter (D20)."""
    rules, returns = tables["allocation"], tables["returns"]
    about = {"definition": "D35", "month": rules.attrs["month"]}
    money = about | {"unit": "money", "currency": rules.attrs["currency"]}
    facts = [
        fact
        for row in rules[rules["rule"] != "ltv_cac"].to_dict("records")
        for fact in _of_rule(row, about, money)
    ]
    facts += [fact for row in returns.to_dict("records") for fact in _of_motion(row, about, money)]
    return {fact.id: fact for fact in [*facts, *_of_book(rules, about, money), *_split(rules, about, money)]}  # fmt: skip


def _unit(rule: str) -> str:
    return "number" if rule in NUMBERS else "rate"


def _of_rule(row: Mapping, about: dict, money: dict) -> list[Fact]:
    name = f"allocation.{row['rule']}.{row['window_months']}"
    value, low, high = (row[end] for end in ("value", "low", "high"))
    n = None if pd.isna(row["events"]) else int(row["events"])
    unit = _unit(row["rule"])
    own = Fact(id=name, value=value, low=low, high=high, n=n, unit=unit, **about)
    beside = {
        "odds": ("probability", about | {"unit": "odds"}),
        "flip": ("flip_distance", money),
        "flip_customers": ("flip_customers", about | {"unit": "count"}),
    }
    known = [
        Fact(id=f"{name}.{what}", value=float(row[column]), **kind)
        for what, (column, kind) in beside.items()
        if not pd.isna(row[column])
    ]
    return [own, *known]


def _of_motion(row: Mapping, about: dict, money: dict) -> list[Fact]:
    name = f"returns.{row['motion']}"
    n = None if pd.isna(row["customers"]) else int(row["customers"])
    facts = [
        Fact(id=f"{name}.{what}", value=float(row[what]), **money)
        for what in MONEY
        if not pd.isna(row[what])
    ]
    if not pd.isna(row["value"]):
        facts.append(Fact(id=name, value=row["value"], low=row["low"], high=row["high"], n=n, unit="number", **about))  # fmt: skip
    if not pd.isna(row["break_even"]):
        facts.append(Fact(id=f"{name}.break_even", value=row["break_even"], unit="rate", **about))
    if not pd.isna(row["expected_months"]):
        months = float(row["expected_months"])
        facts.append(Fact(id=f"{name}.expected_months", value=months, unit="months", **about))
    return facts


def _of_book(rules: pd.DataFrame, about: dict, money: dict) -> list[Fact]:
    told = rules.attrs
    facts = [
        Fact(id=f"allocation.{name}", value=float(told[name]), **money)
        for name in ("churned", "won", "spend")
        if np.isfinite(told[name])
    ]
    share = about | {"unit": "rate"}
    facts += [
        Fact(id="allocation.line", value=THRESHOLD, **share),
        Fact(id="allocation.band", value=None, low=LEAST, high=MOST, **share),
    ]
    odds = _holds(rules)
    held = about | {"unit": "odds"}
    return facts + ([Fact(id="allocation.holds", value=odds, **held)] if odds is not None else [])


def _holds(rules: pd.DataFrame) -> float | None:
    """Return the odds that what comes first does: of the rule that put it there."""
    shown = rules[rules["headline"]].set_index("rule")["probability"]
    over, more = shown["churn_to_new"], shown["expansion_to_new"]
    return {"retention": over, "expansion": more, "new": 1 - more}.get(rules.attrs["first"])


def _split(rules: pd.DataFrame, about: dict, money: dict) -> list[Fact]:
    """Return the split as a range without a middle: nothing here is known to a point."""
    split = split_of(rules)
    if np.isnan(split.low):
        return []
    ends = {"low": split.low, "high": split.high}
    facts = [Fact(id="allocation.split", value=None, unit="rate", **ends, **about)]
    if not np.isnan(split.move_low):
        ends = {"low": split.move_low, "high": split.move_high}
        facts.append(Fact(id="allocation.move", value=None, **ends, **money))
    return facts


def rules_shown(rules: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return `allocation` in words: rule, months, own, range, line, cases, odds, what turns it, verdict."""
    rows = rules.to_dict("records")
    columns = {"events": "cases", "probability": "odds_over", "flip_distance": "turned_by",
               "flip_customers": "turned_by_cases"}  # fmt: skip
    shown = rules.drop(columns=["low", "high"]).rename(columns=columns)
    shown = shown.assign(
        own=[figure(row["value"], row["rule"], language) for row in rows],
        range=[span(row["low"], row["high"], row["rule"], language) for row in rows],
        line=[_line(row["rule"], row["threshold"], language) for row in rows],
    )
    shown.attrs = dict(rules.attrs)
    return shown


def _line(rule: str, threshold: float, language: str) -> str:
    band = BANDS.get(rule.split("_")[0])
    said = span(*band, rule, language) if band else figure(threshold, rule, language)
    # Lines are round figures; their zeros would take the room of the rule's name.
    return said.replace(".0%", "%")


def returns_shown(returns: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return `returns` in words: motion, what it won, will bring and cost, and how many times its cost."""
    say, rows = translator(language), returns.to_dict("records")
    shown = returns.assign(
        motion=[say(WORDS[row["motion"]]) for row in rows],
        to_come=returns["brought"],
        spent=returns["cost"],
        times_cost=[figure(row["value"], "ltv_cac", language) for row in rows],
        range=[span(row["low"], row["high"], "ltv_cac", language) for row in rows],
    )
    shown.attrs = dict(returns.attrs)
    return shown


def span(low: float, high: float, rule: str, language: str) -> str:
    """Return "low – high" in the rule's unit, or a dash."""
    if pd.isna(low) or pd.isna(high):
        return EMPTY
    return f"{figure(low, rule, language)} – {figure(high, rule, language)}"


def figure(value: float, rule: str, language: str) -> str:
    """Return a figure of a rule as a reader sees it, or a dash."""
    if pd.isna(value):
        return EMPTY
    shown = Fact(id="shown", value=float(value), unit=_unit(rule), definition="D35", month="")
    return shown.shown(language)
