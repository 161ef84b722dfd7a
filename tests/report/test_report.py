"""A published report as its readers find it, in both languages, and the same each time."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader
from small_project import ODD_NAMES

from ltvlab.errors import UsageError
from ltvlab.report.markup import read_markup
from ltvlab.report.run import PublishedReport, run_one, run_report
from ltvlab.report.verify import run_faults
from ltvlab.text import escaped

Report = Callable[..., PublishedReport]


def page(report: PublishedReport, name: str = "segment_ltv.html") -> str:
    return (report.folder / "public" / name).read_text(encoding="utf-8")


def pdf_text(report: PublishedReport) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(report.pdf).pages)


def test_a_report_has_a_page_per_chapter_and_verifies(report: Report):
    made = report()

    assert sorted(f.name for f in (made.folder / "public").glob("*.html")) == [
        "index.html",
        "segment_ltv.html",
    ]
    assert run_faults(made.folder) == []


def test_a_changed_file_no_longer_verifies(report: Report, tmp_path: Path):
    import shutil

    copy = tmp_path / "run"
    shutil.copytree(report().folder.resolve(), copy)
    (copy / "public" / "index.html").write_text("changed", encoding="utf-8")

    assert [problem.file for problem in run_faults(copy)] == ["public/index.html"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_customer_of_any_name_is_shown_as_text(report: Report, name: str):
    assert f"<td>{escaped(name)}</td>" in page(report())
    assert name.replace("𠮷", "〓") in pdf_text(report())


def test_no_page_runs_or_asks_for_anything(report: Report):
    for name in ("index.html", "segment_ltv.html"):
        markup = read_markup(page(report(), name))

        assert "script" not in markup.elements
        assert [a for a in markup.addresses if not a.startswith("data:image/svg+xml")] == []


def test_a_character_that_no_font_has_is_counted(report: Report):
    manifest = json.loads((report().folder / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["missing_glyphs"] == {"𠮷": 1}


def test_a_table_of_120_rows_prints_whole(report: Report):
    text = pdf_text(report())

    assert [n for n in range(120) if f"Customer {n:03d}" not in text] == []
    assert text.count("Customer MRR") > 1, "the header is repeated on each page"


def test_code_is_never_shown(report: Report):
    for text in (page(report()), pdf_text(report())):
        assert "display(" not in text
        assert "horizon_months" not in text


def test_figures_are_numbered_through_the_report(report: Report):
    assert "<strong>Figure 1</strong>&ensp;Next" in page(report(), "index.html")
    assert "<strong>Figure 2</strong>&ensp;Next" in page(report())
    assert '<a href="#fig-next">Figure 2</a>' in page(report())


def test_the_japanese_report_is_japanese_throughout(report: Report):
    text = page(report("ja"))

    assert '<html lang="ja">' in text
    assert "<strong>図2</strong>&ensp;次の章" in text
    assert "結果" in text
    assert "Result" not in text
    assert "アクメ" in pdf_text(report("ja"))


def test_a_line_end_in_japanese_prose_leaves_no_space(report: Report):
    assert "参照。5社未満は示さない。" in page(report("ja"))


def test_a_decision_is_not_headed_twice(report: Report):
    assert page(report(), "index.html").count(">Decision</") == 1
    article = page(report()).split("</article>")[0]
    assert article.count(">Decision</") == 1


def test_internal_files_are_closed_to_others(report: Report):
    mode = (report().folder / "internal").resolve().stat().st_mode

    assert stat.S_IMODE(mode) == 0o700


def test_leadership_gets_no_customers_and_no_small_groups(report: Report):
    tables = report().folder / "public" / "tables"

    assert [file.name for file in tables.iterdir()] == ["segment_ltv.csv"]
    assert (tables / "segment_ltv.csv").read_text("utf-8").splitlines() == [
        "segment,value,low,high,n",
        "A,10,9,11,120",
        "B,,,,3",
    ]


def test_latest_leads_to_the_report(report: Report, project: Path):
    latest = project / "reports" / "acme" / "latest" / "en"

    assert latest.resolve() == report().folder.resolve()


def test_two_runs_give_the_same_bytes(report: Report, project: Path):
    first = report().folder.resolve()

    second = run_report("params/acme.yml", root=project).folder.resolve()

    assert first != second
    for file in [f for f in first.rglob("*") if f.suffix in (".html", ".csv", ".json", ".pdf")]:
        name = file.relative_to(first)
        if name.name != "manifest.json":
            assert file.read_bytes() == (second / name).read_bytes(), name


def test_one_notebook_is_shown_and_not_published(report: Report, project: Path):
    before = report().folder.resolve()

    shown = run_one("params/acme.yml", "segment_ltv", root=project)

    assert shown.name == "03_segment_ltv.ipynb"
    assert shown.is_file()
    assert (project / "reports" / "acme" / "latest" / "en").resolve() != shown.parents[2]
    assert before.is_dir()


def test_a_misspelt_notebook_is_named_with_the_nearest(project: Path):
    with pytest.raises(UsageError, match="did you mean segment_ltv"):
        run_one("params/acme.yml", "segment_lvt", root=project)
