"""What today's customers still bring: by hand, by each method, and against the model's own future."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.existing_forecasts import purchase_forecast
from ltvlab.metrics.existing_values import existing_value
from ltvlab.statistics.purchases import fit_purchases
from ltvlab.statistics.spending import expected_year, fit_spend

AXES = dict.fromkeys(("industry", "size", "product", "channel", "start_quarter", "start_year"), "x")
RENEWALS, PURCHASES = frozenset({"renewal_model"}), frozenset({"purchase_model"})


def _all(table):
    return table[table["axis"] == "all"].iloc[0]


@pytest.fixture
def ages(matrix, people):
    """Ten customers a month long, six of ten a month older, and so on: losses at every age."""
    rows = {f"L{i}": [10.0] + [0.0] * 3 for i in range(4)}
    rows |= {f"S{i}": [10.0] * 4 for i in range(6)}
    rows |= {f"N{i}": [0.0] * 2 + [20.0] * 2 for i in range(10)}
    mrr = matrix(rows)
    return mrr, people(mrr, **AXES).assign(starting_margin=10.0)


def test_survival_carries_each_customer_on_from_its_own_age(ages):
    """Losses 4 of 20 at age 1, none later: six at age 3 are past all ages, ten at age 1 have two to come."""
    mrr, customers = ages

    found = _all(existing_value(mrr, mrr, customers, discount_rate_per_year=0.0))

    assert found["method"] == "survival"
    assert found["customers"] == 16
    assert found["total"] == pytest.approx(10 * 20 * 2)
    assert found["value_per_customer"] == pytest.approx(400 / 16)
    assert found["unseen"] == 6


def test_fewer_than_ten_losses_give_a_total_and_no_range(ages):
    mrr, customers = ages

    found = _all(existing_value(mrr, mrr, customers))

    assert found["total"] > 0
    assert found[["low", "high"]].isna().all()


def test_only_the_future_counts_and_it_is_worth_less_the_later(ages):
    mrr, customers = ages

    year = 1.1 ** (1 / 12)
    found = _all(existing_value(mrr, mrr, customers, discount_rate_per_year=0.10))

    assert found["total"] == pytest.approx(200 * (1 / year + 1 / year**2))


@pytest.fixture
def annual_book(matrix, people):
    """300 customers on yearly terms who leave at a renewal with chances of their own."""
    generator = np.random.default_rng(7)
    start = generator.integers(0, 48, 300)
    life = 12 * generator.geometric(generator.beta(1, 4, 300))
    paid = (np.arange(48) >= start[:, None]) & (np.arange(48) < (start + life)[:, None])
    mrr = matrix({f"C{i:03d}": row * 100.0 for i, row in enumerate(paid)})
    return mrr, people(mrr, **AXES)


def test_by_renewals_nothing_is_lost_before_the_next_one(annual_book):
    """One month ahead only who is due at once can leave; eleven of twelve ages cannot."""
    mrr, customers = annual_book
    given = {"annual": mrr, "admitted": RENEWALS, "discount_rate_per_year": 0.0}
    start = pd.PeriodIndex(customers["start_month"]).astype("int64").to_numpy()
    age = mrr.columns[-1].ordinal - start
    now = (mrr.iloc[:, -1] > 0).to_numpy()

    found = _all(existing_value(mrr, mrr, customers, horizon_months=1, **given))

    due = ((age + 1) % 12 == 0) & now
    assert found["method"] == "renewal_model"
    assert 100 * (now.sum() - due.sum()) < found["total"] < 100 * now.sum()
    assert found["total"] == pytest.approx(100 * (now.sum() - 0.2 * due.sum()), rel=0.02)


def test_the_longer_stayed_the_more_is_to_come(annual_book):
    """Retention rises with renewals made: at 24 months more is expected than at none."""
    mrr, customers = annual_book
    customers = customers.assign(
        size=np.where(
            pd.PeriodIndex(customers["start_month"]) < pd.Period("2026-01", "M"), "old", "young"
        )
    )

    found = existing_value(mrr, mrr, customers, annual=mrr, admitted=RENEWALS)
    by_size = found[found["axis"] == "size"].set_index("segment")["value_per_customer"]

    assert by_size["old"] > by_size["young"]


def test_segments_sum_to_all_and_ranges_hold_the_total(annual_book):
    mrr, customers = annual_book
    customers = customers.assign(size=np.where(np.arange(300) % 3, "a", "b"))

    for admitted in (RENEWALS, frozenset()):
        found = existing_value(mrr, mrr, customers, annual=mrr, admitted=admitted)
        parts = found[found["axis"] == "size"]
        assert parts["total"].sum() == pytest.approx(_all(found)["total"])
        assert ((found["low"] < found["total"]) & (found["total"] < found["high"])).all()


def test_a_customer_away_when_the_records_began_counts_and_shapes_nothing(annual_book):
    mrr, customers = annual_book
    returned = mrr.copy()
    returned.loc["Z"] = [0.0] * 47 + [100.0]
    returned.attrs = mrr.attrs
    known = customers.copy()
    known.loc["Z"] = customers.iloc[0]
    known.loc["Z", ["start_month", "opening"]] = [pd.Period("2023-12", "M"), True]
    given = {"admitted": RENEWALS, "discount_rate_per_year": 0.0}

    before = _all(existing_value(mrr, mrr, customers, annual=mrr, **given))
    after = _all(existing_value(returned, returned, known, annual=returned, **given))

    assert after["customers"] == before["customers"] + 1
    assert before["total"] < after["total"] < before["total"] + 60 * 100


def test_the_renewal_models_total_comes_true_in_drawn_books(matrix, people):
    """The next year of 40 books, drawn on from where each stood, lies in most of the ranges."""
    held = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        start = generator.integers(0, 36, 300)
        life = 12 * generator.geometric(generator.beta(1, 4, 300))
        paid = (np.arange(48) >= start[:, None]) & (np.arange(48) < (start + life)[:, None])
        mrr = matrix({f"C{i:03d}": row[:36] * 100.0 for i, row in enumerate(paid)})
        given = {
            "annual": mrr,
            "admitted": RENEWALS,
            "horizon_months": 12,
            "discount_rate_per_year": 0.0,
        }
        found = _all(existing_value(mrr, mrr, people(mrr, **AXES), **given))
        truth = 100 * paid[paid[:, 35], 36:].sum()
        held.append(found["low"] <= truth <= found["high"])

    assert np.mean(held) >= 0.85


def test_by_purchases_it_is_the_expected_year_times_the_margin_share(shop):
    history = shop(customers=800, seed=1)
    bought = fit_purchases(history["repeats"], history["last_repeat"], history["age"]).rates
    paid = fit_spend(history["repeats"], history["spend"]).rates

    found = purchase_forecast(history, months=12, monthly_discount=0.0)

    year = expected_year(history, bought, paid, unit="month")
    assert found.value.to_numpy() == pytest.approx(0.4 * year.to_numpy())


def test_the_slope_of_a_forecast_says_how_much_a_parameter_matters(shop):
    """All customers' slope in log gamma, the scale of spend, is the part of the value that it scales."""
    found = purchase_forecast(shop(customers=800, seed=2), months=12, monthly_discount=0.0)

    assert found.slopes.shape == (800, 7)
    assert (found.slopes[:, 6] > 0).all()
    assert (found.slopes[:, 6] <= found.value.to_numpy() * (1 + 1e-6)).all()


def test_orders_have_no_figure_until_the_purchase_model_is_admitted(matrix, people):
    orders = matrix({f"C{i}": [10, 0, 10, 0] for i in range(9)}, basis="orders")
    customers = people(orders, **AXES)

    refused = existing_value(orders, orders, customers, orders=orders)
    unfitted = existing_value(orders, orders, customers, orders=orders, admitted=PURCHASES)

    assert refused.empty
    assert unfitted.empty


def test_degenerate_books_have_words_or_bounds(matrix, people):
    """All lost, one customer, one month: no figure, or none below five customers."""
    lost = matrix({f"C{i}": [10, 10, 0] for i in range(9)})
    one = matrix({"A": [10]})

    assert existing_value(lost, lost, people(lost, **AXES)).empty
    single = existing_value(one, one, people(one, **AXES))
    assert single[["total", "low", "high", "value_per_customer"]].isna().all(axis=None)
