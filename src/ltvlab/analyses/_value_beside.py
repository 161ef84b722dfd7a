"""What stands beside the values: back-tests, the cost of a customer, changes, and who moves it all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._backtest_facts import backtest_facts, backtest_sentence
from ltvlab.findings import Fact


def beside_facts(beside: Mapping[str, pd.DataFrame], *, month: str) -> list[Fact]:
    """Return the facts of every table that is there."""
    facts: list[Fact] = []
    if "backtests" in beside:
        facts += backtest_facts(beside["backtests"], month=month).values()
    return facts


def beside_sentences(beside: Mapping[str, pd.DataFrame], language: str) -> list[str]:
    """Return what leadership should hear of every table that is there."""
    sentences: list[str] = []
    if "backtests" in beside:
        sentences.append(backtest_sentence(beside["backtests"], language=language))
    return sentences
