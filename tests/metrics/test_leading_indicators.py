"""Hazards of exposed and other customers: a planted ratio is found, noise is not, and few are few."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.leading_indicators import leading_indicators
from ltvlab.metrics.leaving_months import Leaving

MONTHS = pd.period_range("2023-01", periods=30, freq="M", name="month")


def _frame(values):
    index = pd.Index([f"C{i:03}" for i in range(len(values))], name="customer_id")
    return pd.DataFrame(values, index=index, columns=MONTHS[: values.shape[1]])


def _book(*, ratio, seed, customers=300, lag=1):
    """Return a random signal and losses whose hazard it multiplies `lag` months later."""
    rng = np.random.default_rng(seed)
    signal = (rng.random((customers, len(MONTHS))) < 0.15).astype("float64")
    shown = np.zeros_like(signal)
    shown[:, lag:] = signal[:, :-lag]
    left = rng.random(signal.shape) < 0.01 * np.where(shown > 0, ratio, 1.0)
    could = np.cumsum(left, axis=1) - left == 0
    could[:, 0] = False
    return {"noise": _frame(signal)}, Leaving(_frame(could), _frame(left & could))


def test_a_planted_ratio_is_found_at_its_lag_and_lies_in_nine_of_ten_ranges():
    books = (_book(ratio=5.0, seed=seed, lag=3) for seed in range(20))

    tables = [leading_indicators(*book).set_index("lag_months") for book in books]

    assert {table.loc[3, "lead"] for table in tables} == {"leads"}
    assert sum(table.loc[3, "low"] <= 5.0 <= table.loc[3, "high"] for table in tables) >= 17
    assert sum(table.loc[1, "lead"] == "leads" for table in tables) <= 3


def test_noise_leads_no_more_often_than_stated():
    """60 books of nothing: findings in 2 of them are 3 %, in 10 % of them the bound."""
    books = (_book(ratio=1.0, seed=seed, customers=120) for seed in range(60))

    found = sum("leads" in set(leading_indicators(*book)["lead"]) for book in books)

    # The upper 97.5 % point of 60 draws at 10 %.
    assert found <= 11


def test_eleven_losses_tell_nothing_and_twelve_do():
    rng = np.random.default_rng(0)
    signal = _frame((rng.random((400, 3)) < 0.4).astype("float64"))

    def judged(losses):
        left = np.zeros((400, 3), dtype=bool)
        left[:losses, 2] = True
        could = np.zeros((400, 3), dtype=bool)
        could[:, 2] = True
        table = leading_indicators({"s": signal}, Leaving(_frame(could), _frame(left)))
        return table["lead"].iloc[0]

    assert judged(11) == "cannot_tell"
    assert judged(12) != "cannot_tell"


@pytest.mark.parametrize("shows", [0.0, 1.0])
def test_a_signal_that_shows_on_nobody_or_on_everybody_tells_nothing(shows):
    _, leaving = _book(ratio=1.0, seed=1)

    table = leading_indicators({"s": leaving.could * 0.0 + shows}, leaving)

    assert set(table["lead"]) == {"cannot_tell"}
    assert table["hazard_ratio"].isna().all()


def test_no_signals_are_no_rows():
    assert leading_indicators({}, _book(ratio=1.0, seed=1)[1]).empty
