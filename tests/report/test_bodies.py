"""What a chapter's words and tables become: nothing torn apart, nothing too small to read."""

import re

import pytest
from small_project import TEMPLATE

from ltvlab.report.bodies import MARKDOWN, answer_html, decision_html, pandoc


def test_quotes_of_prose_stay_straight():
    """A Japanese font, which the PDF is set in, gives a curly one the width of 字."""
    assert pandoc("a customer's \"plan\"", to="html", source=MARKDOWN) == "<p>a customer's \"plan\"</p>\n"  # fmt: skip


def test_no_line_ends_between_a_minus_and_its_amount():
    said = {"status": "act", "answer": "churn -¥2M", "decision": "win-back of -¥1M", "caveats": ["by -4%"]}  # fmt: skip

    assert "churn -\u2060¥2M" in answer_html(said, "en")
    assert "win-back of -\u2060¥1M" in decision_html(said, "en")
    assert "by -4%" in decision_html(said, "en")


def _set_in_typst(columns: list[list[str]], classes: list[str]) -> str:
    rows = "".join(
        "<tr>" + "".join(f'<td class="{name}">{cell}</td>' for cell, name in zip(row, classes, strict=True)) + "</tr>"
        for row in zip(*columns, strict=True)
    )  # fmt: skip
    head = "".join(f"<th>A heading of five words {n}</th>" for n in range(len(columns)))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return pandoc(table, to="typst", source="html", options=(f"--lua-filter={TEMPLATE / 'typst.lua'}",))  # fmt: skip


@pytest.mark.parametrize(("figures", "least", "most"), [(4, 8.5, 8.5), (9, 6.0, 8.0)])
def test_a_table_with_many_columns_is_set_smaller_but_can_be_read(figures, least, most):
    columns = [["Offered while blocked, or while free"], *([["12,345,678"]] * figures)]

    source = _set_in_typst(columns, ["", *["num"] * figures])
    sizes = [float(size) for size in re.findall(r"set text\(size: ([\d.]+)pt\)", source)] or [8.5]

    assert least <= sizes[0] <= most
    assert "%" in source.partition("columns: (")[2].partition(")")[0]
