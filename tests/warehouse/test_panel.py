"""The panel and the matrix: what is summed, converted and rounded, and that order changes nothing."""

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.warehouse.engine import in_memory
from ltvlab.warehouse.panel import credit_cells, order_panel

JANUARY = pd.Period("2024-01", "M").ordinal


def test_a_change_inside_a_month_shows_its_net_only(month_end_mrr, paid):
    """V04: 100 → 180 → 130 within a month is +30."""
    lines = (
        {"start_date": "2024-01-01", "end_date": "2024-02-09", "amount": 100.0},
        {"start_date": "2024-02-10", "end_date": "2024-02-19", "amount": 180.0},
        {"start_date": "2024-02-20", "amount": 130.0},
    )

    assert paid(month_end_mrr(*lines), "2024-01", "2024-02") == [100, 130]


def test_a_foreign_line_is_converted_at_each_months_rate(month_end_mrr, paid):
    """V16: 1,000 dollars at 160, then 1,100 at 165."""
    rates = {"currency": ["USD", "USD"], "month": [JANUARY, JANUARY + 1], "rate": [160.0, 165.0]}
    lines = (
        {"start_date": "2024-01-01", "end_date": "2024-01-31", "amount": 1000.0, "currency": "USD"},
        {"start_date": "2024-02-01", "amount": 1100.0, "currency": "USD"},
    )
    options = {"rates": rates, "as_of": "2024-02-29"}

    assert paid(month_end_mrr(*lines, **options), "2024-01", "2024-02") == [160_000, 181_500]
    at_last = month_end_mrr(*lines, **options, value="amount_at_last_rate")
    assert paid(at_last, "2024-02", "2024-02") == [176_000]


def test_margin_is_each_products_share_of_its_amount(month_end_mrr, paid):
    lines = (
        {"start_date": "2024-01-01", "amount": 100.0},
        {"start_date": "2024-01-01", "amount": 100.0, "product": "Q"},
    )

    assert paid(month_end_mrr(*lines, value="margin"), "2024-01", "2024-01") == [130.0]


def test_a_line_after_the_report_date_changes_nothing(month_end_mrr):
    now = month_end_mrr({"start_date": "2024-01-01", "amount": 100.0}, as_of="2024-06-30")
    later = month_end_mrr(
        {"start_date": "2024-01-01", "amount": 100.0},
        {"start_date": "2024-07-01", "amount": 900.0},
        as_of="2024-06-30",
    )

    pd.testing.assert_frame_equal(now, later)


AMOUNTS = st.lists(st.floats(0.01, 1e7, allow_nan=False), min_size=2, max_size=6)


@settings(max_examples=15, deadline=None)
@given(amounts=AMOUNTS, seed=st.integers(0, 9))
def test_row_order_changes_no_cell(amounts, seed):
    """Parallel sums must not differ from run to run."""
    orders = pd.DataFrame(
        {"customer_id": "A", "date": pd.Timestamp("2024-01-05"), "amount": amounts}
    )
    shuffled = orders.sample(frac=1, random_state=seed)

    assert _revenue(orders) == _revenue(shuffled)


@settings(max_examples=15, deadline=None)
@given(amounts=AMOUNTS)
def test_doubling_amounts_doubles_money_and_splitting_rows_keeps_it(amounts):
    """Within lines / 1024 of a minor unit (money rule of the definitions)."""
    orders = pd.DataFrame(
        {"customer_id": "A", "date": pd.Timestamp("2024-01-05"), "amount": amounts}
    )
    halves = pd.concat([orders.assign(amount=orders["amount"] / 2)] * 2)
    bound = 2 * len(amounts) / 1024

    assert _revenue(orders.assign(amount=orders["amount"] * 2)) == pytest.approx(
        2 * _revenue(orders), abs=bound
    )
    assert _revenue(halves) == pytest.approx(_revenue(orders), abs=bound)


def _panel(orders: pd.DataFrame, *, costed: bool = False):
    connection = in_memory(
        {
            "orders": orders,
            "families": pd.DataFrame({"product": ["P"], "family": ["F"]}),
            "margins": pd.DataFrame({"product": ["P"], "gross_margin": [0.5]}),
        }
    )
    tables = (connection.table(name) for name in ("orders", "families", "margins"))
    return connection, order_panel(*tables, currency="JPY", digits=0, costed=costed)


def _revenue(orders: pd.DataFrame) -> float:
    return _panel(orders)[1].execute()["amount"].sum()


def test_an_order_of_three_lines_is_one_order():
    orders = pd.DataFrame(
        {
            "customer_id": "A", "order_id": ["1", "1", "1", "2"], "date": pd.Timestamp("2024-01-05"),
            "amount": 10.0, "product": ["P", "Q", "R", "P"],
        }
    )  # fmt: skip

    assert _panel(orders)[1].execute()["orders"].sum() == pytest.approx(2.0)


def test_a_line_without_cost_takes_its_products_usual_cost_share():
    """An unknown cost read as zero would make the line all margin."""
    orders = pd.DataFrame(
        {
            "customer_id": "A",
            "date": pd.Timestamp("2024-01-05"),
            "amount": [100.0, 200.0],
            "cost": [60.0, np.nan],
            "product": "P",
        }
    )

    assert _panel(orders, costed=True)[1].execute()["margin"].sum() == pytest.approx(40 + 80)


def test_credits_are_kept_apart_and_negative():
    """D13: a credit note moves no MRR and nets what was realised."""
    invoices = pd.DataFrame(
        {
            "customer_id": "A",
            "month": pd.Timestamp("2024-01-01"),
            "amount": [100_000.0, -40_000.0],
            "kind": ["charge", "credit"],
        }
    )
    connection = in_memory({"invoices": invoices})
    rates = ibis.memtable(pd.DataFrame({"currency": ["USD"], "month": [0], "rate": [1.0]}))

    cells = credit_cells(connection.table("invoices"), rates, currency="JPY", digits=0).execute()

    assert cells["credits"].tolist() == [-40_000.0]
    assert cells["month"].tolist() == [JANUARY]


def test_the_matrix_holds_every_key_and_month_with_zero_where_nothing_was_paid(month_end_mrr):
    lines = (
        {"start_date": "2024-03-01", "amount": 5.0, "customer_id": "B"},
        {"start_date": "2024-01-01", "end_date": "2024-01-31", "amount": 7.0, "customer_id": "A"},
    )

    mrr = month_end_mrr(*lines, as_of="2024-03-31")

    assert mrr.index.tolist() == ["A", "B"]
    assert mrr.columns.astype(str).tolist() == ["2024-01", "2024-02", "2024-03"]
    assert mrr.to_numpy().tolist() == [[7, 0, 0], [0, 0, 5]]


def test_the_matrix_can_be_split_by_product(month_end_mrr):
    lines = (
        {"start_date": "2024-01-01", "amount": 5.0},
        {"start_date": "2024-01-01", "amount": 7.0, "product": "Q"},
    )

    split = month_end_mrr(*lines, as_of="2024-01-31", by=["customer_id", "product"])

    assert split.iloc[:, 0].to_dict() == {("A", "P"): 5.0, ("A", "Q"): 7.0}


def test_what_pauses_or_is_free_is_no_revenue_but_is_known(month_end_mrr, paid):
    """D14, D15: a paused cell counts nothing, seats neither; the months around it count in full."""
    line = {"start_date": "2024-01-01", "amount": 100.0, "seats": 5.0}
    pause = {"pause_start": "2024-02-01", "pause_end": "2024-02-29"}
    options = {"as_of": "2024-03-31"}

    assert paid(month_end_mrr(line | pause, **options), "2024-01", "2024-03") == [100, 0, 100]
    seats = month_end_mrr(line | pause, **options, value="seats")
    assert paid(seats, "2024-01", "2024-03") == [5, 0, 5]


def test_a_cell_that_pauses_in_part_keeps_what_is_paid_and_says_so(month_end_mrr, paid):
    line = {"start_date": "2024-01-01", "amount": 100.0, "seats": 5.0}
    pausing = line | {"amount": 30.0, "seats": 2.0, "pause_start": "2024-02-01"}
    options = {"as_of": "2024-02-29"}

    assert paid(month_end_mrr(line, pausing, **options), "2024-01", "2024-02") == [130, 100]
    for value, expected in {"seats": [7, 5], "paused": [0, 1]}.items():
        found = month_end_mrr(line, pausing, **options, value=value)
        assert paid(found, "2024-01", "2024-02") == expected
