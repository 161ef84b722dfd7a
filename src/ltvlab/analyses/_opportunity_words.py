"""The reasons on each row, and what would unlock a list that stays empty, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab import money
from ltvlab.metrics.opportunities.known import Evidence
from ltvlab.text import in_sentence, month_label, segment_label, translator

EVIDENCE = {
    "usage": "{figure} of {other} {what} used in {month}",
    "interest_pricing_page": "looked at prices on {day}",
    "interest_upper_feature": "tried a feature of a higher plan on {day}",
    "interest_trial_request": "asked for a trial on {day}",
    "interest_inquiry": "asked us something on {day}",
    "asked_about": "asked about {name} on {day}",
    "holds": "has {has}; {share} of {other} customers that have had it have had {lacks} too",
    "little_used": "only {figure} of {other} {what} used in {month}, and as little for three months",
    "risk_detractor": "at risk: gave a low score",
    "risk_usage_falls": "at risk: use falls",
    "risk_negative_tickets": "at risk: two or more complaints",
    "term_ends": "term ends in {figure} days",
    "term_ended": "term ended on {day} and was not renewed",
    "notice_until": "notice possible for {figure} more days",
    "notice_given": "notice received on {day}",
    "left": "left at the end of {month}",
    "left_because": "reason given: {name}",
    "last_order": "last order on {day}, {figure} days ago",
    "usual_gap": "usually orders every {figure} days",
}
UNLOCKS = {
    "upsell": "Nobody can be listed for upsell or a smaller plan: bring usage with its limits.",
    "interest": "Nobody can be listed for upsell: bring events such as visits to the price page.",
    "deals": "How often offers were taken is unknown, so odds and expected values of selling more are empty: bring closed deals.",
    "channel": "On what a customer answers is unknown: bring events with channel and response.",
    "gates": "No gate could look at anything: bring scores, tickets, invoices or talks before anyone is called.",
    "sizes": "Company sizes are unknown, so the cross-sell list is not filtered by them: bring employees.",
    "owner": "Who looks after whom is unknown, so there is one list for all: bring the owner of each customer.",
    "orders": "Orders have no term and no end, so nobody is listed for renewal or win-back.",
    "contracts": "Contracts renew by themselves, so nobody is listed for a repeat order.",
}


def evidence_words(reasons: tuple[Evidence, ...], language: str) -> str:
    """Return the reasons of one row in one line, each with its day or month."""
    return "; ".join(_sentence(reason, language) for reason in reasons)


def _sentence(reason: Evidence, language: str) -> str:
    say = translator(language)
    has, _, lacks = reason.name.partition("|")
    at = reason.at
    return say(EVIDENCE[reason.code]).format(
        day="" if at is None else f"{at:%Y-%m-%d}",
        month="" if at is None else month_label(at.to_period("M"), language),
        figure=_number(reason.figure, language),
        other=_number(reason.other, language),
        share="" if reason.figure is None else money.rate(reason.figure, language, decimals=0),
        what=_metric(reason.name, language) if reason.code in ("usage", "little_used") else "",
        name=segment_label(reason.name, language),
        has=segment_label(has, language),
        lacks=segment_label(lacks, language),
    )


def _number(figure: float | None, language: str) -> str:
    return "" if figure is None or pd.isna(figure) else money.number(figure, language)


def _metric(name: str, language: str) -> str:
    # A metric of the company's own naming stands as it is.
    return in_sentence(name, language) if name in ("seats", "storage", "logins") else name


def unlock_sentences(missing: Mapping[str, bool], language: str) -> list[str]:
    """Return what would unlock each part that stays empty."""
    say = translator(language)
    return [say(UNLOCKS[name]) for name in UNLOCKS if missing.get(name)]


def plain(codes: str, language: str) -> str:
    """Return codes joined by commas as the reader's words."""
    say = translator(language)
    return ", ".join(say(code) for code in codes.split(", ") if code)
