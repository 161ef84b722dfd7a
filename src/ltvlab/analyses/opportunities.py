"""Whom to talk to next, about what, with which evidence, and whom to leave alone for now."""

from __future__ import annotations

import pandas as pd

from ltvlab.analyses._opportunity_decisions import decision, task
from ltvlab.analyses._opportunity_facts import (
    largest_value,
    opportunity_facts,
    opportunity_kinds,
)
from ltvlab.analyses._opportunity_words import evidence_words, plain, unlock_sentences
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.gates import GateRules
from ltvlab.metrics.opportunities.known import GATED, KINDS, Known, Rules, known_book
from ltvlab.metrics.opportunities.listing import Opportunities, opportunities
from ltvlab.money import number
from ltvlab.text import in_sentence, listed, paragraph, translator

__all__ = [
    "GateRules",
    "Rules",
    "conclude",
    "gate_shares",
    "known_book",
    "next_talks",
    "opportunities",
    "opportunity_funnel",
    "opportunity_kinds",
    "opportunity_table",
    "plain",
]

SLUG = "opportunities"
QUESTION = "Whom do we talk to, about what, and whom do we leave alone?"
FIRST_TALKS = 4
# What cannot wait comes first: an ended term, a coming renewal, then selling more.
ORDER = ("renewal", "downsell", "repeat", "upsell", "cross_sell", "win_back")


def opportunity_table(found: Opportunities, *, language: str = "en") -> pd.DataFrame:
    """Return the rows with evidence in words and days as YYYY-MM-DD; blocked ones last, with the reason."""
    rows = found.rows
    by = pd.to_datetime(rows["propose_by"]).dt.strftime("%Y-%m-%d")
    words = [evidence_words(reasons, language) for reasons in rows["evidence"]]
    table = rows.assign(propose_by=by, evidence=pd.Series(words, rows.index, dtype="str"))
    table.attrs = dict(rows.attrs)
    return table


def next_talks(table: pd.DataFrame) -> pd.DataFrame:
    """Return each owner's first row of each kind, four at most: the nearest renewal, the best others.

    One talk per customer; blocked rows and renewals that can no longer be lost are left out.
    """
    free = table[(table["blocked_by"] == "") & (table["play"] != "confirm_renewal")]
    place = free["kind"].map({kind: place for place, kind in enumerate(ORDER)})
    soonest = free["propose_by"].where(free["kind"] == "renewal", "")
    ordered = free.assign(place=place, soonest=soonest).sort_values(
        ["owner", "place", "soonest", "expected_value", "opportunity_id"],
        ascending=[True, True, True, False, True],
    )
    ordered = ordered.drop_duplicates(["owner", "customer_id"]).drop_duplicates(["owner", "kind"])
    first = ordered.groupby("owner").head(FIRST_TALKS).rename(columns={"product": "about"})
    talks = first.drop(columns=["place", "soonest"]).reset_index(drop=True)
    talks.attrs = dict(table.attrs)
    return talks


def opportunity_funnel(found: Opportunities) -> pd.DataFrame:
    """Return kind, step, customers: how many are left after each filter."""
    return found.funnel


def gate_shares(found: Opportunities) -> pd.DataFrame:
    """Return gate, customers, share: whom each gate blocks among those that pay."""
    return found.gates


def conclude(
    found: Opportunities,
    book: Known,
    *,
    language: str = "en",
) -> Finding:
    """Return the lists in one answer: whom to talk to, whom to leave alone, and what is missing."""
    say = translator(language)
    kinds, table = opportunity_kinds(found), opportunity_table(found, language=language)
    facts = opportunity_facts(found, kinds, str(book.month))
    status = _status(found)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, found, language),
        decision=decision(status, facts, language),
        task=task(status, facts, language),
        who="every_owner",
        status=status,
        evidence=kinds,
        tables={
            "opportunities": table,
            "opportunity_kinds": kinds,
            "opportunity_funnel": found.funnel,
            "gate_shares": found.gates,
            "next_talks": next_talks(table),
        },
        facts=tuple(facts.values()),
        stake=largest_value(facts),
        stake_is="margin_expected" if _margin_known(found) else "revenue_expected",
        language=language,
        caveats=(
            *_caveats(found, language),
            *unlock_sentences(missing(book, found.gates), language),
        ),
    )


def _status(found: Opportunities) -> Status:
    if (found.rows["blocked_by"] == "").any():
        return "act"
    if len(found.rows):
        return "watch"
    tested = found.funnel[~found.funnel["step"].isin(["listed", "not_blocked", "paying"])]
    return "good" if (tested["customers"] > 0).any() else "insufficient"


def _answer(facts: dict[str, Fact], found: Opportunities, language: str) -> str:
    say = translator(language)
    if found.rows.empty:
        return say("Nobody is on any list this month.")
    sentences = [
        say("Customers that can be spoken to now: {customers} ({kinds}).").format(
            customers=facts["opportunities.to_speak_to"].shown(language),
            kinds=listed(_counted(facts, language), language),
        )
    ]
    return paragraph(
        [*sentences, *_worth(facts, found, language), *_blocked(facts, found, language)], language
    )


def _counted(facts: dict[str, Fact], language: str) -> list[str]:
    say = translator(language)
    given = [(kind, facts[f"opportunities.{kind}"]) for kind in KINDS]
    words = say("{count} for {kind}")
    return [
        words.format(count=fact.shown(language), kind=in_sentence(kind, language))
        for kind, fact in given
        if fact.value
    ] or [say("none without a reason to wait")]


def _worth(facts: dict[str, Fact], found: Opportunities, language: str) -> list[str]:
    say = translator(language)
    words = (
        say("{kind} is expected to bring {value} of margin ({range}).")
        if _margin_known(found)
        else say("{kind} is expected to bring {value} of revenue ({range}).")
    )
    values = [(kind, facts[f"opportunities.{kind}.value"]) for kind in ("upsell", "cross_sell")]
    return [
        words.format(kind=say(kind), value=fact.shown(language), range=fact.shown_range(language))
        for kind, fact in values
        if fact.value is not None
    ]


def _margin_known(found: Opportunities) -> bool:
    return found.rows.attrs.get("margin_source") != "none"


def _blocked(facts: dict[str, Fact], found: Opportunities, language: str) -> list[str]:
    say = translator(language)
    count = sum(facts[f"opportunities.{kind}.blocked"].value for kind in GATED)
    reasons = found.rows.loc[found.rows["blocked_by"] != "", "blocked_by"].str.split(", ").explode()
    if not count:
        return []
    # A tie is broken by name, so that a report run again says the same.
    reason = (
        reasons.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[0]
    )
    return [
        say("Rows that must wait: {count}, most often for this reason: {reason}.").format(
            count=number(count, language), reason=in_sentence(reason, language)
        )
    ]


def missing(book: Known, gates: pd.DataFrame) -> dict[str, bool]:
    """Return which parts of the lists the company's data leave empty."""
    features, tables = book.features, book.tables
    limits = features.get("usage_share", pd.Series(dtype="float64")).notna().any()
    interest = features.get("interest_at", pd.Series(dtype="float64")).notna().any()
    events = tables.get("events", pd.DataFrame())
    orders = book.basis == "orders"
    return {
        "upsell": not limits and not orders,
        "interest": bool(limits) and not interest,
        "deals": not {"is_won", "close_date"} <= set(tables.get("deals", pd.DataFrame())),
        "channel": not {"response", "channel"} <= set(events),
        "gates": gates["customers"].isna().all(),
        "sizes": not features.get("employees", pd.Series(dtype="float64")).notna().any(),
        "owner": "owner" not in features,
        "orders": orders,
        "contracts": not orders,
    }


def _caveats(found: Opportunities, language: str) -> list[str]:
    say = translator(language)
    rows = found.rows
    losing = int(((rows["expected_value"] < 0) & (rows["kind"] != "downsell")).sum())
    given = [
        say(
            "A customer can be on several lists, and a renewal keeps what is there: the values of the kinds do not add up."
        ),
        say(
            "Odds are how often own past deals of the kind were won; a row is no deal yet, so the values lean high."
        ),
    ]
    if losing:
        given.append(
            say(
                "{count} rows would bring a loss: what these customers buy has been sold below cost."
            ).format(count=number(losing, language))
        )
    if not _margin_known(found):
        given.append(say("Margins are unknown, so expected values count revenue."))
    return given
