"""What one customer does to its value and to LTV/CAC, against leaving each out and valuing again."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.acquisition_odds import acquisition_sums
from ltvlab.metrics.segment_values import ltv_by_segment, value_book
from ltvlab.metrics.value_concentration import survival_without_each, value_concentration
from ltvlab.metrics.values import size_strata, survival_value

DISCOUNT = 0.008
NO_SPEND = pd.DataFrame(columns=["channel", "spend", "ltv_cac", "events"])


def _spells(customers, seed):
    rng = np.random.default_rng(seed)
    spells = pd.DataFrame(
        {
            "entry": rng.choice([0, 0, 0, 3], customers),
            "duration": rng.integers(4, 24, customers),
            "event": rng.random(customers) < 0.4,
            "starting_margin": np.rint(rng.lognormal(4, 1, customers)),
        },
        index=[f"C{i:02}" for i in range(customers)],
    )
    return spells.assign(seen=spells["entry"] == 0)


@pytest.mark.parametrize("seed", range(5))
def test_leaving_out_equals_valuing_the_others_again(seed):
    """Too few losses for strata, so one curve carries all."""
    spells = _spells(20, seed)
    settings = {"horizon_months": 8, "monthly_discount": DISCOUNT, "seed": 1, "draws": 1}
    again = [survival_value(spells.drop(name), **settings) for name in spells.index]

    without = survival_without_each(spells, months=8, monthly_discount=DISCOUNT)

    assert {value.horizon_months for value in again} == {8}
    assert without.tolist() == pytest.approx([value.value for value in again])


def test_a_customer_moves_the_curve_of_its_own_size_only():
    """With three strata: without the one customer of the middle that left, only its curve is 1."""
    spells = _spells(90, 3).assign(entry=0, seen=True)
    strata = size_strata(spells, 6)
    assert set(strata) == {0, 1, 2}
    settings = {"monthly_discount": 0.0, "months": 6}

    without = survival_without_each(spells, **settings)

    alone = [survival_without_each(spells[strata == s], **settings) for s in range(3)]
    whole = [_value(spells[strata == s], 6) for s in range(3)]
    counts = np.bincount(strata)
    for stratum in range(3):
        others = sum(whole[s] * counts[s] for s in range(3) if s != stratum)
        own = alone[stratum] * (counts[stratum] - 1)
        np.testing.assert_allclose(without[strata == stratum], (others + own) / 89)


def _value(spells, months):
    return survival_value(
        spells, horizon_months=months, monthly_discount=0.0, seed=1, draws=1
    ).value


@pytest.fixture
def book(matrix, people):
    """Return the function to (ltv, mrr, margin, customers) of 30 customers over 20 months."""

    def build(basis="contracts"):
        rng = np.random.default_rng(5)
        start, stay = rng.integers(0, 8, 30), rng.integers(4, 25, 30)
        paid = (np.arange(20) >= start[:, None]) & (np.arange(20) < (start + stay)[:, None])
        amounts = paid * np.rint(rng.lognormal(5, 1, 30))[:, None]
        mrr = matrix({f"C{i:02}": row for i, row in enumerate(amounts)}, basis=basis)
        customers = people(mrr, channel="Web", starting_margin=mrr.max(axis=1) * 0.5)
        for axis in ("industry", "size", "product", "start_quarter", "start_year"):
            customers[axis] = "one"
        margin = mrr * 0.5
        return ltv_by_segment(mrr, margin, customers, seed=1), mrr, margin, customers

    return build


def _acquisition(book, spend):
    _, mrr, margin, customers = book
    total = acquisition_sums(mrr, margin, customers).sum()
    ratio = total["margin"] / total["active"] * total["opened"] / total["lost"]
    ratio *= total["new"] / spend
    return pd.DataFrame(
        {"channel": ["all"], "spend": [spend], "ltv_cac": [ratio], "events": [total["lost"]]}
    )


@pytest.mark.parametrize("basis", ["contracts", "orders"])
def test_the_headline_is_the_reports_and_its_range_holds_it(book, basis):
    given = book(basis)
    overall = given[0].query("axis == 'all' and headline", engine="python").iloc[0]

    table = value_concentration(given[0], NO_SPEND, *given[1:])

    row = table.set_index("figure").loc["ltv"]
    assert row["value"] == overall["value"]
    assert row["lowest"] < row["value"] < row["highest"]
    assert row["customer_id"] == given[3]["starting_margin"].idxmax()


def test_ltv_cac_without_each_customer_is_computed_from_the_others(book):
    given = book()
    _, mrr, margin, customers = given
    events = _acquisition(given, 9000.0)
    assert events["events"].item() >= 10

    row = (
        value_concentration(given[0], events, mrr, margin, customers)
        .set_index("figure")
        .loc["ltv_cac"]
    )

    again = [
        _acquisition((None, mrr.drop(name), margin.drop(name), customers.drop(name)), 9000.0)
        for name in mrr.index
    ]
    values = [table["ltv_cac"].item() for table in again]
    assert (row["lowest"], row["highest"]) == pytest.approx((min(values), max(values)))


def test_a_bound_and_a_value_that_is_hidden_have_no_row(book):
    ltv, mrr, margin, customers = book()
    bound = pd.DataFrame({"channel": ["all"], "spend": [1.0], "ltv_cac": [5.0], "events": [9]})
    hidden = ltv.assign(value=np.nan)

    assert value_concentration(hidden, bound, mrr, margin, customers).empty


def test_the_value_book_keeps_who_left_between_two_month_ends(book):
    """A flash customer (D12) is worth nothing, and leaving it out raises the value."""
    _, mrr, margin, customers = book()
    flash = customers.iloc[[0]].set_axis(["Flash"]).assign(starting_margin=0.0)
    joined = pd.concat([customers, flash])
    spells = value_book(mrr, margin, joined).spells

    without = survival_without_each(spells, months=6, monthly_discount=DISCOUNT)

    assert without["Flash"] > without.drop("Flash").median()
