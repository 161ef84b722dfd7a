"""Every ugliness in the list really is in the files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ltvlab.demo.names import AWKWARD_NAMES

ENCODINGS = {"contracts": "cp932", "spend": "cp932", "customers": "utf-8-sig"}


def raw(exports: Path, name: str) -> pd.DataFrame:
    """Return an export exactly as written, duplicates, blank rows and all."""
    encoding = ENCODINGS.get(name, "utf-8")
    file = exports / f"{name}.csv"
    return pd.read_csv(
        file, dtype="str", keep_default_na=False, encoding=encoding, skip_blank_lines=False
    )


@pytest.mark.parametrize("name", ["contracts", "deals", "customers"])
def test_duplicate_rows_are_exact_and_counted(exports, planted, name):
    texts = raw(exports, name)
    filled = texts[(texts != "").any(axis=1)]

    assert filled.duplicated().sum() == planted[f"ugly_{name}_duplicate"]["size"]


@pytest.mark.parametrize(
    ("name", "header", "october"),
    [
        ("contracts", "契約開始日", "2026/10"),
        ("invoices", "請求月", "2026年10月"),
        ("deals", "作成日", "2026-10"),
        ("events", "日時", "2026-10"),
        ("usage", "month", "2026-10"),
    ],
)
def test_rows_after_the_report_month_are_there_and_counted(exports, planted, name, header, october):
    late = raw(exports, name)[header].str.startswith(october).sum()

    assert late == planted[f"ugly_{name}_after_report_month"]["size"] > 0


@pytest.mark.parametrize(
    ("header", "entry"),
    [("業種", "industry"), ("従業員数", "employees"), ("獲得チャネル", "channel")],
)
def test_segment_cells_are_blank_where_the_list_says(exports, planted, header, entry):
    customers = raw(exports, "customers")
    customers = customers[customers["顧客コード"] != ""].drop_duplicates()
    blank = customers.loc[customers[header] == "", "顧客コード"]

    assert sorted(blank) == sorted(planted[f"ugly_customers_blank_{entry}"]["where"]["ids"])


def test_ids_have_spaces_behind_them_and_leading_zeros(exports, planted):
    ids = raw(exports, "contracts")["顧客コード"]

    assert ids[ids.str.endswith(" ")].count() >= planted["ugly_contracts_trailing_space"]["size"]
    assert ids.str.startswith("0").all()


def test_some_numbers_are_in_full_width_digits(exports):
    assert raw(exports, "contracts")["契約金額（税抜）"].str.contains("[０-９]").sum() >= 5
    assert raw(exports, "customers")["従業員数"].str.contains("[０-９]").sum() >= 4


def test_awkward_names_belong_to_customers_on_lists(exports, planted):
    names = raw(exports, "customers").set_index("顧客コード")["会社名"]
    on_lists = planted["ripe_upsell"]["where"]["ids"] + planted["ripe_cross_sell"]["where"]["ids"]

    assert set(AWKWARD_NAMES) <= set(names[on_lists])


def test_blank_rows_close_two_of_the_files(exports):
    assert (raw(exports, "spend").tail(3) == "").all(axis=None)
    assert (raw(exports, "customers").tail(2) == "").all(axis=None)


def test_credits_are_written_with_a_triangle(exports):
    invoices = raw(exports, "invoices")

    assert invoices.loc[invoices["区分"] == "返金・値引", "請求金額"].str.startswith("△").all()
