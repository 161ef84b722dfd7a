"""The back-test's facts and its one sentence, in both languages."""

import re

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses._backtest_facts import backtest_facts, backtest_sentence


def table(*rows):
    columns = ["model", "kind", "origins", "mean_absolute_error", "admitted", "reason"]
    return pd.DataFrame(rows, columns=columns)


SURVIVAL = ("survival", "model", 5, 0.08, False, "too_little_better")
RENEWAL = ("renewal_model", "model", 0, np.nan, False, "no_fit")
PLAIN = (
    ("last_value", "baseline", 5, 0.03, False, "plain_baseline"),
    ("one_over_churn", "baseline", 5, 0.09, False, "plain_baseline"),
)


def test_each_models_error_and_the_best_plain_rules_are_facts():
    facts = backtest_facts(table(SURVIVAL, RENEWAL, *PLAIN), month="2026-09")

    assert {name: (fact.value, fact.n) for name, fact in facts.items()} == {
        "backtest.survival.error": (0.08, 5),
        "backtest.best_baseline.error": (0.03, 5),
    }
    assert {(fact.unit, fact.definition, fact.month) for fact in facts.values()} == {
        ("rate", "D18", "2026-09")
    }


def test_without_origins_there_are_no_facts():
    assert backtest_facts(table(), month="2026-09") == {}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("model", "english", "japanese"),
    [
        (
            ("survival", "model", 5, 0.01, True, "beats_baselines"),
            "survival forecast",
            "生存式です",
        ),
        (SURVIVAL, "no model forecast", "はありませんでした"),
        (("survival", "model", 2, 0.01, False, "too_few_origins"), "too short", "履歴が短く"),
    ],
)
def test_the_sentence_says_what_has_earned_belief(model, english, japanese, language):
    words = backtest_sentence(table(model, *PLAIN), language=language)

    assert (english if language == "en" else japanese) in words
    if language == "ja":
        assert re.findall(r"[A-Za-z]{4,}", words) == []
