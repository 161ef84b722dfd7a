"""What stands beside the values: back-tests, the cost of a customer, changes, and who moves it all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._acquisition_words import (
    acquisition_facts,
    acquisition_sentences,
    change_facts,
    change_sentences,
    lag_sentence,
)
from ltvlab.analyses._backtest_facts import backtest_facts, backtest_sentence
from ltvlab.analyses._concentration_words import concentration_facts, concentration_sentences
from ltvlab.findings import Fact


def beside_facts(beside: Mapping[str, pd.DataFrame], *, month: str) -> list[Fact]:
    """Return the facts of every table that is there."""
    facts: list[Fact] = []
    if "backtests" in beside:
        facts += backtest_facts(beside["backtests"], month=month).values()
    if "segment_ltv_by_month" in beside:
        facts += _month_change(beside["segment_ltv_by_month"])
    readers = {
        "acquisition": acquisition_facts,
        "ltv_changes": change_facts,
        "value_concentration": concentration_facts,
    }
    for name, read in readers.items():
        facts += read(beside[name]).values() if name in beside else ()
    return facts


def _month_change(values: pd.DataFrame) -> list[Fact]:
    """Return what the value of a customer changed by within the month, where both are known."""
    overall = values[values["axis"] == "all"].sort_values("month").tail(2)
    if len(overall) < 2 or overall["horizon_months"].nunique() > 1:
        return []
    return [
        Fact(
            id="ltv.month_change", value=overall["value"].diff().iloc[-1], unit="money",
            definition="D17", month=str(overall["month"].iloc[-1]), n=int(overall["n"].iloc[-1]),
            currency=values.attrs["currency"],
        )
    ]  # fmt: skip


def beside_sentences(beside: Mapping[str, pd.DataFrame], language: str) -> list[str]:
    """Return what leadership should hear of every table that is there."""
    sentences: list[str] = []
    if "backtests" in beside:
        sentences.append(backtest_sentence(beside["backtests"], language=language))
    if "acquisition" in beside:
        sentences += acquisition_sentences(beside["acquisition"], language)
        if len(beside["acquisition"]):
            sentences.append(lag_sentence(beside["acquisition"], language))
    if "ltv_changes" in beside:
        sentences += change_sentences(beside["ltv_changes"], language)
    if "value_concentration" in beside:
        sentences += concentration_sentences(beside["value_concentration"], language)
    return sentences
