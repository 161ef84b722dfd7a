"""The renderer that needs nothing installed beside this package: pandoc and Typst from wheels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ltvlab.report.chapters import Chapter
from ltvlab.report.pages import Edition, write_pages
from ltvlab.report.pdf import write_pdf


def render_builtin(
    chapters: Sequence[Chapter], edition: Edition, template: Path, staging: Path, public: Path
) -> dict[str, int]:
    """Write pages and PDF into `public`; return the characters the PDF shows as 〓."""
    write_pages(chapters, edition, template, public)
    return write_pdf(chapters, edition, template, staging / "pdf", public / "report.pdf")
