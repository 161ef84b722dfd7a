"""Which figures are told to hang on one customer."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses._concentration_words import concentration_facts, concentration_sentences
from ltvlab.metrics.concentration import COLUMNS


def _table(figure, value, lowest, highest, *, unit="rate", customer="C7"):
    row = (figure, unit, value, lowest, highest, customer, 0.2)
    table = pd.DataFrame([row], columns=list(COLUMNS))
    table.attrs = {"currency": "USD", "month": "2025-02"}
    return table


def test_a_figure_that_one_customer_turns_is_told():
    said = concentration_sentences(_table("nrr", 1.005, 0.995, 1.01), "en")

    assert said == [
        "NRR hangs on single customers: with any one left out it lies between 99.5% and 101.0%, on both sides of 100.0%; C7 moves it most."
    ]


def test_two_points_of_nrr_or_a_tenth_of_the_value_are_told():
    assert concentration_sentences(_table("nrr", 0.95, 0.94, 0.96), "en") == []
    assert len(concentration_sentences(_table("nrr", 0.95, 0.925, 0.96), "en")) == 1
    assert concentration_sentences(_table("nrr", 2.92, 2.88, 2.96), "en") == []
    assert len(concentration_sentences(_table("ltv", 100.0, 85.0, 101.0, unit="money"), "en")) == 1
    assert concentration_sentences(_table("ltv", 100.0, 95.0, 101.0, unit="money"), "en") == []
    assert concentration_sentences(_table("grr", 0.9, 0.5, 0.99), "en") == []


@pytest.mark.parametrize(
    ("figure", "lowest", "highest", "turned"),
    [
        ("ltv_cac", 2.9, 3.0, True),
        ("ltv_cac", 3.0, 3.4, False),
        ("churn_to_new_12", 0.2, 0.3, False),
        ("churn_to_new_12", 0.3, 0.31, True),
    ],
)
def test_exactly_at_the_mark_counts_as_each_rule_says(figure, lowest, highest, turned):
    """3 is enough for LTV/CAC (D20); 30 % does not fire yet (D35)."""
    said = concentration_sentences(_table(figure, lowest, lowest, highest), "en")

    assert bool(said) == turned


def test_without_a_range_or_a_mover_nothing_is_said():
    assert concentration_sentences(_table("nrr", 1.0, np.nan, np.nan), "en") == []
    assert concentration_sentences(_table("nrr", 1.0, 1.0, 1.0, customer=""), "en") == []


def test_facts_hold_money_in_minor_units_and_the_range_as_low_and_high():
    fact = concentration_facts(_table("ltv", 12.5, 10.0, 13.0, unit="money"))["concentration.ltv"]

    assert (fact.value, fact.low, fact.high) == (1250.0, 1000.0, 1300.0)
    assert fact.record()["value"] == "12.5"


def test_the_sentences_are_japanese_in_a_japanese_report():
    (said,) = concentration_sentences(_table("churn_to_new_6", 0.35, 0.25, 0.4), "ja")

    assert said.startswith("喪失÷新規MRR（6か月）は個々の顧客に左右されます。")
