"""From contract lines to what rose and fell on each day, and back to the bridge."""

import pandas as pd
import pytest

from ltvlab.contract_loading import load_moves
from ltvlab.loading import load_customers, load_matrix
from ltvlab.metrics.gross_movements import gross_movements
from ltvlab.metrics.movements import movement_table

HEAD = "contract_id,customer_id,product,start_date,end_date,amount,billing_period"
CUSTOMERS = "customer_id\nC1\nC2\n"


@pytest.fixture
def ledger(write_company):
    """Return the function from contract lines to the gross ledger and the bridge up to April 2026."""

    def build(*lines, head=HEAD, tables=None, **settings):
        given = {"customers": CUSTOMERS, "contracts": "\n".join([head, *lines]) + "\n"}
        params = write_company(given | (tables or {}), month="2026-04", **settings)
        mrr = load_matrix(params, "2026-04")
        customers = load_customers(params, "2026-04")
        bridge = movement_table(
            mrr, customers["opening"], fx=load_matrix(params, "2026-04", value="fx")
        )
        moves = gross_movements(load_moves(params, "2026-04"), mrr).set_index("month")
        moves["bridge"] = (bridge["expansion"] + bridge["contraction"]).to_numpy()
        return moves

    return build


def test_up_and_down_again_inside_a_month_stay_apart(ledger):
    """V04, from the file: 100 → 180 → 130 in March is an expansion of 30, 80 up and 50 down."""
    march = ledger(
        "K1,C1,P,2026-01-01,2026-03-09,100,month",
        "K2,C1,P,2026-03-10,2026-03-19,180,month",
        "K3,C1,P,2026-03-20,,130,month",
    ).loc["2026-03"]

    assert march[["gross_up", "gross_down", "net", "bridge"]].tolist() == [80, -50, 30, 30]


def test_a_swap_of_products_is_both_and_a_renewal_on_the_day_its_difference(ledger):
    march = ledger(
        "K1,C1,P,2026-01-01,2026-03-09,100,month",
        "K2,C1,Q,2026-03-10,,90,month",
        "K3,C2,P,2026-01-01,2026-03-09,100,month",
        "K4,C2,P,2026-03-10,,115,month",
    ).loc["2026-03"]

    assert march[["gross_up", "gross_down", "net", "bridge"]].tolist() == [105, -100, 5, 5]


def test_pauses_and_discounts_that_end_move_on_their_days(ledger):
    """Q pauses on 5 March; P's discount of 20 ends on 15 March."""
    head = HEAD + ",list_amount,discount_end_date,pause_start,pause_end"
    table = ledger(
        "K1,C1,P,2026-01-01,,80,month,100,2026-03-14,,",
        "K2,C1,Q,2026-01-01,,30,month,30,,2026-03-05,2026-04-09",
        head=head,
    )

    assert table.loc["2026-03", ["gross_up", "gross_down", "bridge"]].tolist() == [20, -30, -10]
    assert table.loc["2026-04", ["gross_up", "gross_down", "bridge"]].tolist() == [30, 0, 30]


def test_what_exchange_rates_change_is_no_move(ledger):
    """In dollars at 150, then 160: March's 10 more are 1,500, as the bridge has them."""
    march = ledger(
        "K1,C1,P,2026-01-01,2026-03-09,100,month,USD",
        "K2,C1,P,2026-03-10,,110,month,USD",
        head=HEAD + ",currency",
        tables={
            "fx_rates": "month,currency,rate\n2026-01,USD,150\n2026-02,USD,150\n2026-03,USD,160\n"
        },
    ).loc["2026-03"]

    assert march[["gross_up", "gross_down", "net", "bridge"]].tolist() == [1500, 0, 1500, 1500]


def test_orders_have_no_amount_that_could_rise_or_fall(write_company):
    params = write_company(
        {"contracts": None, "orders": "customer_id,date,amount\nC1,2026-04-01,5\n"}
    )

    assert load_moves(params, "2026-04").empty


@pytest.mark.usefixtures("in_demo")
def test_the_demos_ups_and_downs_sum_to_its_bridge_in_every_month():
    params, month = "params/demo.yml", "2026-09"
    mrr = load_matrix(params, month)
    bridge = movement_table(
        mrr, load_customers(params, month)["opening"], fx=load_matrix(params, month, value="fx")
    )

    table = gross_movements(load_moves(params, month), mrr)

    pd.testing.assert_series_equal(
        table["net"], bridge["expansion"] + bridge["contraction"], check_names=False
    )
    assert (table["gross_down"] < 0).sum() > 12
