"""Win-back: gone three to twenty-four months, worth it, and not gone for good."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Rules
from ltvlab.metrics.opportunities.win_back import win_back

STAYS = ("B", "Mail", -30, 0, 100.0, 1)


@pytest.mark.parametrize(("last", "listed"), [(-2, 0), (-3, 1), (-24, 1), (-25, 0)])
def test_three_to_twenty_four_months_after_the_last_payment(book, last, listed):
    known = book([STAYS, ("A", "Mail", -30, last, 100.0, 1)])

    assert len(win_back(known, Rules()).rows) == listed


@pytest.mark.parametrize(("reason", "listed"), [("価格 Price", 0), ("Closed", 0), ("Low use", 1), (None, 1)])  # fmt: skip
def test_what_a_call_cannot_mend_keeps_a_customer_off(book, reason, listed):
    contracts = pd.DataFrame(
        {"contract_id": ["K"], "customer_id": ["A"], "end_date": pd.to_datetime(["2024-10-31"]), "end_reason": [reason]}
    )  # fmt: skip

    known = book([STAYS, ("A", "Mail", -30, -5, 100.0, 1)], contracts=contracts)

    assert len(win_back(known, Rules()).rows) == listed


def test_who_brought_less_than_usual_is_not_called(book):
    assert len(win_back(book([STAYS, ("A", "Mail", -30, -5, 50.0, 1)]), Rules()).rows) == 0


def test_with_orders_nobody_is_gone(book):
    known = book([STAYS, ("A", "Mail", -30, -5, 100.0, 1)], basis="orders")

    assert len(win_back(known, Rules()).rows) == 0
