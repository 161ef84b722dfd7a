"""Terms and rates: who renews when, and what is done where a fit is withheld."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ltvlab.metrics.renewal_fits import (
    CONSTANT,
    NONE_DUE,
    renewal_strata,
    starting_terms,
    staying,
    withheld,
)
from ltvlab.metrics.renewal_value import renewal_value


def _spells(duration, event, *, term=12, margin=100.0):
    return pd.DataFrame(
        {
            "duration": duration, "event": event, "entry": 0, "starting_margin": margin,
            "seen": True, "term_months": term,
        }
    )  # fmt: skip


def test_a_customers_term_is_that_of_its_first_month(matrix):
    """B starts on a year and turns monthly; C starts half on a year; D never."""
    mrr = matrix({"A": [0, 10, 10], "B": [10, 10, 10], "C": [10, 10, 0], "D": [10, 10, 10]})
    annual = matrix({"A": [0, 10, 10], "B": [10, 0, 0], "C": [5, 0, 0], "D": [4, 10, 10]})

    assert starting_terms(mrr, annual).to_dict() == {"A": 12, "B": 12, "C": 12, "D": 1}


def test_a_customer_that_annual_amounts_do_not_name_is_on_monthly_terms(matrix):
    assert starting_terms(matrix({"A": [10]}), matrix({"B": [10]})).tolist() == [1]


def test_yearly_renewals_are_never_laid_over_monthly_customers():
    """40 of 80 monthly customers leave after one month; the yearly ones lose 20 of 40 at month 12.

    By hand over two months: monthly 1 + about a half, yearly 1 + 1.
    """
    monthly = _spells([1] * 40 + [2] * 40, [True] * 40 + [False] * 40, term=1)
    yearly = _spells([12] * 20 + [13] * 20, [True] * 20 + [False] * 20)
    book = pd.concat([monthly, yearly], ignore_index=True)

    found = renewal_value(book, horizon_months=2, monthly_discount=0.0).value

    kept = (80 + 0.5) / (120 + 1)  # of 120 monthly renewals due 80 were made
    assert found.n == 120
    assert found.value == pytest.approx((80 * 100 * (1 + kept) + 40 * 200) / 120)


def test_where_the_fit_sits_on_a_bound_one_rate_stands_for_all_renewals_and_says_so():
    """Everyone leaves with the same chance: the spread between customers is nil, sBG's bound."""
    life = 12 * np.random.default_rng(5).geometric(0.3, 300)
    book = _spells(np.minimum(life, 48), life <= 48)

    found = renewal_value(book, horizon_months=24, monthly_discount=0.0)
    strata = renewal_strata(book)
    rates = strata[0].rates

    assert found.note == CONSTANT
    assert {len(stratum.rates.parameters) for stratum in strata} == {1}
    assert staying(rates, rates.parameters, [0, 11, 12, 35]).tolist() == pytest.approx(
        [1.0, 1.0, expit(rates.parameters[0]), expit(rates.parameters[0]) ** 2]
    )
    assert found.value.value == pytest.approx(1200 * (1 + 0.7), rel=0.05)
    assert found.value.low < found.value.value < found.value.high


def test_fewer_than_ten_losses_carry_no_value():
    book = _spells([12] * 9 + [24] * 40, [True] * 9 + [False] * 40)

    found = renewal_value(book, monthly_discount=0.0)

    assert np.isnan(found.value.value)
    assert found.reason.startswith("too few events")


def test_a_term_at_which_nobody_came_to_a_renewal_withholds_the_value():
    """Ten monthly losses say nothing about yearly customers in their first year."""
    monthly = _spells([1] * 20 + [2] * 40, [True] * 20 + [False] * 40, term=1)
    book = pd.concat([monthly, _spells([5] * 30, False)], ignore_index=True)

    assert withheld(renewal_strata(book)) == NONE_DUE
    assert np.isnan(renewal_value(book, monthly_discount=0.0).value.value)


def test_all_lost_and_none_lost_give_bounds_and_never_infinity():
    """Jeffreys' half a customer keeps a share of all or none inside 0 and 1."""
    gone = renewal_value(_spells([12] * 30, True), monthly_discount=0.0)

    assert gone.value.value == pytest.approx(1200, rel=0.05)
    assert np.isfinite([gone.value.low, gone.value.high]).all()
