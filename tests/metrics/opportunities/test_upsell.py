"""Upsell: above the limit's threshold, and interested; at the customer's own price."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Rules
from ltvlab.metrics.opportunities.upsell import upsell

HOLDS = [("A", "Mail", -12, 0, 1000.0, 100)]


def _uses(used, *, interest="2025-03-01", metric="seats"):
    return {
        "A": {
            "usage_share": used / 100, "usage_metric": metric, "usage_product": "Mail",
            "usage_used": used, "usage_limit": 100.0, "interest_at": interest,
            "interest_kind": "pricing_page",
        }
    }  # fmt: skip


@pytest.mark.parametrize(("used", "listed"), [(80.0, 0), (81.0, 1)])
def test_exactly_four_fifths_of_the_limit_is_not_above_it(book, used, listed):
    """V14."""
    assert len(upsell(book(HOLDS, _uses(used)), Rules()).rows) == listed


def test_near_the_limit_without_interest_is_not_listed(book):
    found = upsell(book(HOLDS, _uses(95.0, interest=None)), Rules())

    assert len(found.rows) == 0
    assert found.funnel == {"paying": 1, "limit_known": 1, "near_limit": 1, "interest": 0}


def test_as_many_seats_are_offered_as_bring_use_back_to_the_threshold_at_the_own_price(book):
    """90 of 100 used want 113 seats (90 ÷ 0.8 = 112.5): 13 more at 10 each."""
    row = upsell(book(HOLDS, _uses(90.0)), Rules()).rows.iloc[0]

    assert (row["play"], row["mrr_delta"], row["delta_basis"]) == ("add_seats", 130.0, "own_price")


def test_without_an_option_storage_asks_for_the_next_plan_at_the_own_discount(book):
    """Light is listed at 50, Pro at 75: half as much again of the 1,000 paid."""
    plans = pd.DataFrame(
        {
            "plan": ["Light", "Pro"],
            "product": "Mail",
            "tier": [1.0, 2.0],
            "list_price": [50.0, 75.0],
        }
    )

    row = upsell(book(HOLDS, _uses(90.0, metric="storage"), plans=plans), Rules()).rows.iloc[0]

    assert (row["play"], row["mrr_delta"]) == ("next_plan", 500.0)


def test_without_a_price_list_the_change_is_unknown_not_zero(book):
    row = upsell(book(HOLDS, _uses(90.0, metric="key_feature")), Rules()).rows.iloc[0]

    assert np.isnan(row["mrr_delta"])
    assert row["delta_basis"] == "unknown"


def test_who_has_left_is_not_offered_more(book):
    left = book([("A", "Mail", -12, -1, 1000.0, 100), ("B", "Mail", -1, 0, 1.0, 1)], _uses(90.0))

    assert len(upsell(left, Rules()).rows) == 0
