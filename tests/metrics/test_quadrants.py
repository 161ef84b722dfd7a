"""Quadrants: the cuts, who stays put after a small step, and the matrix of moves."""

import pandas as pd

from ltvlab.metrics.potential import expansion_by_industry, potential_scores
from ltvlab.metrics.quadrants import moves, quadrants

NAMES = list("PQRS")


def _series(*values):
    return pd.Series(values, index=NAMES[: len(values)], dtype="float64")


def test_the_four_corners_have_their_names_and_the_cut_is_high():
    standing = quadrants(_series(10, 10, 1, 1), _series(50, 49, 80, 10))

    assert standing.quadrant.tolist() == ["A", "B", "C", "D"]


def test_a_customer_that_costs_more_than_it_pays_is_never_of_high_value():
    """In a book that mostly loses money the median itself is a loss."""
    standing = quadrants(_series(10, -1, -2, -3), _series(60, 60, 60, 60))

    assert standing.quadrant.tolist() == ["A", "C", "C", "C"]


def test_without_a_score_there_is_no_quadrant():
    assert quadrants(_series(10, 1), _series(60, None)).quadrant.isna().tolist() == [False, True]


def test_a_small_step_over_the_cut_waits_for_the_next_quarter():
    value = _series(4, 3, 2, 1)
    first = quadrants(value, _series(49, 49, 49, 49))
    second = quadrants(value, _series(53, 56, 53, 49), before=first)
    third = quadrants(value, _series(53, 56, 49, 49), before=second)

    assert second.quadrant.tolist() == ["B", "A", "D", "D"]
    assert third.quadrant.tolist() == ["A", "A", "D", "D"]


def test_a_new_customer_takes_its_side_at_once():
    first = quadrants(_series(4, 3), _series(49, 49))
    second = quadrants(_series(4, 3, 2, 1), _series(49, 49, 51, 49), before=first)

    assert second.quadrant["R"] == "C"


def test_moves_count_who_came_and_went():
    table = moves(_series_of("A", "B", "B"), _series_of("A", "A", None, "D"))

    counted = {(row.before, row.now): row.customers for row in table.itertuples()}
    assert counted == {("A", "A"): 1, ("B", "A"): 1, ("B", "gone"): 1, ("new", "D"): 1}


def _series_of(*values):
    return pd.Series(values, index=NAMES[: len(values)], dtype="object")


def _features(**columns):
    return pd.DataFrame({"industry": ["IT", "IT", "Food", "Food"]} | columns, index=NAMES)


def test_a_part_that_is_unknown_leaves_its_weight_to_the_others():
    features = _features(employees=[10.0, 20.0, 30.0, None], families=[1.0, 1.0, 2.0, 2.0])
    expansion = pd.Series({"IT": 0.2, "Food": 0.1})

    table = potential_scores(features, families=3, expansion=expansion)

    assert table.loc["S", "missing"] == "size, engagement"
    assert table.loc["P", "missing"] == "engagement"
    # Room and industry alone: two holders of one family of three rank 75, IT ranks 75.
    assert table.loc["S", "score"] == 25.0
    assert table.loc["Q", "score"] == (50.0 + 75.0 + 75.0) / 3


def test_a_company_that_brings_nothing_has_no_scores():
    table = potential_scores(_features(), families=1, expansion=pd.Series(dtype="float64"))

    assert table["score"].isna().all()


def test_an_industrys_expansion_is_drawn_towards_the_books():
    opening = pd.Series(100.0, index=[f"C{i}" for i in range(20)])
    industry = pd.Series(["IT"] * 10 + ["Food"] * 10, index=opening.index)
    expanded = pd.Series(40.0, index=opening.index[:10])

    rates = expansion_by_industry(expanded, opening, industry)

    # IT expanded by 40 %, Food not at all, the book by 20 %; ten customers weigh as much as it.
    assert rates.round(9).to_dict() == {"Food": 0.1, "IT": 0.3}
