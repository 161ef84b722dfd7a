"""How long customers stay and how much of their revenue, cohort by cohort and as curves."""

from __future__ import annotations

import pandas as pd

from ltvlab import money
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.cohorts import (
    at_ages,
    cohort_logos,
    cohort_margin,
    cohort_revenue,
    side_by_side,
)
from ltvlab.metrics.lifetimes import log_rank_by_axis, survival_by_segment
from ltvlab.metrics.segment_values import FIRM_CUSTOMERS
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson
from ltvlab.text import in_sentence, paragraph, translator

__all__ = [
    "at_ages",
    "cohort_logos",
    "cohort_margin",
    "cohort_revenue",
    "conclude",
    "curve_differences",
    "side_by_side",
    "survival",
]

SLUG = "cohort_curves"
QUESTION = "How long do customers stay, and does it differ between them?"
AXES = ("industry", "size", "product", "channel", "start_year")
CLEAR = 0.05


def survival(mrr: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the survival curves of all customers and of each segment (D18, D24); empty for orders."""
    if mrr.attrs["basis"] == "orders":
        columns = ["axis", "segment", "age", "survival", "low", "high", "at_risk"]
        return pd.DataFrame(columns=columns)
    return survival_by_segment(mrr, customers, axes=AXES)


def curve_differences(mrr: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return axis, segments, chi_square, p_value that an axis has one curve (D18); empty for orders."""
    if mrr.attrs["basis"] == "orders":
        return pd.DataFrame(columns=["axis", "segments", "chi_square", "p_value"])
    return log_rank_by_axis(mrr, customers, axes=AXES)


def conclude(
    logos: pd.DataFrame,
    revenue: pd.DataFrame,
    margin: pd.DataFrame,
    survival: pd.DataFrame,
    differences: pd.DataFrame,
    *,
    month: str,
    language: str = "en",
) -> Finding:
    """Return what the triangles and curves mean: what is left after a year, and who differs.

    Without curves (orders) it says how many customers buy again at each age.
    """
    triangles = {"cohort_logos": logos, "cohort_revenue": revenue, "cohort_margin": margin}
    if survival.empty:
        return _conclude_orders(triangles, month=month, language=language)
    say = translator(language)
    facts = _facts(logos, revenue, survival, month)
    clear = differences[differences["p_value"] < CLEAR].sort_values("p_value")
    status = _status(facts)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, clear, language),
        decision=say(DECISIONS["all_kept" if facts["survival.12"].value == 1.0 else status]),
        who="analysts",
        status=status,
        evidence=differences,
        tables={**triangles, "survival": survival},
        facts=tuple(facts.values()),
        language=language,
        caveats=(
            say(
                "A cell stays empty until the last customer of its cohort has reached that age; empty is not zero."
            ),
            say(
                "Customers that started before losses were recorded enter the curves at the age they had then, and no triangle."
            ),
        ),
    )


def _conclude_orders(triangles: dict[str, pd.DataFrame], *, month: str, language: str) -> Finding:
    say = translator(language)
    logos, revenue = triangles["cohort_logos"], triangles["cohort_revenue"]
    facts = {fact.id: fact for fact in (_logo_fact(logos, month), _revenue_fact(revenue, month))}
    again = facts["cohort.logos_12"]
    return Finding(
        slug=SLUG,
        question=say("Do customers come back?"),
        answer=(
            say(
                "{share} of customers bought in the month twelve months after their first order (range {range}, {customers} customers)."
            ).format(
                share=again.shown(language),
                range=again.shown_range(language),
                customers=money.number(again.n, language),
            )
            if again.value is not None
            else say("No cohort is a year old yet.")
        ),
        decision=say(
            "Read each row from left to right: a cohort that fades faster than the ones above it is worth a call."
        ),
        who="analysts",
        status="insufficient" if again.value is None else "watch",
        evidence=logos,
        tables=triangles,
        facts=tuple(facts.values()),
        language=language,
        caveats=(
            say(
                "With orders, active means bought in that month; a customer that orders every quarter reads as a third."
            ),
            say("Survival curves do not apply: an order has no end that could be seen."),
        ),
    )


DECISIONS = {
    "good": "Hold: at least nine in ten customers are still there after a year.",
    "all_kept": "Hold: nobody has left within the first year so far.",
    "watch": "Look at the steepest step of the curve and at the cohorts below the others at the same age.",
    "act": "Fix the first year before acquiring more: over a third of customers are gone by then.",
    "insufficient": "Wait until enough customers have been watched for a year; until then read the triangle row by row.",
}


def _status(facts: dict[str, Fact]) -> Status:
    kept = facts["survival.12"]
    if kept.value is None:
        return "insufficient"
    if kept.low is not None and kept.low >= 0.9:
        return "good"
    return "act" if kept.high is not None and kept.high < 2 / 3 else "watch"


def _facts(
    logos: pd.DataFrame, revenue: pd.DataFrame, survival: pd.DataFrame, month: str
) -> dict[str, Fact]:
    overall = survival[survival["axis"] == "all"].set_index("age")
    facts = [_logo_fact(logos, month), _revenue_fact(revenue, month)]
    facts += [_survival_fact(overall, age, month) for age in (YEAR, 2 * YEAR, 3 * YEAR)]
    facts.append(_median_fact(overall, month))
    return {fact.id: fact for fact in facts}


def _cell(triangle: pd.DataFrame) -> pd.Series | None:
    cell = triangle[
        (triangle["cohort"] == "all") & (triangle["age"] == YEAR) & triangle["value"].notna()
    ]
    return cell.iloc[0] if len(cell) else None


def _logo_fact(logos: pd.DataFrame, month: str) -> Fact:
    cell = _cell(logos)
    place = {"id": "cohort.logos_12", "unit": "rate", "definition": "D21", "month": month}
    if cell is None:
        return Fact(value=None, **place)
    n = int(cell["base"])
    low, high = wilson(round(cell["value"] * n), n)
    return Fact(value=float(cell["value"]), low=float(low), high=float(high), n=n, **place)


def _revenue_fact(revenue: pd.DataFrame, month: str) -> Fact:
    cell = _cell(revenue)
    value, n = (None, None) if cell is None else (float(cell["value"]), int(cell["base"]))
    return Fact(
        id="cohort.revenue_12", value=value, unit="rate", definition="D21", month=month, n=n
    )


def _survival_fact(curve: pd.DataFrame, age: int, month: str) -> Fact:
    place = {"id": f"survival.{age}", "unit": "rate", "definition": "D18", "month": month}
    if age not in curve.index or curve.index[0] > 0:
        return Fact(value=None, **place)
    row = curve.loc[age]
    kept, n = float(row["survival"]), int(row["at_risk"])
    # Greenwood knows no range while all or none are there; their count does.
    low, high = wilson(kept * n, n) if kept in (0.0, 1.0) else row[["low", "high"]]
    return Fact(value=kept, low=low, high=high, n=n, **place)


def _median_fact(curve: pd.DataFrame, month: str) -> Fact:
    # A last few customers at a high age would let one loss name the median.
    below = curve.index[curve["survival"] <= 0.5]
    sure = len(below) and curve.index[0] == 0 and curve.loc[below[0], "at_risk"] >= FIRM_CUSTOMERS
    value = float(below[0]) if sure else None
    return Fact(id="survival.median", value=value, unit="months", definition="D18", month=month)


def _answer(facts: dict[str, Fact], clear: pd.DataFrame, language: str) -> str:
    say = translator(language)
    kept = facts["survival.12"]
    if kept.value is None:
        return say("Too few customers have been watched for a year.")
    sentences = [
        say("{share} of customers are still there after twelve months (range {range}).").format(
            share=kept.shown(language), range=kept.shown_range(language) or say("not known")
        )
    ]
    median = facts["survival.median"]
    if median.value is not None:
        sentences.append(
            say("Half are gone by month {months}.").format(months=median.shown(language))
        )
    if facts["cohort.revenue_12"].value is not None:
        sentences.append(
            say("Of a cohort's first MRR, {share} is paid a year later.").format(
                share=facts["cohort.revenue_12"].shown(language)
            )
        )
    if len(clear):
        sentences.append(
            say("Curves differ most by {axis}.").format(
                axis=in_sentence(clear.iloc[0]["axis"], language)
            )
        )
    else:
        sentences.append(say("No axis separates the curves beyond chance."))
    return paragraph(sentences, language)
