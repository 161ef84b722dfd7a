"""How often the range of a customer's value holds the truth, in simulated books (D33)."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.renewal_value import renewal_value
from ltvlab.metrics.values import survival_value
from ltvlab.statistics.discounting import monthly_discount

MONTHS, HORIZON, RUNS = 36, 24, 300
DISCOUNT = monthly_discount(0.10)
# The nominal 95 % is reached but for this much in small or very unequal books; three standard
# errors of RUNS books are allowed on top.
FLOORS = {(300, 0.5): 0.93, (300, 1.0): 0.93, (50, 0.5): 0.90, (50, 1.0): 0.90}


def _hazard(size):
    """Large customers leave less: size and churn go together, as in real books."""
    return np.clip(0.03 * size**-0.35, 0.004, 0.15)


def _book(generator, customers, sigma):
    size = np.exp(generator.normal(0, sigma, customers))
    start = generator.integers(0, MONTHS, customers)
    life = generator.geometric(_hazard(size))
    watched = MONTHS - 1 - start
    return pd.DataFrame(
        {
            "duration": np.minimum(life, watched),
            "event": life <= watched,
            "entry": 0,
            "starting_margin": 100 * size,
            "seen": True,
        }
    )


def _truth(sigma):
    size = np.exp(np.random.default_rng(99).normal(0, sigma, 2_000_000))
    kept = (1 - _hazard(size)) / (1 + DISCOUNT)
    return float((100 * size * (1 - kept**HORIZON) / (1 - kept)).mean())


def _coverage(customers, sigma):
    truth, held = _truth(sigma), []
    for run in range(RUNS):
        book = _book(np.random.default_rng(1000 * customers + run), customers, sigma)
        value = survival_value(
            book, horizon_months=HORIZON, monthly_discount=DISCOUNT, seed=run, draws=600
        )
        if value.horizon_months == HORIZON:
            held.append(value.low <= truth <= value.high)
    return float(np.mean(held)), len(held)


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "sigma"), FLOORS)
def test_the_range_of_a_value_holds_the_truth_as_often_as_it_says(customers, sigma):
    coverage, books = _coverage(customers, sigma)
    floor = FLOORS[customers, sigma]

    print(f"{customers} customers, sigma {sigma}: {coverage:.1%} of {books} books")
    assert coverage >= floor - 3 * np.sqrt(floor * (1 - floor) / books)


@pytest.mark.slow
@pytest.mark.parametrize("customers", [50, 300])
def test_very_unequal_books_are_covered_less_and_that_is_known(customers):
    """Log-normal sizes of sigma 1.5: measured and said, never below three in four."""
    coverage, books = _coverage(customers, 1.5)

    print(f"{customers} customers, sigma 1.5: {coverage:.1%} of {books} books")
    assert coverage >= 0.75


# Renewal value over 60 months of books watched for 36, seven in ten customers on yearly terms,
# each with a chance of leaving of its own: with about 14 losses among unequal customers one
# rate must stand for all sizes, the value comes out low, and the range is stretched for it.
RENEWAL_RUNS, RENEWAL_HORIZON = 150, 60
RENEWAL_FLOORS = {(300, 0.5): 0.93, (300, 1.0): 0.90, (50, 0.5): 0.90, (50, 1.0): 0.90}


def _renewing(generator, customers, sigma):
    size = np.exp(generator.normal(0, sigma, customers))
    start = generator.integers(0, MONTHS, customers)
    term = np.where(generator.random(customers) < 0.7, 12, 1)
    hazard = _hazard(size) * generator.gamma(2, 0.5, customers)
    life = term * generator.geometric(1 - np.exp(-hazard * term))
    watched = MONTHS - 1 - start
    return pd.DataFrame(
        {
            "duration": np.minimum(life, watched), "event": life <= watched, "entry": 0,
            "starting_margin": 100 * size, "seen": True, "term_months": term,
        }
    )  # fmt: skip


def _renewing_truth(sigma, customers=200_000):
    generator = np.random.default_rng(99)
    size = np.exp(generator.normal(0, sigma, customers))
    hazard = _hazard(size) * generator.gamma(2, 0.5, customers)
    value = np.zeros(customers)
    for age in range(RENEWAL_HORIZON):
        staying = 0.7 * np.exp(-hazard * (age // 12 * 12)) + 0.3 * np.exp(-hazard * age)
        value += staying / (1 + DISCOUNT) ** age
    return float((100 * size * value).mean())


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "sigma"), RENEWAL_FLOORS)
def test_the_range_of_a_renewal_value_holds_the_truth_as_often_as_it_says(customers, sigma):
    truth, held = _renewing_truth(sigma), []
    for run in range(RENEWAL_RUNS):
        book = _renewing(np.random.default_rng(1000 * customers + run), customers, sigma)
        found = renewal_value(book, horizon_months=RENEWAL_HORIZON, monthly_discount=DISCOUNT)
        if not found.reason:
            held.append(found.value.low <= truth <= found.value.high)
    coverage, floor = float(np.mean(held)), RENEWAL_FLOORS[customers, sigma]

    print(f"renewals, {customers} customers, sigma {sigma}: {coverage:.1%} of {len(held)} books")
    assert coverage >= floor - 3 * np.sqrt(floor * (1 - floor) / len(held))
