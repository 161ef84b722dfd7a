"""What a customer of each segment is worth, and which segments stand apart from the rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from ltvlab.analyses._value_beside import beside_facts, beside_sentences
from ltvlab.analyses._value_caveats import NOT_TRAITS, value_caveats
from ltvlab.analyses._value_facts import value_facts
from ltvlab.analyses._value_words import answer, decision
from ltvlab.findings import Finding, Status
from ltvlab.metrics.backtests import admitted_models, backtest_origins, backtests
from ltvlab.metrics.customer_ledger import customer_ledger, is_ledger
from ltvlab.metrics.existing_values import existing_value
from ltvlab.metrics.segment_values import FIRM_CUSTOMERS, ltv_by_segment
from ltvlab.metrics.value_components import ltv_components
from ltvlab.metrics.value_drivers import value_drivers
from ltvlab.metrics.values_over_time import ltv_by_month
from ltvlab.statistics.comparisons import adjusted_p_values
from ltvlab.text import translator

__all__ = [
    "admitted_models",
    "backtest_origins",
    "backtests",
    "conclude",
    "customer_ledger",
    "existing_value",
    "ltv_by_month",
    "ltv_by_segment",
    "ltv_components",
    "ltv_methods",
    "models_in_use",
    "segment_contrasts",
    "value_drivers",
]

SLUG = "segment_ltv"
QUESTION = "What is a customer worth, and which segments are worth more?"
# Holm-corrected, so that looking at every segment of every axis finds one by chance in 20 reports.
CLEAR = 0.05
FEWEST_COMPARED = 10


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


def models_in_use(tested: pd.DataFrame, mrr: pd.DataFrame) -> frozenset[str]:
    """Return the models that `backtests` admits; none for a book so small that it is read by name (D34)."""
    return frozenset() if is_ledger(mrr) else admitted_models(tested)


def conclude(
    ltv: pd.DataFrame,
    components: pd.DataFrame,
    *,
    beside: Mapping[str, pd.DataFrame] | None = None,
    language: str = "en",
) -> Finding:
    """Return what the segment values mean: the headline value, and what stands apart, if anything.

    `beside` holds further tables by name, each with its facts and sentences: existing_value,
    segment_ltv_by_month, acquisition, ltv_changes, value_concentration, backtests and
    backtest_origins.
    """
    say, given = translator(language), dict(beside or {})
    contrasts = segment_contrasts(ltv)
    clear = contrasts[contrasts["p_value"] < CLEAR]
    overall = ltv[(ltv["axis"] == "all") & ltv["headline"]].iloc[0]
    status = _status(overall, clear)
    existing = given.get("existing_value")
    facts = value_facts(ltv, clear, existing)
    method = existing["method"].iloc[0] if existing is not None and len(existing) else ""
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=answer(facts, overall, clear, method, language),
        decision=decision(status, clear, language),
        who="marketing",
        status=status,
        evidence=contrasts,
        tables={
            "segment_ltv": ltv,
            "ltv_components": components,
            "value_drivers": value_drivers(components),
            **given,
        },
        facts=(*facts, *beside_facts(given, month=str(ltv["month"].iloc[0]))),
        language=language,
        caveats=(
            *beside_sentences(given, language),
            *value_caveats(ltv, overall, facts, language),
        ),
    )


def _status(overall: pd.Series, clear: pd.DataFrame) -> Status:
    if overall["status"] == "insufficient":
        return "insufficient"
    return "good" if len(clear) else "watch"
