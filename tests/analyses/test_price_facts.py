"""Facts of prices and renewals, and the sentence that gives both bases."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses._price_facts import price_facts, renewal_facts, renewal_sentence
from ltvlab.analyses.mrr_movements import (
    arpa,
    conclude,
    gross_ledger,
    movements,
    retention,
    revenue_by_month,
)

BOOK = {"A": [100] * 12 + [130], "J": [0] * 12 + [60], "K": [0] * 12 + [50]}

SEGMENTS = {"industry": "I", "size": "S", "channel": "C", "product": "P"}


def _renewals(*, due=10, renewed=8, pending=0, held=120):
    month = pd.period_range("2026-09", periods=1, freq="M")
    sums = {"due_amount": 1000.0, "least": 750.0, "renewed_amount": 840.0, "renewed_due": 800.0}
    counts = {"due": due, "renewed": renewed, "pending": pending, "lost": due - renewed - pending}
    return pd.DataFrame({"month": month, **counts, **sums, "held": held})


def test_price_facts_are_the_latest_months(matrix, people):
    facts = price_facts(arpa(matrix(BOOK), people(matrix(BOOK), **SEGMENTS)))

    assert {name: fact.value for name, fact in facts.items()} == {
        "arpa.now": 80, "arpa.change_12": -20, "arpa.mix_effect": -30, "arpa.like_for_like": 10, "arpa.asp": 55,
    }  # fmt: skip
    assert facts["arpa.asp"].n == 2


def test_in_the_first_year_a_price_has_no_change(matrix, people):
    mrr = matrix({"A": [100, 130]})
    facts = price_facts(arpa(mrr, people(mrr, **SEGMENTS)))

    assert facts["arpa.now"].value == 130
    assert facts["arpa.change_12"].value is None
    assert facts["arpa.asp"].value is None


def test_renewal_facts_carry_the_range_of_the_underlying_rate():
    """8 of 10: Wilson 49.0–94.3 %."""
    rate = renewal_facts(_renewals())["renewals.rate_12"]

    assert (rate.value, rate.n) == (0.8, 10)
    assert (rate.low, rate.high) == (pytest.approx(0.490, abs=5e-4), pytest.approx(0.943, abs=5e-4))


def test_the_sentence_gives_both_bases_of_the_same_losses():
    said = renewal_sentence(renewal_facts(_renewals()), "en")

    assert said == [
        "Of 10 contracts that came due in twelve months and are decided, 80.0% were renewed (underlying rate 49.0% – 94.3%); over all contracts held, the same losses are 1.7% a month."
    ]


@pytest.mark.parametrize(
    "renewals",
    [
        _renewals(due=3, renewed=3),
        _renewals(due=6, renewed=0, pending=6),
        _renewals(due=0, renewed=0),
    ],
)
def test_a_handful_decided_or_none_makes_no_sentence(renewals):
    assert renewal_sentence(renewal_facts(renewals), "en") == []


def test_the_finding_holds_the_tables_and_facts(matrix, people, english_left):
    mrr = matrix(BOOK)
    moves = pd.DataFrame(columns=["customer_id", "month", "up", "down"])
    renewals = _renewals().assign(
        rate=0.8, gross=0.75, net=0.84, price_change=0.05, of_all_held=2 / 120
    )
    finding = conclude(
        movements(mrr, people(mrr)),
        retention(mrr, people(mrr), seed=1),
        revenue_by_month(mrr),
        beside={
            "arpa": arpa(mrr, people(mrr, **SEGMENTS)),
            "renewals": renewals,
            "gross_movements": gross_ledger(moves, mrr),
        },
        language="ja",
    )

    assert {"arpa", "renewals", "gross_movements"} < set(finding.tables)
    assert {"arpa.now", "renewals.rate_12"} < {fact.id for fact in finding.facts}
    assert english_left(finding) == []
    assert "80.0%" in finding.answer


def test_a_company_of_orders_has_neither_prices_nor_a_ledger(matrix, people):
    orders = matrix(BOOK, basis="orders")
    moves = pd.DataFrame(columns=["customer_id", "month", "up", "down"])

    assert arpa(orders, people(orders, **SEGMENTS)).empty
    assert gross_ledger(moves, orders).empty
    assert np.isnan(arpa(orders, people(orders, **SEGMENTS)).attrs["asp"])
