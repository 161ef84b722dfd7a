"""A smaller plan: little use for three months, and at risk."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.downsell import downsell
from ltvlab.metrics.opportunities.known import Rules

HOLDS = [("A", "Mail", -12, 0, 1000.0, 100)]
RISK = {"A": {"nps": 3.0}}


def _usage(*used):
    months = pd.date_range("2025-01-01", periods=3, freq="MS")
    rows = {"customer_id": "A", "product": "Mail", "metric": "seats", "limit": 100.0}
    return pd.DataFrame({**rows, "month": months, "used": [float(value) for value in used]})


def test_fewer_seats_are_offered_at_the_own_price_with_room_left(book):
    """20 of 100 used want 25 seats: 75 fewer at 10 each."""
    row = downsell(book(HOLDS, RISK, usage=_usage(20, 20, 20)), Rules()).rows.iloc[0]

    assert (row["play"], row["mrr_delta"]) == ("fewer_seats", -750.0)


@pytest.mark.parametrize(
    ("used", "features"),
    [((20, 40, 20), RISK), ((20, 20, 20), {"A": {"nps": 9.0}}), ((39, 39, 90), RISK)],
)
def test_one_month_of_use_or_no_risk_keeps_a_customer_off(book, used, features):
    assert len(downsell(book(HOLDS, features, usage=_usage(*used)), Rules()).rows) == 0


def test_without_limits_nobody_is_listed(book):
    found = downsell(book(HOLDS, RISK), Rules())

    assert len(found.rows) == 0
    assert found.funnel["limit_known"] == 0
