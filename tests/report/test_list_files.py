"""List files: one pair per owner, no cell that a spreadsheet runs, the same bytes each time."""

import zipfile

import pandas as pd
import pytest

from ltvlab.report.list_files import COLUMNS, file_names, list_rows, without_formula, write_lists

HEAD = "opportunity_id,customer_id,kind,product,play,channel,propose_by,evidence,mrr_delta,win_probability,expected_value,blocked_by,open_deal_id,owner\n"
ROWS = (
    'upsell-A-Mail,A,upsell,Mail,add_seats,phone,2025-04-01,"=HYPERLINK(1)",1200.6,0.5,3000.25,unhappy,=D1,Sato\n'
    "downsell-B-Mail,B,downsell,Mail,fewer_seats,,2025-04-01,x,-500,,,,,Ito 伊藤\n"
)
NAMES = pd.Series({"A": "=cmd|'/C calc'!A0", "B": "株式会社渚"})


@pytest.fixture
def written(tmp_path):
    file = tmp_path / "opportunities.csv"
    file.write_text(HEAD + ROWS, encoding="utf-8")
    return write_lists(file, NAMES, tmp_path / "lists", currency="JPY", language="en")


def test_every_owner_has_a_pair_of_files(written):
    assert [file.name for file in written] == ["Ito_伊藤.csv", "Ito_伊藤.xlsx", "Sato.csv", "Sato.xlsx"]  # fmt: skip


def test_a_csv_reads_back_with_all_its_columns_and_the_answer_left_open(written):
    rows = pd.read_csv(written[2], dtype=str, keep_default_na=False, encoding="utf-8-sig")

    assert list(rows.columns) == list(COLUMNS)
    assert rows.loc[
        0, ["kind", "mrr_delta", "expected_value", "blocked_by", "outcome"]
    ].tolist() == [
        "Upsell",
        "1201",
        "3000",
        "Unhappy",
        "",
    ]


def test_no_cell_of_a_csv_starts_a_formula_but_a_negative_number_stays_one(written):
    risky, plain = (pd.read_csv(file, dtype=str, keep_default_na=False) for file in (written[2], written[0]))  # fmt: skip

    assert risky.loc[0, ["name", "evidence", "open_deal_id"]].tolist() == ["'=cmd|'/C calc'!A0", "'=HYPERLINK(1)", "'=D1"]  # fmt: skip
    assert plain.loc[0, "mrr_delta"] == "-500"


def test_a_workbook_holds_no_formula_and_no_link(written):
    with zipfile.ZipFile(written[3]) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
        texts = workbook.read("xl/sharedStrings.xml").decode()
        styles = workbook.read("xl/styles.xml").decode()

    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert "=HYPERLINK(1)" in texts
    assert 'quotePrefix="1"' in styles


def test_the_same_rows_are_the_same_bytes(written, tmp_path):
    again = write_lists(
        tmp_path / "opportunities.csv", NAMES, tmp_path / "again", currency="JPY", language="en"
    )

    assert [file.read_bytes() for file in written] == [file.read_bytes() for file in again]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "＝1", " =1", "\tx", "\rx"])
def test_whatever_could_be_a_formula_is_made_text(text):
    assert without_formula(text) == f"'{text}"


def test_plain_text_stays_as_it_is():
    assert without_formula("A=B") == "A=B"


def test_owners_whose_names_a_file_system_confuses_keep_a_file_each():
    names = file_names(pd.Series(["a/b", "A b", "../x", "?"]))

    assert len({name.casefold() for name in names.values()}) == 4
    assert not any("/" in name or name.startswith(".") for name in names.values())


def test_a_list_in_japanese_speaks_japanese(tmp_path):
    (tmp_path / "o.csv").write_text(HEAD + ROWS, encoding="utf-8")
    table = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)

    rows = list_rows(table, NAMES, currency="JPY", language="ja")

    assert rows["kind"].tolist() == ["アップセル", "縮小提案"]
    assert rows["blocked_by"].tolist() == ["不満がある", ""]
