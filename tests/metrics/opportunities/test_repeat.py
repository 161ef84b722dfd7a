"""Repeat orders: due within fourteen days of the habit, late beyond it."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.repeat import cycles, repeat

HOLDS = [("A", "Bread", -12, 0, 100.0, 1)]


def _orders(last, *, gap=30, count=4, customer="A"):
    days = [pd.Timestamp(last) - pd.Timedelta(days=gap * back) for back in range(count)]
    return pd.DataFrame({"customer_id": customer, "date": days, "amount": 50.0})


@pytest.mark.parametrize(
    ("since", "play"),
    [(15, None), (16, "remind_order"), (30, "remind_order"), (44, "remind_order"), (45, "call_late_order")],
)  # fmt: skip
def test_due_from_fourteen_days_before_to_fourteen_days_after_the_habit(book, since, play):
    last = pd.Timestamp("2025-03-31") - pd.Timedelta(days=since)
    rows = repeat(book(HOLDS, basis="orders", orders=_orders(last))).rows

    assert rows["play"].tolist() == ([play] if play else [])


def test_orders_after_the_day_are_not_known(book):
    later = pd.concat([_orders("2025-03-01"), _orders("2025-04-02", count=1)])
    rows = repeat(book(HOLDS, basis="orders", orders=later)).rows

    assert rows["evidence"].iloc[0][0].at == pd.Timestamp("2025-03-01")


def test_with_one_gap_the_habit_leans_on_the_industry():
    """One own gap of 10 and three of the industry's 30: (1 × 10 + 3 × 30) ÷ 4 = 25."""
    bought = pd.concat(
        [_orders("2025-03-01", count=6, customer="B"), _orders("2025-03-01", gap=10, count=2)]
    ).rename(columns={"date": "day"})
    industry = pd.Series({"A": "IT", "B": "IT"})

    assert cycles(bought, industry)["usual_days"].to_dict() == {"A": 25.0, "B": 30.0}


def test_two_orders_of_one_day_are_one(book):
    twice = pd.concat([_orders("2025-03-01"), _orders("2025-03-01")])
    row = repeat(book(HOLDS, basis="orders", orders=twice)).rows.iloc[0]

    assert row["evidence"][1].figure == 30
    assert row["mrr_delta"] == 100.0


def test_contracts_repeat_by_themselves(book):
    assert len(repeat(book(HOLDS, orders=_orders("2025-03-01"))).rows) == 0
