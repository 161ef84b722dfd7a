"""What each model would have forecast, by hand and from books drawn from known rates."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.forecasts import purchase_forecast, renewal_forecast, survival_forecast
from ltvlab.metrics.known_books import book_of, known_at
from ltvlab.metrics.renewal_value import renewals_of
from ltvlab.statistics.purchases import PurchaseRates
from ltvlab.statistics.renewals import fit_renewals, retention_rate


def annual_rows(*, alpha, beta, customers, seed, months=60):
    """Return rows of customers on yearly terms, of 100 a month, that start evenly over the months."""
    generator = np.random.default_rng(seed)
    start = generator.integers(0, months - 1, customers)
    life = 12 * generator.geometric(generator.beta(alpha, beta, customers))
    month = np.arange(months)
    paid = (month >= start[:, None]) & (month < (start + life)[:, None])
    return {f"C{i:04d}": row * 100.0 for i, row in enumerate(paid)}


def test_survival_keeps_each_customers_margin_for_the_months_its_age_lasts(matrix, people):
    """Half of ten left at age 6; ten new ones of age 3 pay two more months in full, then half."""
    rows = {f"L{i}": [100] * 6 + [0] * 14 for i in range(5)}
    rows |= {f"S{i}": [100] * 20 for i in range(5)}
    rows |= {f"N{i}": [0] * 16 + [100] * 4 for i in range(10)}
    mrr = matrix(rows)

    known = known_at(book_of(mrr, mrr, people(mrr)), 20)

    # The five stayers are past every age seen; in the last twelve ages seen nobody left.
    assert survival_forecast(known) == pytest.approx(10 * 100 * (2 + 10 * 0.5) + 5 * 100 * 12)


def test_beyond_the_ages_seen_the_losses_of_the_last_twelve_are_held(matrix, people):
    """At ages 1 … 13 twelve stand, and one of them leaves at 13: 1 of 12 × 12 months is lost."""
    mrr = matrix({"L": [100] * 13 + [0]} | {f"S{i:02d}": [100] * 14 for i in range(11)})

    known = known_at(book_of(mrr, mrr, people(mrr)), 14)

    kept = 1 - 1 / 144
    assert survival_forecast(known) == pytest.approx(1100 * sum(kept**t for t in range(1, 13)))


def test_large_customers_that_stay_longer_are_not_thinned_by_small_ones(matrix, people):
    generator = np.random.default_rng(2)
    lives = generator.geometric(0.15, 400)
    small = {
        f"S{i}": [1.0] * min(life, 36) + [0.0] * max(36 - life, 0) for i, life in enumerate(lives)
    }
    lives = generator.geometric(0.01, 400)
    large = {
        f"L{i}": [1000.0] * min(life, 36) + [0.0] * max(36 - life, 0)
        for i, life in enumerate(lives)
    }
    mrr = matrix(small | large)

    known = known_at(book_of(mrr, mrr, people(mrr)), 24)

    paying = sum(row[23] > 0 for row in large.values())
    truth = paying * 1000 * sum(0.99**t for t in range(1, 13))
    assert survival_forecast(known) == pytest.approx(truth, rel=0.03)


def test_the_renewal_model_is_sure_of_a_customer_until_its_renewal(matrix, people):
    """At age 15 it pays eight months for sure, then four at the rate of its second renewal."""
    rows = annual_rows(alpha=1, beta=3, customers=600, seed=1)
    mrr = matrix(rows)
    book = book_of(mrr, mrr, people(mrr), annual=mrr)

    known = known_at(book, 48)

    terms = renewals_of(known.spells)
    fit = fit_renewals(terms["renewed"], terms["churned"], entered=terms["entered"])
    age = known.age[known.in_base]
    stays = retention_rate(fit.alpha, fit.beta, age // 12 + 1)
    by_hand = 100 * (11 - age % 12 + (age % 12 + 1) * stays)
    assert renewal_forecast(known) == pytest.approx(by_hand.sum())


def test_customers_on_shorter_terms_follow_the_survival_of_their_own_kind(matrix, people):
    annual = matrix(annual_rows(alpha=1, beta=3, customers=400, seed=1))
    generator = np.random.default_rng(3)
    lives = generator.geometric(0.2, 300)
    monthly = matrix(
        {
            f"M{i}": [100.0] * min(life, 60) + [0.0] * max(60 - life, 0)
            for i, life in enumerate(lives)
        }
        | {f"Y{i}": [0.0] * 47 + [100.0] * 13 for i in range(40)}
    )
    mrr = pd.concat([annual, monthly])
    mrr.attrs = annual.attrs

    both = known_at(book_of(mrr, mrr, people(mrr), annual=annual), 48)
    alone = known_at(book_of(annual, annual, people(annual), annual=annual), 48)

    # What the young are expected to pay is what the others of their kind paid after their first month.
    expected = 40 * 100 * np.clip(lives - 1, 0, 12).mean()
    assert renewal_forecast(both) - renewal_forecast(alone) == pytest.approx(expected)


def test_without_a_fit_the_renewal_model_says_nothing(matrix, people):
    """Too few losses, or nobody on annual terms at all."""
    mrr = matrix({f"C{i}": [100] * 30 for i in range(40)})

    for annual in (mrr, mrr * 0):
        known = known_at(book_of(mrr, mrr, people(mrr), annual=annual), 24)
        assert np.isnan(renewal_forecast(known))


def test_the_purchase_model_forecasts_a_shop_of_known_rates(matrix, people):
    """BG/NBD buyers spending about 50, of which 40 % is margin, over the following year."""
    lines = shop_lines(PurchaseRates(r=1.0, alpha=3.0, a=0.8, b=2.5), customers=1500, seed=4)
    months = lines["date"].dt.to_period("M")
    revenue = lines.pivot_table(index="customer_id", columns=months, values="amount", aggfunc="sum")
    mrr = revenue.reindex(columns=pd.period_range("2020-01", "2022-12", freq="M")).fillna(0.0)
    mrr.attrs = matrix({"A": [1]}, basis="orders").attrs
    known = known_at(book_of(mrr, mrr * 0.4, people(mrr), lines=lines), 24)

    came = 0.4 * mrr.loc[(mrr.iloc[:, :24] > 0).any(axis=1)].iloc[:, 24:].to_numpy().sum()
    assert purchase_forecast(known) == pytest.approx(came, rel=0.12)


def shop_lines(rates, *, customers, seed):
    """Return order lines of customers that start over 2020 and 2021 and buy until they leave."""
    generator = np.random.default_rng(seed)
    pace = generator.gamma(rates.r, 1 / rates.alpha, customers)
    leaving = generator.beta(rates.a, rates.b, customers)
    usual = 50 / generator.gamma(8, 1 / 7, customers)
    start = generator.uniform(0, 24, customers)
    bought = [(i, start[i]) for i in range(customers)]
    for i in range(customers):
        now = start[i]
        while generator.random() > (leaving[i] if now > start[i] else 0.0):
            now += generator.exponential(1 / max(pace[i], 1e-9))
            if now >= 36:
                break
            bought.append((i, now))
    who, when = map(np.array, zip(*bought, strict=True))
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta((when * 365.25 / 12).astype(int), unit="D")
    paid = usual[who] * generator.gamma(6, 1 / 6, len(who))
    names = np.array([f"C{i:04d}" for i in range(customers)])[who]
    return pd.DataFrame({"customer_id": names, "date": days, "amount": paid})


def test_the_purchase_model_says_nothing_without_repeats(matrix, people):
    mrr = matrix({f"C{i}": [10] + [0] * 23 for i in range(30)}, basis="orders")
    day = pd.Timestamp("2024-01-15")
    lines = pd.DataFrame({"customer_id": mrr.index, "date": day, "amount": 10.0})

    assert np.isnan(purchase_forecast(known_at(book_of(mrr, mrr, people(mrr), lines=lines), 12)))
