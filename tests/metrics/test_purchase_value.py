"""The purchase model's value by hand, on drawn shops, and where it must not be used."""

import numpy as np
import pytest

from ltvlab.metrics.purchase_value import (
    SPEND_RELATED,
    correlation,
    purchase_history,
    purchase_value,
)
from ltvlab.statistics.discounting import monthly_discount
from ltvlab.statistics.purchases import PurchaseRates, expected_purchases

# What the shop of conftest is drawn from; its p, q and gamma of spend make 30 a purchase.
RATES = PurchaseRates(0.6, 4.0, 0.8, 2.5)


def true_value(horizon_months):
    return 0.4 * 30 * (1 + expected_purchases(RATES, horizon_months))


def test_months_become_a_history_of_purchases(matrix):
    """A buys twice in the first month and once in the third; B once; C only returns."""
    revenue = matrix(
        {"A": [100, 0, 40, 0], "B": [0, 0, 70, -20], "C": [0, -5, 0, 0]}, basis="orders"
    )
    orders = matrix({"A": [2, 0, 1, 0], "B": [0, 0, 1, 1], "C": [0, 1, 0, 0]}, basis="orders")

    history = purchase_history(revenue, revenue * 0.5, orders)

    assert history.index.tolist() == ["A", "B"]
    assert history["repeats"].tolist() == [2, 0]
    assert history["last_repeat"].tolist() == [2.0, 0.0]
    assert history["age"].tolist() == [3.5, 1.5]
    assert history["first_spend"].tolist() == [50.0, 70.0]
    assert history.loc["A", "spend"] == 45.0
    assert np.isnan(history.loc["B", "spend"])
    assert history[["revenue", "margin"]].to_numpy().tolist() == [[140.0, 70.0], [50.0, 25.0]]


def test_recurring_contracts_are_refused(matrix):
    contracts = matrix({"A": [100, 100]})

    with pytest.raises(ValueError, match=r"bring orders, and these bring contracts"):
        purchase_history(contracts, contracts, contracts)


def test_the_value_is_first_purchase_and_expected_repeats_times_spend_and_margin(shop):
    found = purchase_value(shop(customers=6000, seed=2), horizon_months=12, monthly_discount=0.0)

    assert found.reason == ""
    assert found.value.value == pytest.approx(true_value(12), rel=0.04)
    assert found.value.low < true_value(12) < found.value.high
    assert (found.value.n, found.value.horizon_months) == (6000, 12)


def test_later_purchases_are_worth_less_and_the_first_is_worth_all(shop):
    history = shop(customers=2000, seed=2)
    plain = purchase_value(history, horizon_months=36, monthly_discount=0.0).value.value
    cheap = purchase_value(history, horizon_months=36, monthly_discount=monthly_discount(0.10))
    dear = purchase_value(history, horizon_months=36, monthly_discount=1e9).value.value

    assert dear < cheap.value.value < plain
    assert dear > 0.4 * history["first_spend"].mean()


def test_doubling_all_amounts_doubles_the_value(shop):
    history = shop(customers=800, seed=3)
    money = ["spend", "first_spend", "revenue", "margin"]

    once = purchase_value(history, horizon_months=12, monthly_discount=0.0).value
    twice = purchase_value(
        history.assign(**2 * history[money]), horizon_months=12, monthly_discount=0.0
    ).value

    assert twice.value == pytest.approx(2 * once.value, rel=1e-6)
    assert twice.high == pytest.approx(2 * once.high, rel=1e-4)


def test_spend_that_goes_with_frequency_is_said(shop):
    history = shop(customers=800, seed=4)
    dearer = history.assign(spend=history["spend"] * (1 + history["repeats"]))

    fair = purchase_value(history, horizon_months=12, monthly_discount=0.0)
    related = purchase_value(dearer, horizon_months=12, monthly_discount=0.0)

    assert (fair.note, abs(fair.correlation) < 0.1) == ("", True)
    assert related.correlation > 0.3
    assert related.note == SPEND_RELATED


def test_nobody_who_repeats_leaves_no_value_and_no_correlation(shop):
    history = shop(customers=40, seed=5).assign(repeats=0, last_repeat=0.0, spend=np.nan)

    found = purchase_value(history, horizon_months=12, monthly_discount=0.0)

    assert np.isnan(found.value.value)
    assert found.reason.startswith("too few events")
    assert np.isnan(correlation(history))
    assert purchase_value(history.head(0), horizon_months=12, monthly_discount=0.0).value.n == 0
