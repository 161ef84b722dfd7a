"""The data chapter: rows accounted for, sections allowed, and what to mend first."""

import pandas as pd
import pytest

from ltvlab.analyses import data_quality as quality
from ltvlab.sources.faults import EXCLUSIONS, WARNINGS
from ltvlab.text import known

FILES = pd.DataFrame(
    {
        "table": ["contracts", "customers"], "file": ["b.csv", "a.csv"], "encoding": ["utf-8", "cp932"],
        "sha256": ["x", "y"], "rows_read": [10, 5], "rows_used": [7, 5], "rows_excluded": [2, 0], "rows_quarantined": [1, 0],
    }
)  # fmt: skip


def _columns(*rows):
    return pd.DataFrame(rows, columns=["table", "column", "header", "filled", "status"])


FULL = _columns(
    ("customers", "industry", "業種", 1.0, "mapped"), ("customers", "channel", "", 0.0, "missing")
)


def _rows(*, quarantined=0):
    files = FILES.assign(rows_quarantined=[quarantined, 0], rows_used=[8 - quarantined, 5])
    return quality.rows_read(files)


@pytest.fixture
def concluded(company_data):
    """Return the function from a matrix to the chapter's finding."""

    def conclude(mrr, *, rows=None, columns=FULL, language="en"):
        rows = _rows() if rows is None else rows
        data = company_data(basis=mrr.attrs["basis"], months=mrr.shape[1], customers=len(mrr))
        sections = quality.coverage(data, language=language)
        return quality.conclude(
            rows, pd.DataFrame(), quality.fill(columns), sections, mrr, language=language
        )

    return conclude


def _book(matrix, customers=50, months=13, **given):
    return matrix({f"C{number:02}": [100] * months for number in range(customers)}, **given)


def test_rows_read_are_rows_used_excluded_and_quarantined():
    rows = quality.rows_read(FILES)

    assert list(rows) == ["table", "file", "encoding", "read", "used", "excluded", "quarantined"]
    assert (rows["read"] == rows["used"] + rows["excluded"] + rows["quarantined"]).all()
    assert rows["table"].tolist() == ["contracts", "customers"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_reason_and_warning_of_an_intake_has_its_words(language):
    reasons = pd.DataFrame({"table": "contracts", "reason": list(EXCLUSIONS), "rows": 1})
    warnings = pd.DataFrame({"message": list(WARNINGS.values())})

    said = [
        *quality.excluded_rows(reasons, language=language)["reason"],
        *quality.input_warnings(warnings, language=language)["message"],
    ]

    assert {*EXCLUSIONS.values(), *WARNINGS.values()} <= known("ja")
    assert (set(said) == {*EXCLUSIONS.values(), *WARNINGS.values()}) == (language == "en")


def test_only_mapped_columns_are_counted_the_emptiest_first():
    columns = _columns(
        ("customers", "industry", "業種", 0.5, "mapped"), ("contracts", "amount", "金額", 1.0, "mapped"),
        ("customers", "region", "地域", 0.2, "mapped"), ("customers", "channel", "", 0.0, "missing"),
        ("customers", "", "備考", 0.9, "unmapped"),
    )  # fmt: skip

    assert quality.fill(columns)["column"].tolist() == ["region", "industry", "amount"]
    assert quality.segment_fill(columns)["column"].tolist() == ["industry", "region", "channel"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_map_says_exactly_what_would_unlock_each_section(company_data, english_left, language):
    """Ten months, 49 customers, no spend: what is lacking is said section by section."""
    data = company_data(months=10, customers=49, tables={"contracts"})

    sections = quality.coverage(data, language=language).set_index("section")

    assert sections.loc["retention"].tolist() == [
        "refused",
        {"en": "needs 3 more months", "ja": "必要なもの：あと3か月分のデータ"}[language],
    ]
    assert sections.loc["mrr_movements", "state"] == "stamped"
    assert (
        sections.loc["customer_cost", "reason"]
        == {
            "en": "needs spend and 2 more months",
            "ja": "必要なもの：費用、あと2か月分のデータ",
        }[language]
    )
    assert ((sections["reason"] == "") == (sections["state"] == "shown")).all()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_sound_inputs_let_the_reader_go_on(concluded, matrix, english_left, language):
    finding = concluded(_book(matrix), language=language)

    assert finding.status == "good"
    assert finding.decision.startswith("Go on" if language == "en" else "このまま進めます")
    if language == "ja":
        assert english_left(finding) == []


def test_the_answer_accounts_for_every_row_and_month(concluded, matrix):
    assert concluded(_book(matrix)).answer == (
        "15 rows were read: 13 used, 2 left out, 0 set aside; "
        "they cover 13 months to September 2026 and 50 paying customers."
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_rows_set_aside_ask_for_action_before_anything_else(
    concluded, matrix, english_left, language
):
    thin = _columns(("customers", "industry", "業種", 0.1, "mapped"))

    finding = concluded(_book(matrix), rows=_rows(quarantined=2), columns=thin, language=language)

    assert finding.status == "act"
    assert "internal/quarantine.csv" in finding.decision
    if language == "ja":
        assert english_left(finding, data=["internal/quarantine.csv"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_emptiest_segment_column_is_the_one_to_fill(concluded, matrix, english_left, language):
    columns = _columns(
        ("customers", "industry", "業種", 0.8, "mapped"), ("customers", "employees", "人数", 0.625, "mapped"),
        ("contracts", "seats", "席数", 0.1, "mapped"),
    )  # fmt: skip

    finding = concluded(_book(matrix), columns=columns, language=language)

    assert finding.status == "watch"
    assert (
        "Fill number of employees" if language == "en" else "従業員数を埋めてください"
    ) in finding.decision
    assert "62.5%" in finding.decision
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize(("filled", "status"), [(0.9, "good"), (0.899, "watch")])
def test_nine_in_ten_are_enough_for_a_segment(concluded, matrix, filled, status):
    assert (
        concluded(
            _book(matrix), columns=_columns(("customers", "industry", "", filled, "mapped"))
        ).status
        == status
    )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("basis", ["contracts", "invoices", "orders"])
@pytest.mark.parametrize("margin_source", ["products", "params", "cost", "none"])
def test_caveats_say_where_revenue_and_margin_come_from(
    concluded, matrix, english_left, basis, margin_source, language
):
    finding = concluded(_book(matrix, basis=basis, margin_source=margin_source), language=language)

    assert len(finding.caveats) == 2
    if language == "en":
        assert {"contracts": "contracts", "invoices": "invoices", "orders": "orders"}[
            basis
        ] in finding.caveats[0]
        assert (
            "revenue" if margin_source == "none" else "Gross margin comes from"
        ) in finding.caveats[1]
    else:
        assert english_left(finding) == []


def test_facts_are_the_sums_of_the_tables(concluded, matrix):
    finding = concluded(_book(matrix), rows=_rows(quarantined=1))

    assert {fact.id: fact.value for fact in finding.facts} == {
        "data.rows.read": 15, "data.rows.used": 12, "data.rows.excluded": 2, "data.rows.quarantined": 1,
        "data.months": 13, "data.customers": 50,
    }  # fmt: skip
    assert {(fact.definition, fact.month, fact.unit) for fact in finding.facts} == {
        ("D02", "2026-09", "count")
    }
    assert list(finding.tables) == ["rows_read", "input_warnings", "fill", "coverage"]


@pytest.mark.parametrize(("newest", "status"), [("2025-11", "good"), ("2025-10", "act")])
def test_a_month_that_the_data_do_not_reach_is_said_before_anything_else(
    concluded, matrix, newest, status
):
    """Contracts run on, so a month in the far future would publish as if all were well."""
    book = _book(matrix)
    last = book.columns[-1]
    book.attrs["newest_month"] = str(last - (2 if newest == "2025-11" else 3))

    finding = concluded(book)

    assert finding.status == status
    assert ("Bring a newer export" in finding.decision) == (status == "act")
