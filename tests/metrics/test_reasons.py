"""Every reason on lines one can add up by hand, and reasons that sum to their movement exactly."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.metrics.movements import MOVEMENTS, movement_table
from ltvlab.metrics.reasons import REASONS, downsell_saves, reason_table, recent_reasons

FIRST = pd.Period("2024-01", "M")
# One line of product P, plan Light, 10 seats at 10 each, which the customer has from the start.
LINE = {"product": "P", "plan": "Light", "amount": 100.0, "seats": 10.0}


def _cell(month, **given):
    cell = {
        "customer_id": "A",
        "product": "P",
        "plan": "Unknown",
        "currency": "JPY",
        "paused": False,
        "past_due": False,
        "ramp_step": False,
    }
    cell |= {"month": FIRST.ordinal + month, "seats": np.nan, "is_option": pd.NA} | given
    usual = {"family": cell["product"][0], "list_amount": cell["amount"]}
    return usual | {"amount_at_last_rate": cell["amount"]} | cell


def _panel(*months):
    """Return the panel of customer A: per month a list of lines."""
    cells = [_cell(month, **line) for month, lines in enumerate(months) for line in lines]
    return pd.DataFrame(cells).astype({"is_option": "boolean"})


def _mrr(panel, months):
    columns = pd.period_range(FIRST, periods=months, freq="M", name="month")
    wide = panel.pivot_table(
        index="customer_id", columns="month", values="amount", aggfunc="sum", observed=True
    )
    wide = wide.reindex(columns=columns.astype("int64")).fillna(0.0).set_axis(columns, axis=1)
    wide.attrs = {"currency": "JPY", "basis": "contracts"}
    return wide


def _reasons(*months, **settings):
    """Return {reason: amount} of the last month of customer A, who was there before the first."""
    panel = _panel(*months)
    mrr = _mrr(panel, len(months))
    table = reason_table(panel, mrr, pd.Series(True, index=mrr.index), **settings)
    last = table[table["month"] == mrr.columns[-1]]
    return dict(zip(last["reason"], last["amount"], strict=True))


@pytest.mark.parametrize(
    ("before", "now", "reasons"),
    [
        ([LINE], [LINE, {"product": "Q", "amount": 30.0}], {"cross_sell": 30}),
        ([LINE], [LINE | {"amount": 120.0, "seats": 12.0}], {"upsell_seats": 20}),
        ([LINE], [LINE | {"plan": "Pro", "amount": 150.0}], {"upsell_plan": 50}),
        ([LINE], [LINE | {"amount": 106.0}], {"price": 6}),
        ([LINE], [LINE | {"amount": 95.0}], {"price": -5}),
        ([LINE], [LINE | {"amount": 80.0, "seats": 8.0}], {"downsell": -20}),
        ([LINE | {"plan": "Pro", "amount": 150.0}], [LINE], {"downsell": -50}),
        ([LINE, {"product": "Q", "amount": 30.0}], [LINE], {"product_drop": -30}),
        ([LINE], [LINE, {"product": "P-store", "amount": 17.0}], {"upsell_option": 17}),
        ([LINE, {"product": "P-store", "amount": 17.0}], [LINE], {"downsell": -17}),
        ([LINE | {"amount": 70.0, "list_amount": 100.0}], [LINE], {"discount_expiry": 30}),
        ([LINE], [LINE | {"amount": 90.0, "list_amount": 100.0}], {"discount_added": -10}),
        ([LINE], [LINE | {"amount": 0.0, "paused": True}], {"pause": -100}),
        ([LINE | {"amount": 0.0, "paused": True}], [LINE], {"resume": 100}),
        ([LINE], [LINE | {"amount": 0.0, "past_due": True}], {"involuntary": -100}),
        ([LINE | {"amount": 0.0, "past_due": True}], [LINE], {"resume": 100}),
        ([LINE], [LINE | {"amount": 120.0, "ramp_step": True}], {"ramp": 20}),
        ([LINE | {"amount": 70.0, "list_amount": 100.0}], [LINE | {"ramp_step": True}], {"ramp": 30}),
        ([LINE], [LINE | {"plan": "Free", "amount": 0.0}], {"to_free": -100}),
        ([LINE], [], {"churn": -100}),
    ],
)  # fmt: skip
def test_each_reason_has_its_change(before, now, reasons):
    first = [LINE] if before[0]["amount"] == 0 else before

    assert _reasons(first, before, now) == reasons


def test_who_comes_and_who_comes_back_have_the_movements_own_name():
    panel = _panel([LINE], [], [LINE])
    mrr = _mrr(panel, 3)

    table = reason_table(panel, mrr, pd.Series(False, index=mrr.index))

    assert table[["movement", "reason", "amount", "customers"]].to_numpy().tolist() == [
        ["new", "new", 100.0, 1], ["churn", "churn", -100.0, 1],
        ["reactivation", "reactivation", 100.0, 1],
    ]  # fmt: skip


def test_a_product_that_its_plans_call_an_option_is_an_option_however_it_grows():
    option = {"product": "P-store", "amount": 17.0, "is_option": True}

    assert _reasons([LINE, option], [LINE, option | {"amount": 34.0}]) == {"upsell_option": 17}
    assert _reasons([LINE], [LINE, option | {"is_option": False}]) == {"upsell_plan": 17}


def test_an_option_with_seats_that_only_costs_more_is_a_price_and_no_sale():
    option = {"product": "P-store", "amount": 20.0, "seats": 2.0, "is_option": True}

    assert _reasons([LINE, option], [LINE, option | {"amount": 25.0}]) == {"price": 5}


def test_a_swap_inside_one_family_is_netted():
    """P1 goes and P2 comes: 20 more for the better product, neither a drop nor a cross-sell."""
    one, other = LINE | {"product": "P1"}, LINE | {"product": "P2", "amount": 120.0}

    assert _reasons([one], [other]) == {"upsell_plan": 20}


def test_more_seats_on_a_better_plan_are_seats_at_the_old_price_and_then_the_plan():
    """2 more of 10 seats at 10 are 20; what 12 seats cost more on the other plan is 60."""
    better = LINE | {"plan": "Pro", "seats": 12.0, "amount": 180.0}

    assert _reasons([LINE], [better]) == {"upsell_seats": 20, "upsell_plan": 60}


def test_seats_that_move_to_another_plan_of_the_family_are_no_loss():
    """5 of 10 seats move from 10 to 15 each: 25 of plan, nothing lost."""
    halves = [
        LINE | {"seats": 5.0, "amount": 50.0},
        LINE | {"plan": "Pro", "seats": 5.0, "amount": 75.0},
    ]

    assert _reasons([LINE], halves) == {"upsell_plan": 25}


def test_fewer_seats_at_a_higher_price_are_both():
    """Nine seats at 10.60: one seat less is 10 lost, the rise on the other nine brings 5.4."""
    found = _reasons([LINE], [LINE | {"seats": 9.0, "amount": 95.5}])

    assert found == {"downsell": -10, "price": 5.5}


def test_one_unpaid_product_is_involuntary_and_the_others_stay_what_they_are():
    """P1 of the family is unpaid, P2 has two seats more."""
    one, other = LINE | {"product": "P1"}, LINE | {"product": "P2"}
    unpaid = one | {"amount": 0.0, "past_due": True, "seats": 0.0}

    found = _reasons([one, other], [unpaid, other | {"amount": 120.0, "seats": 12.0}])

    assert found == {"involuntary": -100, "upsell_seats": 20}


def test_seats_sold_with_a_ramp_step_are_seats_and_the_rest_is_the_ramp():
    """Two seats at the old 10 are 20; 12 seats at 11 instead of 10 are 12 more."""
    step = LINE | {"seats": 12.0, "amount": 132.0, "ramp_step": True}

    assert _reasons([LINE], [step]) == {"upsell_seats": 20, "ramp": 12}


def test_the_rounding_of_a_price_per_seat_is_no_price_rise():
    assert _reasons([LINE], [LINE | {"seats": 13.0, "amount": 130.5}]) == {"upsell_seats": 30.5}


def test_a_family_that_comes_back_is_no_cross_sell():
    other = {"product": "Q", "amount": 30.0}

    assert _reasons([LINE, other], [LINE], [LINE, other]) == {"resume": 30}


def test_what_one_product_gains_and_another_loses_stands_on_both_sides_of_one_movement():
    """Net +10, an expansion: 30 cross-sold, 20 of seats given back."""
    now = [LINE | {"seats": 8.0, "amount": 80.0}, {"product": "Q", "amount": 30.0}]

    assert _reasons([LINE], now) == {"cross_sell": 30, "downsell": -20}


def test_up_and_down_within_a_month_is_its_net():
    """V04: 100 → 180 → 130 is +30, since only the month's last day counts."""
    assert _reasons([LINE], [LINE | {"seats": 13.0, "amount": 130.0}]) == {"upsell_seats": 30}


def test_a_change_below_half_a_minor_unit_is_price_and_counts_no_customer():
    panel = _panel([LINE], [LINE | {"plan": "Pro", "amount": 100.25}])
    mrr = _mrr(panel, 2)

    table = reason_table(panel, mrr, pd.Series(True, index=mrr.index))

    assert table[["reason", "amount", "customers"]].to_numpy().tolist() == [["price", 0.25, 0]]


def test_exchange_rates_are_no_reason():
    """V16: of 21,500 more, 5,500 are the rate's."""
    line = {"product": "P", "currency": "USD"}
    panel = _panel(
        [line | {"amount": 160_000.0}],
        [line | {"amount": 181_500.0, "amount_at_last_rate": 176_000.0}],
    )
    mrr = _mrr(panel, 2)
    fx = mrr * 0 + [0, 5_500]

    table = reason_table(panel, mrr, pd.Series(True, index=mrr.index), fx=fx)

    assert table[["movement", "reason", "amount"]].to_numpy().tolist() == [
        ["expansion", "price", 16_000.0]
    ]


def test_the_last_months_add_up_by_reason_in_a_fixed_order():
    panel = _panel(
        [LINE],
        [LINE | {"amount": 106.0}],
        [LINE | {"amount": 112.0}, {"product": "Q", "amount": 5.0}],
    )
    mrr = _mrr(panel, 3)
    table = reason_table(panel, mrr, pd.Series(True, index=mrr.index))

    recent, newest = recent_reasons(table), recent_reasons(table, months=1)

    assert recent.to_numpy().tolist() == [
        ["sales", "cross_sell", 5.0, 1],
        ["terms", "price", 12.0, 2],
    ]
    assert newest["amount"].tolist() == [5.0, 6.0]


def test_customers_who_cut_back_and_are_still_there_were_saved(matrix):
    """A and B cut back, B left later, C cut back before the window."""
    mrr = matrix({"A": [9, 9, 5, 5], "B": [9, 9, 5, 0], "C": [9, 5, 5, 5]})

    saved = downsell_saves(mrr, pd.Series(True, index=mrr.index), months=2)

    assert saved.to_dict() == {"customers": 1, "kept": 5}


def test_without_movements_there_are_no_reasons(matrix):
    mrr = matrix({"A": [9, 9]})

    table = reason_table(_panel([LINE]), mrr, pd.Series(True, index=mrr.index))

    assert table.empty
    assert recent_reasons(table).empty
    assert recent_reasons(table).columns.tolist() == ["group", "reason", "amount", "customers"]


GRID_AMOUNTS = st.integers(1, 10**7).map(lambda units: units / 1024)
LINES = st.fixed_dictionaries(
    {
        "product": st.sampled_from(["P1", "P2", "Q1"]),
        "plan": st.sampled_from(["Light", "Pro"]),
        "amount": st.one_of(st.just(0.0), GRID_AMOUNTS),
        "seats": st.one_of(st.just(np.nan), st.integers(1, 50).map(float)),
        "discount": st.sampled_from([1.0, 0.9, 0.5]),
        "paused": st.booleans(),
        "past_due": st.booleans(),
        "ramp_step": st.booleans(),
        "customer_id": st.sampled_from(["A", "B", "C"]),
        "currency": st.sampled_from(["JPY", "USD"]),
        "rate": st.sampled_from([1.0, 1.0, 1.25]),
        "month": st.integers(0, 4),
        "is_option": st.sampled_from([True, False, pd.NA]),
    }
)
KEYS = ["customer_id", "month", "product", "plan", "currency"]


def _book(lines):
    panel = pd.DataFrame([_cell(**line) for line in lines])
    panel = panel.drop_duplicates(KEYS).astype({"is_option": "boolean"})
    panel["list_amount"] = panel["amount"] / panel["discount"]
    panel["amount_at_last_rate"] = np.rint(panel["amount"] * panel["rate"] * 1024) / 1024
    for stopped in ("paused", "past_due"):
        panel[stopped] &= panel["amount"] == 0
    return panel.reset_index(drop=True)


def _fx(panel, mrr):
    """Return the effect of rates on currencies paid in the month before, as `load_matrix` does."""
    rates = panel.assign(effect=panel["amount"] - panel["amount_at_last_rate"])
    sums = (
        rates.groupby(["customer_id", "currency", "month"])[["amount", "effect"]]
        .sum()
        .unstack(fill_value=0.0)
    )
    months = mrr.columns.astype("int64")
    now, effect = (
        sums[name].reindex(columns=months, fill_value=0.0) for name in ("amount", "effect")
    )
    known = effect.where(now.shift(1, axis=1).fillna(0.0) > 0, 0.0)
    return known.groupby(level="customer_id").sum().set_axis(mrr.columns, axis=1)


@settings(max_examples=80, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=40), with_rates=st.booleans(), known=st.booleans()
)
def test_reasons_sum_to_the_movement_of_each_month_exactly(lines, with_rates, known):
    """D08: to the last 1/1024 of a minor unit, whatever came, went, paused or changed its price."""
    panel = _book(lines)
    mrr = _mrr(panel, 5)
    opening = pd.Series(known, index=mrr.index) & (mrr.iloc[:, 0] > 0)
    fx = _fx(panel, mrr) if with_rates else None

    table = reason_table(panel, mrr, opening, fx=fx)
    sums = table.pivot_table(index="month", columns="movement", values="amount", aggfunc="sum")
    sums = sums.reindex(index=mrr.columns, columns=list(MOVEMENTS)).fillna(0.0)
    bridge = movement_table(mrr, opening, fx=fx).set_index("month")[list(MOVEMENTS)]

    assert (sums.to_numpy() == bridge.to_numpy()).all()
    assert set(table["reason"]) <= set(REASONS)
    assert not table.duplicated(["month", "movement", "reason"]).any()
