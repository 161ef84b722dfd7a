"""What stands beside a slider: what it turns, from where and to where; and what comes of it (D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.engine import Engine
from ltvlab.metrics.scenarios.levers import BASE, Levers
from ltvlab.metrics.scenarios.tables import first_months
from ltvlab.money import EMPTY, money, number, rate
from ltvlab.text import month_label, paragraph, segment_label, translator

NOTES = {
    "churn": "{today} of customers lost a month → {turned}",
    "new_customers": "{today} new customers a month → {turned}",
    "win_rate": "{today} of new MRR a month → {turned}",
    "first_price": "{today} a month from a new customer → {turned}",
    "price_rise": "{today} a month per customer today → {turned} within a year",
    "price_response": "losses rise by {turned} for a year, with the price rise above",
    "expansion": "{today} of MRR added a month → {turned}",
    "contraction": "{today} of MRR cut back a month → {turned}",
    "moved_spend": "{turned} of {today} a year, from {source} to {target}",
    "open_deals": "{today} of new MRR in each of the next {count} months → {turned}",
}
UNITS = {
    "churn": "rate", "new_customers": "count", "price_response": "rate", "expansion": "rate",
    "contraction": "rate",
}  # fmt: skip
# Little is cut back: with two decimals a turned slider would show no difference.
DECIMALS = {"price_response": 1, "contraction": 3}
BASE_END = "If nothing changes, MRR is {base} in {month} (95% range {range})."
UNTURNED = "Every slider is at today's rate."
CHOSEN_END = {
    "more": "As chosen it is {chosen}: {difference} more.",
    "less": "As chosen it is {chosen}: {difference} less.",
}
CHOSEN_RANGE = "Its 95% range is {range}."


class Level(NamedTuple):
    """Where a lever's figure stands today, and where its slider takes it."""

    today: float
    turned: float


def lever_note(lever: str, engine: Engine, levers: Levers, language: str) -> str:
    """Return what a lever's slider turns: today's figure with its unit, and what becomes of it."""
    level = _level(lever, engine, levers)
    words = {name: _shown(lever, value, engine, language) for name, value in level._asdict().items()}  # fmt: skip
    if lever == "moved_spend" and engine.moved is not None:
        channels = engine.seen.channels
        words["source"] = segment_label(channels[engine.moved.source], language)
        words["target"] = segment_label(channels[engine.moved.target], language)
    if lever == "open_deals" and engine.open_business is not None:
        words["count"] = number(engine.open_business.months, language)
    return translator(language)(NOTES[lever]).format(**words)


def _level(lever: str, engine: Engine, levers: Levers) -> Level:
    by = getattr(levers, lever)
    if lever == "price_response":
        return Level(0.0, by * levers.price_rise)
    if lever == "moved_spend":
        spend = engine.moved.source_spend if engine.moved is not None else np.nan
        return Level(spend, by * spend)
    if lever == "open_deals":
        usual, from_deals = first_months(engine)
        return Level(usual, usual + by * (from_deals - usual))
    today = _today(lever, engine)
    return Level(today, max(today + by if lever == "new_customers" else today * (1.0 + by), 0.0))


def _today(lever: str, engine: Engine) -> float:
    seen, rates = engine.seen, engine.rates
    joined, new, stayed = rates.joined.sum(), rates.new[0].sum(), seen.stayed.sum()
    return float({
        "churn": seen.churn,
        "new_customers": joined,
        "win_rate": new,
        "first_price": new / joined if joined else np.nan,
        "price_rise": seen.held.mean(),
        "expansion": seen.up.sum() / stayed if stayed else np.nan,
        "contraction": seen.down.sum() / stayed if stayed else np.nan,
    }[lever])  # fmt: skip


def _shown(lever: str, value: float, engine: Engine, language: str) -> str:
    if not np.isfinite(value):
        return EMPTY
    unit = UNITS.get(lever, "money")
    if unit == "rate":
        return rate(value, language, decimals=DECIMALS.get(lever, 2))
    if unit == "count":
        return number(value, language, decimals=1)
    return money(value, engine.attrs["currency"], language, compact=True)


def result_words(lines: pd.DataFrame, levers: Levers, language: str) -> str:
    """Return where MRR ends by `lines` of base and choice, each with its range where that is known."""
    ends = lines.groupby("scenario").last()
    base, chosen = ends.loc["base"], ends.loc["chosen"]
    say = translator(language)

    def shown(minor: float) -> str:
        return money(minor, lines.attrs["currency"], language, compact=True)

    def span(end: pd.Series) -> str:
        return f"{shown(end['low'])} – {shown(end['high'])}"

    said = [say(BASE_END).format(base=shown(base["mrr"]), month=month_label(base["month"], language), range=span(base))]  # fmt: skip
    if levers == BASE:
        return paragraph([*said, say(UNTURNED)], language)
    difference = chosen["mrr"] - base["mrr"]
    words = {"chosen": shown(chosen["mrr"]), "difference": shown(abs(difference))}
    said.append(say(CHOSEN_END["less" if difference < 0 else "more"]).format(**words))
    if np.isfinite(chosen["low"]):
        said.append(say(CHOSEN_RANGE).format(range=span(chosen)))
    return paragraph(said, language)
