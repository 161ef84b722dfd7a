"""What claims, failure patterns and views of selling come to, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._claim_facts import bounds
from ltvlab.findings import Fact, Status
from ltvlab.text import in_sentence, listed, paragraph, translator

TESTED = "Figures of the articles that can be tested here: {tested} (supported: {supported}, contradicted: {contradicted}, open: {open})."
UNTESTED = "With the data this company brings no figure of the articles can be tested."
UNLIKE = "Not so here: {claims}."
FOUND = '{own} for "{claim}" (articles: {claimed})'
LIGHTS = {
    "act": "Signs of failure that ask for action: {names}.",
    "watch": "To keep an eye on: {names}.",
    "good": "No sign of failure among the {count} checks that could be made.",
    "insufficient": "No check on selling could be made.",
}
REMEDIES = {
    "pushy": "Solve what customers suffer from before offering them more: {value} of the year's offers went to unhappy customers.",
    "one_approach": "Set a play per quadrant: customers of high potential are offered more only {value} times as often as the others.",
    "unmeasured": "Keep sales to customers in a pipeline of their own: {value} of those won stand in one.",
    "split_data": "Bring use and score of every customer into one place: for {value} of them one is unknown.",
    "one_off": "Offer and review every month: {value} of the year's offers were begun in one quarter.",
    "new_first": "Put the split of spend on the agenda: {value} of it goes to existing customers.",
    "without_need": "Begin offers at a sign of need: {value} of the year's offers had none in the months before.",
    "contacts_before_lost": "Stop pressing where nobody answers: lost offers took {value} times as many contacts as won ones.",
    "score_falls_after": "Ask customers how an offer was received: scores fell {value} times as often after one as without.",
}
USE_OWN = "Plan with the own figures where the articles' do not hold here, and test them again next quarter."
KEEP = "Keep testing every quarter: the checks on selling that could be made found nothing to mend."
BRING = "Bring deals with what started them, spend by purpose, use against limits and scores: without them the articles' figures stay opinions."
READING = "A claim of one round figure counts as met within a fifth of it either way; fewer than twelve cases give no verdict."
CAVEATS = {
    "alert_wins": "An alert that nobody made a deal of is not recorded, so the share won is of deals begun by an alert, not of alerts.",
    "five_points_for_life": "The rule on five points of churn depends on the years it is given: over a whole life, undiscounted, it promises more than over five years.",
    "acquire_to_keep": "Spend is as booked by purpose; who keeps customers within other budgets makes keeping look cheap.",
}


def answer(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], language: str) -> str:
    """Return how many claims hold, which ones do not, and what the checks on selling found."""
    say = translator(language)
    counts = {
        name: facts[f"claims.count.{name}"].shown(language)
        for name in ("tested", "supported", "contradicted", "open")
    }
    tested = facts["claims.count.tested"].value
    sentences = [say(TESTED).format(**counts) if tested else say(UNTESTED)]
    register = tables["claims_register"]
    # Losses with nothing new contradict without a ratio: the table says so, a sentence cannot.
    told = register[(register["verdict"] == "contradicted") & register["value"].notna()]
    unlike = _claims(told, facts, language)
    sentences += [say(UNLIKE).format(claims=listed(unlike, language))] if unlike else []
    return paragraph([*sentences, _lights(checks(tables), language)], language)


def _claims(rows: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> list[str]:
    say = translator(language)
    return [
        say(FOUND).format(
            own=facts[f"claims.{row['claim']}"].shown(language),
            claim=say(row["claim"]),
            claimed=bounds(row["claim_low"], row["claim_high"], row["unit"], language, least=0.0),
        )
        for row in rows.to_dict("records")
    ]


def checks(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return name, prefix and status of every pattern and view, in their order."""
    patterns, views = tables["failure_patterns"], tables["good_selling"]
    parts = [
        patterns.rename(columns={"pattern": "name"}).assign(prefix="patterns"),
        views.rename(columns={"view": "name"}).assign(prefix="selling"),
    ]
    return pd.concat(parts, ignore_index=True)[["name", "prefix", "status"]]


def _lights(found: pd.DataFrame, language: str) -> str:
    say, worst = translator(language), worst_of(found)
    names = [in_sentence(name, language) for name in found.loc[found["status"] == worst, "name"]]
    count = int((found["status"] != "insufficient").sum())
    return say(LIGHTS[worst]).format(names=listed(names, language), count=count)


def worst_of(found: pd.DataFrame) -> Status:
    """Return the status that asks for most among checks."""
    return next(
        status
        for status in ("act", "watch", "good", "insufficient")
        if status == "insufficient" or (found["status"] == status).any()
    )


def decision(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], language: str) -> str:
    """Return what to do about the first of the worst checks, else about claims that do not hold."""
    say, found = translator(language), checks(tables)
    worst = worst_of(found)
    if worst in ("act", "watch"):
        first = found[found["status"] == worst].iloc[0]
        value = facts[f"{first['prefix']}.{first['name']}"].shown(language)
        return say(REMEDIES[first["name"]]).format(value=value)
    if facts["claims.count.contradicted"].value:
        return say(USE_OWN)
    return say(KEEP if worst == "good" else BRING)


def caveats(register: pd.DataFrame, language: str) -> tuple[str, ...]:
    """Return how claims are read, and what the figures that are shown leave out."""
    say = translator(language)
    shown = set(register.loc[register["value"].notna(), "claim"])
    return (say(READING), *(say(CAVEATS[name]) for name in CAVEATS if name in shown))
