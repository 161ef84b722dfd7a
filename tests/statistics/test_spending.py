"""Gamma–Gamma against the CDNOW results of Fader & Hardie (2013), and customers of known means."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ltvlab.statistics.purchases import PurchaseRates, expected_further_purchases, purchase_summary
from ltvlab.statistics.spending import SpendRates, expected_spend, expected_year, fit_spend

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
RATES = SpendRates(p=6.25, q=3.74, gamma=15.44)


def spenders(rates, *, customers, seed):
    """Return repeats and mean spend of customers whose means differ at known rates."""
    generator = np.random.default_rng(seed)
    repeats = generator.integers(1, 12, customers).astype("float64")
    scale = generator.gamma(rates.q, 1 / rates.gamma, customers)
    return repeats, generator.gamma(rates.p * repeats) / scale / repeats


def test_the_cdnow_sample_gives_the_published_rates():
    if not SAMPLE.is_file():
        pytest.skip("the CDNOW sample is not beside this checkout")
    names = ["master", "customer_id", "date", "cds", "amount"]
    orders = pd.read_csv(
        SAMPLE, sep=r"\s+", header=None, names=names, dtype={"customer_id": str, "date": str}
    )
    summary = purchase_summary(orders, as_of=datetime.date(1997, 9, 30), unit="week")

    fit = fit_spend(summary["repeats"], summary["spend"])

    assert np.round(fit.rates, 2).tolist() == [6.25, 3.74, 15.44]
    assert round(fit.log_likelihood, 1) == -4055.9
    assert fit.n == 946


def test_rates_that_made_the_spend_are_found_again():
    fit = fit_spend(*spenders(RATES, customers=2000, seed=2))

    assert (np.abs(np.subtract(fit.rates, RATES) / fit.standard_errors) < 2).all()


def test_the_currency_scales_gamma_alone_and_nothing_else():
    repeats, spend = spenders(RATES, customers=500, seed=1)

    dollars, yen = fit_spend(repeats, spend), fit_spend(repeats, 150 * spend)

    assert yen.rates == pytest.approx(dollars.rates * np.array([1, 1, 150]), rel=1e-5)


def test_order_and_customers_without_a_repeat_change_nothing():
    repeats, spend = spenders(RATES, customers=500, seed=1)
    order = np.random.default_rng(0).permutation(500)

    more = fit_spend(np.append(repeats[order], [0, 3]), np.append(spend[order], [np.nan, 0.0]))

    assert more.rates == fit_spend(repeats, spend).rates


def test_everybody_twice_gives_the_same_rates():
    repeats, spend = spenders(RATES, customers=500, seed=1)

    twice = fit_spend(np.tile(repeats, 2), np.tile(spend, 2))

    assert twice.rates == pytest.approx(fit_spend(repeats, spend).rates, rel=1e-9)


def test_expected_spend_adds_up_by_hand():
    """p = 2, q = 3, gamma = 10: all spend 10 on average; four repeats of 25 are drawn to 22."""
    rates = SpendRates(2.0, 3.0, 10.0)

    spend = expected_spend(rates, np.array([0, 4]), np.array([np.nan, 25.0]))

    assert spend == pytest.approx([10.0, 2 * (10 + 100) / (8 + 3 - 1)])


@pytest.mark.parametrize(
    ("repeats", "spend", "reason"),
    [
        (np.zeros(0), np.zeros(0), "too few events"),
        (np.full(5, 2.0), np.arange(1.0, 6.0), "too few events"),
        (np.full(50, 2.0), np.full(50, 30.0), "bound"),
    ],
    ids=["nobody", "five who came again", "everyone spends the same"],
)
def test_a_fit_that_means_nothing_is_withheld_with_its_reason(repeats, spend, reason):
    fit = fit_spend(repeats, spend)

    assert reason in fit.reason
    assert np.isnan([*fit.rates, *fit.standard_errors, fit.log_likelihood]).all()


def test_spend_without_a_finite_mean_is_withheld():
    """q = 0.7: the mean of all customers would be infinite, a new customer's value negative."""
    fit = fit_spend(*spenders(SpendRates(3.0, 0.7, 10.0), customers=2000, seed=1))

    assert fit.reason == "mean spend has no finite value"
    assert np.isnan(fit.rates).all()


def test_a_year_is_purchases_times_spend_per_customer():
    rates = PurchaseRates(0.243, 4.414, 0.793, 2.426)
    summary = pd.DataFrame(
        {"repeats": [2, 0], "last_repeat": [7.0, 0], "age": [9.0, 9.0], "spend": [40.0, np.nan]},
        index=pd.Index(["A", "B"], name="customer_id"),
    )

    year = expected_year(summary, rates, RATES, unit="month")

    bought = [
        expected_further_purchases(rates, 2, 7.0, 9.0, periods=12),
        expected_further_purchases(rates, 0, 0.0, 9.0, periods=12),
    ]
    mean = 6.25 * 15.44 / 2.74
    assert year["A"] == pytest.approx(bought[0] * 6.25 * (15.44 + 80) / (12.5 + 2.74))
    assert year["B"] == pytest.approx(bought[1] * mean)
    assert year.index.equals(summary.index)
