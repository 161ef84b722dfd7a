"""The renderer is chosen, watched and checked; whatever it does, only whole reports go on."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from pypdf import PdfWriter
from small_project import TEMPLATE

from ltvlab.errors import RenderError, SetupError
from ltvlab.params import load_params
from ltvlab.report import quarto
from ltvlab.report.chapters import read_chapters
from ltvlab.report.prepare import literal, quarto_texts, raw_block
from ltvlab.report.render import Rendered, chosen_renderer, render
from ltvlab.report.run import PublishedReport
from ltvlab.report.verify import page_faults

FAKE = """#!{python}
import os, pathlib, shutil, sys, time
if sys.argv[1:] == ["--version"]:
    print("{version}")
    sys.exit()
{steps}
"""
BOOK = """
if "html" in sys.argv:
    pathlib.Path("_book").mkdir()
    for chapter in pathlib.Path(".").glob("*.md"):
        pathlib.Path("_book", chapter.stem + ".html").write_text("<p>fine</p>")
else:
    shutil.copyfile({pdf!r}, "report.pdf")
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that puts a Quarto of our making where it is looked for first."""

    def install(steps: str = "", version: str = "1.10.18") -> None:
        program = tmp_path / "quarto"
        text = FAKE.format(python=sys.executable, version=version, steps=steps)
        program.write_text(text, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("LTVLAB_QUARTO", str(program))

    return install


@pytest.fixture
def executed(report: Callable[..., PublishedReport]) -> dict[str, nbformat.NotebookNode]:
    folder = report().folder / "internal" / "notebooks"
    return {file.stem: nbformat.read(file, as_version=4) for file in folder.glob("*.ipynb")}


def rendered(
    notebooks: dict[str, nbformat.NotebookNode], project: Path, public: Path, renderer: str
) -> Rendered:
    params = load_params(project / "params" / "acme.yml")
    month = pd.Period("2026-09", freq="M")
    return render(notebooks, params, month, "en", public, template=TEMPLATE, renderer=renderer)


def test_an_old_quarto_is_passed_over(fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch):
    fake(version="1.8.27")
    monkeypatch.setattr(quarto.shutil, "which", lambda name: None)

    assert chosen_renderer("auto") is None
    with pytest.raises(SetupError, match=r"no Quarto 1\.9 or newer"):
        chosen_renderer("quarto")


def test_builtin_is_taken_when_asked_for(fake: Callable[..., None]):
    fake()

    assert chosen_renderer("builtin") is None
    assert chosen_renderer("auto").version == "1.10.18"


def test_quarto_makes_the_same_pages(fake, executed, project: Path, tmp_path: Path):
    pdf = tmp_path / "fine.pdf"
    fake(BOOK.format(pdf=str(pdf)))
    pdf.write_bytes((project / "reports/acme/2026-09/en/public/report.pdf").read_bytes())

    made = rendered(executed, project, tmp_path / "public", "auto")

    assert made.renderer == "quarto 1.10.18"
    assert made.pages == ("index.html", "segment_ltv.html")
    assert (tmp_path / "public" / "index.html").read_text() == "<p>fine</p>"


def test_quarto_sees_no_variable_of_the_environment(fake, executed, project, tmp_path, monkeypatch):
    """A customer named as a shortcode could have it printed in the report."""
    monkeypatch.setenv("LTVLAB_CANARY", "yellow")
    fake("sys.exit('canary' if 'LTVLAB_CANARY' in os.environ else 'no canary')")

    with pytest.raises(RenderError, match="no canary"):
        rendered(executed, project, tmp_path / "public", "quarto")


def test_the_pdf_of_quarto_is_set_in_our_fonts_and_dated_by_its_month(
    fake, executed, project, tmp_path: Path
):
    """A machine without the fonts would print boxes; today's date would change the bytes."""
    fake(
        "if 'html' in sys.argv: sys.exit(pathlib.Path('_book').mkdir())\n"
        "sys.exit(' '.join([*sorted(os.listdir('fonts')), os.environ['SOURCE_DATE_EPOCH']]))"
    )

    with pytest.raises(RenderError, match=r"DejaVuSans\.ttf ipaexg\.ttf 1790812799"):
        rendered(executed, project, tmp_path / "public", "quarto")


@pytest.mark.parametrize(
    ("steps", "said"),
    [("sys.exit('half way')", "half way"), ("time.sleep(60)", "did not end within 1 seconds")],
)
def test_a_quarto_that_fails_or_hangs_is_refused(
    fake, executed, project, tmp_path, monkeypatch, steps: str, said: str
):
    monkeypatch.setattr(quarto, "SECONDS", 1)
    fake(steps)

    with pytest.raises(RenderError, match=said):
        rendered(executed, project, tmp_path / "public", "quarto")


def test_a_quarto_that_makes_no_file_is_refused(fake, executed, project, tmp_path: Path):
    fake("pathlib.Path('_book').mkdir(exist_ok=True)")

    with pytest.raises(RenderError, match="was not made"):
        rendered(executed, project, tmp_path / "public", "quarto")


def test_quarto_reads_prose_as_markdown_and_everything_that_code_made_as_raw_html(executed):
    chapters = read_chapters(executed, "en")
    front, chapter = quarto_texts(chapters, "en", picture=lambda figure: "figure.svg")
    prose = re.sub(r"```{=html}\n.*?\n```", "", chapter, flags=re.DOTALL)

    assert '<div class="answer' in front.split("\n\n")[1]
    assert "## Decision" in prose
    assert "Customer 119" in chapter
    assert "Customer 119" not in prose
    assert "display(" not in chapter


def test_a_company_is_called_what_it_is_called():
    """Its name goes through Markdown on its way to the pages and the PDF."""
    assert literal("R&D *star* @home") == r"R&D \*star\* \@home"
    assert literal("Nagisa Cloud Inc.") == "Nagisa Cloud Inc."


def test_no_backtick_in_data_ends_a_raw_block():
    assert raw_block("<td>```\n</td>").count("```") == 2


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("", "was not made"),
        ('<img src="https://example.com/a.png">', "would ask the network"),
        ("<style>p {background: url(//example.com/a)}</style>", "would ask the network"),
        ("<p>Traceback (most recent call last)</p>", "shows a 'Traceback"),
        ('<td class="num">nan</td>', "shows 'nan'"),
        ("<p>{{< env X >}}</p>", "unescaped"),
    ],
)
def test_a_page_unfit_for_readers_is_found(tmp_path: Path, html: str, fault: str):
    (tmp_path / "index.html").write_text(html, encoding="utf-8")

    assert fault in page_faults(tmp_path, ["index.html"])[0].message


def test_a_pdf_that_says_nothing_is_found(tmp_path: Path):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "report.pdf")

    assert page_faults(tmp_path, [])[0].message == "it has no text"


def test_a_pdf_that_does_not_open_is_found(tmp_path: Path):
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7 cut")

    assert "does not open" in page_faults(tmp_path, [])[0].message
