"""What is counted of the last twelve months, on books small enough to count by hand."""

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.engine import scenario_engine
from ltvlab.metrics.scenarios.evidence import evidence, lacking
from ltvlab.metrics.scenarios.rates import by_size_and_age, drawn, estimated


def test_losses_joiners_and_growth_are_those_of_the_window(steady):
    """Twelve months: two of 100 leave and three join a month."""
    seen = evidence(*steady(months=15, leave=2, join=3))

    assert seen.months == 12
    assert seen.lost.sum() == 24
    assert (seen.joined.sum(), seen.new.sum()) == (36, 36_000)
    assert seen.up.sum() == seen.down.sum() == 0


def test_a_customer_of_two_years_and_more_is_of_the_last_band(steady):
    seen = evidence(*steady(join=3))

    assert sorted(set(seen.age.tolist())) == [*range(12), 24]


def test_what_happens_after_the_month_changes_nothing(steady):
    """Cut the matrix, and it is the forecast of the earlier month: later rows count for nothing."""
    mrr, customers = steady(months=20, leave=2, join=3, growth=0.01)
    past = mrr.iloc[:, :14]
    known = (past > 0).any(axis=1)

    ours = evidence(past, customers)
    alone = evidence(past[known], customers[known.to_numpy()])

    for name in ("lost", "new", "held", "edges", "season"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(alone, name))


def test_size_and_age_keep_their_own_losses():
    """By size 10 and 2 of 200, by age 9 and 3 of 200; the cells are the product of both factors."""
    above = np.array([[[8.0, 2.0], [1.0, 1.0]]])
    below = np.full((1, 2, 2), 100.0)

    rates = by_size_and_age(above, below)

    np.testing.assert_allclose((rates * below).sum(axis=2), [[10.0, 2.0]])
    np.testing.assert_allclose((rates * below).sum(axis=1), [[9.0, 3.0]])
    np.testing.assert_allclose(rates[0, 0, 0], 0.03 * (10 / 6) * (9 / 6))


def test_an_age_that_nobody_was_watched_in_has_the_rate_of_all():
    above, below = np.array([[[3.0, 0.0]]]), np.array([[[100.0, 0.0]]])

    assert by_size_and_age(above, below)[0].tolist() == [[0.03, 0.03]]


def test_a_book_without_losses_may_still_lose_in_the_draws(steady):
    """Nobody of 1,200 customer-months left: the estimate is zero, the draws are not."""
    seen = evidence(*steady())

    rates = drawn(seen, seed=1, draws=500)

    assert estimated(seen).churn.max() == 0
    assert 0 < rates.churn.mean() < 3 / 1200


def test_the_same_seed_draws_the_same_rates(steady):
    seen = evidence(*steady(leave=2, join=3))

    first, again = (drawn(seen, seed=7, draws=50) for _ in range(2))

    assert all((a == b).all() for a, b in zip(first, again, strict=True))


def test_a_forecast_needs_fifty_customers_and_twelve_months(steady):
    assert lacking(steady(49)[0]) == (1, 0)
    assert lacking(steady(50, months=12)[0]) == (0, 0)
    assert lacking(steady(50, months=11)[0]) == (0, 1)


def test_a_season_needs_two_years_and_leaves_the_year_as_it_is(steady):
    """Six of the twelve monthly joiners come in March: a season with 24 months, none with 23."""
    mrr, customers = steady(months=24, join=4)
    march = mrr.columns.month == 3
    more = {
        f"M{n}": np.where(mrr.columns >= mrr.columns[march][n % 2], 1000.0, 0.0) for n in range(20)
    }
    added = pd.DataFrame(more, index=mrr.columns).T
    both = pd.concat([mrr, added])
    both.attrs = dict(mrr.attrs)
    about = customers.reindex(both.index).fillna({"opening": False, "channel": "Referral"})
    about["start_month"] = pd.PeriodIndex(both.columns[(both > 0).to_numpy().argmax(axis=1)])

    season = evidence(both, about.astype({"opening": bool})).season
    shorter = evidence(both.iloc[:, 1:], about.astype({"opening": bool})).season

    assert season.argmax() == 2
    assert np.isclose(season.sum(), 12)
    assert (shorter == 1).all()


def test_growing_new_business_is_no_season(steady, matrix, people):
    mrr, customers = steady(months=24)
    rows = {
        f"G{m:02d}{n:03d}": np.where(np.arange(24) >= m, 1000.0, 0.0)
        for m in range(24)
        for n in range(10 + m)
    }
    growing = matrix({**{name: row.to_numpy() for name, row in mrr.iterrows()}, **rows})
    about = people(growing).assign(channel="Referral")
    about["opening"] = growing.index.str.startswith("A")

    assert np.allclose(scenario_engine(growing, about).seen.season, 1.0, atol=0.02)
    assert len(customers) == 100
