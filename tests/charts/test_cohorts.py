"""A cell nobody knows yet is blank, never zero."""

import numpy as np
import pandas as pd

from ltvlab import charts


def cohorts(values: list[float]) -> pd.DataFrame:
    rows = {"cohort": ["2026-08", "2026-08", "2026-09", "2026-09"], "age": [0, 1, 0, 1]}
    return pd.DataFrame(rows).assign(value=values, base=[10, 10, 7, 7], complete=True)


def test_unknown_cells_stay_blank_and_zero_does_not():
    """A zero-filled corner would read as everyone having left (67.3 % instead of 74.0 %, V24)."""
    axes = charts.triangle(cohorts([1.0, 0.0, 1.0, np.nan]), language="en")
    shades = axes.collections[0].get_array()

    assert shades.mask.ravel().tolist() == [False, False, False, True]
    assert [text.get_text() for text in axes.texts] == ["100%", "0%", "100%"]


def test_rows_tell_how_many_customers_they_rest_on():
    axes = charts.triangle(cohorts([1.0, 0.8, 1.0, np.nan]), language="en")

    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "2026-08 (n=10)",
        "2026-09 (n=7)",
    ]


def test_percentages_leave_when_there_is_no_room():
    wide = pd.DataFrame({"cohort": "2025-01", "age": range(20), "value": 0.9, "base": 8})

    assert not charts.triangle(wide, language="en").texts


def test_rates_above_one_are_within_the_scale():
    """Revenue cohorts grow: 130 % must not look like 100 %."""
    axes = charts.triangle(cohorts([1.0, 1.3, 1.0, np.nan]), language="en")

    assert axes.collections[0].get_clim() == (0.9, 1.3)


def test_one_line_per_age_runs_across_cohorts(language):
    cells = pd.DataFrame(
        {"cohort": ["2025-Q1", "2025-Q2", "2025-Q1"], "age": [3, 3, 6], "value": [0.9, 0.8, 0.7]}
    )

    axes = charts.same_age(cells, language=language)

    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.9, 0.8], [0.7]]


def test_a_single_cohort_makes_no_line():
    cells = pd.DataFrame({"cohort": ["2025-Q1"], "age": [3], "value": [0.9]})

    assert len(charts.same_age(cells, language="en").lines) == 0
