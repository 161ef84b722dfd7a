"""What a customer of each segment is worth, and which segments stand apart from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.segment_values import FIRM_CUSTOMERS, ltv_by_segment
from ltvlab.metrics.value_components import ltv_components
from ltvlab.metrics.value_drivers import value_drivers
from ltvlab.metrics.values_over_time import ltv_by_month
from ltvlab.money import number
from ltvlab.statistics.comparisons import adjusted_p_values
from ltvlab.text import in_sentence, paragraph, segment_label, translator

__all__ = [
    "conclude",
    "ltv_by_month",
    "ltv_by_segment",
    "ltv_components",
    "ltv_methods",
    "segment_contrasts",
    "value_drivers",
]

SLUG = "segment_ltv"
QUESTION = "What is a customer worth, and which segments are worth more?"
# Holm-corrected, so that looking at every segment of every axis finds one by chance in 20 reports.
CLEAR = 0.05
FEWEST_COMPARED = 10
NOT_TRAITS = ("all", "start_quarter", "start_year")


def ltv_methods(ltv: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of all customers together: one per method, the headline first."""
    overall = ltv[ltv["axis"] == "all"]
    return overall.sort_values("headline", ascending=False, kind="stable", ignore_index=True)


def segment_contrasts(ltv: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return, per comparable segment, its headline value less that of the rest of its axis.

    Columns axis, segment, difference, low, high, p_value (Holm-corrected over all rows). The
    rest is the other comparable segments weighted by their customers.
    """
    # When a customer started is no trait that anyone could acquire more of.
    compared = ltv["comparable"] & ~ltv["axis"].isin(NOT_TRAITS)
    shown = ltv[ltv["headline"] & compared]
    shown = shown[shown.groupby("axis")["segment"].transform("size") > 1].copy()
    n, value, variance = shown["n"], shown["value"], shown["standard_error"] ** 2
    axis = shown["axis"]
    others = n.groupby(axis).transform("sum") - n
    # A handful of customers on either side is nothing to hold the others against (D34).
    sure = (n >= FEWEST_COMPARED) & (others >= FIRM_CUSTOMERS)
    rest = ((n * value).groupby(axis).transform("sum") - n * value) / others
    rest_variance = ((n**2 * variance).groupby(axis).transform("sum") - n**2 * variance) / others**2
    error = np.sqrt(variance + rest_variance)
    reach = -ndtri((1 - level) / 2) * error
    difference = value - rest
    contrasts = shown[["axis", "segment", "n"]].assign(
        difference=difference, low=difference - reach, high=difference + reach
    )
    p_values = 2 * ndtr(-np.abs(difference / error))
    contrasts["p_value"] = adjusted_p_values(p_values.where(sure).to_numpy())
    contrasts.attrs = dict(ltv.attrs)
    return contrasts.sort_values(["p_value", "axis", "segment"]).reset_index(drop=True)


def conclude(
    ltv: pd.DataFrame,
    components: pd.DataFrame,
    *,
    by_month: pd.DataFrame | None = None,
    language: str = "en",
) -> Finding:
    """Return what the segment values mean: the headline value, and what stands apart, if anything.

    `by_month` is the table of `ltv_by_month`, which the finding then holds too.
    """
    say = translator(language)
    contrasts = segment_contrasts(ltv)
    clear = contrasts[contrasts["p_value"] < CLEAR]
    overall = ltv[(ltv["axis"] == "all") & ltv["headline"]].iloc[0]
    status = _status(overall, clear)
    facts = _facts(ltv, clear)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, overall, clear, language),
        decision=_decision(status, clear, language),
        status=status,
        evidence=contrasts,
        tables={
            "segment_ltv": ltv,
            "ltv_components": components,
            "value_drivers": value_drivers(components),
        }
        | ({} if by_month is None else {"segment_ltv_by_month": by_month}),
        facts=facts,
        language=language,
        caveats=_caveats(ltv, overall, language),
    )


def _status(overall: pd.Series, clear: pd.DataFrame) -> Status:
    if overall["status"] == "insufficient":
        return "insufficient"
    return "good" if len(clear) else "watch"


def _facts(ltv: pd.DataFrame, clear: pd.DataFrame) -> tuple[Fact, ...]:
    shown = ltv[ltv["value"].notna() & ((ltv["axis"] == "all") | ltv["headline"])]
    values = [
        Fact(
            id=f"ltv.{row.method}.{row.axis}", value=row.value, low=row.low, high=row.high, unit="money",
            definition=DEFINITIONS[row.method], month=str(row.month), n=int(row.n), segment=row.segment,
            currency=ltv.attrs["currency"],
        )
        for row in shown.itertuples()
    ]  # fmt: skip
    apart = [
        Fact(
            id=f"ltv.contrast.{row.axis}", value=row.difference, low=row.low, high=row.high, unit="money",
            definition="D33", month=str(ltv["month"].iloc[0]), n=int(row.n), segment=row.segment,
            currency=ltv.attrs["currency"],
        )
        for row in clear.itertuples()
    ]  # fmt: skip
    return (*values, *apart)


DEFINITIONS = {"basic": "D17a", "subscription": "D17b", "cohort": "D17c", "survival": "D18"}


def _answer(facts: tuple[Fact, ...], overall: pd.Series, clear: pd.DataFrame, language: str) -> str:
    say = translator(language)
    if np.isnan(overall["value"]):
        return say("There are too few customers seen from their start to put a value on one.")
    by_id = {(fact.id, fact.segment): fact for fact in facts}
    headline = by_id[(f"ltv.{overall['method']}.all", "all")]
    sentence = ANSWERS[overall["method"], overall["margin_source"] == "none"]
    first = say(sentence).format(
        value=headline.shown(language), range=headline.shown_range(language) or say("not known"),
        months=int(overall["horizon_months"]), customers=number(headline.n, language),
    )  # fmt: skip
    if clear.empty:
        rest = say("No segment stands apart from the rest beyond what chance would do.")
    else:
        rest = _contrast_words(by_id, _foremost(clear), overall, language)
    return paragraph([first, rest], language)


ANSWERS = {
    ("survival", False): "A new customer is worth {value} of gross margin over {months} months (range {range}, {customers} customers).",
    ("survival", True): "A new customer is worth {value} of revenue over {months} months (range {range}, {customers} customers).",
    ("cohort", False): "A customer brings {value} of gross margin in its first {months} months (range {range}, {customers} customers).",
    ("cohort", True): "A customer brings {value} of revenue in its first {months} months (range {range}, {customers} customers).",
}  # fmt: skip


def _contrast_words(
    by_id: dict[tuple[str, str], Fact], best: pd.Series, overall: pd.Series, language: str
) -> str:
    say = translator(language)
    difference = by_id[(f"ltv.contrast.{best['axis']}", best["segment"])]
    value = by_id[(f"ltv.{overall['method']}.{best['axis']}", best["segment"])]
    more = (
        "Most apart is {axis} {segment}: {value}, {difference} more than the rest (range {range})."
    )
    less = (
        "Most apart is {axis} {segment}: {value}, {difference} less than the rest (range {range})."
    )
    low, high = (
        (difference.low, difference.high)
        if difference.value > 0
        else (-difference.high, -difference.low)
    )
    size = Fact(
        id="size", value=abs(difference.value), low=low, high=high, unit="money", definition="D33", month="",
        currency=difference.currency,
    )  # fmt: skip
    return say(more if difference.value > 0 else less).format(
        axis=in_sentence(best["axis"], language), segment=segment_label(best["segment"], language), value=value.shown(language),
        difference=size.shown(language), range=size.shown_range(language),
    )  # fmt: skip


def _foremost(clear: pd.DataFrame) -> pd.Series:
    """Return the clear contrast to lead with: the best segment if one is worth more, else the worst."""
    better = clear[clear["difference"] > 0]
    return (better if len(better) else clear).iloc[0]


def _decision(status: Status, clear: pd.DataFrame, language: str) -> str:
    say = translator(language)
    if status == "insufficient":
        return say(
            "Keep recording starts and ends; a value needs at least five customers seen from their start."
        )
    if clear.empty:
        return say("Hold: do not move budget between segments on these figures.")
    best = _foremost(clear)
    words = {
        "axis": in_sentence(best["axis"], language),
        "segment": segment_label(best["segment"], language),
    }
    if best["difference"] > 0:
        return say(
            "Test for one quarter: give {axis} {segment} a larger share of acquisition, and compare first-year margin."
        ).format(**words)
    return say(
        "Test for one quarter: ask more of {axis} {segment} before acquiring (price, onboarding), and compare first-year margin."
    ).format(**words)


def _caveats(ltv: pd.DataFrame, overall: pd.Series, language: str) -> tuple[str, ...]:
    say = translator(language)
    caveats = [say("Associated with, not caused by: segments differ in more than their name.")]
    if overall["margin_source"] == "none":
        caveats.append(
            say(
                "No gross margin is given, so these are revenue figures; no verdict on LTV/CAC can rest on them."
            )
        )
    if overall["method"] == "survival":
        caveats.append(
            say(
                "Until a renewal model is available the headline uses survival on contract months; annual contracts can only leave at their term's end."
            )
        )
        caveats.append(
            say(
                "The horizon ends where fewer than five customers have been watched; nothing is carried beyond it."
            )
        )
    if overall["status"] == "indicative":
        caveats.append(
            say(
                "Indicative only: fewer than 30 customers, ten losses or twelve months stand behind the headline."
            )
        )
    short = ltv[ltv["headline"] & ~ltv["axis"].isin(NOT_TRAITS) & ~ltv["comparable"]]
    if len(short):
        caveats.append(
            say("Segments too small or too young to compare: {count}.").format(count=len(short))
        )
    return tuple(caveats)
