"""No double pitch: rows that are already in an open deal name it, and wait if somebody is at work."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.open_deals import with_open_deals

HOLDS = [("A", "Mail", -12, 0, 1.0, 1), ("A", "Desk", -12, 0, 1.0, 1)]


def _deals(*rows):
    names = ["deal_id", "pipeline", "product", "created_date", "is_won", "close_date"]
    table = pd.DataFrame(rows, columns=names).assign(customer_id="A")
    for name in ("created_date", "close_date"):
        table[name] = pd.to_datetime(table[name])
    return table


def _row(kind="upsell", product="Mail", blocked_by=""):
    return pd.DataFrame(
        {
            "opportunity_id": [f"{kind}-A-{product}"], "customer_id": "A", "product": product,
            "kind": kind, "blocked_by": blocked_by,
        }
    )  # fmt: skip


def _open(pipeline="upsell", product="Mail", created="2025-03-01"):
    return ("D1", pipeline, product, created, None, None)


def _found(book, row, *deals):
    table = with_open_deals(row, book(HOLDS, deals=_deals(*deals)))
    return table[["open_deal_id", "blocked_by"]].iloc[0].tolist()


def test_an_offer_whose_deal_is_open_waits_for_it(book):
    assert _found(book, _row(), _open()) == ["D1", "open_deal"]


@pytest.mark.parametrize(
    "deal",
    [
        _open(product="Desk"),
        _open(created="2025-04-01"),
        _open("renewal"),
        ("D1", "upsell", "Mail", "2025-03-01", False, "2025-03-31"),
    ],
    ids=["another product", "created tomorrow", "a renewal", "closed today"],
)
def test_what_is_no_open_deal_of_the_row_does_not_hold_it(book, deal):
    assert _found(book, _row(), deal) == ["", ""]


def test_a_deal_closed_tomorrow_was_open_on_the_day(book):
    deal = ("D1", "upsell", "Mail", "2025-03-01", True, "2025-04-01")

    assert _found(book, _row(), deal) == ["D1", "open_deal"]


def test_a_deal_without_a_product_may_be_about_this_one(book):
    assert _found(book, _row(), _open(product=None)) == ["D1", "open_deal"]


def test_a_stale_deal_is_named_and_holds_nothing(book):
    """Won deals took ten days; this one stands for three months."""
    won = [(f"W{n}", "upsell", "Desk", "2025-01-01", True, "2025-01-11") for n in range(5)]

    assert _found(book, _row(), *won, _open(created="2025-01-01")) == ["D1", ""]


def test_a_renewal_names_its_deal_and_goes_on(book):
    assert _found(book, _row("renewal"), _open("renewal")) == ["D1", ""]


def test_the_gate_that_blocks_stays_the_reason(book):
    assert _found(book, _row(blocked_by="unhappy"), _open()) == ["D1", "unhappy"]


def test_without_deals_no_row_has_one(book):
    table = with_open_deals(_row(), book(HOLDS))

    assert table["open_deal_id"].tolist() == [""]
