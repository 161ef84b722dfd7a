"""The four methods against worked numbers and against each other."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.segment_values import ltv_by_segment
from ltvlab.metrics.values import (
    basic_value,
    cohort_value,
    recent_sums,
    subscription_value,
    survival_value,
)
from ltvlab.statistics.discounting import monthly_discount


def _recent(*, customers=100, lost=48, margin=75.0):
    """One book of `customers`, each watched twelve months, `lost` of whose months ended in a loss."""
    opened = np.full(customers, 12.0)
    left = np.zeros(customers)
    left[:lost] = 1
    return pd.DataFrame({"margin": margin, "active": 1.0, "opened": opened, "lost": left})


def test_subscription_value_is_margin_over_pooled_churn():
    """V07: margin 75 and 4 % churn give 1,875; 6 % give 1,250."""
    assert subscription_value(_recent(), horizon_months=60, seed=1).value == pytest.approx(1875)
    assert subscription_value(_recent(lost=72), horizon_months=60, seed=1).value == pytest.approx(
        1250
    )


def test_one_over_churn_reports_the_mix_of_ages_and_not_a_new_customers_life():
    """V25: half leave at 1 % and half at 15 %: 53.3 months while steady, 97.7 after two years without new ones."""

    def months(years):
        kept = np.array([0.99, 0.85]) ** (12 * years)
        opened = kept / np.array([0.01, 0.15])
        counts = pd.DataFrame({"opened": opened, "lost": kept, "margin": opened, "active": opened})
        return subscription_value(1000 * counts, horizon_months=60, seed=1).value

    assert months(0) == pytest.approx(53.33, abs=0.01)
    assert months(2) == pytest.approx(97.7, abs=0.05)


def test_with_few_losses_the_subscription_value_is_a_bound_within_the_horizon():
    """D34: never infinite, never a life of centuries."""
    none = subscription_value(_recent(lost=0), horizon_months=60, seed=1)
    one = subscription_value(_recent(lost=1), horizon_months=60, seed=1)

    assert none.value == none.low == pytest.approx(75 * 60)
    assert np.isnan(none.high)
    assert one.value <= 75 * 60


def test_a_credit_note_nets_what_was_realised(matrix, people):
    """V20: 100,000 billed and 40,000 credited leave 60,000."""
    margin = matrix({"A": [100_000], "B": [100_000]})
    credits = matrix({"A": [-40_000]})
    customers = _featured(people(margin), margin)

    ltv = ltv_by_segment(margin, margin, customers, credits=credits, seed=1)
    basic = ltv[(ltv["axis"] == "all") & (ltv["method"] == "basic")]

    assert basic["n"].item() == 2
    assert basic_value(np.array([60_000.0, 100_000.0]), seed=1).value == 80_000
    assert _unhidden(margin, customers, credits) == 80_000


def _unhidden(margin, customers, credits):
    ltv = ltv_by_segment(margin, margin, customers, credits=credits, min_customers=2, seed=1)
    return ltv[(ltv["axis"] == "all") & (ltv["method"] == "basic")]["value"].item()


def test_the_basic_value_is_price_times_frequency_per_month_times_months():
    """V20: 50,000 per deal, one every two months, 24 months: 600,000, not 24 times that."""
    months = np.zeros(24)
    months[::2] = 50_000

    assert basic_value(np.array([months.sum()] * 3), seed=1).value == 600_000


def test_the_cohort_value_divides_by_customers_acquired_not_surviving(matrix):
    """D17c: the lost customer counts as zero after it left; the young one is not counted yet."""
    ages = pd.DataFrame([[10, 10, 10], [10, 0, 0], [10, np.nan, np.nan]])

    value = cohort_value(ages, months=3, seed=1)

    assert (value.value, value.n) == (20.0, 2)


def _spells(durations, events, margins, *, entry=0, seen=True):
    return pd.DataFrame(
        {
            "duration": durations,
            "event": events,
            "entry": entry,
            "starting_margin": margins,
            "seen": seen,
        }
    )


def test_the_survival_value_weighs_each_customers_own_margin(matrix):
    """Half of ten leave at age 1: 100 × (1 + 0.5 + 0.5) over three months."""
    spells = _spells([1] * 5 + [3] * 5, [True] * 5 + [False] * 5, 100.0)

    value = survival_value(spells, horizon_months=3, monthly_discount=0.0, seed=1)

    assert value.value == pytest.approx(200.0)
    assert (value.n, value.horizon_months) == (10, 3)


def test_large_customers_that_stay_longer_are_worth_more_than_mean_price_times_mean_life():
    """D18: size and churn go together, so strata by size, not one curve."""
    small = _spells([2] * 20 + [12] * 20, [True] * 20 + [False] * 20, 10.0)
    large = _spells([11] * 10 + [12] * 30, [True] * 10 + [False] * 30, 1000.0)
    book = pd.concat([small, large], ignore_index=True)

    value = survival_value(book, horizon_months=12, monthly_discount=0.0, seed=1).value
    lives = 2 + 10 * 0.5, 11 + 0.75

    assert value == pytest.approx((10 * lives[0] + 1000 * lives[1]) / 2, rel=1e-6)


def test_later_months_are_worth_less_and_the_first_is_paid_at_once():
    """V07: nobody leaves, 75 a month over 60 months at 10 % a year."""
    discount = monthly_discount(0.10)
    spells = _spells([60] * 10, [False] * 10, 75.0)

    value = survival_value(spells, horizon_months=60, monthly_discount=discount, seed=1).value

    assert value == pytest.approx(75 * (1 - (1 + discount) ** -60) / (1 - 1 / (1 + discount)))


def test_the_horizon_ends_where_fewer_than_five_were_watched():
    spells = _spells([6] * 10 + [30] * 4, False, 1.0)

    assert (
        survival_value(spells, horizon_months=60, monthly_discount=0.0, seed=1).horizon_months == 7
    )


def _featured(customers, mrr):
    axes = dict.fromkeys(
        ("industry", "size", "product", "channel", "start_quarter", "start_year"), "x"
    )
    return customers.assign(starting_mrr=mrr.max(axis=1), products_held=1, **axes)


@pytest.fixture
def book(matrix, people):
    generator = np.random.default_rng(3)
    life = generator.geometric(0.05, 120)
    start = generator.integers(0, 24, 120)
    size = generator.lognormal(3, 0.8, 120).round()
    rows = {
        f"C{i:03d}": [size[i] if start[i] <= m < start[i] + life[i] else 0.0 for m in range(30)]
        for i in range(120)
    }
    mrr = matrix(rows)
    customers = _featured(people(mrr), mrr).assign(industry=np.where(np.arange(120) % 3, "a", "b"))
    return mrr, customers


def test_doubling_all_amounts_doubles_every_value(book):
    mrr, customers = book
    once = ltv_by_segment(mrr, mrr, customers, seed=1)
    doubled = customers.assign(
        starting_mrr=customers["starting_mrr"] * 2, starting_margin=customers["starting_margin"] * 2
    )
    twice_mrr = mrr * 2
    twice_mrr.attrs = mrr.attrs
    twice = ltv_by_segment(twice_mrr, twice_mrr, doubled, seed=1)

    np.testing.assert_allclose(twice["value"], once["value"] * 2, rtol=1e-9)


def test_segments_make_up_all_customers(book):
    """The basic values of an axis, weighted by customers, are the value of all."""
    ltv = ltv_by_segment(*(book[0], *book), seed=1).query("method == 'basic'")
    parts = ltv[ltv["axis"] == "industry"]
    overall = ltv[ltv["axis"] == "all"]["value"].item()

    assert (parts["value"] * parts["n"]).sum() / parts["n"].sum() == pytest.approx(overall)


def test_every_row_has_a_status_and_one_method_is_the_headline(book):
    ltv = ltv_by_segment(*(book[0], *book), seed=1)

    assert ltv.loc[ltv["headline"], "method"].unique().tolist() == ["survival"]
    assert set(ltv["status"]) <= {"ok", "indicative", "insufficient"}
    assert ltv.loc[ltv["status"] == "insufficient", ["value", "low", "high"]].isna().all(axis=None)


@pytest.fixture
def annual_book(matrix, people):
    """120 customers on yearly terms over four years, chances of leaving of their own."""
    generator = np.random.default_rng(3)
    start = generator.integers(0, 48, 120)
    life = 12 * generator.geometric(generator.beta(2, 5, 120))
    paid = (np.arange(48) >= start[:, None]) & (np.arange(48) < (start + life)[:, None])
    mrr = matrix({f"C{i:03d}": row * 100.0 for i, row in enumerate(paid)})
    return mrr, _featured(people(mrr), mrr)


def _rows(table):
    return table[table["axis"] == "all"].set_index("method")


def test_a_model_that_is_not_admitted_has_a_row_without_a_figure(annual_book):
    mrr, customers = annual_book
    plain = _rows(ltv_by_segment(mrr, mrr, customers, seed=1))
    refused = _rows(ltv_by_segment(mrr, mrr, customers, annual=mrr, seed=1))

    model = refused.loc["renewal_model"]
    assert (model["status"], model["headline"], model["n"]) == ("not_applicable", False, 120)
    assert model[["value", "low", "high"]].isna().all()
    assert "no back-test" in model["note"]
    pd.testing.assert_frame_equal(
        refused.drop("renewal_model").drop(columns="note"), plain.drop(columns="note")
    )


def test_an_admitted_renewal_model_heads_an_annual_book_over_the_whole_horizon(annual_book):
    mrr, customers = annual_book
    given = {"annual": mrr, "admitted": frozenset({"renewal_model"})}

    model = _rows(ltv_by_segment(mrr, mrr, customers, seed=1, **given)).loc["renewal_model"]

    truth = 1200 * np.cumprod([1.0, *((5 + np.arange(4)) / (7 + np.arange(4)))])
    assert model["headline"]
    assert model["horizon_months"] == 60
    assert model["low"] < (truth * 1.1 ** -np.arange(5.0)).sum() < model["high"] * 1.02
    assert 0 < model["share_beyond"] < 0.5


def test_a_model_without_a_value_leaves_the_headline_to_survival(annual_book):
    mrr, customers = annual_book
    young = mrr.iloc[:, :14].loc[lambda rows: (rows > 0).any(axis=1)]
    young.attrs = mrr.attrs
    given = {"annual": young, "admitted": frozenset({"renewal_model"})}

    rows = _rows(ltv_by_segment(young, young, customers.loc[young.index], seed=1, **given))

    assert rows.loc["renewal_model", "status"] == "insufficient"
    assert rows.loc["renewal_model", "note"].startswith("too few events")
    assert rows.index[rows["headline"]].tolist() == ["survival"]


def test_the_purchase_model_is_for_orders_and_never_beside_contracts(matrix, people, book):
    orders = matrix({f"C{i}": [10, 0, 10, 0] for i in range(9)}, basis="orders")
    customers = _featured(people(orders), orders)

    rows = _rows(ltv_by_segment(orders, orders, customers, orders=orders, seed=1))
    contracts = ltv_by_segment(book[0], *book, orders=book[0], seed=1)

    assert rows.loc["purchase_model", "status"] == "not_applicable"
    assert "purchase_model" not in set(contracts["method"])


def test_money_in_another_unit_or_for_other_months_is_refused(book, matrix):
    """D17a: a figure of mixed units would be wrong without a word."""
    mrr, customers = book
    dollars = mrr.copy()
    dollars.attrs = mrr.attrs | {"currency": "USD"}
    short = mrr.iloc[:, 1:]

    with pytest.raises(ValueError, match="margin is in USD and the monthly amounts in JPY"):
        ltv_by_segment(mrr, dollars, customers, seed=1)
    with pytest.raises(ValueError, match="do not cover the same months"):
        ltv_by_segment(mrr, short, customers, seed=1)


def test_recent_sums_count_a_loss_once(matrix):
    mrr = matrix({"A": [1] * 10 + [0] * 3})

    assert recent_sums(mrr, mrr).loc["A", ["opened", "lost", "active"]].tolist() == [10, 1, 0]


def test_the_cohort_value_ends_with_its_last_month_though_more_are_known():
    ages = pd.DataFrame([[10.0, 10.0, 99.0], [20.0, 0.0, 99.0]])

    assert cohort_value(ages, months=2, seed=1).value == 20.0


def test_ten_losses_are_enough_for_a_value_and_nine_are_not():
    """D34."""
    ten, nine = (
        subscription_value(_recent(lost=lost), horizon_months=60, seed=1) for lost in (10, 9)
    )

    assert ten.value == pytest.approx(75 * 1200 / 10)
    assert ten.low < ten.value < ten.high
    assert np.isnan(nine.high)
