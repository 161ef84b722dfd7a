"""sBG against the series of Fader & Hardie (2007), books drawn from known rates, and its own laws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.statistics.renewals import (
    fit_renewals,
    remaining_terms,
    remaining_value,
    retention_rate,
    survival,
)

TABLE = Path(__file__).parents[3] / "shared" / "data" / "sbg"
# Percent of customers left after 0 … 7 years, as the paper prints them.
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]

rates = st.floats(0.05, 50)


def leavers(percent_left):
    """Return renewals, churned and weights of a table of survivors; who is left is censored."""
    years = len(percent_left) - 1
    renewed = np.append(np.arange(years), years)
    weights = np.append(-np.diff(percent_left), percent_left[-1])
    return renewed, np.append(np.ones(years), 0), weights


def book(*, alpha, beta, customers, seed, opportunities=8):
    """Return renewals and churned of customers drawn from known rates, watched for 1 … 8 terms."""
    generator = np.random.default_rng(seed)
    renewals = generator.geometric(generator.beta(alpha, beta, customers)) - 1
    watched = generator.integers(1, opportunities + 1, customers)
    return np.minimum(renewals, watched), renewals < watched


@pytest.mark.parametrize(
    ("left", "alpha", "beta", "after_12"),
    [(REGULAR, 0.704, 1.182, 0.170), (HIGH_END, 0.668, 3.806, 0.378)],
)
def test_the_published_series_give_the_published_rates(left, alpha, beta, after_12):
    """V19."""
    fit = fit_renewals(*leavers(left))

    assert fit.reason == ""
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (alpha, beta)
    assert survival(fit.alpha, fit.beta, 12) == pytest.approx(after_12, abs=0.0005)


@pytest.mark.parametrize(
    ("column", "alpha", "beta"), [("regular_pct", 0.704, 1.182), ("high_end_pct", 0.668, 3.806)]
)
def test_the_table_of_the_paper_gives_the_published_rates(column, alpha, beta):
    if not TABLE.is_dir():
        pytest.skip("the paper's table is not beside this checkout")
    left = pd.read_csv(next(TABLE.glob("*.csv")))[column].to_numpy()[:8]

    fit = fit_renewals(*leavers(left))

    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (alpha, beta)


def test_retention_rises_with_age_as_published():
    assert retention_rate(0.668, 3.806, [1, 2]) == pytest.approx([0.8507, 0.8780], abs=0.00005)


def test_rates_that_made_a_book_are_found_again():
    fit = fit_renewals(*book(alpha=0.7, beta=3.8, customers=4000, seed=3))

    assert abs(fit.alpha - 0.7) < 2 * fit.alpha_error < 0.3
    assert abs(fit.beta - 3.8) < 2 * fit.beta_error < 2.0


def test_standard_errors_are_as_wide_as_estimates_scatter():
    fits = [fit_renewals(*book(alpha=1, beta=4, customers=1500, seed=s)) for s in range(30)]

    spread = np.std([np.log(fit.alpha) for fit in fits])
    stated = np.mean([fit.alpha_error / fit.alpha for fit in fits])

    assert 0.7 < stated / spread < 1.4


def test_customers_watched_late_are_judged_on_later_renewals_alone():
    """Taken from their start, they would hide everyone who left before anybody looked (D24)."""
    renewed, churned = book(alpha=0.7, beta=2.0, customers=6000, seed=5)
    entered = np.where(np.arange(6000) % 2, 2, 0)
    there = renewed >= entered

    late = fit_renewals(renewed[there], churned[there], entered=entered[there])
    naive = fit_renewals(renewed[there], churned[there])

    assert abs(late.alpha - 0.7) < 2 * late.alpha_error
    assert survival(naive.alpha, naive.beta, 1) > survival(0.7, 2.0, 1) + 0.05


@pytest.fixture(scope="module")
def some_book():
    return book(alpha=1, beta=4, customers=300, seed=1)


def test_the_order_of_customers_changes_nothing(some_book):
    renewed, churned = some_book
    order = np.random.default_rng(0).permutation(len(renewed))

    shuffled = fit_renewals(renewed[order], churned[order])

    assert shuffled[:4] == fit_renewals(renewed, churned)[:4]


def test_everybody_twice_gives_the_same_rates_and_smaller_errors(some_book):
    renewed, churned = some_book
    once = fit_renewals(renewed, churned)

    twice = fit_renewals(np.tile(renewed, 2), np.tile(churned, 2))

    assert (twice.alpha, twice.beta) == pytest.approx((once.alpha, once.beta), rel=1e-9)
    assert twice.alpha_error == pytest.approx(once.alpha_error / np.sqrt(2), rel=1e-6)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood)


def test_a_weight_counts_as_so_many_customers(some_book):
    renewed, churned = some_book

    weighted = fit_renewals(renewed, churned, np.full(len(renewed), 2.0))

    assert weighted[:4] == fit_renewals(np.tile(renewed, 2), np.tile(churned, 2))[:4]
    assert weighted.n == 2 * fit_renewals(renewed, churned).n


def test_a_customer_that_came_to_no_renewal_says_nothing(some_book):
    renewed, churned = some_book

    more = fit_renewals(np.append(renewed, [0, 0]), np.append(churned, [False, False]))

    assert more[:2] == fit_renewals(renewed, churned)[:2]
    assert more.n == fit_renewals(renewed, churned).n


@pytest.mark.parametrize(
    ("renewed", "churned", "reason"),
    [
        ([], [], "too few events"),
        ([3] * 50, [0] * 50, "too few events"),
        ([0] * 5 + [3] * 50, [1] * 5 + [0] * 50, "too few events"),
        ([0] * 30, [1] * 30, "bound"),
        ([0] * 20 + [6] * 80, [1] * 20 + [0] * 80, "bound"),
        ([0] * 20 + [1] * 80, [1] * 20 + [0] * 80, "determine"),
    ],
    ids=["nobody", "no loss", "five losses", "all at once", "all early", "one renewal seen"],
)
def test_a_fit_that_means_nothing_is_withheld_with_its_reason(renewed, churned, reason):
    fit = fit_renewals(renewed, churned)

    assert reason in fit.reason
    assert np.isnan([fit.alpha, fit.beta, fit.alpha_error, fit.log_likelihood]).all()
    assert fit.on_bound == (reason == "bound")
    assert (fit.events, fit.converged) == (sum(churned), "few" not in fit.reason)


@given(rates, rates)
@settings(max_examples=50)
def test_survival_starts_at_one_and_falls_as_retention_says(alpha, beta):
    curve = survival(alpha, beta, np.arange(40))

    assert curve[0] == 1.0
    assert (np.diff(curve) < 0).all()
    assert curve[1:] / curve[:-1] == pytest.approx(retention_rate(alpha, beta, np.arange(1, 40)))


def test_remaining_terms_add_up_by_hand():
    """α = β = 1: retention is 1/2, 2/3, 3/4 …, so a new customer makes 1/2 + 1/3 + 1/4 more terms."""
    terms = remaining_terms(1, 1, np.array([0, 2, 0]), horizon_periods=3)

    assert terms == pytest.approx([13 / 12, 3 / 4 + 3 / 5 + 3 / 6, 13 / 12])


def test_remaining_value_is_margin_discounted_from_the_next_renewal_on():
    value = remaining_value(
        1, 1, [0, 1], [100.0, 60.0], horizon_periods=2, discount_per_period=0.10
    )

    new, renewed = 1 / 2 / 1.1 + 1 / 3 / 1.21, 2 / 3 / 1.1 + 2 / 4 / 1.21
    assert value == pytest.approx([100 * new, 60 * renewed])


def test_who_renewed_often_stays_longer_even_after_thousands_of_terms():
    terms = remaining_terms(0.7, 3.8, np.array([0, 1, 5, 5000]), horizon_periods=10)

    assert (np.diff(terms) > 0).all()
    assert 9.9 < terms[-1] < 10
