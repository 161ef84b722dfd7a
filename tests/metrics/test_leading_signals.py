"""Signals month by month, each with what is not known left open."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.leading_signals import leading_signals

MONTHS = pd.period_range("2024-01", periods=8, freq="M", name="month")


def _signals(customers, **tables):
    return leading_signals(tables, MONTHS, pd.Index(list(customers)))


def _usage(**rows):
    return pd.DataFrame(
        [
            (customer, month.start_time, "logins", used)
            for customer, amounts in rows.items()
            for month, used in zip(MONTHS, amounts, strict=False)
        ],
        columns=["customer_id", "month", "metric", "used"],
    )


def test_use_falls_against_its_own_months_before_and_against_the_book():
    """Q falls to 69 of 100; in the last month everybody is on holiday, and nobody falls."""
    usual = [100, 100, 100, 100, 50]
    usage = _usage(P=usual, R=usual, Q=[100, 100, 100, 69, 44])

    falls = _signals("PQR", usage=usage)["usage_falls"]

    assert falls.loc["Q"].tolist()[2:5] == [0, 1, 0]
    assert falls.loc["P"].tolist()[2:5] == [0, 0, 0]
    assert falls["2024-01"].isna().all()


def test_a_score_counts_from_its_month_and_a_fall_from_the_second_score():
    surveys = pd.DataFrame(
        {
            "customer_id": ["P", "P"], "date": pd.to_datetime(["2024-02-10", "2024-05-10"]),
            "score": [8.0, 6.0], "type": "nps",
        }
    )  # fmt: skip

    signals = _signals("P", surveys=surveys)

    assert signals["detractor"].loc["P"].fillna(9).tolist() == [9, 0, 0, 0, 1, 1, 1, 1]
    assert signals["score_falls"].loc["P"].fillna(9).tolist() == [9, 9, 9, 9, 1, 1, 1, 1]


@pytest.fixture
def events():
    def build(*rows):
        table = pd.DataFrame(rows, columns=["customer_id", "at", "kind", "sentiment"])
        return table.assign(at=pd.to_datetime(table["at"]))

    return build


def test_two_negative_tickets_in_three_months_show_and_one_does_not(events):
    tickets = events(
        ("P", "2024-01-05", "ticket", "negative"), ("P", "2024-04-05", "ticket", "negative"),
        ("P", "2024-06-05", "ticket", "negative"),
    )  # fmt: skip

    shown = _signals("P", events=tickets)["negative_tickets"].loc["P"]

    assert shown.fillna(9).tolist() == [9, 9, 0, 0, 0, 1, 0, 0]


def test_only_who_was_active_in_the_community_can_fall_silent(events):
    posts = events(("P", "2024-02-05", "community", None), ("Q", "2024-01-05", "mail", None))

    silent = _signals("PQ", events=posts)["community_silent"]

    assert silent.loc["Q"].isna().all()
    assert silent.loc["P", "2024-06"] == 1


def test_tables_that_are_not_there_give_no_signals():
    assert _signals("P") == {}
    assert not np.isin(["no_talks"], list(_signals("P", usage=_usage(P=[1] * 8)))).any()
