"""Books of which little can be said give words or bounds: never inf, NaN shown, or a traceback.

The notebooks' own cells are run on them. A few books run always, in one language each; all of
them in both languages with the slow tests.
"""

from __future__ import annotations

import csv
import json
import re
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from degenerate_books import BOOKS, LINES, MONTH, write_book, write_company
from notebook_cells import CHAPTERS, shown_by

from ltvlab import load_matrix
from ltvlab.errors import DataError
from ltvlab.findings import Finding

NO_NUMBER = re.compile(r"\b(nan|NaN|NaT|inf|Infinity|None)\b")
SHARES = {
    "retention": ("grr", "grr_low", "grr_high", "logo_churn", "revenue_churn"),
    "survival": ("survival", "low", "high"),
    "cohort_logos": ("value",),
}
# Paying customers in the report month are too few, or history too short, for a firm word.
VALUES = {"03_segment_ltv", "04_cohort_curves"}
# Without deals, spend or a loss there is nothing to hold the articles or our own selling against.
SELLING = {"13_claims", "14_selling_effects"}
SILENT = {
    "one customer": {
        *VALUES, *SELLING, "06_customer_segments", "09_mrr_scenarios", "10_resource_allocation",
    },
    "two customers": {*VALUES, *SELLING, "06_customer_segments", "10_resource_allocation"},
    "nobody left": {*SELLING, "10_resource_allocation"},
    "all left": {"14_selling_effects"},
    "four": {*VALUES, *SELLING, "06_customer_segments"},
    "five": SELLING,
    "all joined this month": {
        *SELLING, "02_mrr_movements", "04_cohort_curves", "10_resource_allocation",
    },
    "one giant": SELLING,
    "one outlier who left": SELLING,
    "forty-nine": {"09_mrr_scenarios", "14_selling_effects"},
    "fifty": {"14_selling_effects"},
    "eleven months": {*SELLING, "02_mrr_movements", "04_cohort_curves", "09_mrr_scenarios"},
    "one order": {
        *VALUES, *SELLING, "02_mrr_movements", "09_mrr_scenarios", "10_resource_allocation",
    },
}  # fmt: skip
ALWAYS = {"one customer": "ja", "all left": "en", "one order": "ja"}


@pytest.mark.parametrize("book", ALWAYS)
def test_a_poor_book_gives_words_or_bounds(book, proof_root, monkeypatch):
    _require_sound(book, ALWAYS[book], proof_root, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "book", [name for name in BOOKS if name != "all left in their first month"]
)
def test_every_poor_book_gives_words_or_bounds_in_both_languages(
    book, language, proof_root, monkeypatch
):
    _require_sound(book, language, proof_root, monkeypatch)


def test_nobody_who_ever_paid_at_a_months_end_is_said_so_and_not_reported_on(proof_root):
    write_book("all left in their first month", proof_root)

    with pytest.raises(DataError, match="nothing to report on"):
        load_matrix("params/book.yml", MONTH)


@pytest.mark.parametrize("customers", ["customer_id\n", "customer_id\nC1\n"])
def test_files_with_a_header_only_are_said_so(customers, proof_root):
    write_company(proof_root, {"customers": customers, "contracts": LINES})

    with pytest.raises(DataError):
        load_matrix("params/book.yml", MONTH)


def _require_sound(book, language, root, monkeypatch):
    brought = write_book(book, root)
    monkeypatch.setenv("LTVLAB_RUN_DIR", str(root / "run"))
    where = {"params": "params/book.yml", "month": MONTH, "language": language, "brought": brought}
    for chapter in CHAPTERS:
        with warnings.catch_warnings():
            # A collapsed layout, a missing glyph, a division by zero.
            warnings.simplefilter("error", UserWarning)
            warnings.simplefilter("error", RuntimeWarning)
            try:
                shown = shown_by(chapter, **where)
            finally:
                plt.close("all")
        for each in shown:
            assert not NO_NUMBER.search(_words(each)), (chapter, _words(each))
        finding = shown[-1]
        assert isinstance(finding, Finding)
        assert all(_is_number_or_none(fact) for fact in finding.facts), chapter
        if chapter in SILENT.get(book, ()):
            assert finding.status == "insufficient", (chapter, finding.answer)
    for file in (root / "run" / "internal" / "tables").glob("*.csv"):
        _require_sound_table(file)


def _words(shown) -> str:
    """Return what a reader sees of a table or a finding, without its markup."""
    html = (
        shown._repr_mimebundle_()[0]["text/html"]
        if isinstance(shown, Finding)
        else shown._repr_html_()
    )
    return re.sub(r"<[^>]+>", " ", html)


def _is_number_or_none(fact) -> bool:
    json.dumps(fact.record(), allow_nan=False)
    return fact.value is None or np.isfinite(fact.value)


def _require_sound_table(file):
    text = file.read_text(encoding="utf-8")
    assert not NO_NUMBER.search(text), file.name
    for row in csv.DictReader(text.splitlines()):
        for column in SHARES.get(file.stem, ()):
            assert row[column] == "" or 0 <= float(row[column]) <= 1, (file.name, row)
