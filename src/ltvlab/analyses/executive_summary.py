"""Every finding on one page, answer first, what asks for a decision on top."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ltvlab import money
from ltvlab.analyses._summary_figures import (
    KEY_FIGURES,
    key_figures,
    money_at_stake,
    month_sentences,
    overall,
    stake_words,
)
from ltvlab.findings import Finding, Status
from ltvlab.months import first_monday, last_day, parse_month
from ltvlab.text import day_label, month_label, paragraph, translator

__all__ = [
    "KEY_FIGURES",
    "cannot_say",
    "conclude",
    "decisions",
    "in_order_or_unknown",
    "key_figures",
    "to_decide",
]
SLUG = "executive_summary"
QUESTION = "Where do we stand, and what is there to decide?"
# What asks for a decision comes first.
ORDER: dict[Status, int] = {"act": 0, "watch": 1, "good": 2, "insufficient": 3}
WAITING = ("act", "watch")
# Within a status and without money at stake, what leadership asks first.
CHAPTERS = (
    "mrr_movements", "kpi_targets", "mrr_scenarios", "resource_allocation", "segment_ltv",
    "opportunities", "ltv_traits", "cohort_curves", "customer_segments", "sales_pipeline",
    "selling_effects", "claims", "conventions", "history", "data_quality",
)  # fmt: skip
FIRST_SHOWN, UNSAID_SHOWN = 5, 3
COLUMNS = ["question", "status", "answer", "decision", "task", "who", "stake", "how_sure"]


def decisions(
    findings: list[dict[str, Any]], facts: list[dict[str, Any]], *, month: str, language: str
) -> pd.DataFrame:
    """Return one row per finding: what was found, what to do by whom until when, and the money.

    Columns question, status, answer, decision, task (the decision in a line), who (with the day
    until which: the next Monday for owners, else the end of the next month), stake (money in words
    with its kind) and how_sure (the probability that the verdict holds, where a chapter can tell).
    What asks for action comes first, within a status the most money; MRR counts as a year of it.
    """
    by_id = overall(facts)
    others = [finding for finding in findings if finding["slug"] != SLUG]
    rows = [
        {name: finding[name] for name in COLUMNS[:4]}
        | {
            "task": finding.get("task") or finding["decision"],
            "who": _who(finding, month, language),
            "stake": stake_words(finding, by_id, language),
            "how_sure": _odds(finding.get("odds", ""), by_id, language),
        }
        for finding in sorted(others, key=lambda finding: _rank(finding, by_id))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rank(finding: dict[str, Any], by_id: dict[str, Any]) -> tuple[int, float, int, str]:
    """Return what a finding is sorted by; a chapter that nobody ranked yet comes last."""
    slug = finding["slug"]
    place = CHAPTERS.index(slug) if slug in CHAPTERS else len(CHAPTERS)
    return ORDER[finding["status"]], -money_at_stake(finding, by_id), place, slug


def _who(finding: dict[str, Any], month: str, language: str) -> str:
    """Return who carries a decision out, and until which day where it waits."""
    if not finding.get("who"):
        return ""
    who = translator(language)(finding["who"])
    if finding["status"] not in WAITING:
        return who
    reported = parse_month(month)
    monday = finding["who"] == "every_owner"
    day = day_label(first_monday(reported) if monday else last_day(reported + 1), language)
    return translator(language)("{who}, until {day}").format(who=who, day=day)


def _odds(name: str, by_id: dict[str, Any], language: str) -> str:
    return money.odds(by_id[name]["value"], language) if name in by_id else ""


def to_decide(table: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows of `decisions` that ask for action or attention, as many as a page holds."""
    return _waiting(table).head(FIRST_SHOWN)


def _waiting(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(WAITING)]


def in_order_or_unknown(
    table: pd.DataFrame, sections: pd.DataFrame, *, language: str
) -> pd.DataFrame:
    """Return what asks for nothing or cannot be said: status (good, insufficient) and task.

    `table` is of `decisions`; what cannot be said comes with what unlocks it, see `cannot_say`.
    """
    good = table.loc[table["status"] == "good", ["status", "task"]]
    one = translator(language)("{topic} – {unlock}")
    unsaid = [
        {"status": "insufficient", "task": one.format(**row)}
        for row in cannot_say(table, sections, language=language).to_dict("records")
    ]
    return pd.concat([good, pd.DataFrame(unsaid, columns=["status", "task"])], ignore_index=True)


def cannot_say(table: pd.DataFrame, sections: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return what the data cannot say: about what, and what would unlock it.

    `table` is of `decisions`; `sections` is the table `coverage` of the chapter on data.
    """
    say = translator(language)
    open_questions = table[table["status"] == "insufficient"]
    refused = sections[sections["state"] == "refused"]
    unsaid = pd.concat(
        [
            pd.DataFrame(
                {"topic": open_questions["question"], "unlock": open_questions["decision"]}
            ),
            pd.DataFrame({"topic": map(say, refused["section"]), "unlock": refused["reason"]}),
        ],
        ignore_index=True,
    )
    if len(unsaid) <= UNSAID_SHOWN:
        return unsaid
    more = say("{count} more").format(count=money.number(len(unsaid) - UNSAID_SHOWN, language))
    rest = {"topic": [more], "unlock": [say("The chapter on the data says what unlocks each.")]}
    return pd.concat([unsaid.head(UNSAID_SHOWN), pd.DataFrame(rest)], ignore_index=True)


def conclude(
    findings: list[dict[str, Any]], facts: list[dict[str, Any]], *, month: str, language: str = "en"
) -> Finding:
    """Return the month in one answer: what revenue did and why, where it is headed, and how much waits."""
    say = translator(language)
    table = decisions(findings, facts, month=month, language=language)
    status: Status = table["status"].iloc[0] if len(table) else "insufficient"
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(table, facts, month, language),
        decision=table["task"].iloc[0] if len(table) else say("Run the other notebooks first."),
        status=status,
        evidence=table,
        tables={},
        facts=(),
        language=language,
    )


def _answer(table: pd.DataFrame, facts: list[dict[str, Any]], month: str, language: str) -> str:
    say = translator(language)
    if table.empty:
        return say("No finding has been recorded for this month yet.")
    waiting = len(_waiting(table))
    words = {"count": waiting, "all": len(table), "shown": FIRST_SHOWN}
    counted = (
        say("Of {all} questions {count} ask for attention; the first {shown} stand below.")
        if waiting > FIRST_SHOWN
        else say("Of {all} questions {count} ask for attention.")
        if waiting
        else say("None of the {all} questions asks for action.")
    )
    named = month_label(pd.Period(month, "M"), language)
    return paragraph([*month_sentences(facts, named, language), counted.format(**words)], language)
