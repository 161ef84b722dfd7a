"""A notebook's parameters are fields of its own cell, of the same type, or nothing runs."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from small_project import notebook

from ltvlab.errors import UsageError
from ltvlab.report.parameters import known_parameters, notebook_parameters, slug


def refused(sections: dict[str, dict[str, object]], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        notebook_parameters({"03_segment_ltv": notebook("segment_ltv")}, sections, file="acme.yml")


def test_a_parameter_of_the_right_name_and_type_reaches_its_notebook():
    given = notebook_parameters(
        {"03_segment_ltv": notebook("segment_ltv")},
        {"segment_ltv": {"horizon_months": 24}},
        file="acme.yml",
    )

    assert given == {"03_segment_ltv": {"horizon_months": 24}}


def test_a_misspelt_parameter_is_refused_with_the_nearest_name():
    refused({"segment_ltv": {"horizon_month": 24}}, "did you mean horizon_months")


def test_a_misspelt_notebook_is_refused_with_the_nearest_name():
    refused({"segment_ltvs": {"horizon_months": 24}}, "did you mean segment_ltv")


@pytest.mark.parametrize("value", ["24", 24.5, True, None, [24]])
def test_a_value_of_another_type_is_refused(value: object):
    refused({"segment_ltv": {"horizon_months": value}}, "another type than the notebook's own 60")


def test_every_mistake_is_listed_at_once():
    sections = {"segment_ltv": {"horizon_month": 1, "horizon_months": "x"}, "nothing": {}}

    refused(sections, "3 notebook setting")


def test_a_name_that_would_run_as_code_is_refused():
    """papermill pastes the name of a parameter into the notebook's code."""
    refused({"segment_ltv": {"a=1; import os": 1}}, "no such setting")


def test_month_and_language_come_from_the_run_alone():
    refused({"segment_ltv": {"month": "2020-01"}}, "comes from the run alone")


def test_a_notebook_without_a_parameters_cell_is_refused():
    with pytest.raises(UsageError, match="0 cells tagged `parameters`"):
        known_parameters(new_notebook(), "03_segment_ltv")


def test_a_computed_parameter_is_refused():
    cell = new_code_cell("month = 5 * 12", metadata={"tags": ["parameters"]})

    with pytest.raises(UsageError, match="more than plain literals"):
        known_parameters(new_notebook(cells=[cell]), "03_segment_ltv")


def test_an_analysis_has_one_name_with_and_without_its_number():
    assert slug("03_segment_ltv.ipynb") == slug("segment_ltv") == "segment_ltv"
