"""Choose the renderer and let it make pages and PDF from executed notebooks."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from nbformat import NotebookNode

from ltvlab.errors import Problem, RenderError, SetupError
from ltvlab.params import Params
from ltvlab.report.builtin import render_builtin
from ltvlab.report.chapters import read_chapters
from ltvlab.report.pages import Edition
from ltvlab.report.quarto import Quarto, find_quarto, render_quarto
from ltvlab.report.verify import page_faults
from ltvlab.text import translator

NEEDED = (
    "page.html",
    "body.css",
    "page.css",
    "report.typ",
    "typst.lua",
    "_quarto.yml",
    "theme.scss",
    "typst-show.typ",
)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What was made: by which renderer, which pages, which characters the PDF lacks."""

    renderer: str
    pages: tuple[str, ...]
    missing_glyphs: Mapping[str, int]


def chosen_renderer(asked: str) -> Quarto | None:
    """Return the Quarto to render with, or None for the built-in renderer."""
    if asked == "builtin":
        return None
    found = find_quarto()
    if asked == "quarto" and found is None:
        problem = Problem(
            id="E803",
            message="no Quarto 1.9 or newer was found",
            fix="install it from quarto.org, or `pip install ltvlab[quarto]`, or name its program "
            "in LTVLAB_QUARTO; --renderer builtin needs none",
        )
        raise SetupError("The report cannot be rendered with Quarto", [problem])
    return found


def render(
    notebooks: Mapping[str, NotebookNode],
    params: Params,
    month: pd.Period,
    language: str,
    public: Path,
    *,
    template: Path,
    renderer: str,
) -> Rendered:
    """Make every page and the PDF in `public`, and look at them as a reader would."""
    quarto = chosen_renderer(renderer)
    _require_template(template)
    edition = Edition(
        company=params.name.in_language(language),
        month=month,
        language=language,
        made_by=_made_by(quarto, language),
    )
    chapters = read_chapters(notebooks, language)
    public.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ltvlab-render-") as folder:
        if quarto:
            missing = render_quarto(quarto, chapters, edition, template, Path(folder), public)
        else:
            missing = render_builtin(chapters, edition, template, Path(folder), public)
    pages = tuple(chapter.page for chapter in chapters)
    _require_whole(public, pages)
    return Rendered(
        renderer=quarto.name if quarto else "builtin", pages=pages, missing_glyphs=missing
    )


def _made_by(quarto: Quarto | None, language: str) -> str:
    words = translator(language)
    if quarto is None:
        return words("Made with the built-in renderer")
    return words("Made with Quarto {version}").format(version=quarto.version)


def _require_template(template: Path) -> None:
    missing = [name for name in NEEDED if not (template / name).is_file()]
    if missing:
        problem = Problem(
            id="E804",
            message=f"{', '.join(missing)} missing",
            value=str(template),
            fix="restore reports/template from the repository",
        )
        raise SetupError("The report's template is incomplete", [problem])


def _require_whole(public: Path, pages: tuple[str, ...]) -> None:
    problems = page_faults(public, pages)
    if problems:
        raise RenderError("The rendered report is not whole", problems)
