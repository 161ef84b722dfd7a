"""Triangles: complete cells, ratio of sums, and what stays empty."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.cohorts import (
    at_ages,
    by_age,
    cohort_logos,
    cohort_margin,
    cohort_names,
    cohort_revenue,
    side_by_side,
)


def _cell(triangle, cohort, age):
    return triangle[(triangle["cohort"] == cohort) & (triangle["age"] == age)].iloc[0]


@pytest.fixture
def three_cohorts(matrix, people):
    """January: 10 customers, 9 left at age 1. February: 40, 28 left. March: 5, too young."""
    rows = {f"J{i}": [10, 10 if i < 9 else 0, 0] for i in range(10)}
    rows |= {f"F{i}": [0, 10, 10 if i < 28 else 0] for i in range(40)}
    rows |= {f"M{i}": [0, 0, 10] for i in range(5)}
    mrr = matrix(rows)
    return mrr, people(mrr)


def test_the_first_row_is_the_ratio_of_sums_over_finished_cells(three_cohorts):
    """V24: (9 + 28) / (10 + 40) = 74 %, not 67 % with the unfinished cohort counted as lost."""
    logos = cohort_logos(*three_cohorts, grain="month")

    assert _cell(logos, "all", 1)["value"] == pytest.approx(0.74)
    assert _cell(logos, "all", 1)["base"] == 50


def test_an_unfinished_cell_is_empty_and_never_zero(three_cohorts):
    cell = _cell(cohort_logos(*three_cohorts, grain="month"), "2024-03", 1)

    assert np.isnan(cell["value"])
    assert not cell["complete"]


def test_a_quarter_is_finished_only_when_its_last_member_is(matrix, people):
    """D16: the cohort's window has passed for the last member."""
    rows = {f"A{i}": [1, 1, 1, 1] for i in range(5)} | {"B": [0, 0, 1, 1]}
    mrr = matrix(rows)

    logos = cohort_logos(mrr, people(mrr), grain="quarter")

    assert [_cell(logos, "2024-Q1", age)["complete"] for age in (0, 1, 2)] == [True, True, False]


def test_the_first_row_shows_no_rate_of_fewer_than_five_customers_either(matrix, people):
    """Three customers in all: their share would be a name, not a rate (D34)."""
    mrr = matrix({"A": [1, 1], "B": [1, 0], "C": [1, 1]})
    triangles = [build(mrr, people(mrr), grain="month") for build in (cohort_logos, cohort_revenue)]

    for triangle in triangles:
        assert np.isnan(_cell(triangle, "all", 1)["value"])
        assert _cell(triangle, "all", 1)["base"] == 3


def test_below_five_customers_the_base_stands_and_the_rate_does_not(matrix, people):
    mrr = matrix({f"A{i}": [1, 1] for i in range(4)})
    cell = _cell(cohort_logos(mrr, people(mrr), grain="month"), "2024-01", 1)

    assert np.isnan(cell["value"])
    assert cell["base"] == 4


def test_a_returner_stays_in_its_first_cohort(matrix, people):
    """D21."""
    mrr = matrix({f"A{i}": [10, 0, 10] for i in range(5)})
    logos = cohort_logos(mrr, people(mrr), grain="month")

    assert [_cell(logos, "2024-01", age)["value"] for age in (0, 1, 2)] == [1, 0, 1]


def test_revenue_is_relative_to_the_first_month(matrix, people):
    mrr = matrix({f"A{i}": [10, 15] for i in range(5)})

    assert _cell(cohort_revenue(mrr, people(mrr), grain="month"), "2024-01", 1)["value"] == 1.5


def test_who_joined_and_left_within_a_month_counts_in_the_cohort(matrix, people):
    """D12, D21: age 0 may be under 100 %."""
    mrr = matrix({f"A{i}": [10, 10] for i in range(5)})
    customers = people(mrr)
    flash = customers.iloc[[0]].rename(index={"A0": "flash"})
    logos = cohort_logos(mrr, pd.concat([customers, flash]), grain="month")

    assert _cell(logos, "2024-01", 0)["value"] == pytest.approx(5 / 6)


def test_customers_from_before_the_first_month_are_in_no_triangle(matrix, people):
    """D24: who of their cohort had left by then is unknown."""
    mrr = matrix({"A": [1, 1], "B": [1, 1]})

    assert by_age(mrr, people(mrr, opening=[True, False])).index.tolist() == ["B"]


def test_fiscal_years_start_in_april_unless_told(matrix, people):
    mrr = matrix({"A": [1] * 4, "B": [0, 0, 0, 1]})

    assert cohort_names(people(mrr), grain="fiscal_year").tolist() == ["FY2023", "FY2024"]


def test_cohort_margin_adds_up_per_customer_acquired(matrix, people):
    """Five customers at 10 a month, one of whom leaves after the first: 50, then 90."""
    margin = matrix({f"A{i}": [10, 0 if i == 0 else 10] for i in range(5)})
    margins = cohort_margin(margin, people(margin), grain="month")

    assert [_cell(margins, "2024-01", age)["value"] for age in (0, 1)] == [10.0, 18.0]


def test_the_margin_of_the_first_months_stands_side_by_side(matrix, people):
    """`m3` is the margin of three months: ages 0, 1 and 2."""
    margin = matrix({f"A{i}": [10, 10, 10, 10] for i in range(5)})

    wide = side_by_side(cohort_margin(margin, people(margin), grain="month"))

    assert wide.set_index("cohort").loc["2024-01", "m3"] == 30.0
    assert wide["m6"].isna().all()
    assert wide.attrs["currency"] == "JPY"


def test_one_age_is_followed_across_cohorts_in_finished_cells_only(three_cohorts):
    cells = at_ages(cohort_logos(*three_cohorts, grain="month"), ages=(1,))

    assert cells["cohort"].tolist() == ["2024-01", "2024-02"]
    assert cells["value"].tolist() == [0.9, 0.7]


@pytest.mark.parametrize(("young", "shown"), [(20, True), (21, False)])
def test_the_first_row_rests_on_a_fifth_of_the_customers_or_is_empty(matrix, people, young, shown):
    """Five old customers of 25 may speak for all, five of 26 may not."""
    rows = {f"J{i}": [1, 1, 1] for i in range(5)} | {f"M{i}": [0, 0, 1] for i in range(young)}
    mrr = matrix(rows)

    value = _cell(cohort_logos(mrr, people(mrr), grain="month"), "all", 2)["value"]

    assert (value == 1.0) if shown else np.isnan(value)


def test_what_a_half_finished_cohort_already_pays_is_not_in_the_first_row(matrix, people):
    """V24: at age 1 of the second quarter only April's customers are seen, so none of it counts."""
    rows = {f"J{i}": [1, 1, 1, 1, 1] for i in range(5)} | {
        f"A{i}": [0, 0, 0, 1, 1] for i in range(5)
    }
    mrr = matrix(rows | {f"M{i}": [0, 0, 0, 0, 1] for i in range(5)})

    cell = _cell(cohort_logos(mrr, people(mrr)), "all", 1)

    assert (cell["value"], cell["base"]) == (1.0, 5)
