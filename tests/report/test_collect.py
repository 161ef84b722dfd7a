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
