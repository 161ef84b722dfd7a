"""The value of an annual book by hand, and against books drawn from known renewal rates."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.renewal_value import renewal_value, renewals_of
from ltvlab.metrics.values import recent_sums, subscription_value
from ltvlab.statistics.discounting import monthly_discount
from ltvlab.statistics.renewals import fit_renewals, survival


def spells(duration, event, *, margin=100.0, entry=0, seen=True):
    return pd.DataFrame(
        {
            "duration": duration,
            "event": event,
            "entry": entry,
            "starting_margin": margin,
            "seen": seen,
        }
    )


def annual_book(*, alpha, beta, customers, seed, years=5, margin=100.0):
    """Return spells of customers on yearly terms who started evenly over the years watched."""
    generator = np.random.default_rng(seed)
    life = 12 * generator.geometric(generator.beta(alpha, beta, customers))
    watched = generator.integers(0, 12 * years, customers)
    return spells(np.minimum(life, watched), life <= watched, margin=margin)


def true_value(alpha, beta, *, margin=100.0, years=5):
    return margin * 12 * survival(alpha, beta, np.arange(years)).sum()


def test_months_of_age_become_terms():
    """Gone at 12 never renewed; there at 12 renewed once; gone at 13 left inside the second term."""
    lives = spells(
        [12, 12, 13, 24, 24, 11, 7, 0],
        [True, False, True, True, False, False, True, True],
        entry=[0, 0, 0, 12, 13, 0, 0, 0],
    )

    terms = renewals_of(lives)

    assert terms["renewed"].tolist() == [0, 1, 1, 1, 2, 0, 0, -1]
    assert terms["entered"].tolist() == [0, 0, 0, 1, 1, 0, 0, 0]


def test_the_value_adds_up_by_hand():
    """Of 100, 40 leave at once, then 15 of 60, then 5 of 45: each year is paid to its end."""
    book = spells([12] * 40 + [24] * 15 + [36] * 5 + [40] * 40, [True] * 60 + [False] * 40)
    fit = fit_renewals([0] * 40 + [1] * 15 + [2] * 5 + [3] * 40, [1] * 60 + [0] * 40)

    found = renewal_value(book, horizon_months=30, monthly_discount=0.0)

    first, second = survival(fit.alpha, fit.beta, [1, 2])
    assert found.value.value == pytest.approx(100 * (12 + 12 * first + 6 * second))
    assert (found.value.n, found.value.events, found.value.horizon_months) == (100, 60, 30)
    assert (found.share_beyond, found.reason) == (0.0, "")


def test_months_are_discounted_from_the_first_on():
    book = annual_book(alpha=1, beta=4, customers=400, seed=1)
    weights = (1 + monthly_discount(0.10)) ** -np.arange(12.0)

    year = renewal_value(book, horizon_months=12, monthly_discount=monthly_discount(0.10))

    assert year.value.value == pytest.approx(100 * weights.sum())


def test_each_customer_brings_its_own_margin_at_its_sizes_renewals():
    """D18: large customers that stay longer are worth more than mean margin × mean life."""
    small = annual_book(alpha=2, beta=2, customers=2000, seed=1, margin=10.0)
    large = annual_book(alpha=0.5, beta=6, customers=2000, seed=2, margin=1000.0)
    book = pd.concat([small, large], ignore_index=True)

    found = renewal_value(book, monthly_discount=0.0).value

    truth = (true_value(2, 2, margin=10.0) + true_value(0.5, 6, margin=1000.0)) / 2
    assert found.value == pytest.approx(truth, rel=0.02)


def test_a_customer_not_seen_from_its_start_shapes_the_rates_and_is_not_valued():
    book = annual_book(alpha=1, beta=4, customers=600, seed=3)
    half = book.assign(seen=np.arange(600) % 2 == 0)

    found = renewal_value(half, monthly_discount=0.0).value

    assert found.n == 300
    assert found.value == pytest.approx(renewal_value(book, monthly_discount=0.0).value.value)
    assert found.events == renewal_value(book, monthly_discount=0.0).value.events


def test_the_range_covers_the_truth_nineteen_times_in_twenty():
    truth = true_value(1, 4)
    found = [
        renewal_value(annual_book(alpha=1, beta=4, customers=500, seed=s), monthly_discount=0.0)
        for s in range(25)
    ]

    ranges = [each.value for each in found if not each.reason]
    covered = np.mean([value.low < truth < value.high for value in ranges])

    assert len(ranges) > 22
    assert covered >= 0.85


def test_what_lies_beyond_the_years_seen_is_owned_up_to():
    book = annual_book(alpha=1, beta=4, customers=500, seed=1, years=3)

    found = renewal_value(book, monthly_discount=0.0)

    curve = survival(1, 4, np.arange(60) // 12)
    assert found.share_beyond == pytest.approx(curve[36:].sum() / curve.sum(), abs=0.05)


def test_a_first_year_book_has_no_value_and_says_why():
    """Nobody could leave yet: 1 / churn would read as a life without end."""
    found = renewal_value(spells([11] * 80, False), monthly_discount=0.0)

    assert np.isnan(found.value.value)
    assert found.value.n == 80
    assert found.reason.startswith("too few events")


def test_a_segment_without_customers_has_no_value():
    assert renewal_value(spells([], []), monthly_discount=0.0).value.n == 0


def test_young_annual_customers_do_not_lengthen_lives(matrix):
    """D17b: in a growing annual book 1 / churn overstates, since first-year customers cannot leave."""
    generator = np.random.default_rng(1)
    start = (48 * np.sqrt(generator.random(800))).astype(int)
    life = 12 * generator.geometric(generator.beta(2, 6, 800))
    paid = (np.arange(48) >= start[:, None]) & (np.arange(48) < (start + life)[:, None])
    mrr = matrix({f"C{i:03d}": row * 100.0 for i, row in enumerate(paid)})
    book = spells(np.minimum(life, 47 - start), life <= 47 - start)

    naive = subscription_value(recent_sums(mrr, mrr), horizon_months=60, seed=1).value
    found = renewal_value(book, horizon_months=60, monthly_discount=0.0).value

    assert found.value == pytest.approx(true_value(2, 6), rel=0.08)
    assert naive > 1.2 * true_value(2, 6)
