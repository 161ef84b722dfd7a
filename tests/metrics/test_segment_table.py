"""One row per active customer: its groups, its owner, and the order of calls."""

import pandas as pd
import pytest

from ltvlab.metrics.segment_sizes import group_sizes
from ltvlab.metrics.segment_table import calls_by_owner, first_calls, segment_table

QUARTER = pd.Period("2024-06", "M")


@pytest.fixture
def features():
    return pd.DataFrame(
        {
            "mrr": [10.0, 30.0, 20.0, 0.0], "revenue_12": [1.0] * 4, "nps": [3.0, 2.0, 9.0, 1.0],
            "purchases": [1.0, 0.0, 0.0, 0.0],
            "last_purchase_at": pd.to_datetime(["2024-05-31", None, None, None]),
            "notice_given_at": pd.to_datetime([None, "2024-06-01", None, None]),
            "owner": ["Ito", "Sato", None, "Ito"],
        },
        index=pd.Index(list("PQRS"), name="customer_id"),
    )  # fmt: skip


@pytest.fixture
def standings():
    table = pd.DataFrame(
        {"month": QUARTER, "customer_id": ["P", "Q"], "ltv": [5.0, 6.0], "potential": [50.0, 1.0],
         "quadrant": ["A", "B"], "missing": ["", ""]}
    )  # fmt: skip
    table.attrs = {"currency": "JPY", "basis": "contracts"}
    return table


@pytest.fixture
def table(features, standings, matrix):
    return segment_table(standings, features, matrix({name: [1.0] * 6 for name in "PQRS"}))


def test_every_active_customer_has_one_row_and_newcomers_no_quadrant_yet(table):
    assert table["customer_id"].tolist() == ["P", "Q", "R"]
    assert table["quadrant"].tolist() == ["A", "B", ""]
    assert table["loyalty"].tolist() == ["at_risk", "at_risk", "loyal"]
    assert table["owner"].tolist() == ["Ito", "Sato", "Unknown"]


def test_who_chose_no_purchase_in_the_window_has_no_rfm(table):
    assert (table["rfm"] != "").tolist() == [True, False, False]


def test_who_has_given_notice_is_not_called_first(table):
    assert first_calls(table)["customer_id"].tolist() == ["P"]


def test_without_scores_usage_and_tickets_nobody_is_judged(features, standings, matrix):
    margin = matrix({name: [1.0] * 6 for name in "PQRS"})

    table = segment_table(standings, features.drop(columns="nps"), margin)

    assert set(table["loyalty"]) == {""}
    assert not table["scored"].any()


def test_the_largest_amount_is_called_first_and_owners_sum_their_calls(table):
    calls = first_calls(table.assign(leaving=False))

    assert calls["amount"].tolist() == [30.0, 10.0]
    assert calls_by_owner(calls)["amount"].sum() == 40.0


def test_group_sizes_share_the_whole_book_those_without_a_group_included(table):
    sizes = group_sizes(table, "quadrant", order=("A", "B", "C", "D")).set_index("quadrant")

    assert sizes["customers"].to_dict() == {"A": 1, "B": 1, "C": 0, "D": 0}
    assert sizes["share"].tolist() == pytest.approx([10 / 60, 30 / 60, 0, 0])
