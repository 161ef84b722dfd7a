"""Findings and facts are written the same, byte for byte, whatever order they came in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from small_project import finding

from ltvlab.errors import NotebookError
from ltvlab.report.collect import write_findings


def ending_with(record: dict[str, object]) -> NotebookNode:
    output = new_output("display_data", {"text/plain": "x"}, metadata=record)
    return new_notebook(cells=[new_code_cell("conclude()", outputs=[output])])


def test_findings_and_facts_do_not_depend_on_the_order_of_the_notebooks(tmp_path: Path):
    books = {name: ending_with(finding(name[3:])) for name in ("01_b", "02_a")}
    for folder, names in (("one", ["01_b", "02_a"]), ("two", ["02_a", "01_b"])):
        (tmp_path / folder).mkdir()
        write_findings({name: books[name] for name in names}, tmp_path / folder)

    for file in ("findings.json", "facts.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_money_stays_exact_and_other_figures_keep_ten_digits(tmp_path: Path):
    write_findings({"01_a": ending_with(finding("a"))}, tmp_path)

    facts = {fact["id"]: fact for fact in json.loads((tmp_path / "facts.json").read_text("utf-8"))}

    assert facts["a_ltv"]["value"] == "1200000"
    assert facts["share"]["value"] == 0.123456789


def test_a_fact_with_two_values_is_refused(tmp_path: Path):
    other = finding("b")
    other["ltvlab"]["facts"][1]["value"] = 0.5

    with pytest.raises(NotebookError, match=r"share is 0.123.* in a, but 0.5 in b"):
        write_findings({"01_a": ending_with(finding("a")), "02_b": ending_with(other)}, tmp_path)


@pytest.mark.parametrize("field", ["unit", "definition"])
def test_another_unit_or_definition_is_no_way_round(tmp_path: Path, field: str):
    """One id is one figure: a chapter that counts otherwise has to name its figure otherwise."""
    other = finding("b")
    other["ltvlab"]["facts"][1] |= {
        field: "D99" if field == "definition" else "count",
        "value": 0.5,
    }

    with pytest.raises(NotebookError, match="Two chapters state one fact differently"):
        write_findings({"01_a": ending_with(finding("a")), "02_b": ending_with(other)}, tmp_path)


def test_a_figure_that_stands_in_two_chapters_is_one_fact(tmp_path: Path):
    write_findings({name: ending_with(finding(name[3:])) for name in ("01_a", "02_b")}, tmp_path)

    facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))

    assert len({fact["value"] for fact in facts if fact["id"] == "share"}) == 1


def test_what_is_said_of_earlier_reports_is_no_fact_of_the_month(tmp_path: Path):
    books = {"01_a": ending_with(finding("a")), "15_history": ending_with(finding("history"))}

    write_findings(books, tmp_path)

    stated, history = (
        {fact["finding"] for fact in json.loads((tmp_path / name).read_text("utf-8"))}
        for name in ("facts.json", "history.json")
    )
    assert (stated, history) == ({"a"}, {"history"})
