"""How often the ranges of churned ÷ new MRR and of a return hold the truth they were drawn from.

A customer joins, leaves or does neither within the window, and pays a log-normal amount. The
small form always runs; the thousands of books with the slow tests, and are printed. A line is
what was measured less two standard deviations of as many books.
"""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics import allocation
from ltvlab.metrics.motion_returns import Costs, motion_returns
from ltvlab.metrics.motion_sums import MotionSums

MONTHS = pd.period_range("2026-03", periods=7, freq="M", name="month")
# Of the same sizes the ratio of sums is that of the two chances: a half, or the line itself.
JOINS, LEAVES, AT_THE_LINE, BUYS = 0.30, 0.15, 0.09, 0.30
CHURN, WATCHED = 0.05, 12


@pytest.fixture(autouse=True)
def _one_rule(monkeypatch):
    """The other rules and windows would take five times as long to say the same."""
    monkeypatch.setattr(allocation, "RULES", {"churn_to_new": allocation.RULES["churn_to_new"]})
    monkeypatch.setattr(allocation, "WINDOWS", (6,))


def _generator(customers, seed):
    """Each size of book has its own stream, none of which is the one that draws customers again."""
    return np.random.default_rng((customers, seed))


def _sizes(customers, spread, generator):
    return np.exp(generator.normal(8.0, spread, customers)).round()


def _rule(customers, spread, seed, leaves):
    generator = _generator(customers, seed)
    size, fate = _sizes(customers, spread, generator), generator.random(customers)[:, None]
    after = np.arange(7) >= generator.integers(1, 7, customers)[:, None]
    gone = (fate >= JOINS) & (fate < JOINS + leaves) & after
    mrr = pd.DataFrame(size[:, None] * np.where(fate < JOINS, after, ~gone), columns=MONTHS)
    mrr.attrs = {"basis": "contracts", "currency": "JPY"}
    return allocation.allocation_rules(mrr, mrr.iloc[:, 0] > 0, seed=seed).iloc[0]


def _ratio_range(customers, spread, seed):
    row = _rule(customers, spread, seed, LEAVES)
    return row["low"], row["high"], LEAVES / JOINS


def _return_range(customers, spread, seed):
    """Three in ten buy more; customers are watched for a year, of which one in twenty a month leaves."""
    generator = _generator(customers, seed)
    sold = _sizes(customers, spread, generator) * (generator.random(customers) < BUYS)
    stays = generator.geometric(CHURN, customers)
    each = pd.DataFrame(
        {
            "expansion_mrr": sold, "expansion": sold, "new_mrr": 0.0, "new": 0.0,
            "lost": (stays <= WATCHED) * 1.0, "opened": np.minimum(stays, WATCHED) * 1.0,
        }
    )  # fmt: skip
    costs = dict.fromkeys(("expansion", "retention", "new"), Costs(float(customers), np.nan, ""))
    attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
    row = motion_returns(MotionSums(each, 1, 1.0), costs, attrs=attrs, seed=seed).iloc[0]
    return row["low"], row["high"], BUYS * np.exp(8.0 + spread**2 / 2) / CHURN


def _coverage(range_of, customers, spread, books):
    """Return the share of ranges that hold the truth, of books without one, and the median width ÷ truth."""
    low, high, truth = np.array([range_of(customers, spread, seed) for seed in range(books)]).T
    given = np.isfinite(high)
    held = (low <= truth) & (truth <= high)
    width = (high - low) / truth
    return held[given].mean(), 1 - given.mean(), np.median(width[given])


@pytest.mark.parametrize("range_of", [_ratio_range, _return_range])
def test_the_range_holds_the_truth_in_most_of_a_few_books(range_of):
    assert _coverage(range_of, 300, 0.7, 20)[0] >= 0.80


@pytest.mark.slow
@pytest.mark.parametrize(
    ("range_of", "customers", "spread", "books", "least"),
    [
        (_ratio_range, 50, 0.7, 2000, 0.944), (_ratio_range, 50, 1.0, 2000, 0.940),
        (_ratio_range, 300, 0.7, 2000, 0.936), (_ratio_range, 300, 1.0, 2000, 0.920),
        (_ratio_range, 1000, 0.7, 500, 0.914), (_ratio_range, 1000, 1.0, 500, 0.914),
        (_return_range, 50, 0.7, 1000, 0.938), (_return_range, 50, 1.0, 1000, 0.925),
        (_return_range, 300, 0.7, 1000, 0.929), (_return_range, 300, 1.0, 1000, 0.936),
    ],
)  # fmt: skip
def test_the_range_holds_the_truth_at_its_rate(range_of, customers, spread, books, least):
    """Nominal 95 %: over all books that were ever drawn, 94 % to 96 % (the glossary has them)."""
    held, without, width = _coverage(range_of, customers, spread, books)

    print(f"{range_of.__name__}: {customers} customers, spread {spread}: held {held:.3f}, no range {without:.3f}, width {width:.2f} of the truth")  # fmt: skip
    assert held >= least


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "books"), [(100, 1000), (300, 1000), (1000, 300)])
@pytest.mark.parametrize("spread", [0.7, 1.0])
def test_a_verdict_at_the_line_is_wrong_about_as_often_as_its_odds_say(customers, books, spread):
    """At a truth of exactly 30 % odds of 90 % are wrong about one time in ten on each side."""
    said = pd.Series([_rule(customers, spread, seed, AT_THE_LINE)["verdict"] for seed in range(books)])  # fmt: skip
    shares = said.value_counts(normalize=True)
    wrong = [float(shares.get(verdict, 0.0)) for verdict in ("retention_first", "growth_first")]

    print(f"{customers} customers, spread {spread}: retention first {wrong[0]:.3f}, growth first {wrong[1]:.3f}")  # fmt: skip
    # At 27 losses growth comes first wrongly 11 to 12 times in 100; by shares of draws it was 15 to 17.
    assert max(wrong) <= 0.12 + 2 * np.sqrt(0.12 * 0.88 / books)
