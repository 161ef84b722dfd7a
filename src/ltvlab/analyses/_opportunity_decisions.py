"""Which list to start with: the decision of the opportunities, and the same in a line."""

from __future__ import annotations

from ltvlab.findings import Fact, Status
from ltvlab.metrics.opportunities.known import KINDS
from ltvlab.text import in_sentence, translator

DECISIONS = {
    "watch": "Nobody may be offered more for now: see to what blocks them first.",
    "good": "Nobody is on a list: nothing is due and nobody nears a limit.",
    "insufficient": "Bring the data named below: without them the lists stay empty.",
}
START = "On Monday each owner starts with the first rows for {kind} (customers: {count}), and leaves the blocked customers alone until the reason is gone."
TASK = "Start with the {count} customers listed for {kind}; leave the blocked ones alone."
START_WORTH = "On Monday each owner starts with the first rows for {kind} (customers: {count}, expected: {value}), and leaves the blocked customers alone until the reason is gone."


def decision(status: Status, facts: dict[str, Fact], language: str) -> str:
    """Return which list to start with: the one that most margin hangs on, else the longest."""
    say = translator(language)
    if status != "act":
        return say(DECISIONS[status])
    first = _first(facts)
    words = _words(first, facts, language)
    value = facts[f"opportunities.{first}.value"]
    if not value.value:
        return say(START).format(**words)
    return say(START_WORTH).format(**words, value=value.shown(language))


def task(status: Status, facts: dict[str, Fact], language: str) -> str:
    """Return the decision in a line."""
    if status != "act":
        return decision(status, facts, language)
    return translator(language)(TASK).format(**_words(_first(facts), facts, language))


def _first(facts: dict[str, Fact]) -> str:
    value = {kind: facts[f"opportunities.{kind}.value"].value or 0.0 for kind in KINDS}
    count = {kind: facts[f"opportunities.{kind}"].value for kind in KINDS}
    return max(KINDS, key=lambda kind: (value[kind], count[kind], kind == "renewal"))


def _words(kind: str, facts: dict[str, Fact], language: str) -> dict[str, str]:
    count = facts[f"opportunities.{kind}"].shown(language)
    return {"kind": in_sentence(kind, language), "count": count}
