"""What the scenario chapter says: the outlook, what closes the gap, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact, Status
from ltvlab.metrics.plan_gaps import FAR
from ltvlab.money import number, rate
from ltvlab.text import in_sentence, listed, month_label, paragraph, scenario_label, translator

OUTLOOK = "If the coming months are like the last {window}, MRR goes from {today} to {last} by {month} (95% range {range})."
OUTLOOK_CUT = "At the rates of the last {window} months MRR would be {last} in {month} (95% range {range}) and triple soon after; nobody keeps that up, so no month beyond is shown."
TARGET = "The target of {target} for {due} is met with odds of {odds}; {expected} is expected, {gap} below it."
TARGET_MET = "The target of {target} for {due} is met with odds of {odds}; {expected} is expected, {gap} above it."
LARGEST = "Of the scenarios that turn one lever, {name} adds most: {effect} a month by then."
CLOSES = {
    "churn_points": "{points} points less churn a month (now {churn})",
    "new_customers": "{customers} more new customers a month (now {joined})",
    "first_price": "first prices {first_price} higher",
    "expansion": "{expansion} more expansion",
}
SPARES = {
    "churn_points": "{points} points more churn a month (now {churn})",
    "new_customers": "{customers} fewer new customers a month (now {joined})",
    "first_price": "first prices {first_price} lower",
    "expansion": "{expansion} less expansion",
}
DECISIONS = {
    "closes": "Each of these alone would reach the target: {ways}. Start with {first}: it is the smallest step from where you are.",
    "spares": "Hold the course. The target would still be met with any one of these: {ways}.",
    "far": "No single lever is near enough to close the gap. Each alone would have to go this far: {ways}. Combine several, or set the target anew.",
    "surely": "Hold the course. No single lever would keep the target from being met.",
    "unreachable": "No single lever reaches the target. Combine several, or set the target anew.",
    "evens": "Set an MRR target for {month}. To choose between efforts, these bring the same by then: {ways}.",
    "cut": "Do not plan on these rates: find out first how long customers can go on adding so much.",
    "shrinks": "Act on losses before the book shrinks further. These bring the same by {month}: {ways}.",
}
# The decision in a line, where it is longer.
TASKS = {
    "closes": "Start with {first}: of the levers that would reach the target alone it is the smallest step.",
    "spares": "Hold the course: the target would be met even with less.",
    "far": "Combine several levers or set the target anew: no single one is near enough.",
    "evens": "Set an MRR target for {month}.",
    "shrinks": "Act on losses before the book shrinks further.",
}
BANDS = "The ranges know chance and how little a year tells of each rate; they do not know a market that changes."
TESTED = "{ago} months ago this page would have said {said} for today (95% range {range}): off by {error}. Leaving MRR unchanged would have been off by {unchanged}."
UNTESTED = "{ago} months ago this page would have given no figure for today: the book was too small or too young, or about to triple."
RISE = "The price rise pays as long as it makes losses rise by less than {losses} for a year."
RISE_ALWAYS = "The price rise pays whatever customers answer, as far as losses of this book reach."
DEALS = "Open deals foretell {deals} of new MRR a month for the next {count} months; the usual run is {usual}."
MOVED = "Moving spend takes for granted that further spend brings as much as last year's did in that channel."
SEASON = "New business follows the months of earlier years, drawn towards the mean, since two or three years are mostly chance."
NO_SEASON = "With less than two years of movements no season is told apart from chance; every month is taken alike."


def answer(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], language: str) -> str:
    """Return where MRR is headed, whether the target is met, and the scenario that adds most."""
    say = translator(language)
    ends = tables["scenario_ends"]
    about, last = ends.attrs, facts["scenarios.base.last"]
    words = {
        "window": facts["scenarios.window"].shown(language),
        "today": facts["mrr.closing"].shown(language),
        "last": last.shown(language),
        "range": last.shown_range(language),
        "month": month_label(ends["month"].iloc[0], language),
    }
    said = [say(OUTLOOK_CUT if about["cut"] else OUTLOOK).format(**words)]
    if about["planned"]:
        said.append(_target_sentence(facts, about, language))
    alone = tables["scenario_effects"].drop_duplicates("scenario", keep=False)["scenario"]
    best = ends[ends["scenario"].isin(alone)].sort_values("difference", kind="stable").tail(1)
    for row in best[best["difference"] > 0].to_dict("records"):
        effect = facts[f"scenarios.{row['scenario']}.effect"].shown(language)
        name = scenario_label(row["scenario"], language)
        said.append(say(LARGEST).format(name=name, effect=effect))
    return paragraph(said, language)


def _target_sentence(facts: Mapping[str, Fact], about: Mapping, language: str) -> str:
    return translator(language)(TARGET_MET if _met(facts) else TARGET).format(
        target=facts["scenarios.target"].shown(language),
        due=month_label(pd.Period(about["target_month"], "M"), language),
        odds=facts["scenarios.target_odds"].shown(language),
        expected=facts["scenarios.at_target"].shown(language),
        gap=facts["scenarios.gap"].shown(language),
    )


def decision(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], status: Status, language: str
) -> str:
    """Return the lever to start with, or what evens out what where no target is set."""
    kind, words = _chosen(tables, facts, status, language)
    return translator(language)(DECISIONS[kind]).format(**words)


def task(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], status: Status, language: str
) -> str:
    """Return the decision in a line."""
    kind, words = _chosen(tables, facts, status, language)
    return translator(language)(TASKS.get(kind, DECISIONS[kind])).format(**words)


def _chosen(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], status: Status, language: str
) -> tuple[str, dict[str, str]]:
    """Return which decision it is, and the words that fill it."""
    about = tables["scenario_ends"].attrs
    levers = tables["scenario_break_even"].dropna(subset=["change"])
    spare = about["planned"] and _met(facts)
    ways = _ways(levers, facts, SPARES if spare else CLOSES, language)
    words = {"ways": ways, "month": month_label(tables["scenario_ends"]["month"].iloc[0], language)}
    if not about["planned"]:
        return "cut" if about["cut"] else "shrinks" if status == "act" else "evens", words
    if spare:
        return "spares" if ways else "surely", words
    near = levers[levers["relative"].abs() <= FAR]
    if near.empty:
        return "far" if ways else "unreachable", words
    first = in_sentence(near.loc[near["relative"].abs().idxmin(), "lever"], language)
    return "closes", words | {"first": first}


def _met(facts: Mapping[str, Fact]) -> bool:
    return facts["scenarios.at_target"].value >= facts["scenarios.target"].value


def _ways(
    levers: pd.DataFrame, facts: Mapping[str, Fact], phrases: Mapping[str, str], language: str
) -> str:
    say = translator(language)
    sizes = {name: facts[f"scenarios.break_even.{name}"] for name in levers["lever"]}
    shown = {name: fact.shown(language) for name, fact in sizes.items()}
    words = {
        "points": _points(sizes, language),
        "customers": shown.get("new_customers"),
        "first_price": shown.get("first_price"),
        "expansion": shown.get("expansion"),
        "churn": facts["scenarios.churn"].shown(language),
        "joined": facts["scenarios.joined"].shown(language),
    }
    return listed([say(phrases[name]).format(**words) for name in levers["lever"]], language)


def _points(sizes: Mapping[str, Fact], language: str) -> str:
    """Return percentage points with two decimals: a tenth is a lot of a monthly churn."""
    return number(sizes["churn_points"].value, language, decimals=2) if "churn_points" in sizes else ""  # fmt: skip


def caveats(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], language: str
) -> tuple[str, ...]:
    """Return what the outlook rests on: earlier forecasts, chance, season, prices, deals, spend."""
    say = translator(language)
    about = tables["scenario_ends"].attrs
    tested = [
        _tested(row, facts, language) for row in tables["scenario_backtest"].to_dict("records")
    ]
    said = [*tested, say(BANDS), say(SEASON if about["seasonal"] else NO_SEASON)]
    scenarios, turned = tables["scenario_ends"], set(tables["scenario_effects"]["lever"])
    if "price_rise" in turned:
        said.append(_rise(facts["scenarios.losses_that_eat_a_rise"], language))
    if about["deals"]:
        deals, usual = (facts[f"scenarios.{name}"].shown(language) for name in ("new_from_deals", "usual_new"))  # fmt: skip
        count = facts["scenarios.deal_months"].shown(language)
        said.append(say(DEALS).format(deals=deals, usual=usual, count=count))
    if "moved_spend" in turned and len(scenarios):
        said.append(say(MOVED))
    return tuple(said)


def _rise(fact: Fact, language: str) -> str:
    say = translator(language)
    if fact.value is None:
        return say(RISE_ALWAYS)
    return say(RISE).format(losses=fact.shown(language))


def _tested(row: Mapping, facts: Mapping[str, Fact], language: str) -> str:
    say = translator(language)
    ago = number(row["months_ago"], language)
    said, error, unchanged = (
        facts[f"scenarios.backtest.{row['months_ago']}.{name}"]
        for name in ("said", "error", "unchanged_error")
    )
    if said.value is None or error.value is None:
        return say(UNTESTED).format(ago=ago)
    return say(TESTED).format(
        ago=ago, said=said.shown(language), range=said.shown_range(language),
        error=error.shown(language), unchanged=unchanged.shown(language),
    )  # fmt: skip


def without_forecast(facts: Mapping[str, Fact], *, orders: bool, language: str) -> tuple[str, str]:
    """Return why there is no forecast, and what to bring or wait for."""
    say = translator(language)
    if orders:
        said = say("This company brings orders, and an order promises no next one: there is no MRR to carry forward.")  # fmt: skip
        return said, say("Bring contracts or invoices with service periods; a year of them carries a forecast.")  # fmt: skip
    customers, months = (facts[f"scenarios.lacking_{name}"] for name in ("customers", "months"))
    said = [say("The book is too small or too young for a forecast.")]
    if customers.value:
        said.append(say("Paying customers lacking: {count}.").format(count=customers.shown(language)))  # fmt: skip
    if months.value:
        said.append(say("Complete months lacking: {count}.").format(count=months.shown(language)))
    return paragraph(said, language), say("Plan customer by customer until then: who renews, who may leave, who is about to join.")  # fmt: skip


def break_even_words(levers: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return lever, now, change and relative of `scenario_break_even` as words for the page."""
    rows = [_row_in_words(row, language) for row in levers.to_dict("records")]
    return pd.DataFrame(rows, columns=["lever", "now", "change", "relative"])


def _row_in_words(row: Mapping, language: str) -> dict[str, str | None]:
    say = translator(language)
    shown = {
        "points_a_month": (rate(row["today"], language, decimals=2), lambda x: say("{points} points").format(points=number(x * 100, language, decimals=2))),
        "customers_a_month": (number(row["today"], language, decimals=1), lambda x: number(x, language, decimals=1)),
    }  # fmt: skip
    now, change = shown.get(row["unit"], (None, lambda x: rate(x, language)))
    reached = pd.notna(row["change"])
    return {
        "lever": row["lever"],
        "now": now,
        "change": _signed(row["change"], change) if reached else None,
        "relative": _signed(row["relative"], lambda x: rate(x, language)) if reached and pd.notna(row["relative"]) else None,
    }  # fmt: skip


def _signed(value: float, shown) -> str:
    return ("+" if value > 0 else "") + shown(value)
