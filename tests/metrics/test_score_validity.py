"""The check of the score: pairs by hand, an outside authority, and who counts as having bought."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from ltvlab.metrics.score_validity import concordance, score_validity


def test_a_score_that_ranks_all_is_one_and_ties_are_chance():
    more = np.arange(24) >= 12

    assert concordance(np.arange(24.0), more)[0] == 1.0
    assert concordance(np.zeros(24), more)[0] == 0.5


def test_the_share_of_pairs_is_mann_whitneys_u():
    rng = np.random.default_rng(3)
    score, more = rng.integers(0, 9, 80).astype("float64"), rng.random(80) < 0.4

    share, low, high = concordance(score, more)

    pairs = more.sum() * (~more).sum()
    assert share == pytest.approx(mannwhitneyu(score[more], score[~more]).statistic / pairs)
    assert low < share < high


def test_eleven_on_either_side_are_too_few():
    assert np.isnan(concordance(np.arange(40.0), np.arange(40) < 11)[0])
    assert not np.isnan(concordance(np.arange(40.0), np.arange(40) < 12)[0])


@pytest.fixture
def book(matrix):
    """Forty customers; the upper half by score pay more in April than in January."""
    mrr = matrix({f"C{i:02}": [10, 10, 10, 10 + 5 * (i >= 20)] for i in range(40)})
    rows = [(month, f"C{i:02}", float(i)) for month in mrr.columns[[0, 3]] for i in range(40)]
    return mrr, pd.DataFrame(rows, columns=["month", "customer_id", "potential"])


def test_who_pays_more_since_is_held_against_the_score_of_then(book):
    mrr, standings = book

    row = score_validity(standings, mrr).iloc[0]

    assert (row["customers"], row["expanded"], row["ranking"]) == (40, 20, 1.0)
    assert row["ranks"] == "ranks"


def test_a_price_that_rose_is_no_purchase_where_reasons_are_known(book):
    mrr, standings = book
    april = mrr.columns[3].ordinal
    reasons = pd.DataFrame(
        {"customer_id": ["C20", "C21"], "month": april, "reason": ["price", "cross_sell"], "amount": 5.0}
    )  # fmt: skip

    row = score_validity(standings, mrr, reasons).iloc[0]

    assert row["expanded"] == 1
    assert row["ranks"] == "cannot_tell"


def test_one_quarter_end_alone_checks_nothing(book):
    mrr, standings = book

    assert score_validity(standings[standings["month"] == mrr.columns[0]], mrr).empty
