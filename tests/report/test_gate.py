"""What no reader may see never reaches a renderer: one refusal per rule."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_project import ODD_NAMES, finding, table

from ltvlab.errors import NotebookError
from ltvlab.report.gate import faults, require_presentable


def executed(*outputs: nbformat.NotebookNode, end: dict | None = None) -> nbformat.NotebookNode:
    """Return a notebook as papermill leaves it: these outputs, then a finding."""
    closing = new_output("display_data", {"text/plain": "x"}, metadata=end or finding("ltv"))
    cells = [_code("show", outputs), _code("conclude", [closing])]
    return new_notebook(cells=[new_markdown_cell("# Question?\n\n## Result"), *cells])


def _code(source: str, outputs: object, status: str = "completed") -> nbformat.NotebookNode:
    cell = new_code_cell(source, outputs=list(outputs))
    cell.metadata["papermill"] = {"status": status, "exception": status == "failed"}
    return cell


def html(text: str) -> nbformat.NotebookNode:
    return new_output("display_data", {"text/html": text})


def test_a_complete_notebook_passes():
    assert faults("03_ltv", executed(html("<p>fine</p>"))) == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_customer_of_any_name_passes_as_data(name: str):
    assert faults("03_ltv", executed(html(table([(name, "¥1,000")])))) == []


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-inf", "None", "NaT", "<NA>"])
def test_a_cell_of_figures_without_a_figure_is_refused(value: str):
    shown = html(table([("Acme", value.replace("<", "&lt;"))]))

    assert "as a number" in faults("03_ltv", executed(shown))[0].message


@pytest.mark.parametrize("words", ["LTV is nan.", "LTV is ¥inf.", "Worth None per month."])
def test_a_finding_that_says_no_figure_is_refused(words: str):
    assert "a finding says" in faults("ltv", executed(end=finding("ltv", answer=words)))[0].message


def test_a_finding_may_say_that_none_of_the_segments_differ():
    assert faults("ltv", executed(end=finding("ltv", answer="None of the segments differ."))) == []


@pytest.mark.parametrize("markup", ["{{< env HOME >}}", "`#read()`{=typst}"])
def test_text_that_a_renderer_would_run_is_refused(markup: str):
    assert "would run" in faults("ltv", executed(html(markup)))[0].message


def test_an_active_element_is_refused():
    assert "<script>" in faults("ltv", executed(html("<script>alert(1)</script>")))[0].message


def test_markdown_made_by_code_is_refused():
    shown = new_output("display_data", {"text/markdown": "**x**"})

    assert "Markdown made by code" in faults("ltv", executed(shown))[0].message


def test_an_error_output_is_refused():
    shown = new_output("error", ename="ValueError", evalue="x", traceback=[])

    assert "ValueError" in faults("ltv", executed(shown))[0].message


def test_a_missing_glyph_is_refused():
    shown = new_output("stream", name="stderr", text="Glyph 134071 (x) missing from font(s) A.")

    assert "lacks a character" in faults("ltv", executed(shown))[0].message


def test_what_looks_like_a_secret_is_refused():
    shown = new_output("stream", name="stdout", text="key sk_live_1234567890")

    assert "secret" in faults("ltv", executed(shown))[0].message


@pytest.mark.parametrize("status", ["pending", "failed", "running"])
def test_a_cell_that_did_not_finish_is_refused(status: str):
    """papermill reports sys.exit(0) as success and leaves the cells below it pending."""
    book = executed()
    book.cells.insert(1, _code("next", [], status=status))

    assert faults("ltv", book)[0].message == f"a cell is {status}"


def test_an_unknown_status_is_refused():
    assert "status" in faults("ltv", executed(end=finding("ltv", status="fine")))[0].message


def test_a_notebook_must_end_with_a_finding():
    assert "no finding" in faults("ltv", executed(end={"ltvlab": {}}))[0].message


def test_every_fault_of_every_notebook_is_listed_with_its_heading():
    books = {"02_a": executed(html("{{<")), "03_b": executed(end={"ltvlab": {}})}

    with pytest.raises(NotebookError, match="under “Result”") as raised:
        require_presentable(books)

    assert len(raised.value.problems) == 2
