"""Every finding on one page, answer first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ltvlab import money
from ltvlab.findings import Finding, Status
from ltvlab.text import month_label, translator

SLUG = "executive_summary"
QUESTION = "Where do we stand, and what is there to decide?"
# What asks for a decision comes first.
ORDER: dict[Status, int] = {"act": 0, "watch": 1, "good": 2, "insufficient": 3}
# Within a status, what leadership asks first.
CHAPTERS = (
    "mrr_movements", "segment_ltv", "opportunities", "ltv_traits", "cohort_curves",
    "customer_segments", "sales_pipeline", "conventions", "data_quality",
)  # fmt: skip
# The figures leadership knows by name: fact, label.
KEY_FIGURES = {
    "mrr.closing": "MRR",
    "mrr.month_change": "MRR change on the month",
    "retention.nrr": "NRR, 12 months",
    "retention.grr": "GRR, 12 months",
    "survival.12": "Customers kept after 12 months",
    "ltv.new_customer": "Value of a new customer",
    "pipeline.weighted_calibrated": "Open deals, weighted by calibrated odds",
    "pipeline.win_rate.all": "Deals won, 12 months",
    "revenue.month": "Order revenue in the month",
    "revenue.twelve_months": "Order revenue, 12 months",
    "cohort.logos_12": "Customers active 12 months after the start",
    "ltv.cohort.all": "Margin per customer at equal age",
}
ONLY_ORDERS = ("revenue.month", "revenue.twelve_months", "cohort.logos_12", "ltv.cohort.all")


def decisions(findings: list[dict[str, Any]], *, language: str) -> pd.DataFrame:
    """Return one row per finding, what asks for action first: question, status, answer, decision."""
    others = [finding for finding in findings if finding["slug"] != SLUG]
    ordered = sorted(others, key=_rank)
    columns = ["question", "status", "answer", "decision"]
    return pd.DataFrame(
        [{name: finding[name] for name in columns} for finding in ordered], columns=columns
    )


def _rank(finding: dict[str, Any]) -> tuple[int, int, str]:
    """Return what a finding is sorted by; a chapter that nobody ranked yet comes last."""
    slug = finding["slug"]
    place = CHAPTERS.index(slug) if slug in CHAPTERS else len(CHAPTERS)
    return ORDER[finding["status"]], place, slug


def key_figures(facts: list[dict[str, Any]], *, language: str) -> pd.DataFrame:
    """Return the headline facts in words: figure, value, range (95 %), customers, definition."""
    say = translator(language)
    by_id = {
        fact["id"]: fact for fact in facts if fact["segment"] == "all" and fact["value"] is not None
    }
    ids = [name for name in KEY_FIGURES if name in by_id]
    if "mrr.closing" in by_id:
        ids = [name for name in ids if name not in ONLY_ORDERS]
    rows = [
        {
            "figure": say(KEY_FIGURES[name]),
            "value": _signed(by_id[name], name, language),
            "range": _range(by_id[name], language),
            "n": by_id[name]["n"],
            "definition": by_id[name]["definition"],
        }
        for name in ids
    ]
    return pd.DataFrame(rows, columns=["figure", "value", "range", "n", "definition"])


def conclude(
    findings: list[dict[str, Any]], facts: list[dict[str, Any]], *, month: str, language: str = "en"
) -> Finding:
    """Return the month in one answer: how many decisions wait, and the first of them."""
    say = translator(language)
    table = decisions(findings, language=language)
    status: Status = table["status"].iloc[0] if len(table) else "insufficient"
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(table, month, language),
        decision=table["decision"].iloc[0] if len(table) else say("Run the other notebooks first."),
        status=status,
        evidence=table,
        tables={},
        facts=(),
        language=language,
    )


def _answer(table: pd.DataFrame, month: str, language: str) -> str:
    say = translator(language)
    if table.empty:
        return say("No finding has been recorded for this month yet.")
    waiting = int(table["status"].isin(["act", "watch"]).sum())
    words = {
        "month": month_label(pd.Period(month, "M"), language),
        "count": waiting,
        "all": len(table),
    }
    if not waiting:
        return say("{month}: none of the {all} questions asks for action. {first}").format(
            **words, first=table["answer"].iloc[0]
        )
    return say("{month}: {count} of {all} questions ask for attention. {first}").format(
        **words, first=table["answer"].iloc[0]
    )


def _figure(fact: dict[str, Any], name: str, language: str) -> str:
    value, unit = fact[name], fact["unit"]
    if unit in ("rate", "count", "months", "number"):
        written = {"rate": money.rate, "count": money.number, "months": money.number}.get(
            unit, money.number
        )
        return written(value, language)
    return money.money(float(value) * 10 ** money.digits(unit), unit, language, compact=True)


def _signed(fact: dict[str, Any], name: str, language: str) -> str:
    rises = name.endswith("_change") and float(fact["value"]) > 0
    return ("+" if rises else "") + _figure(fact, "value", language)


def _range(fact: dict[str, Any], language: str) -> str:
    if fact["low"] is None or fact["high"] is None:
        return ""
    return f"{_figure(fact, 'low', language)} – {_figure(fact, 'high', language)}"
