"""The facts of the back-test: how far off each model and the best plain baseline were, and one sentence."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.text import in_sentence, listed, translator


def backtest_facts(tested: pd.DataFrame, *, month: str) -> dict[str, Fact]:
    """Return the mean absolute error of each model and of the best baseline, by id (D18).

    `n` counts the origins. A model without a forecast has no fact.
    """
    errors = {f"backtest.{row.model}.error": row for row in _measured(tested, "model")}
    plain = min(
        _measured(tested, "baseline"), key=lambda row: row.mean_absolute_error, default=None
    )
    if plain is not None:
        errors["backtest.best_baseline.error"] = plain
    return {
        name: Fact(
            id=name, value=float(row.mean_absolute_error), unit="rate", definition="D18",
            month=month, n=int(row.origins),
        )
        for name, row in errors.items()
    }  # fmt: skip


def _measured(tested: pd.DataFrame, kind: str) -> list:
    known = tested[(tested["kind"] == kind) & tested["mean_absolute_error"].notna()]
    return list(known.itertuples())


def backtest_sentence(tested: pd.DataFrame, *, language: str) -> str:
    """Return in one sentence which models have earned belief, or why none has."""
    say = translator(language)
    models = tested[tested["kind"] == "model"]
    admitted = models[models["admitted"].astype(bool)]
    if len(admitted):
        names = listed([in_sentence(name, language) for name in admitted["model"]], language)
        return say(ADMITTED).format(models=names)
    if (models["reason"] == "too_few_origins").all():
        return say(TOO_EARLY)
    return say(NONE_ADMITTED)


ADMITTED = "Back-tested: {models} forecast the next twelve months better than every plain rule."
TOO_EARLY = "The history is too short for a back-test: read the values as what past customers brought, not as a forecast."
NONE_ADMITTED = "In the back-test no model forecast the next twelve months clearly better than a plain rule: read the values as what past customers brought, not as a forecast."
