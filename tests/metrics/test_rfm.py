"""RFM: every cell has a name, equal customers share it, and a flat book says so."""

import itertools

import numpy as np
import pandas as pd

from ltvlab.metrics.rfm import GROUPS, _groups, rfm_table, tells_apart


def _bought(days, purchases, margin):
    return pd.DataFrame({"days_since": days, "purchases": purchases, "margin": margin})


def test_every_cell_belongs_to_a_named_group():
    cells = pd.DataFrame(
        list(itertools.product(range(1, 6), repeat=3)), columns=["recency", "frequency", "monetary"]
    )

    named = pd.Series(_groups(cells))
    assert set(named) == set(GROUPS)


def test_a_hundred_customers_are_cut_into_fifths_the_newest_best():
    table = rfm_table(_bought(range(100), range(100), range(100)))

    assert table["recency"].iloc[[0, 19, 20, 99]].tolist() == [5, 5, 4, 1]
    assert table["frequency"].value_counts().tolist() == [20] * 5


def test_fewer_are_cut_into_thirds():
    table = rfm_table(_bought(range(9), range(9), range(9)))

    assert table["recency"].tolist() == [5, 5, 5, 3, 3, 3, 1, 1, 1]


def test_equal_customers_share_a_score():
    table = rfm_table(_bought([1.0, 1, 1, 50, 50, 50], [2] * 6, [1.0] * 6))

    assert table["recency"].tolist() == [5, 5, 5, 1, 1, 1] or table["recency"].nunique() == 2
    assert table["frequency"].nunique() == 1


def test_who_never_chose_anything_is_not_ranked():
    assert rfm_table(_bought([np.nan], [0], [0.0])).empty


def test_a_book_billed_by_the_month_is_told_that_rfm_adds_nothing():
    flat = rfm_table(_bought([1.0] * 90 + list(range(2, 12)), range(100), range(100)))
    varied = rfm_table(_bought(range(100), range(100), range(100)))

    assert not tells_apart(flat)
    assert tells_apart(varied)
    assert not tells_apart(flat.iloc[:0])
