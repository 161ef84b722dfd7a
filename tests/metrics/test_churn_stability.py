"""Churn is stable from four fifths to five quarters of what it was, edges included."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ltvlab.metrics.churn_stability import churn_stability, standing, turning_losses

NO_DUES = pd.DataFrame({"customer_id": [], "month": [], "status": []})


@pytest.mark.parametrize(
    ("lost", "said"), [(79, "falling"), (80, "stable"), (125, "stable"), (126, "rising")]
)
def test_both_edges_of_the_band_are_stable(lost, said):
    assert standing(lost, 1000, 100, 1000) == said


@given(
    lost=st.integers(0, 300), there=st.integers(1, 10**6), before=st.integers(1, 300),
    there_before=st.integers(1, 10**6),
)  # fmt: skip
def test_the_flip_distance_turns_what_is_said_and_one_loss_less_does_not(
    lost, there, before, there_before
):
    said = standing(lost, there, before, there_before)
    step = turning_losses(lost, there, before, there_before)
    assume(step < np.inf)

    def says(moved):
        return {
            standing(new, there, before, there_before)
            for new in (lost + moved, lost - moved)
            if new >= 0
        }

    assert says(step) != {said}
    assert says(step - 1) == {said}


def _book(matrix, recent, before):
    """Return ten months: twelve customers that stay, `before` and `recent` that leave in a quarter each."""
    rows = {f"S{i}": [1] * 10 for i in range(12)}
    rows |= {f"R{i}": [1] * 8 + [0] * 2 for i in range(recent)}
    rows |= {f"B{i}": [1] * 5 + [0] * 5 for i in range(before)}
    mrr = matrix(rows)
    return mrr, pd.Series(True, index=mrr.index)


def test_the_ratio_is_of_the_shares_lost_in_two_quarters(matrix):
    """4 of 16 + 16 + 12 there in the last three months, against 2 of 18 + 18 + 16 before."""
    row = churn_stability(*_book(matrix, 4, 2), NO_DUES, seed=1).iloc[0]

    assert row["value"] == pytest.approx((4 / 44) / (2 / 52))
    assert (row["events"], row["verdict"]) == (6, "undecided")
    assert np.isnan(row["probability"])


def test_a_rise_beyond_chance_is_said(matrix):
    row = churn_stability(*_book(matrix, 60, 5), NO_DUES, seed=1).iloc[0]

    assert (row["verdict"], row["threshold"]) == ("rising", 1.25)


def test_a_window_that_is_not_complete_is_not_judged(matrix):
    rows = churn_stability(*_book(matrix, 4, 2), NO_DUES, seed=1)

    assert rows["rule"].tolist() == ["stable_churn"] * 2
    assert rows.iloc[1]["verdict"] == "insufficient" and np.isnan(rows.iloc[1]["events"])


def test_contracts_not_renewed_are_judged_over_two_years_without_those_still_open(matrix):
    mrr = matrix({"A": [1] * 24, "B": [1] * 24})
    months = pd.PeriodIndex(["2024-06"] * 4 + ["2025-06"] * 5, freq="M")
    status = ["lost", "renewed", "renewed", "renewed", "lost", "renewed", "renewed", "renewed", "pending"]  # fmt: skip
    dues = pd.DataFrame({"customer_id": list("ABABABABA"), "month": months, "status": status})

    row = churn_stability(mrr, pd.Series(True, index=mrr.index), dues, seed=1).iloc[-1]

    assert (row["rule"], row["value"], row["events"]) == ("stable_renewals", 1.0, 2)
