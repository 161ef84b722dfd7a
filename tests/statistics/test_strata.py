"""Two groups within strata: agrees with Fisher and with statsmodels, and survives separation."""

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import StratifiedTable

from ltvlab.statistics.strata import stratified_difference

TABLES = ([[7, 3], [4, 11]], [[5, 5], [6, 14]], [[2, 1], [3, 6]])


def _rows(*tables):
    """Return first, marked, stratum from tables [[first marked, first not], [rest marked, rest not]]."""
    rows = [
        (first, marked, place)
        for place, table in enumerate(tables)
        for first, line in zip((1, 0), table, strict=True)
        for marked, count in zip((1, 0), line, strict=True)
        for _ in range(count)
    ]
    first, marked, stratum = np.array(rows).T
    return first.astype(bool), marked.astype(bool), stratum


def test_one_stratum_gives_the_plain_difference_and_fishers_p_value():
    seen = stratified_difference(*_rows(TABLES[0]))

    assert seen.difference == pytest.approx(7 / 10 - 4 / 15)
    assert seen.p_value == pytest.approx(fisher_exact(TABLES[0])[1])


def test_the_range_agrees_with_the_cochran_mantel_haenszel_test_of_statsmodels():
    """The distance from zero in errors, squared, is their statistic without correction."""
    seen = stratified_difference(*_rows(*TABLES))
    error = (seen.high - seen.low) / 2 / 1.959964
    theirs = StratifiedTable([np.array(table) for table in TABLES]).test_null_odds()

    assert (seen.difference / error) ** 2 == pytest.approx(theirs.statistic, rel=1e-5)
    assert seen.p_value == pytest.approx(theirs.pvalue, abs=0.03)


def test_strata_take_out_what_they_explain():
    """In each stratum alike; over both together the first group has the mark far more often."""
    rows = _rows([[36, 4], [9, 1]], [[1, 9], [4, 36]])
    plain = stratified_difference(*rows[:2], np.zeros(len(rows[0])))

    seen = stratified_difference(*rows)

    assert plain.p_value < 0.01
    assert seen.difference == pytest.approx(0.0) and seen.p_value == pytest.approx(1.0)


def test_perfect_separation_has_a_finite_range_and_an_exact_p_value():
    """A logistic regression would run off to infinity here."""
    seen = stratified_difference(*_rows([[6, 0], [0, 14]]))

    assert (seen.difference, seen.high) == (1.0, 1.0)
    assert 0 < seen.low < 1
    assert seen.p_value == pytest.approx(fisher_exact([[6, 0], [0, 14]])[1])


@pytest.mark.parametrize(
    "tables", [([[5, 0], [7, 0]],), ([[4, 0], [6, 0]], [[0, 5], [0, 5]]), ([[3, 4], [0, 0]],)]
)
def test_a_mark_that_never_varies_within_a_stratum_has_no_difference(tables):
    seen = stratified_difference(*_rows(*tables))

    assert np.isnan([seen.difference, seen.low, seen.high, seen.p_value]).all()
    assert not seen.sign_holds


def test_a_sign_that_one_row_turns_does_not_hold():
    assert not stratified_difference(*_rows([[1, 4], [3, 17]])).sign_holds
    assert stratified_difference(*_rows([[4, 1], [3, 17]])).sign_holds


def test_many_rows_take_the_normal_distribution_and_agree_with_the_exact_one():
    few = _rows([[400, 600], [1300, 2700]])
    many = _rows([[4000, 6000], [15400, 24600]])

    exact = stratified_difference(*few)
    normal = stratified_difference(*many)

    assert exact.p_value == pytest.approx(fisher_exact([[400, 600], [1300, 2700]])[1])
    assert normal.p_value == pytest.approx(
        fisher_exact([[4000, 6000], [15400, 24600]])[1], abs=0.01
    )
