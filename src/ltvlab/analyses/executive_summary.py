"""Every finding on one page, answer first, what asks for a decision on top."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ltvlab.analyses._summary_figures import (
    KEY_FIGURES,
    key_figures,
    month_changes,
    overall,
    shown,
    signed,
)
from ltvlab.findings import Finding, Status
from ltvlab.months import last_day, parse_month
from ltvlab.text import in_sentence, month_label, paragraph, translator

__all__ = [
    "KEY_FIGURES",
    "cannot_say",
    "conclude",
    "decisions",
    "key_figures",
    "month_changes",
    "on_course",
    "to_decide",
    "who_starts",
]
SLUG = "executive_summary"
QUESTION = "Where do we stand, and what is there to decide?"
# What asks for a decision comes first.
ORDER: dict[Status, int] = {"act": 0, "watch": 1, "good": 2, "insufficient": 3}
# Within a status and without money at stake, what leadership asks first.
CHAPTERS = (
    "mrr_movements", "kpi_targets", "mrr_scenarios", "resource_allocation", "segment_ltv",
    "opportunities", "ltv_traits", "cohort_curves", "customer_segments", "sales_pipeline",
    "selling_effects", "claims", "conventions", "history", "data_quality",
)  # fmt: skip
TALKS_SHOWN = 8
COLUMNS = ["question", "status", "answer", "decision", "stake", "how_sure"]


def decisions(
    findings: list[dict[str, Any]], facts: list[dict[str, Any]], *, language: str
) -> pd.DataFrame:
    """Return one row per finding: question, status, answer, decision, money at stake, how_sure.

    What asks for action comes first, within a status the most money; `how_sure` is the probability
    that the verdict holds, where a chapter can tell.
    """
    by_id = overall(facts)
    others = [finding for finding in findings if finding["slug"] != SLUG]
    rows = [
        {name: finding[name] for name in COLUMNS[:4]}
        | {
            "stake": _figure(finding.get("stake", ""), by_id, language),
            "how_sure": _figure(finding.get("odds", ""), by_id, language),
        }
        for finding in sorted(others, key=lambda finding: _rank(finding, by_id))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rank(finding: dict[str, Any], by_id: dict[str, Any]) -> tuple[int, float, int, str]:
    """Return what a finding is sorted by; a chapter that nobody ranked yet comes last."""
    slug, stake = finding["slug"], by_id.get(finding.get("stake", ""))
    place = CHAPTERS.index(slug) if slug in CHAPTERS else len(CHAPTERS)
    return ORDER[finding["status"]], -abs(float(stake["value"])) if stake else 0.0, place, slug


def _figure(name: str, by_id: dict[str, Any], language: str) -> str:
    return shown(by_id[name], language) if name in by_id else ""


def to_decide(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `decisions` that ask for action or attention."""
    return table[table["status"].isin(["act", "watch"])]


def on_course(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `decisions` that ask for nothing."""
    return table[table["status"] == "good"]


def cannot_say(table: pd.DataFrame, sections: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return what the data cannot say: about what, and what would unlock it.

    `table` is of `decisions`; `sections` is the table `coverage` of the chapter on data.
    """
    say = translator(language)
    open_questions = table[table["status"] == "insufficient"]
    refused = sections[sections["state"] == "refused"]
    return pd.concat(
        [
            pd.DataFrame(
                {"topic": open_questions["question"], "unlock": open_questions["decision"]}
            ),
            pd.DataFrame({"topic": map(say, refused["section"]), "unlock": refused["reason"]}),
        ],
        ignore_index=True,
    )


def who_starts(talks: pd.DataFrame, *, month: str, language: str) -> pd.DataFrame:
    """Return whom each owner speaks to first, what is due soonest on top, from the table `next_talks`.

    What was due when the month ended is due at once.
    """
    by_owner = talks.sort_values(["propose_by", "owner"], kind="stable", na_position="last")
    first = by_owner.drop_duplicates("owner").head(TALKS_SHOWN).reset_index(drop=True)
    today = first["propose_by"] == str(last_day(parse_month(month)))
    return first.assign(propose_by=first["propose_by"].mask(today, translator(language)("at once")))


def conclude(
    findings: list[dict[str, Any]], facts: list[dict[str, Any]], *, month: str, language: str = "en"
) -> Finding:
    """Return the month in one answer: how many decisions wait, and the first of them."""
    say = translator(language)
    table = decisions(findings, facts, language=language)
    status: Status = table["status"].iloc[0] if len(table) else "insufficient"
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(table, facts, month, language),
        decision=table["decision"].iloc[0] if len(table) else say("Run the other notebooks first."),
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
    waiting = len(to_decide(table))
    words = {
        "month": month_label(pd.Period(month, "M"), language),
        "count": waiting,
        "all": len(table),
    }
    counted = (
        say("{month}: {count} of {all} questions ask for attention.")
        if waiting
        else say("{month}: none of the {all} questions asks for action.")
    )
    first = table["answer"].iloc[0]
    return paragraph([counted.format(**words), *_moved(facts, language), first], language)


def _moved(facts: list[dict[str, Any]], language: str) -> list[str]:
    """Return what MRR did within the month and what most of it was, where there is MRR."""
    change, largest = (
        overall(facts).get("mrr.month_change"),
        month_changes(facts, language=language),
    )
    if change is None or largest.empty:
        return []
    top = largest.iloc[0]
    sentence = translator(language)(
        "MRR changed by {change} on the month; the largest single part is {reason} ({amount})."
    )
    reason = in_sentence(top["reason"], language)
    return [sentence.format(change=signed(change, language), reason=reason, amount=top["amount"])]
