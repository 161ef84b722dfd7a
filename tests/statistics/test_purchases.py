"""BG/NBD against the CDNOW results of Fader, Hardie & Lee (2005), and customers of known rates."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from ltvlab.statistics.purchases import (
    PurchaseRates,
    expected_further_purchases,
    expected_purchases,
    fit_purchases,
    log_likelihoods,
    probability_alive,
    purchase_summary,
)

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
PUBLISHED = PurchaseRates(r=0.243, alpha=4.414, a=0.793, b=2.426)


@pytest.fixture(scope="module")
def cdnow():
    """Return the calibration summary of the paper: 39 weeks of the 1/10 sample."""
    if not SAMPLE.is_file():
        pytest.skip("the CDNOW sample is not beside this checkout")
    names = ["master", "customer_id", "date", "cds", "amount"]
    orders = pd.read_csv(
        SAMPLE, sep=r"\s+", header=None, names=names, dtype={"customer_id": str, "date": str}
    )
    return purchase_summary(orders, as_of=datetime.date(1997, 9, 30), unit="week")


def shop(rates, *, customers, seed, weeks=52):
    """Return repeats, last_repeat and age of customers that buy and leave at known rates."""
    generator = np.random.default_rng(seed)
    pace = generator.gamma(rates.r, 1 / rates.alpha, customers)
    leaving = generator.beta(rates.a, rates.b, customers)
    age = generator.uniform(weeks / 2, weeks, customers)
    repeats, last, now = np.zeros((3, customers))
    alive = np.ones(customers, dtype=bool)
    while alive.any():
        now += generator.exponential(1 / np.maximum(pace, 1e-300))
        alive &= now <= age
        repeats, last = repeats + alive, np.where(alive, now, last)
        alive &= generator.random(customers) > leaving
    return repeats, last, age


def orders(*rows):
    return pd.DataFrame(rows, columns=["customer_id", "date", "amount"])


def test_the_cdnow_sample_is_summarised_as_published(cdnow):
    assert len(cdnow) == 2357
    assert (cdnow["repeats"] > 0).sum() == 946
    assert cdnow["repeats"].sum() == 2457


def test_the_cdnow_sample_gives_the_published_rates(cdnow):
    fit = fit_purchases(cdnow["repeats"], cdnow["last_repeat"], cdnow["age"])

    assert np.round(fit.rates, 3).tolist() == list(PUBLISHED)
    assert round(fit.log_likelihood, 1) == -9582.4
    assert (fit.events, fit.n, fit.reason) == (946, 2357, "")


def test_the_unit_of_time_scales_alpha_alone(cdnow):
    in_weeks = fit_purchases(cdnow["repeats"], cdnow["last_repeat"], cdnow["age"])

    in_days = fit_purchases(cdnow["repeats"], 7 * cdnow["last_repeat"], 7 * cdnow["age"])

    assert in_days.rates.alpha == pytest.approx(7 * in_weeks.rates.alpha, rel=1e-6)
    assert in_days.rates.b == pytest.approx(in_weeks.rates.b, rel=1e-6)


def test_a_new_customer_buys_as_in_the_published_table(cdnow):
    """At the fitted rates; the rounded ones of the paper give 1.8605 in 78 weeks."""
    rates = fit_purchases(cdnow["repeats"], cdnow["last_repeat"], cdnow["age"]).rates

    bought = expected_purchases(rates, [0.1429, 1, 3, 31.8571, 32])

    assert np.round(bought, 4).tolist() == [0.0078, 0.0532, 0.1506, 1.0405, 1.0437]
    # The spreadsheet cuts its series short there; integration gives 1.8580 too.
    assert expected_purchases(rates, 78) == pytest.approx(1.8576, abs=0.0005)


def test_a_known_customer_buys_as_published():
    further = expected_further_purchases(PUBLISHED, 2, 30.43, 38.86, periods=39)

    assert round(float(further), 3) == 1.226


def test_without_a_repeat_alive_is_certain_or_hidden():
    past = (np.array([0, 0, 2]), np.array([0.0, 0.0, 30.43]), np.array([1.0, 500.0, 38.86]))

    alive = probability_alive(PUBLISHED, *past)
    shown = probability_alive(PUBLISHED, *past, hide_without_repeat=True)

    assert (alive[:2] == 1.0).all()
    assert np.isnan(shown[:2]).all()
    assert shown[2] == alive[2] < 1.0


def test_silence_makes_a_frequent_buyer_doubtful_first():
    rare, frequent = probability_alive(PUBLISHED, np.array([2, 20]), 20.0, 40.0)

    assert frequent < rare


@pytest.mark.parametrize(
    "rates", [PUBLISHED, PurchaseRates(1.5, 6.0, 1.0, 3.0), PurchaseRates(0.5, 8.0, 0.3, 0.7)]
)
def test_expected_purchases_are_the_mean_over_all_customers(rates):
    """By numerical integration, also at a = 1 and a + b = 1, where the formula divides 0 by 0."""
    r, alpha, a, b = rates
    weeks = 20.0

    def bought(leaving):
        pace = -np.expm1(-r * np.log1p(leaving * weeks / alpha)) / leaving
        return pace * beta.pdf(leaving, a, b)

    integral = quad(bought, 0, 1, limit=500)[0]

    assert expected_purchases(rates, weeks) == pytest.approx(integral, rel=1e-5)


def test_expectations_stay_finite_for_a_thousand_purchases():
    further = expected_further_purchases(PUBLISHED, np.array([1000, 5000]), 99.9, 100.0, periods=52)

    assert np.isfinite(further).all()
    assert (further > 0).all()
    assert np.isfinite(log_likelihoods(PUBLISHED, np.array([5000]), 99.9, 100.0)).all()


@pytest.fixture(scope="module")
def known_shop():
    return shop(PurchaseRates(0.5, 8.0, 0.8, 2.5), customers=3000, seed=2)


def test_rates_that_made_a_shop_are_found_again(known_shop):
    fit = fit_purchases(*known_shop)

    distance = np.subtract(fit.rates, (0.5, 8.0, 0.8, 2.5)) / fit.standard_errors
    assert (np.abs(distance) < 2).all()


def test_further_purchases_are_what_known_customers_then_make():
    """The same customers watched longer: the mean forecast meets what came."""
    rates = PurchaseRates(0.5, 8.0, 0.8, 2.5)
    new = expected_purchases(rates, np.array([26.0, 52.0]))
    repeats, last, age = shop(rates, customers=40_000, seed=4, weeks=26)

    further = expected_further_purchases(rates, repeats, last, age, periods=52.0 - age)

    assert (repeats + further).mean() == pytest.approx(new[1], rel=0.03)


def test_the_order_of_customers_changes_nothing(known_shop):
    order = np.random.default_rng(0).permutation(len(known_shop[0]))

    shuffled = fit_purchases(*(column[order] for column in known_shop))

    assert shuffled.rates == fit_purchases(*known_shop).rates


def test_everybody_twice_gives_the_same_rates(known_shop):
    once = fit_purchases(*known_shop)

    twice = fit_purchases(*(np.tile(column, 2) for column in known_shop))
    weighted = fit_purchases(*known_shop, np.full(3000, 2.0))

    assert twice.rates == pytest.approx(once.rates, rel=1e-9)
    assert weighted.rates == twice.rates
    assert twice.n == 2 * once.n


@pytest.mark.parametrize(
    ("repeats", "reason"),
    [
        (np.zeros(0), "too few events"),
        (np.zeros(50), "too few events"),
        (np.r_[np.ones(5), np.zeros(50)], "too few events"),
        (np.full(50, 10.0), "bound"),
    ],
    ids=["nobody", "no repeat", "five who came again", "nobody ever left"],
)
def test_a_fit_that_means_nothing_is_withheld_with_its_reason(repeats, reason):
    age = np.full(len(repeats), 40.0)

    fit = fit_purchases(repeats, np.where(repeats > 0, 39.9, 0.0), age)

    assert reason in fit.reason
    assert np.isnan([*fit.rates, *fit.standard_errors, fit.log_likelihood]).all()
    assert fit.on_bound == (reason == "bound")


def test_purchases_of_one_day_are_one_and_counted_from_the_first():
    lines = orders(
        ("A", "2026-01-01", 10.0), ("A", "2026-01-15", 30.0), ("A", "2026-01-15", 20.0),
        ("A", "2026-01-29", 70.0), ("A", "2026-02-20", 999.0), ("B", "2026-01-08", 5.0),
    )  # fmt: skip

    summary = purchase_summary(lines, as_of=datetime.date(2026, 2, 5), unit="week")

    assert summary.loc["A"].tolist() == [2, 4.0, 5.0, 60.0]
    assert summary.loc["B"].tolist()[:3] == [0, 0.0, 4.0]
    assert np.isnan(summary.loc["B", "spend"])


def test_a_day_of_returns_is_no_purchase():
    lines = orders(("A", "2026-01-01", 10.0), ("A", "2026-01-15", -10.0), ("B", "2026-01-15", -1.0))

    summary = purchase_summary(lines, as_of=datetime.date(2026, 2, 5), unit="week")

    assert summary["repeats"].to_dict() == {"A": 0}


def test_twelve_months_are_a_year():
    """V22: months of 30 days would make it 360 days."""
    lines = orders(("A", "2026-01-01", 10.0))

    summary = purchase_summary(lines, as_of=datetime.date(2030, 1, 1), unit="month")

    assert summary["age"].tolist() == [48.0]


def test_the_time_of_day_does_not_count():
    lines = orders(("A", "2026-01-01 09:00", 10.0), ("A", "2026-01-01 17:00", 10.0))

    summary = purchase_summary(lines, as_of=datetime.date(2026, 1, 1), unit="week")

    assert summary.loc["A", ["repeats", "age"]].tolist() == [0, 0]
