"""Quarto, where there is one: HTML as a book, PDF from the merged chapters through Typst."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from ltvlab.errors import RenderError
from ltvlab.report.bodies import data_address
from ltvlab.report.chapters import FRONT, Chapter
from ltvlab.report.glyphs import font_files, with_substitutes
from ltvlab.report.pages import Edition
from ltvlab.report.pdf import month_end, picture_files
from ltvlab.report.prepare import literal, quarto_texts
from ltvlab.text import month_label, translator

OLDEST = (1, 9)
SECONDS = 600
# Shortcodes in data could print any variable of the environment, so Quarto sees these alone.
ALLOWED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
# Name in the staging folder → file of the template; the PDF looks alike by either renderer.
TEMPLATE_FILES = {
    "theme.scss": "theme.scss",
    "body.css": "body.css",
    "typst-template.typ": "report.typ",
    "typst-show.typ": "typst-show.typ",
    "typst.lua": "typst.lua",
}


@dataclass(frozen=True, kw_only=True)
class Quarto:
    """A Quarto program and its version."""

    program: Path
    version: str

    @property
    def name(self) -> str:
        return f"quarto {self.version}"


def find_quarto() -> Quarto | None:
    """Return the first Quarto of version 1.9 or newer, or None.

    Looked for in LTVLAB_QUARTO, QUARTO_PATH, on the PATH, and beside this Python.
    """
    for program in _candidates():
        version = _version(program)
        if version and tuple(int(n) for n in version.split(".")[:2]) >= OLDEST:
            return Quarto(program=program, version=version)
    return None


def _candidates() -> Iterator[Path]:
    named = [os.environ.get(name) for name in ("LTVLAB_QUARTO", "QUARTO_PATH")]
    beside = Path(sys.executable).parent / "quarto"
    for place in (*named, shutil.which("quarto"), str(beside)):
        if place and Path(place).is_file():
            yield Path(place)


def _version(program: Path) -> str:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.match(r"\d+\.\d+(?:\.\d+)?", done.stdout.strip())
    return found.group(0) if found and done.returncode == 0 else ""


def render_quarto(
    quarto: Quarto,
    chapters: Sequence[Chapter],
    edition: Edition,
    template: Path,
    staging: Path,
    public: Path,
) -> dict[str, int]:
    """Write pages and PDF into `public`; return the characters shown as 〓.

    Quarto empties the folder it writes to before it begins, so it only ever sees a staging one.
    """
    _render_book(quarto, chapters, edition, template, staging / "book", public)
    return _render_pdf(quarto, chapters, edition, template, staging / "pdf", public)


def _render_book(
    quarto: Quarto,
    chapters: Sequence[Chapter],
    edition: Edition,
    template: Path,
    staging: Path,
    public: Path,
) -> None:
    _stage(template, staging)
    pages = [f"{Path(chapter.page).stem}.md" for chapter in chapters]
    texts = quarto_texts(chapters, edition.language, picture=data_address)
    for page, text in zip(pages, texts, strict=True):
        (staging / page).write_text(text, encoding="utf-8")
    settings = _read_settings(template)
    words = translator(edition.language)
    settings |= {"lang": edition.language, "toc-title": words("On this page")}
    settings["format"]["html"]["include-in-header"] = {"text": _status_dots(chapters)}
    settings["book"] |= _book_words(edition) | {"chapters": pages}
    _write_settings(settings, staging)
    _run(quarto, ["render", ".", "--to", "html", "--no-execute"], staging, edition)
    shutil.copytree(_made(staging / "_book"), public, dirs_exist_ok=True)


def _status_dots(chapters: Sequence[Chapter]) -> str:
    # Quarto's sidebar knows titles alone; a rule per page gives each its dot.
    rules = (
        f"{_sidebar_link(chapter.page)} {{ background: var(--{chapter.finding['status']}-dot); }}"
        for chapter in chapters
        if chapter.finding
    )
    return f"<style>{' '.join(rules)}</style>"


def _sidebar_link(page: str) -> str:
    # On a server Quarto's script cuts index.html off the addresses.
    ends = (f"/{page}", "/") if page == FRONT else (f"/{page}",)
    return ", ".join(f'#quarto-sidebar a[href$="{end}"]::before' for end in ends)


def _book_words(edition: Edition) -> dict:
    words, company = _words(edition), literal(edition.company)
    pdf = {"text": translator(edition.language)("Report as PDF"), "href": "report.pdf"}
    return {
        "title": company,
        "subtitle": f"{words['report']} · {words['month']}",
        "navbar": {
            "title": company,
            "left": [{"text": words["report"]}],
            "right": [{"text": words["month"]}, pdf],
        },
        "page-footer": f"{company} · {words['month']} · {edition.made_by}",
    }


def _words(edition: Edition) -> dict[str, str]:
    words = translator(edition.language)
    return {
        "month": month_label(edition.month, edition.language),
        "report": words("Customer value report"),
        "contents": words("Contents"),
        "made-by": edition.made_by,
    }


def _render_pdf(
    quarto: Quarto,
    chapters: Sequence[Chapter],
    edition: Edition,
    template: Path,
    staging: Path,
    public: Path,
) -> dict[str, int]:
    _stage(template, staging)
    texts = quarto_texts(chapters, edition.language, picture=picture_files(staging))
    drawn, missing = with_substitutes("\n".join(texts))
    (staging / "report.md").write_text(drawn, encoding="utf-8")
    settings = _read_settings(template)
    settings["project"] = {"type": "default"}
    settings.pop("book")
    company, missing_in_name = with_substitutes(edition.company)
    settings |= {"lang": edition.language, "title": literal(company), "edition": _words(edition)}
    _write_settings(settings, staging)
    _stage_fonts(staging)
    _run(quarto, ["render", "report.md", "--to", "typst", "--no-execute"], staging, edition)
    shutil.copyfile(_made(staging / "report.pdf"), public / "report.pdf")
    return dict(sorted((missing + missing_in_name).items()))


def _made(path: Path) -> Path:
    if not path.exists():
        raise RenderError(f"Quarto reported no error, but {path.name} was not made")
    return path


def _stage(template: Path, staging: Path) -> None:
    staging.mkdir(parents=True)
    for name, source in TEMPLATE_FILES.items():
        shutil.copyfile(template / source, staging / name)


def _stage_fonts(staging: Path) -> None:
    # Quarto takes a path that begins with / as one within the project, so the fonts go there.
    (staging / "fonts").mkdir()
    for file in font_files():
        shutil.copyfile(file, staging / "fonts" / file.name)


def _read_settings(template: Path) -> dict:
    return YAML(typ="safe").load((template / "_quarto.yml").read_text(encoding="utf-8"))


def _write_settings(settings: dict, staging: Path) -> None:
    with (staging / "_quarto.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(settings, file)


def _run(quarto: Quarto, arguments: Sequence[str], folder: Path, edition: Edition) -> None:
    environment = {name: os.environ[name] for name in ALLOWED if name in os.environ}
    environment |= {
        "QUARTO_RUN_NO_NETWORK": "true",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "SOURCE_DATE_EPOCH": str(month_end(edition)),
    }
    try:
        done = subprocess.run(
            [quarto.program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RenderError(f"Quarto did not end within {SECONDS} seconds") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-15:]
        raise RenderError("Quarto could not render the report:\n" + "\n".join(said))
