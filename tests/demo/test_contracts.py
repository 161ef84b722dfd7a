"""Contract lines hold together: ends after starts, owners and predecessors that exist."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import stream
from ltvlab.demo.contracts import draw_lines, paid_months
from ltvlab.demo.customers import draw_customers
from ltvlab.demo.invoices import draw_invoices

CUSTOMERS = draw_customers(seed=3, customers=150)
LINES = draw_lines(CUSTOMERS, stream(3, "contracts")).assign(
    customer_id=lambda lines: CUSTOMERS["customer_id"].to_numpy()[lines["customer"]]
)


def test_no_line_ends_before_it_starts(read):
    lines = read("contracts")
    start, end = (
        pd.to_datetime(lines[name], format="%Y/%m/%d") for name in ("契約開始日", "契約終了日")
    )

    assert (end.isna() | (end >= start)).all()


def test_every_row_of_every_table_belongs_to_a_known_company(read):
    known = set(read("customers")["顧客コード"])
    owners = [
        set(read(name)[header])
        for name, header in [
            ("contracts", "顧客コード"),
            ("invoices", "顧客コード"),
            ("deals", "顧客コード"),
            ("events", "顧客コード"),
            ("usage", "customer_id"),
            ("surveys", "顧客コード"),
        ]
    ]

    assert set().union(*owners) <= known


def test_every_predecessor_deal_parent_product_and_plan_exists(read):
    lines, deals, customers = read("contracts"), read("deals"), read("customers")

    assert set(lines["更新元契約番号"]) - {""} <= set(lines["契約番号"])
    assert set(customers["親会社コード"]) - {""} <= set(customers["顧客コード"])
    assert set(read("deal_stages")["取引ID"]) == set(deals["取引ID"])
    assert set(lines["プラン"]) == set(read("plans")["プラン"])
    assert set(lines["商品"]) == set(read("products")["商品"])


def test_annual_customers_leave_only_at_their_anniversary():
    left = CUSTOMERS[CUSTOMERS["annual"] & (CUSTOMERS["exit"] < 700)]

    assert len(left) > 10
    assert ((left["exit"] - left["start"]) % 12 == 0).all()


def test_lines_of_one_holding_follow_each_other_without_gap_or_overlap():
    own = LINES[~LINES["add_on"]].sort_values(["holding", "month"])
    following = own.groupby("holding")["month"].shift(-1)

    assert (following.dropna() == own.loc[following.notna(), "until"]).all()


def test_seat_add_ons_lie_beside_their_line_and_end_at_its_anniversary():
    add_ons = LINES[LINES["add_on"]]

    assert len(add_ons) > 5
    assert (add_ons["until"] % 12 == add_ons["anniversary"]).all()
    assert (add_ons["until"] - add_ons["month"]).between(3, 9).all()


def test_invoices_spread_over_their_service_add_up_to_mrr():
    """Prepayments cover exactly the months of the contract, so billing reconciles to MRR."""
    invoices = draw_invoices(LINES, np.random.default_rng(1)).query("kind == 'charge'")
    start = invoices["service_start"].dt.to_period("M")
    end = (invoices["service_end"] + pd.Timedelta(days=1)).dt.to_period("M")
    months = end.map(lambda month: month.ordinal) - start.map(lambda month: month.ordinal)
    july = pd.Period("2025-07")
    spread = (invoices["amount"] / months)[(start <= july) & (end > july)].sum()

    assert spread == paid_months(LINES).query("paid == @july.ordinal")["amount"].sum()
