"""Each movement, its order, and the bridge that closes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.errors import DataError
from ltvlab.metrics.movements import (
    KINDS,
    MOVEMENTS,
    _require_closed,
    changes,
    customer_counts,
    movement_table,
)


def _opening(mrr, *customers):
    return pd.Series([name in customers for name in mrr.index], index=mrr.index)


def test_a_returner_is_a_reactivation_and_never_an_expansion(matrix):
    """V03: the order of the rules is part of the definition."""
    mrr = matrix({"A": [100, 150, 120, 0, 0, 80]})

    table = movement_table(mrr, _opening(mrr))

    assert [KINDS[kind] for kind in changes(mrr, _opening(mrr)).kind[0]] == [
        "new", "expansion", "contraction", "churn", "none", "reactivation",
    ]  # fmt: skip
    assert table[list(MOVEMENTS)].sum().to_dict() == {
        "new": 100, "reactivation": 80, "expansion": 50, "contraction": -30, "churn": -120,
    }  # fmt: skip
    assert table["closing"].iloc[-1] == 80


def test_a_customer_from_before_the_first_month_opens_the_bridge_and_is_never_new(matrix):
    """D07: known to have started earlier."""
    mrr = matrix({"A": [100, 0, 70], "B": [40, 40, 40]})

    table = movement_table(mrr, _opening(mrr, "A"))

    assert table["opening"].tolist() == [100, 140, 40]
    assert table["new"].tolist() == [40, 0, 0]
    assert table["churn"].tolist() == [0, -100, 0]
    assert table["reactivation"].tolist() == [0, 0, 70]


def test_exchange_rates_have_their_own_line(matrix):
    """V16: 16,000 of expansion and 5,500 of fx."""
    mrr = matrix({"A": [160_000, 181_500]})
    fx = matrix({"A": [0, 5_500]})

    table = movement_table(mrr, _opening(mrr, "A"), fx=fx)

    assert table.loc[1, ["expansion", "fx"]].tolist() == [16_000, 5_500]


def test_a_change_below_half_a_minor_unit_moves_money_and_counts_nobody(matrix):
    mrr = matrix({"A": [100, 100.25], "B": [100, 101]})

    assert customer_counts(mrr, _opening(mrr))["expansion"].tolist() == [0, 1]
    assert movement_table(mrr, _opening(mrr))["expansion"].tolist() == [0, 1.25]


def test_customers_are_those_that_pay_at_the_months_end(matrix):
    mrr = matrix({"A": [100, 0], "B": [0, 50]})

    assert movement_table(mrr, _opening(mrr))["customers"].tolist() == [1, 1]


BOOKS = st.lists(
    st.lists(
        st.one_of(st.just(0.0), st.integers(1, 10**9).map(lambda n: n / 1024)),
        min_size=5,
        max_size=5,
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(book=BOOKS, shuffle=st.randoms(use_true_random=False))
def test_the_bridge_closes_to_the_last_grid_step_in_any_order(book, shuffle):
    """D09: opening plus movements is closing, and the order of rows changes nothing."""
    frame = pd.DataFrame(book, columns=pd.period_range("2024-01", periods=5, freq="M"))
    frame.attrs = {"currency": "JPY"}
    rows = list(frame.index)
    shuffle.shuffle(rows)
    nobody = pd.Series(False, index=frame.index)

    table = movement_table(frame, nobody)
    other = movement_table(frame.loc[rows], nobody)

    assert (table["opening"] + table[list(MOVEMENTS)].sum(axis=1) == table["closing"]).all()
    assert (table["opening"].iloc[1:].to_numpy() == table["closing"].iloc[:-1].to_numpy()).all()
    pd.testing.assert_frame_equal(table, other)


def test_a_bridge_that_does_not_close_stops_the_run(matrix):
    mrr = matrix({"A": [100, 150]})
    table = movement_table(mrr, _opening(mrr))
    table.loc[1, "expansion"] += 1

    with pytest.raises(DataError, match="2024-02"):
        _require_closed(table)


def test_an_empty_book_has_an_empty_bridge(matrix):
    mrr = matrix({"A": [100, 150]}).iloc[:, :0]

    assert movement_table(mrr, pd.Series([False], index=["A"])).empty
    assert np.isfinite(
        movement_table(matrix({"A": [1]}), pd.Series([False], index=["A"]))["closing"]
    ).all()


def test_who_had_left_before_the_first_month_returns_and_is_never_new(matrix):
    """D07: an opening customer has paid before, whatever the first month shows."""
    mrr = matrix({"A": [0, 0, 100], "B": [0, 0, 100]})
    started = pd.Series([True, False], index=["A", "B"])

    table = movement_table(mrr, started).iloc[-1]

    assert (table["reactivation"], table["new"]) == (100, 100)


def test_a_class_is_told_from_the_change_without_exchange_rates(matrix):
    """100 → 110 where rates alone made +30 is a contraction of 20; so is 100 → 100 at +20 (D10)."""
    mrr = matrix({"A": [100, 110], "B": [100, 100]})
    fx = matrix({"A": [0, 30], "B": [0, 20]})

    table = movement_table(mrr, _opening(mrr), fx=fx).iloc[-1]

    assert (table["contraction"], table["expansion"], table["fx"]) == (-40, 0, 50)
    assert customer_counts(mrr, _opening(mrr), fx=fx)["contraction"].tolist() == [0, 2]


def test_who_joins_or_leaves_has_no_exchange_effect(matrix):
    """D10: new at this month's rate, churn at last month's, nothing left for fx."""
    mrr = matrix({"joins": [0, 100], "leaves": [100, 0]})
    fx = matrix({"joins": [0, 7], "leaves": [0, 7]})
    started = pd.Series([False, True], index=mrr.index)

    table = movement_table(mrr, started, fx=fx).iloc[-1]

    assert (table["new"], table["churn"], table["fx"]) == (100, -100, 0)


def test_a_change_of_exactly_half_a_minor_unit_counts(matrix):
    mrr = matrix({"A": [100, 100.5]})

    assert customer_counts(mrr, _opening(mrr))["expansion"].tolist() == [0, 1]


def test_customers_at_the_opening_are_those_who_paid_before(matrix):
    mrr = matrix({"A": [100, 0, 0], "B": [100, 100, 0]})

    assert customer_counts(mrr, _opening(mrr, "A", "B"))["opening"].tolist() == [2, 2, 1]


def test_a_gap_between_closing_and_the_next_opening_stops_the_run_too(matrix):
    table = movement_table(matrix({"A": [100, 150]}), pd.Series([True], index=["A"]))
    table.loc[1, ["opening", "closing"]] += 1

    with pytest.raises(DataError, match="2024-02"):
        _require_closed(table)
