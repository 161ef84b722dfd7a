"""What a reader of the value chapter must keep in mind: which method, and what it cannot say."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.text import translator

NOT_TRAITS = ("all", "start_quarter", "start_year")


def value_caveats(
    ltv: pd.DataFrame, overall: pd.Series, facts: tuple[Fact, ...], language: str
) -> tuple[str, ...]:
    """Return the caveats of the headline in `overall`, first what holds for every company."""
    say = translator(language)
    caveats = [say("Associated with, not caused by: segments differ in more than their name.")]
    if overall["margin_source"] == "none":
        caveats.append(
            say(
                "No gross margin is given, so these are revenue figures (revenue LTV); no verdict on LTV/CAC can rest on them."
            )
        )
    caveats += _of_method(ltv, overall, facts, language)
    if overall["status"] == "indicative":
        caveats.append(
            say("Indicative only: too few customers, losses or months stand behind the headline.")
        )
    short = ltv[ltv["headline"] & ~ltv["axis"].isin(NOT_TRAITS) & ~ltv["comparable"]]
    if len(short):
        caveats.append(
            say("Segments too small or too young to compare: {count}.").format(count=len(short))
        )
    return tuple(caveats)


def _of_method(
    ltv: pd.DataFrame, overall: pd.Series, facts: tuple[Fact, ...], language: str
) -> list[str]:
    method = overall["method"]
    if method == "survival":
        return _of_survival(ltv, language)
    if method == "renewal_model":
        return _of_renewals(overall, facts, language)
    return _of_purchases(overall, language) if method == "purchase_model" else []


def _of_survival(ltv: pd.DataFrame, language: str) -> list[str]:
    say = translator(language)
    model = ltv[(ltv["axis"] == "all") & (ltv["method"] == "renewal_model")]
    status = model["status"].iloc[0] if len(model) else ""
    reasons = {
        "not_applicable": "No back-test has found the renewal model better than plain baselines, so the headline uses survival on contract months; annual contracts can only leave at their term's end.",
        "insufficient": "The renewal model has too little to stand on, so the headline uses survival on contract months; annual contracts can only leave at their term's end.",
    }
    usual = "The headline uses survival on contract months, as less than half of MRR is on yearly terms; annual contracts can only leave at their term's end."
    return [
        say(reasons[status]) if status in reasons else say(usual),
        say(
            "The horizon ends where fewer than five customers have been watched; nothing is carried beyond it."
        ),
    ]


def _of_renewals(overall: pd.Series, facts: tuple[Fact, ...], language: str) -> list[str]:
    say = translator(language)
    beyond = next(fact for fact in facts if fact.id == "ltv.renewal_model.beyond")
    caveats = [
        say(
            "Most MRR is on yearly terms, so the headline follows renewals; customers on shorter terms count month by month."
        ),
        say(
            "{share} of the value lies beyond the ages that customers have been watched for."
        ).format(share=beyond.shown(language)),
    ]
    constant = "Some renewal rates are taken as constant, as the losses do not tell how they change with age."
    return caveats + ([say(constant)] if isinstance(overall["note"], str) else [])


def _of_purchases(overall: pd.Series, language: str) -> list[str]:
    say = translator(language)
    caveats = [
        say(
            "Purchases to come are expected by a model; its range says how well its rates are known, not whether it is the right model."
        )
    ]
    related = "Those who buy often spend otherwise per purchase than those who buy rarely, which the model does not take up."
    return caveats + ([say(related)] if isinstance(overall["note"], str) else [])
