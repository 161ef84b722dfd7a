"""The parts of a difference in value sum to it, whatever the order of the factors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab.metrics.value_drivers import EFFECTS, FACTORS, driver_effects, value_drivers

FIGURES = st.lists(st.floats(-100, 100), min_size=4, max_size=4)


def test_a_factor_that_alone_changed_carries_the_whole_change():
    before, after = np.array([[10.0, 2.0, 5.0, 0.8]]), np.array([[10.0, 2.0, 8.0, 0.8]])

    assert driver_effects(before, after).tolist() == [[0, 0, pytest.approx(48.0), 0]]


def test_two_factors_share_what_they_only_add_together():
    """2 × 3 to 4 × 5 with the rest at 1: 14 in all, 8 by the first and 6 by the second."""
    before, after = np.array([[2.0, 3.0, 1.0, 1.0]]), np.array([[4.0, 5.0, 1.0, 1.0]])

    assert driver_effects(before, after)[0].tolist() == pytest.approx([8.0, 6.0, 0.0, 0.0])


@given(FIGURES, FIGURES)
def test_effects_sum_to_the_change_even_with_negative_factors(first, second):
    before, after = np.array([first]), np.array([second])

    change = after.prod() - before.prod()
    assert driver_effects(before, after).sum() == pytest.approx(change, abs=1e-6, rel=1e-9)


@given(FIGURES, FIGURES, st.permutations(range(4)))
def test_the_order_of_the_factors_changes_no_effect(first, second, order):
    before, after = np.array([first]), np.array([second])

    shuffled = driver_effects(before[:, order], after[:, order])
    np.testing.assert_allclose(shuffled, driver_effects(before, after)[:, order], atol=1e-6)


def test_segments_are_held_against_all_customers():
    rows = [
        ("all", "all", 10.0, 1.0, 10.0, 0.5, 36),
        ("industry", "IT", 20.0, 1.0, 10.0, 0.5, 36),
        ("industry", "Young", 20.0, 1.0, 5.0, 0.5, 12),
    ]
    components = pd.DataFrame(rows, columns=["axis", "segment", *FACTORS, "horizon_months"])
    components.attrs["currency"] = "JPY"

    (row,) = value_drivers(components).to_dict("records")

    assert (row["segment"], row["difference"]) == ("IT", 50.0)
    assert row["by_price"] == pytest.approx(50.0)
    assert value_drivers(components).attrs == {"currency": "JPY"}


def test_without_a_value_for_all_customers_there_is_nothing_to_hold_against():
    empty = pd.DataFrame(columns=["axis", "segment", *FACTORS])

    assert value_drivers(empty).columns.tolist() == ["axis", "segment", "difference", *EFFECTS]
