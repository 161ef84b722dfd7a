"""The 30 % rule: strict, a ratio of sums, with its odds, and flips exactly where it says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab.metrics.allocation import allocation_rules, fires, flip
from ltvlab.metrics.movements import changes, moved_by_customer

MONTHS = pd.period_range("2026-01", "2026-08", freq="M", name="month")


def _book(*rows):
    mrr = pd.DataFrame(rows, columns=MONTHS, index=[f"C{i}" for i in range(len(rows))], dtype="float64")  # fmt: skip
    mrr.attrs = {"basis": "contracts", "currency": "JPY"}
    return mrr, pd.Series([row[0] > 0 for row in rows], index=mrr.index)


def test_exactly_thirty_percent_does_not_fire():
    """V09."""
    assert not fires(3000, 10000)
    assert fires(3001, 10000)


def test_losses_with_nothing_new_fire_and_have_no_ratio():
    mrr, opening = _book([100] * 7 + [0], [50] * 8)
    row = allocation_rules(mrr, opening, seed=1).set_index(["rule", "window_months"])

    assert np.isnan(row.loc[("churn_to_new", 3), "value"])
    assert fires(100, 0)


def test_the_ratio_is_of_sums_over_the_window_not_a_mean_of_ratios():
    """V09: 1 of 1 and 1 of 9 are 20 %, not 55.6 %."""
    mrr, opening = _book(
        [0, 0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0, 0, 9], [1, 1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0]
    )  # fmt: skip
    rules = allocation_rules(mrr, opening, seed=1).set_index(["rule", "window_months"])

    assert rules.loc[("churn_to_new", 3), "value"] == pytest.approx(0.2)


def test_a_return_is_nothing_new_but_counts_in_its_own_reading():
    mrr, opening = _book([100, 100, 100, 0, 0, 0, 0, 100], [0, 0, 0, 0, 0, 100, 100, 100], [90, 90, 90, 90, 90, 90, 40, 0])  # fmt: skip
    rules = allocation_rules(mrr, opening, seed=1).set_index(["rule", "window_months"])["value"]

    assert rules[("churn_to_new", 3)] == pytest.approx(0.4)
    assert rules[("churn_to_new_and_reactivation", 3)] == pytest.approx(0.2)
    assert rules[("losses_to_new", 3)] == pytest.approx(0.9)


def test_a_window_longer_than_the_history_is_not_judged():
    mrr, opening = _book([100] * 8)
    rules = allocation_rules(mrr, opening, seed=1).set_index(["rule", "window_months"])

    assert rules.loc[("churn_to_new", 12), "verdict"] == "insufficient"


def test_a_handful_of_losses_decides_nothing():
    mrr, opening = _book([100] * 7 + [0], *([0] * 7 + [10] for _ in range(30)))
    row = allocation_rules(mrr, opening, seed=1).iloc[0]

    assert row["events"] == 1
    assert row["verdict"] == "undecided"


def test_no_loss_at_all_decides_where_many_came():
    """Three losses of average size, the most that chance leaves at 95 %, are a tenth of thirty."""
    many = allocation_rules(*_book(*([0] * 7 + [10] for _ in range(30))), seed=1).iloc[0]
    few = allocation_rules(*_book(*([0] * 7 + [10] for _ in range(9))), seed=1).iloc[0]

    assert (many["verdict"], many["probability"]) == ("growth_first", 0.05)
    assert few["verdict"] == "undecided"


def test_many_losses_far_over_the_line_are_decided():
    lost = [[100] * 7 + [0] for _ in range(20)]
    won = [[0] * 7 + [10] for _ in range(30)]
    mrr, opening = _book(*lost, *won)
    row = allocation_rules(mrr, opening, seed=1).iloc[0]

    assert row["probability"] > 0.99
    assert row["verdict"] == "retention_first"


def test_movements_of_customers_sum_to_the_bridge():
    mrr, opening = _book([100] * 7 + [0], [0] * 6 + [50, 60])

    assert moved_by_customer(changes(mrr, opening), mrr.index, months=3).sum().to_dict() == {
        "new": 50.0, "reactivation": 0.0, "expansion": 10.0, "contraction": 0.0, "churn": -100.0,
    }  # fmt: skip


@given(
    lost=st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
    won=st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
)
def test_the_flip_distance_turns_the_verdict_and_one_unit_less_does_not(lost, won):
    losses, gains = np.array(lost, dtype="float64"), np.array(won, dtype="float64")
    now = fires(losses.sum(), gains.sum())
    step = flip(losses, gains, gains).amount * (-1 if now else 1)

    assert fires(losses.sum() + step, gains.sum()) != now
    assert fires(losses.sum() + step - np.sign(step), gains.sum()) == now


def test_the_fewest_customers_that_turn_it_are_the_largest():
    losses, gains = np.array([50.0, 30.0, 20.0]), np.array([100.0])

    # 100 lost against 100 new: 70 must stay, the 50 and the 30.
    assert flip(losses, gains, gains) == (70.0, 2.0)
    # 10 lost: 21 more turn it, and one paying customer carries that.
    assert flip(np.array([10.0]), gains, np.array([15.0, 25.0])) == (21.0, 1.0)
