"""The built-in PDF: the pages' own HTML through pandoc and Typst, in fonts that we bring."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from pathlib import Path

import typst

from ltvlab.errors import RenderError
from ltvlab.report.bodies import chapter_bodies, pandoc
from ltvlab.report.chapters import Chapter, Figure
from ltvlab.report.glyphs import font_folders, with_substitutes
from ltvlab.report.pages import Edition
from ltvlab.text import escaped, month_label, translator

# PDF/A turns a character that no font has into an error instead of an empty box.
STANDARD = "a-2b"


def write_pdf(
    chapters: Sequence[Chapter], edition: Edition, template: Path, staging: Path, target: Path
) -> dict[str, int]:
    """Write the PDF of a report; return the characters shown as 〓 and how often."""
    staging.mkdir(parents=True)
    html = _document(chapters, edition, staging)
    text, missing = with_substitutes(html)
    filters = (f"--lua-filter={template / 'typst.lua'}",)
    body = pandoc(text, to="typst", source="html-auto_identifiers", options=filters)
    (staging / "report.typ").write_text(_source(body, edition), encoding="utf-8")
    (staging / "template.typ").write_bytes((template / "report.typ").read_bytes())
    _compile(staging, edition, target)
    return dict(sorted(missing.items()))


def _document(chapters: Sequence[Chapter], edition: Edition, staging: Path) -> str:
    bodies = chapter_bodies(chapters, edition.language, picture=picture_files(staging))
    return "\n".join(
        f"<h1>{escaped(chapter.title)}</h1>\n{body}"
        for chapter, body in zip(chapters, bodies, strict=True)
    )


def picture_files(staging: Path) -> Callable[[Figure], str]:
    """Return a function that writes a figure into `staging` and returns its file name."""
    written: list[str] = []

    def picture(figure: Figure) -> str:
        written.append(f"figure-{len(written) + 1}.svg")
        (staging / written[-1]).write_text(figure.svg, encoding="utf-8")
        return written[-1]

    return picture


def _source(body: str, edition: Edition) -> str:
    words = translator(edition.language)
    fields = {
        "company": edition.company,
        "month": month_label(edition.month, edition.language),
        "report": words("Customer value report"),
        "contents": words("Contents"),
        "made-by": edition.made_by,
        "language": edition.language,
    }
    given = ",\n".join(f"  {name}: {_string(text)}" for name, text in fields.items())
    return f'#import "template.typ": *\n#show: report.with(\n{given},\n)\n{body}\n'


def _string(text: str) -> str:
    drawn, _ = with_substitutes(text)
    return '"' + drawn.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _compile(staging: Path, edition: Edition, target: Path) -> None:
    try:
        pdf = typst.compile(
            staging / "report.typ",
            root=staging,
            font_paths=font_folders(),
            ignore_system_fonts=True,
            pdf_standards=[STANDARD],
            timestamp=month_end(edition),
        )
    except typst.TypstError as error:
        raise RenderError(f"Typst could not set the PDF: {error.diagnostic or error}") from error
    target.write_bytes(pdf)


def month_end(edition: Edition) -> int:
    """Return the second the report's month ends: the date of a PDF, so that its bytes repeat."""
    return calendar.timegm(edition.month.end_time.timetuple())
