"""The plain forecasts by hand: what a model has to beat."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.baselines import last_value, one_over_churn, same_age_cohort_mean
from ltvlab.metrics.known_books import book_of, booked_after, known_at


@pytest.fixture
def known(matrix, people):
    """Return the function from rows of amounts to what is known after so many months."""

    def build(rows, months, *, share=1.0, basis="contracts"):
        mrr = matrix(rows, basis=basis)
        return known_at(book_of(mrr, mrr * share, people(mrr)), months)

    return build


def test_the_last_value_is_the_last_months_margin_twelve_times(known):
    """B has left: it brings nothing; half of the revenue is margin."""
    at = known({"A": [100] * 14, "B": [50] * 11 + [0] * 3}, 12, share=0.5)

    assert last_value(at) == 12 * 50.0


def test_with_orders_the_last_value_is_the_last_twelve_months(known):
    """The month before them does not count, and the origin's own does."""
    at = known({"A": [900] + [0] * 11 + [70, 5], "B": [0, 30] + [0] * 12}, 13, basis="orders")

    assert last_value(at) == 100.0


def test_one_over_churn_thins_the_margin_every_month(known):
    """A and B opened twelve months each, C eleven; one of the 35 was lost."""
    rows = {"A": [100] * 13, "B": [100] * 13, "C": [100] * 11 + [0] * 2}
    churn = 1 / (12 + 12 + 11)

    at = known(rows, 13)

    assert one_over_churn(at) == pytest.approx(200 * sum((1 - churn) ** t for t in range(1, 13)))


def test_orders_have_no_monthly_churn(known):
    assert np.isnan(one_over_churn(known({"A": [1] * 14}, 13, basis="orders")))


def test_the_same_age_mean_is_what_earlier_customers_brought_after_that_age(known):
    """Five started at month 0 with 100, falling to 40 after a year; five new ones are at age 0."""
    early = {f"E{i}": [100] * 12 + [40] * 13 for i in range(5)}
    young = {f"Y{i}": [0] * 24 + [7] for i in range(5)}

    at = known(early | young, 25)

    # Per young customer: eleven months at 100, one at 40. Per early one, of age 24, nobody was
    # followed further, so over all ages: 24 ages × 5 customers stood at some age before.
    young_part = 5 * (11 * 100 + 40)
    early_part = 5 * sum(_mean_over_ages([100] * 12 + [40] * 13, ahead) for ahead in range(1, 13))
    assert same_age_cohort_mean(at) == pytest.approx(young_part + early_part)


def _mean_over_ages(row, ahead):
    return sum(row[ahead:]) / len(row[ahead:])


def test_a_customer_of_orders_stays_in_its_cohort_when_it_does_not_buy(known):
    """Five bought at once and again a year later; five new ones are expected to do the same."""
    early = {f"E{i}": [10] + [0] * 11 + [30] + [0] * 2 for i in range(5)}
    young = {f"Y{i}": [0] * 14 + [1] for i in range(5)}

    at = known(early | young, 15, basis="orders")

    ahead_of_young = 5 * 30
    # After age 14 nobody was followed: one in (15 − ahead) ages saw the 30, if it lay ahead of any.
    overall = sum(30 / (15 - ahead) for ahead in range(1, 13))
    assert same_age_cohort_mean(at) == pytest.approx(ahead_of_young + 5 * overall)


def test_a_lead_that_nobody_was_followed_for_is_as_the_one_before(known):
    """After twelve months nobody was seen twelve months on: the eleventh stands for the twelfth."""
    at = known({f"C{i}": [20] * 12 for i in range(5)}, 12)

    assert same_age_cohort_mean(at) == pytest.approx(5 * 12 * 20)


def test_a_book_without_customers_brings_nothing(matrix):
    empty = pd.DataFrame(columns=pd.period_range("2024-01", periods=30, freq="M"), dtype="float64")
    empty.attrs = matrix({"A": [1]}).attrs
    nobody = pd.DataFrame({"start_month": pd.PeriodIndex([], freq="M"), "opening": []})
    book = book_of(empty, empty, nobody)

    at = known_at(book, 12)

    assert last_value(at) == 0.0
    assert np.isnan(one_over_churn(at))
    assert np.isnan(same_age_cohort_mean(at))
    assert booked_after(book, 12) == 0.0
