"""Deals with how their customers stood at the quarter end before they were begun."""

import pandas as pd
import pytest

from ltvlab.metrics.sales_records import offers, sales_records, settled_offers

ROWS = {"A": [1] * 14, "B": [1] * 14}
KNOWN = {
    "2026-03": {"A": {"nps": 9.0}, "B": {"nps": 2.0}},
    "2026-06": {"A": {"nps": 2.0}, "B": {"nps": 9.0}},
}


def _deal(customer, created, **more):
    return {"customer_id": customer, "pipeline": "upsell", "created_date": created, **more}


def test_a_deal_is_judged_by_the_quarter_end_before_it_and_not_by_the_day_itself(records):
    """Deals of 30 June and 1 July lie on either side of the quarter end at which A fell to 2."""
    deals = {
        "D1": _deal("A", "2026-06-30"), "D2": _deal("A", "2026-07-01"), "D3": _deal("B", "2026-04-01"),
        "D4": _deal("B", "2026-03-31"), "D5": _deal("X", "2026-07-01"),
    }  # fmt: skip

    made = offers(records(ROWS, deals, known=KNOWN)).set_index("deal_id")

    assert made["health"].to_dict() == {
        "D1": "healthy", "D2": "unhappy", "D3": "unhappy", "D4": "", "D5": "",
    }  # fmt: skip


@pytest.mark.parametrize(("created", "counted"), [("2025-10-01", 1), ("2025-09-30", 0)])
def test_offers_are_those_begun_in_twelve_months(records, created, counted):
    assert len(offers(records(ROWS, {"D1": _deal("A", created)}))) == counted


def test_settled_offers_are_won_or_lost_and_no_new_business(records):
    closed = {"close_date": "2026-08-01", "is_won": True}
    deals = {
        "D1": _deal("A", "2026-07-01", **closed), "D2": _deal("A", "2026-07-01"),
        "D3": _deal("A", "2026-07-01", **closed) | {"pipeline": "new"},
    }  # fmt: skip

    assert settled_offers(records(ROWS, deals))["deal_id"].tolist() == ["D1"]


def test_where_nobody_can_be_judged_nobody_is_called_healthy(records):
    known = {"2026-06": {"A": {"seats": 3.0}}}

    made = offers(records(ROWS, {"D1": _deal("A", "2026-07-02")}, known=known))

    assert made["health"].tolist() == [""]


def test_a_company_without_deals_or_reasons_has_records_too(matrix, people, crm_deals, crm_stages):
    mrr = matrix(ROWS, first="2025-08", basis="orders")
    nothing = (crm_deals({}), crm_stages())

    found = sales_records(
        mrr, mrr, people(mrr), deals=nothing, history={}, given={}, panel=pd.DataFrame()
    )

    assert found.reasons is None and found.as_of == pd.Timestamp("2026-09-30")
    assert offers(found).empty and settled_offers(found).empty
