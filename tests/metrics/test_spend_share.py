"""The share of spend on existing customers against 40–60 %, what turns it, and the split proposed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab.metrics.booked_spend import PURPOSES
from ltvlab.metrics.spend_share import place, proposed_split, share_rows, turning_amount


def _booked(new, expansion, retention, months=(12, 12, 12)):
    amounts = [new, expansion, retention]
    return pd.DataFrame({"amount": amounts, "hours": np.nan, "months": months}, index=PURPOSES)


def _share(matrix, booked, *, customers=50, months=12):
    mrr = matrix({f"C{i}": [1] * months for i in range(customers)})
    return share_rows(mrr, booked).iloc[0]


@pytest.mark.parametrize(
    ("kept", "said"), [(399, "below"), (400, "inside"), (600, "inside"), (601, "above")]
)
def test_both_edges_are_inside(kept, said):
    assert place(kept, 1000) == said


@given(kept=st.integers(0, 10**9), new=st.integers(0, 10**9))
def test_the_flip_distance_moves_the_share_elsewhere_and_one_unit_less_does_not(kept, new):
    whole, said = max(kept + new, 1), place(kept, max(kept + new, 1))
    step = turning_amount(kept, whole)

    def says(moved):
        return {place(kept + moved, whole), place(kept - moved, whole)}

    assert says(step) != {said}
    if step > 1:
        assert said in says(step - 1) and (said != "inside" or says(step - 1) == {said})


def test_expansion_and_retention_are_what_existing_customers_get(matrix):
    row = _share(matrix, _booked(5000.0, 2000.0, 3000.0))

    assert (row["value"], row["verdict"], row["flip_amount"]) == (0.5, "inside", 1001.0)
    assert np.isnan(row["low"]) and np.isnan(row["probability"])


@pytest.mark.parametrize(
    ("size", "lacking"), [({"customers": 49}, "few_customers"), ({"months": 11}, "too_short")]
)
def test_a_small_book_shows_its_share_without_a_verdict(matrix, size, lacking):
    row = _share(matrix, _booked(5000.0, 2000.0, 3000.0), **size)

    assert (row["value"], row["verdict"], row["lacking"]) == (0.5, "insufficient", lacking)


def test_spend_that_is_not_booked_is_no_share_of_zero(matrix):
    """Who books acquisition alone may well spend on customers elsewhere."""
    alone = _booked(5000.0, np.nan, np.nan, (12, 0, 0))
    gaps = _booked(5000.0, np.nan, 3000.0, (12, 9, 12))

    assert _share(matrix, alone)["lacking"] == "no_spend"
    assert _share(matrix, gaps)["lacking"] == "months_missing"
    assert np.isnan(_share(matrix, alone)["value"])


@pytest.mark.parametrize(
    ("first", "share", "said"),
    [
        ("retention", 0.44, (0.5, 0.6, 60.0, 160.0, "move_to_existing")),
        ("new", 0.75, (0.4, 0.5, 250.0, 350.0, "move_to_new")),
        ("hold", 0.44, (0.4, 0.6, np.nan, np.nan, "as_it_is")),
        ("expansion", 0.70, (np.nan, np.nan, np.nan, np.nan, "already_beyond")),
        ("new", 0.30, (np.nan, np.nan, np.nan, np.nan, "already_beyond")),
        ("", 0.30, (np.nan, np.nan, np.nan, np.nan, "no_rule")),
    ],
)
def test_the_split_is_a_range_and_turns_nobody_back(first, share, said):
    split = proposed_split(first, pd.Series({"value": share, "lacking": ""}), 1000.0)

    assert split[:4] == pytest.approx(said[:4], nan_ok=True)
    assert split.reason == said[4]
