"""What the chapter on selling says: who took offers, who was offered more and should not have been."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact, Status
from ltvlab.metrics.selling.comparisons import bunched, harmful, helpful, often_blocked
from ltvlab.metrics.selling.followed import EVERYONE
from ltvlab.text import in_sentence, paragraph, segment_label, translator

Facts = Mapping[str, Fact]
Tables = Mapping[str, pd.DataFrame]
TAKEN = {
    "higher": "Acted-on rows of the kind {kind} came off more often than {others}: {rate} against {other}.",
    "lower": "Acted-on rows of the kind {kind} came off less often than {others}: {rate} against {other}.",
    "not_clear": "Whether acting on rows of the kind {kind} made a difference is not clear: {rate} came off, against {other} of {others}.",
}
LEFT_ALONE = {
    "higher": "Blocked customers that were offered more left more often within a year than blocked ones left alone: {rate} against {other}.",
    "lower": "Blocked customers that were offered more left less often within a year than blocked ones left alone: {rate} against {other}.",
    "not_clear": "Blocked customers that were offered more left within a year in {rate} of cases, against {other} of blocked ones left alone: no clear difference.",
}
UPSOLD = {
    "higher": "After an upsell customers were lost more often than matched ones without: {rate} against {other}.",
    "lower": "After an upsell customers were lost less often than matched ones without: {rate} against {other}.",
    "not_clear": "After an upsell {rate} of customers were lost, against {other} of matched ones without: no clear difference.",
}
BUNCHED = {
    "quarter_end": "Wins bunch at quarter ends: {share} of won deals closed in the last ten days of a quarter.",
    "month_end": "Wins bunch at the end of every month, not of quarters above all.",
}
OTHERS = {"held_back": "rows held back on purpose", "left_alone": "matched rows left alone"}
HARM = {
    "after_upsell": "After each upsell the owner calls within a month and asks how it is used, and nobody upsells to a customer that a gate blocks, until fewer are lost afterwards.",
    "offered_or_left_alone": "From Monday nothing more is offered to a blocked customer; {group}, where it happened most, begins.",
    "acted_on": "Stop the play on rows of the kind {kind}, and ask those customers why they said no.",
}
KEEP = "Act on every row of the kind {kind}, and go on holding some back, so that the next reports can tell whether it lasts."
CHECK = "From Monday each owner looks at the gates before offering more; {group} begins, where it was left out most often."
BUNCHING = "Give a win the same credit on every day of the quarter, so that nobody is pressed to sign at its end."
LEARN = "Go on, and hold some rows back on purpose: without them nobody can tell what an offer did."
BRING = "Bring the data named below: without them nobody can tell what selling did."
UNLOCKS = {
    "actions": "What was done about the lists is unknown: fill them in and bring them back as actions.",
    "holdout": "Nobody was held back on purpose: mark a few rows of each list as holdout, drawn by lot.",
    "offers": "To whom more was offered is unknown: bring deals by pipeline, or events with direction and purpose.",
    "orders": "Orders have no end, so nobody can be said to have left after an offer.",
    "quarter_ends": "Whether deals bunch at quarter ends is unknown: bring deals with created and close dates.",
    "discounts": "Whether discounts grow at quarter ends is unknown: bring the list amount of deals.",
}


def answer(tables: Tables, compared: pd.DataFrame, facts: Facts, language: str) -> str:
    """Return what offers were followed by; what too few cases can tell is left out."""
    sentences = [
        *(_compared(row, facts, language) for row in compared.to_dict("records")),
        *_blocked(tables["gate_audit"], facts, language),
        *_bunching(tables["quarter_ends"], facts, language),
    ]
    said = [sentence for sentence in sentences if sentence]
    nothing = translator(language)("What selling did to customers cannot be told from these data.")
    return paragraph(said or [nothing], language)


def _compared(row: Mapping[str, object], facts: Facts, language: str) -> str:
    name, verdict = str(row["comparison"]), str(row["verdict"])
    if verdict == "insufficient" or name == "offered_blocked_or_free":
        return ""
    say = translator(language)
    words = {"offered_or_left_alone": LEFT_ALONE, "after_upsell": UPSOLD}.get(name, TAKEN)
    kind = name.removeprefix("acted_on_") if words is TAKEN else ""
    return say(words[verdict]).format(
        kind=in_sentence(kind, language) if kind else "",
        others=say(OTHERS[str(row["compared_with"])]) if kind else "",
        rate=facts[f"selling.{name}"].shown(language),
        other=facts[f"selling.{name}.other"].shown(language),
    )


def _blocked(audit: pd.DataFrame, facts: Facts, language: str) -> list[str]:
    fact = facts.get("selling.offers_blocked")
    if fact is None or not fact.value:
        return []
    say = translator(language)
    words = say("Of the offers of the last twelve months {share} went to customers that should have been left alone, most often in {group}.")  # fmt: skip
    return [
        words.format(share=fact.shown(language), group=segment_label(worst_group(audit), language))
    ]


def worst_group(audit: pd.DataFrame) -> str:
    """Return the team or owner with the most offers to blocked customers; ties by name."""
    groups = audit[(audit["gate"] == "any") & (audit["responsible"] != EVERYONE)]
    ordered = groups.sort_values(["blocked", "responsible"], ascending=[False, True])
    return str(ordered["responsible"].iloc[0]) if len(ordered) else ""


def _bunching(ends: pd.DataFrame, facts: Facts, language: str) -> list[str]:
    won = ends[(ends["responsible"] == EVERYONE) & (ends["event"] == "won")]
    verdict = str(won["verdict"].iloc[0]) if len(won) else ""
    if verdict not in BUNCHED:
        return []
    say = translator(language)
    return [say(BUNCHED[verdict]).format(share=facts["selling.quarter_end_won"].shown(language))]


def decision(status: Status, tables: Tables, compared: pd.DataFrame, language: str) -> str:
    """Return what changes on Monday: what does harm first, then what works."""
    return paragraph(_steps(status, tables, compared, language), language)


def task(status: Status, tables: Tables, compared: pd.DataFrame, language: str) -> str:
    """Return the decision in a line: the first of its steps."""
    return _steps(status, tables, compared, language)[0]


def _steps(status: Status, tables: Tables, compared: pd.DataFrame, language: str) -> list[str]:
    say = translator(language)
    group = segment_label(worst_group(tables["gate_audit"]), language)
    if status == "act":
        harm = str(compared.loc[harmful(compared), "comparison"].iloc[-1])
        words = HARM.get(harm, HARM["acted_on"])
        kind = harm.removeprefix("acted_on_")
        named = in_sentence(kind, language) if harm.startswith("acted_on_") else ""
        return [say(words).format(group=group, kind=named)]
    works = [
        name.removeprefix("acted_on_") for name in compared.loc[helpful(compared), "comparison"]
    ]
    keep = [say(KEEP).format(kind=in_sentence(kind, language)) for kind in works[:1]]
    steps = [*_watched(status, tables, group, language), *keep]
    return steps or [say(BRING if status == "insufficient" else LEARN)]


def _watched(status: Status, tables: Tables, group: str, language: str) -> list[str]:
    say = translator(language)
    said = [say(BUNCHING)] if bunched(tables["quarter_ends"]) else []
    checked = status == "watch" and often_blocked(tables["gate_audit"])
    return [say(CHECK).format(group=group), *said] if checked else said


def caveats(compared: pd.DataFrame, facts: Facts, language: str) -> list[str]:
    """Return what the comparisons cannot say, and how many actions could not be used."""
    say = translator(language)
    others = set(compared.loc[compared["verdict"] != "insufficient", "compared_with"])
    given = []
    if others & {"left_alone", "blocked_left_alone", "matched"}:
        given.append(say("Matched customers were not drawn by lot: those that were chosen may have been likelier to say yes, or to stay."))  # fmt: skip
    if "offered_while_free" in others:
        given.append(say("A blocked customer is in trouble anyway: that it leaves more often than a free one is not what the offer did."))  # fmt: skip
    lost = facts.get("selling.actions_not_on_list")
    if lost is not None and lost.value:
        words = say("Actions on rows that no list of then had, left out: {count}.")
        given.append(words.format(count=lost.shown(language)))
    return given


def unlock_sentences(missing: Mapping[str, bool], language: str) -> list[str]:
    """Return what would answer each question that stays open."""
    say = translator(language)
    return [say(UNLOCKS[name]) for name in UNLOCKS if missing.get(name)]
