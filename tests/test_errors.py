"""Errors: one class per exit code, and every message with its place, value and fix."""

import pytest

from ltvlab import errors
from ltvlab.errors import DataError, LtvlabError, Problem

# Section 9 of the public interface: what a script that calls ltvlab relies on.
EXIT_CODES = {
    "UsageError": 2,
    "DataError": 3,
    "NotebookError": 4,
    "KernelError": 5,
    "RenderError": 6,
    "PublishError": 7,
    "SetupError": 8,
}


def _classes():
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, LtvlabError)
    ]


def test_every_exit_code_has_exactly_one_class():
    codes = {kind.__name__: kind.exit_code for kind in _classes() if kind is not LtvlabError}

    assert codes == EXIT_CODES
    assert LtvlabError.exit_code == 1


def test_a_problem_shows_what_where_which_value_and_what_to_do():
    problem = Problem(
        id="E239", message="the date cannot be read", fix="write it as 2026-04-01", file="contracts.csv",
        record=12, line=14, column="start_date", header="契約開始日", value="令和八年",
    )  # fmt: skip

    assert str(problem).splitlines() == [
        "E239 the date cannot be read",
        "     file contracts.csv, record 12, line 14, column 契約開始日 → start_date",
        "     value '令和八年'",
        "     fix: write it as 2026-04-01",
    ]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({}, ""),
        ({"column": "amount"}, "column amount"),
        ({"column": "amount", "header": "amount"}, "column amount"),
        ({"column": "amount", "header": "金額"}, "column 金額 → amount"),
        ({"file": "a.csv", "line": 0}, "file a.csv, line 0"),
        ({"file": "a.csv", "record": 3}, "file a.csv, record 3"),
        ({"header": "金額"}, "column 金額"),
    ],
)
def test_a_place_names_only_what_is_known(place, shown):
    assert Problem(id="E2", message="m", fix="f", **place).place() == shown


def test_what_the_params_file_holds_is_a_setting_and_no_column():
    problem = Problem(id="E105", message="m", fix="f", file="acme.yml", column="monht")

    assert problem.place() == "file acme.yml, setting monht"


def test_without_place_and_value_a_problem_is_two_lines():
    assert (
        str(Problem(id="E108", message="no month is given", fix="add one"))
        == "E108 no month is given\n     fix: add one"
    )


@pytest.mark.parametrize(
    ("count", "ending"), [(12, "     fix: f"), (13, "… and 1 more"), (500, "… and 488 more")]
)
def test_a_long_list_is_cut_on_screen_and_says_how_many_more_there_are(count, ending):
    problems = [Problem(id=f"E{number:03}", message="m", fix="f") for number in range(count)]

    error = DataError("Bad rows", problems)
    lines = str(error).splitlines()

    assert lines[0] == "Bad rows"
    assert lines[-1] == ending
    assert sum(line.startswith("E") for line in lines) == 12
    assert len(error.problems) == count
