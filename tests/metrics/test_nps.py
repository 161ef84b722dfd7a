"""NPS: the worked example with its range, and what weighing by money does."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.nps import net_score, weighted_net_score


def test_ten_answers_give_minus_ten_with_its_range():
    """V12; the range is Rocks' adjusted Wald (2016)."""
    score = net_score(pd.Series([10, 9, 9, 8, 7, 7, 6, 6, 3, 0]))

    assert score.nps == -10
    assert (score.low, score.high) == pytest.approx((-51.4, 36.1), abs=0.1)


def test_no_answers_are_no_score():
    assert np.isnan(net_score(pd.Series(dtype="float64")).nps)


def test_a_range_never_leaves_the_scale():
    score = net_score(pd.Series([10, 10]))

    assert score.nps == 100
    assert score.high <= 100


def test_a_large_unhappy_customer_outweighs_two_small_happy_ones():
    scores = pd.Series([9.0, 10.0, 3.0], index=list("ABC"))
    weights = pd.Series([10.0, 10.0, 80.0], index=list("ABC"))

    assert weighted_net_score(scores, weights, seed=1).nps == pytest.approx(-60)


def test_who_pays_nothing_or_did_not_answer_has_no_weight():
    scores = pd.Series([9.0, np.nan, 3.0], index=list("ABC"))
    weights = pd.Series([10.0, 10.0, 0.0], index=list("ABC"))

    score = weighted_net_score(scores, weights, seed=1)
    assert (score.nps, score.n) == (100, 1)
