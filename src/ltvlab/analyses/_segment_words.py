"""The sentences of the segments chapter: how the book is sorted, and who calls whom."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab import money
from ltvlab.findings import Fact, Status
from ltvlab.text import UNKNOWN, listed, paragraph, translator

CALLS_NAMED = 5
# From this share of the book on, what is at risk asks for action (ours).
RISK_SHARE = 0.1
FEWEST_SORTED = 10
Known = Mapping[tuple[str, str], Fact]


def by_id_and_segment(facts: list[Fact]) -> Known:
    """Return the facts by id and segment, for the sentences to take them from."""
    return {(fact.id, fact.segment): fact for fact in facts}


def status_of(
    table: pd.DataFrame, calls: pd.DataFrame, signals: pd.DataFrame | None = None
) -> Status:
    """Return insufficient for a handful of customers, act where much of the book is at risk.

    Where `signals`, the table leading_indicators, tests the reasons of the calls, one of them must
    have gone before losses here; else the risk is a suspicion, and watched.
    """
    if len(table) < FEWEST_SORTED:
        return "insufficient"
    if calls.empty:
        return "good"
    at_stake = calls["amount"].sum() >= RISK_SHARE * table["amount"].sum()
    return "act" if at_stake and _borne_out(calls, signals) else "watch"


def _borne_out(calls: pd.DataFrame, signals: pd.DataFrame | None) -> bool:
    if signals is None or signals.empty:
        return True
    tested = signals[signals["signal"].isin(calls["reason"])]
    return tested.empty or bool(tested["lead"].eq("leads").any())


def answer(table: pd.DataFrame, facts: Known, language: str) -> str:
    """Return how many customers stand where, and what they pay."""
    if len(table) < FEWEST_SORTED:
        return translator(language)("There are too few customers to sort: read them by name.")
    return paragraph([*_loyalty(table, facts, language), _quadrants(facts, language)], language)


def _loyalty(table: pd.DataFrame, facts: Known, language: str) -> list[str]:
    say = translator(language)
    if (table["loyalty"] == "").all():
        return [
            say(
                "Neither scores, usage nor tickets are given, so nobody can be judged loyal or at risk."
            )
        ]
    shown = {
        name: facts["loyalty.customers", name].shown(language)
        for name in ("loyal", "stable", "at_risk")
    }
    amount, share = facts["loyalty.amount", "at_risk"], facts["loyalty.share", "at_risk"]
    return [
        say("Of {customers} customers {loyal} are loyal, {stable} stable and {at_risk} at risk; those at risk pay {amount} ({share}).").format(
            customers=facts["segments.customers", "all"].shown(language),
            amount=amount.shown(language), share=share.shown(language), **shown,
        )
    ]  # fmt: skip


def _quadrants(facts: Known, language: str) -> str:
    say = translator(language)
    shown = {name: facts["quadrant.customers", name].shown(language) for name in "AC"}
    share = facts["quadrant.share", "A"]
    return say("{A} customers bring much and could bring more (quadrant A, {share} of what is paid), {C} bring little yet and could bring more (quadrant C).").format(
        share=share.shown(language), **shown
    )  # fmt: skip


def decision(table: pd.DataFrame, calls: pd.DataFrame, language: str) -> str:
    """Return who calls which customers first, or what to do where nobody is at risk."""
    say = translator(language)
    if len(table) < FEWEST_SORTED:
        return say("Talk to each customer; sort them once there are ten.")
    if calls.empty:
        return say("Hold: nobody is to be called first. Follow the play of each group.")
    judged = (table["loyalty"] != "").any()
    sentence = (
        say("Next Monday these calls come first, to listen and to sell nothing: {calls}.")
        if judged
        else say("Next Monday call those who bought often and much and have not for long: {calls}.")
    )
    currency = table.attrs["currency"]
    named = [_call(row, currency, language) for row in calls.head(CALLS_NAMED).itertuples()]
    sentences = [sentence.format(calls=listed(named, language))]
    if (calls["owner"].head(CALLS_NAMED) == UNKNOWN).any():
        sentences.append(say("Where no owner is named, name one first."))
    return paragraph(sentences, language)


def task(table: pd.DataFrame, calls: pd.DataFrame, language: str) -> str:
    """Return the decision in a line: how many customers are called first, and what for."""
    if len(table) < FEWEST_SORTED or calls.empty:
        return decision(table, calls, language)
    say = translator(language)
    sentence = (
        say("Call the {count} customers that may leave, to listen and to sell nothing.")
        if (table["loyalty"] != "").any()
        else say("Call the {count} customers that bought often and much and have not for long.")
    )
    return sentence.format(count=money.number(len(calls), language))


def _call(row: tuple, currency: str, language: str) -> str:
    say = translator(language)
    amount = money.money(row.amount, currency, language, compact=True)
    if row.owner == UNKNOWN:
        return say("{customer} ({amount})").format(customer=row.customer_id, amount=amount)
    words = say("{owner} calls {customer} ({amount})")
    return words.format(owner=row.owner, customer=row.customer_id, amount=amount)


def caveats(table: pd.DataFrame, facts: Known, tells: bool, language: str) -> list[str]:
    """Return what stands beside the answer: NPS, moves, who is not scored, and what RFM adds."""
    return [
        *_nps(facts, language), *_moves(facts, language), *_scored(table, facts, language),
        *_people(facts, language), *_rfm(table, tells, language),
    ]  # fmt: skip


def _nps(facts: Known, language: str) -> list[str]:
    say = translator(language)
    score = facts.get(("nps.person", "all"))
    if score is None or score.value is None:
        return []
    names = ("account", "money")
    others = {name: facts[f"nps.{name}", "all"] for name in names}
    shown = {name: _or_none(fact, language) for name, fact in others.items()}
    sentences = [
        say("NPS is {nps} by person (range {range}, {answers} answers), {account} by account and {money} by what they pay.").format(
            nps=score.shown(language), range=score.shown_range(language),
            answers=money.number(score.n, language), **shown,
        )
    ]  # fmt: skip
    response = facts.get(("nps.response", "all"))
    sentences.append(
        say("{share} of those asked answered.").format(share=response.shown(language))
        if response
        else say("How many were asked is not given, so the response rate is unknown.")
    )
    return [paragraph(sentences, language)]


def _or_none(fact: Fact, language: str) -> str:
    return money.EMPTY if fact.value is None else fact.shown(language)


def _moves(facts: Known, language: str) -> list[str]:
    say = translator(language)
    moved = facts.get(("segments.moved", "all"))
    if moved is None:
        return [say("There is one quarter end only, so no moves between quadrants yet.")]
    return [
        say("{moved} of {customers} customers changed quadrant since the quarter before; cuts hold for a quarter.").format(
            moved=moved.shown(language), customers=money.number(moved.n, language)
        )
    ]  # fmt: skip


def _scored(table: pd.DataFrame, facts: Known, language: str) -> list[str]:
    say = translator(language)
    unscored = facts["segments.unscored", "all"]
    if not unscored.value or (table["loyalty"] == "").all():
        return []
    if unscored.value == len(table):
        return [
            say(
                "Nobody has a score, so nobody can be loyal; customers are judged on use and tickets alone."
            )
        ]
    words = say(
        "Customers without a score in twelve months: {count}; they are judged on use and tickets alone."
    )
    return [words.format(count=unscored.shown(language))]


def _people(facts: Known, language: str) -> list[str]:
    say = translator(language)
    counts = {
        "segments.leaving": say("Customers that have given notice: {count}; they are not among the calls."),
        "nps.drops": say("Customers whose score fell by two points or out of its band: {count} (table nps_drops)."),
        "segments.negative_margin": say("Customers that cost more than they paid in twelve months: {count}; look at their prices before offering them more."),
    }  # fmt: skip
    there = {name: facts[name, "all"] for name in counts if (name, "all") in facts}
    return [
        counts[name].format(count=fact.shown(language))
        for name, fact in there.items()
        if fact.value
    ]


def _rfm(table: pd.DataFrame, tells: bool, language: str) -> list[str]:
    say = translator(language)
    if (table["rfm"] == "").all():
        return [say("No purchases are known that customers chose, so there is no RFM.")]
    return [] if tells else [say("RFM adds nothing here: nearly all share one score.")]
