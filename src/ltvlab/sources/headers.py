"""Headers compared as people read them: width, case and outer spaces make no difference."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from ltvlab.errors import DataError
from ltvlab.sources.faults import problem


def matched_form(text: str) -> str:
    """Return the form in which headers and mapped values are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def find_header(wanted: str, headers: Iterable[str]) -> str | None:
    """Return the header that reads like `wanted`, as the file writes it."""
    form = matched_form(wanted)
    return next((header for header in headers if matched_form(header) == form), None)


def nearest(wanted: str, headers: Iterable[str]) -> str:
    """Return the header most like `wanted`, or an empty text."""
    forms = {matched_form(header): header for header in headers}
    near = difflib.get_close_matches(matched_form(wanted), list(forms), n=1, cutoff=0.5)
    return forms[near[0]] if near else ""


def require_single_headers(header: list[str], file: str) -> None:
    """Refuse a header that names two columns alike."""
    forms = [matched_form(name) for name in header]
    twice = [
        name for name, form in zip(header, forms, strict=True) if form and forms.count(form) > 1
    ]
    if twice:
        found = problem("E210", file=file, line=1, header=twice[0].strip(), value=twice[0].strip())
        raise DataError("A file's header is ambiguous", [found])
