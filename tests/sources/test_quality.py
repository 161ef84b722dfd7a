"""The account of every row: used, excluded with a reason, set aside, or a refusal."""

import datetime as dt
import json

import pandas as pd
import pytest

from ltvlab.errors import DataError

HEADER = "contract_id,customer_id,start_date,end_date,amount,billing_period,product\n"


def rows(*lines: str) -> dict[str, str]:
    return {"contracts.csv": HEADER + "".join(line + "\n" for line in lines)}


def reasons(intake) -> dict[tuple[str, str], int]:
    return {(row.table, row.reason): row.rows for row in intake.excluded.itertuples()}


def warned(intake, warning: str) -> tuple[str, str, int]:
    found = intake.warnings[intake.warnings["id"] == warning]
    return tuple(found[["table", "column", "rows"]].iloc[0]) if len(found) else ()


def test_clean_tables_arrive_typed_under_canonical_names(read):
    intake = read()
    contracts = intake.tables["contracts"]

    assert contracts["contract_id"].tolist() == ["K1", "K2"]
    assert contracts["start_date"].tolist() == [
        pd.Timestamp("2025-04-01"),
        pd.Timestamp("2025-05-01"),
    ]
    assert contracts["start_date"].dtype == "datetime64[us]"
    assert contracts["end_date"].isna().tolist() == [False, True]
    assert contracts["amount"].tolist() == [1200.0, 100.0]
    assert str(contracts["contract_id"].dtype) == "str"
    assert intake.problems == ()


def test_rows_read_are_rows_used_excluded_or_quarantined(read):
    lines = ["K1,C1,2025-04-01,,1200,year,A", "K1,C1,2025-04-01,,1200,year,A",
             "K3,C1,2027-01-01,,1,month,A", "K4,C1,2025-01-01,,x,month,A",
             "K5,C1,2025-01-01,,1", ",,,,,,"]  # fmt: skip
    intake = read(rows(*lines), quarantine=True, quarantine_limit=0.5)
    file = intake.files.set_index("table").loc["contracts"]

    assert (file["rows_read"], file["rows_used"]) == (6, 1)
    assert (file["rows_excluded"], file["rows_quarantined"]) == (3, 2)
    assert reasons(intake) == {
        ("contracts", "X201"): 1, ("contracts", "X202"): 1, ("contracts", "X203"): 1,
    }  # fmt: skip


def test_a_quarantined_row_keeps_its_place_its_reasons_and_its_text(read):
    lines = ["K1,C1,2025-04-01,,1200,year,A", "K4,C1,2025-01-01,2024-01-01,x,month,製品"]

    intake = read(rows(*lines), quarantine=True, quarantine_limit=0.5)
    [row] = intake.quarantine.to_dict("records")

    assert (row["table"], row["file"]) == ("contracts", "contracts.csv")
    assert (row["record"], row["line"], row["problems"]) == (2, 3, "E234 E248")
    assert json.loads(row["row"])["product"] == "製品"
    assert [found.id for found in intake.problems] == ["E234", "E248"]


def test_more_quarantined_rows_than_the_limit_are_refused(problems):
    lines = ["K1,C1,2025-04-01,,1200,year,A", "K4,C1,2025-01-01,,x,month,A"]

    found = problems(rows(*lines), quarantine=True)

    assert [problem.id for problem in found] == ["E225", "E234"]
    assert "1 of 2 rows, over 1.00%" in found[0].message


def test_a_quarantined_customer_takes_its_contracts_along(read):
    """Contracts of a customer that is set aside have nobody to belong to."""
    files = {"customers.csv": "customer_id,employees\nC1,5\nC2,many\n"}

    intake = read(files, quarantine=True, quarantine_limit=0.5)

    assert intake.tables["contracts"]["customer_id"].tolist() == ["C1"]
    assert intake.quarantine["problems"].tolist() == ["E238", "E252"]


def test_a_row_after_the_report_date_is_left_out_even_if_it_is_faulty(read):
    """An old month must run again on a newer export."""
    intake = read(rows("K1,C1,2025-04-01,,1,year,A", "K2,C9,2026-10-01,,x,year,A"))

    assert intake.tables["contracts"]["contract_id"].tolist() == ["K1"]
    assert reasons(intake) == {("contracts", "X201"): 1}


def test_later_months_of_targets_stay(read):
    files = {"targets.csv": "kpi,month,target\nmrr,2026-09,1\nmrr,2027-03,2\n"}

    intake = read(files, sources={"targets": {"file": "targets.csv"}})

    assert len(intake.tables["targets"]) == 2


@pytest.mark.parametrize(
    ("table", "text", "kept"),
    [
        ("invoices", "customer_id,month,amount\nC1,2026-09,1\nC1,2026-10,1\n", 1),
        ("orders", "customer_id,date,amount\nC1,2026-09-30,1\nC1,2026-10-01,1\n", 1),
        ("usage", "customer_id,month,metric,used\nC1,2026-09,seats,1\nC1,2026-10,seats,1\n", 1),
        ("events", "customer_id,at,kind\nC1,2026-09-30 23:59,call\nC1,2026-10-01 00:00,call\n", 1),
        ("surveys", "customer_id,date,score,type\nC1,2026-09-30,9,nps\nC1,2026-10-01,9,nps\n", 1),
        ("spend", "month,purpose,amount\n2026-09,retention,1\n2026-10,retention,1\n", 1),
    ],
)
def test_every_dated_table_ends_with_the_report_date(read, table, text, kept):
    intake = read({f"{table}.csv": text}, sources={table: {"file": f"{table}.csv"}})

    assert len(intake.tables[table]) == kept
    assert reasons(intake) == {(table, "X201"): 1}


def test_identical_rows_without_an_id_are_kept_and_warned_about(read):
    """Two equal order lines are two sales unless an id says otherwise."""
    text = (
        "customer_id,date,amount,note\nC1,2026-01-05,10,a\nC1,2026-01-05,10,a\nC1,2026-01-05,10,b\n"
    )

    intake = read({"orders.csv": text}, sources={"orders": {"file": "orders.csv"}})

    assert intake.tables["orders"]["amount"].sum() == 30
    assert warned(intake, "W203") == ("orders", "", 1)


def test_overlapping_lines_of_one_product_are_kept_and_warned_about(read):
    lines = ["K1,C1,2025-04-01,2026-03-31,1,year,A", "K2,C1,2026-03-31,,1,year,A",
             "K3,C1,2025-04-01,,1,year,B", "K4,C2,2025-04-01,,1,year,A"]  # fmt: skip

    assert warned(read(rows(*lines)), "W204") == ("contracts", "start_date", 1)
    assert warned(read(rows(*lines), end_date_convention="exclusive"), "W204") == ()


def test_a_contract_of_no_day_is_kept_and_warned_about(read):
    lines = ["K1,C1,2025-04-01,2025-04-01,1,year,A"]

    assert warned(read(rows(*lines), end_date_convention="exclusive"), "W206")[2] == 1
    assert warned(read(rows(*lines)), "W206") == ()


def test_empty_segments_become_unknown_and_are_warned_about(read):
    intake = read()

    assert intake.tables["customers"]["industry"].tolist() == ["Retail", "Unknown"]
    assert warned(intake, "W205") == ("customers", "industry", 1)


def test_cleaned_ids_are_counted_and_join(read):
    intake = read(rows("K1,Ｃ１ ,2025-04-01,,1,year,A", "K2,C1\u200b,2025-04-01,,1,year,B"))

    assert intake.tables["contracts"]["customer_id"].tolist() == ["C1", "C1"]
    assert warned(intake, "W201") == ("contracts", "customer_id", 2)


def test_ids_that_a_spreadsheet_damaged_are_warned_about(read):
    files = rows("1E+05,C1,2025-04-01,,1,year,A")

    assert warned(read(files), "W207") == ("contracts", "contract_id", 1)


def test_open_ends_are_counted(read):
    intake = read(rows("K1,C1,2025-04-01,9999-12-31,1,year,A"))

    assert intake.tables["contracts"]["end_date"].isna().all()
    assert warned(intake, "W202") == ("contracts", "end_date", 1)


def test_a_product_that_the_products_table_lacks_is_warned_about(read):
    """`GTXPro` beside `GTX Pro` would lose these rows in a plain join."""
    files = rows("K1,C1,2025-04-01,,1,year,GTXPro") | {"products.csv": "product\nGTX Pro\n"}

    intake = read(files, sources={"products": {"file": "products.csv"}})

    assert warned(intake, "W209") == ("contracts", "product", 1)


def test_customers_without_a_contract_are_fine(read):
    assert len(read(rows("K1,C1,2025-04-01,,1,year,A")).tables["customers"]) == 2


def test_amounts_with_tax_are_brought_to_amounts_without(read):
    text = "customer_id,month,amount,tax_rate\nC1,2026-01,108,0.08\nC1,2026-02,110,\n"
    files = {"invoices.csv": text}

    intake = read(files, sources={"invoices": {"file": "invoices.csv"}}, tax_mode="inclusive")

    assert intake.tables["invoices"]["amount"].tolist() == pytest.approx([100.0, 100.0])
    assert intake.tables["contracts"]["amount"].tolist() == pytest.approx([1200 / 1.1, 100 / 1.1])


def test_refunds_are_negative_however_they_are_written(read):
    text = "customer_id,month,amount,kind\nC1,2026-01,100,charge\nC1,2026-02,30,refund\nC1,2026-02,-20,credit\n"

    intake = read({"invoices.csv": text}, sources={"invoices": {"file": "invoices.csv"}})

    assert intake.tables["invoices"]["amount"].tolist() == [100.0, -30.0, -20.0]
    assert warned(intake, "W211") == ("invoices", "amount", 1)


YEAR_AT_ONCE = (
    "customer_id,month,amount,period_months\n"
    "C1,2026-01,100,\nC1,2026-02,100,\nC1,2026-03,1200,\nC2,2026-03,1200,\n"
)


def test_an_invoice_of_about_a_year_is_refused_with_the_question(problems):
    sources = {"invoices": {"file": "invoices.csv"}}

    [found] = problems({"invoices.csv": YEAR_AT_ONCE}, sources=sources)

    assert (found.id, found.record, found.column, found.value) == ("E254", 3, "amount", "1200")
    assert "a year paid at once?" in found.message and "usual 100.0" in found.message
    assert "period_months" in found.fix


def test_an_invoice_that_says_what_it_covers_is_taken(read):
    text = YEAR_AT_ONCE.replace("C1,2026-03,1200,", "C1,2026-03,1200,12")

    intake = read({"invoices.csv": text}, sources={"invoices": {"file": "invoices.csv"}})

    assert intake.tables["invoices"]["period_months"].tolist()[2] == 12


@pytest.mark.parametrize(
    ("settings", "fault", "detail"),
    [
        ({"expected_rows": 3}, "E222", "3 expected, 2 read"),
        ({"expected_amount": 1301.0}, "E223", "1,301.00 stated, 1,300.00 read"),
    ],
)
def test_control_totals_that_differ_are_refused(problems, settings, fault, detail):
    [found] = problems(sources={"contracts": {"file": "contracts.csv", **settings}})

    assert found.id == fault
    assert detail in found.message


def test_control_totals_that_agree_pass(read):
    source = {"file": "contracts.csv", "expected_rows": 2, "expected_amount": 1300.0}

    assert len(read(sources={"contracts": source}).tables["contracts"]) == 2


@pytest.mark.parametrize(("total", "ids"), [("1300", []), ("1,200", ["E224"])])
def test_a_total_row_is_left_out_and_checked_against_the_sum(read, total, ids):
    good = "K1,C1,2025-04-01,,1200,year,A", "K2,C2,2025-04-01,,100,year,A"
    files = rows(*good, f'合計,,,,"{total}",,')
    source = {"contracts": {"file": "contracts.csv", "drop_total_rows": True}}

    if not ids:
        assert reasons(read(files, sources=source)) == {("contracts", "X205"): 1}
        return
    with pytest.raises(DataError, match="the total row differs") as error:
        read(files, sources=source)
    assert [found.id for found in error.value.problems] == ids


def test_the_same_file_twice_is_refused(problems):
    [found] = problems(sources={"contracts": {"file": ["contracts.csv", "contracts.csv"]}})

    assert found.id == "E220"


def test_files_of_one_table_are_read_after_each_other_and_keep_their_names(read):
    files = rows("K3,C1,2025-04-01,,1,year,A") | {
        "more.csv": rows("K4,C1,2025-05-01,,1,year,A")["contracts.csv"]
    }

    intake = read(files, sources={"contracts": {"file": ["contracts.csv", "more.csv"]}})

    assert intake.tables["contracts"]["contract_id"].tolist() == ["K3", "K4"]
    assert intake.files.query("table == 'contracts'")["rows_used"].tolist() == [1, 1]


def test_columns_say_what_is_mapped_missing_and_unmapped(read):
    files = {"customers.csv": "customer_id,industry,memo\nC1,Retail,x\nC2,,\n"}
    columns = read(files).columns.query("table == 'customers'")

    status = {(row.column or row.header): (row.status, row.filled) for row in columns.itertuples()}
    assert status["industry"] == ("mapped", 0.5)
    assert status["name"] == ("missing", 0.0)
    assert status["memo"] == ("unmapped", 0.5)


def test_the_order_of_rows_changes_no_row(read):
    lines = ["K1,C1,2025-04-01,,1200,year,A", "K2,C2,2025-05-01,,100,month,B"]
    forward = read(rows(*lines)).tables["contracts"]
    backward = read(rows(*lines[::-1])).tables["contracts"]

    pd.testing.assert_frame_equal(forward, backward[::-1].reset_index(drop=True))


def test_the_date_a_report_is_made_on_is_given_and_never_read_from_the_clock(read):
    early = read(as_of=dt.date(2025, 4, 30))

    assert early.tables["contracts"]["contract_id"].tolist() == ["K1"]


def test_open_deals_without_a_customer_are_kept_and_warned_about(read):
    text = "deal_id,customer_id,pipeline,stage,amount,created_date\nD1,,new,open,,2026-01-01\n"

    intake = read({"deals.csv": text}, sources={"deals": {"file": "deals.csv"}})

    assert intake.tables["deals"]["customer_id"].isna().all()
    assert warned(intake, "W213") == ("deals", "customer_id", 1)


def test_negative_orders_are_returns_and_warned_about(read):
    text = "customer_id,date,amount\nC1,2026-01-05,10\nC1,2026-01-09,-10\n"

    intake = read({"orders.csv": text}, sources={"orders": {"file": "orders.csv"}})

    assert intake.tables["orders"]["amount"].sum() == 0
    assert warned(intake, "W210") == ("orders", "amount", 1)


def test_kinds_outside_the_vocabulary_are_kept_and_warned_about(read):
    text = "customer_id,at,kind\nC1,2026-01-05,call\nC1,2026-01-09,seance\n"

    intake = read({"events.csv": text}, sources={"events": {"file": "events.csv"}})

    assert intake.tables["events"]["kind"].tolist() == ["call", "seance"]
    assert warned(intake, "W208") == ("events", "kind", 1)


def test_a_value_spelled_two_ways_is_offered_for_merging_with_the_line_that_does_it(read):
    rows = "".join(f"C{i},Warehouse\n" for i in range(1, 4))
    text = f"customer_id,industry\n{rows}C4,Ware House\n"

    intake = read({"customers.csv": text})
    values = {"industry": {"Ware House": "Warehouse"}}
    mended = {"customers": {"file": "customers.csv", "values": values}}
    again = read({"customers.csv": text}, sources=mended)

    assert warned(intake, "W218") == ("customers", "industry", 1)
    assert intake.warnings["example"].tolist() == ["Ware House: Warehouse"]
    assert warned(again, "W218") == ()
    assert again.tables["customers"]["industry"].unique().tolist() == ["Warehouse"]


def test_text_that_was_wrongly_decoded_before_is_warned_about(read):
    """譁 and 縺 in rows of names are UTF-8 that some tool took for cp932."""
    broken = "株式会社です".encode().decode("cp932", errors="ignore")

    intake = read({"customers.csv": f"customer_id,name\nC1,{broken}\nC2,繧ン\n"})

    assert warned(intake, "W214")[:2] == ("customers", "name")


def test_an_amount_for_a_term_without_an_end_is_refused(problems):
    """It would be no MRR at all, in silence; a fee billed once needs no end."""
    header = "contract_id,customer_id,start_date,end_date,amount,billing_period,kind"
    rows = "K1,C1,2026-01-01,,1200,term,\nK2,C1,2026-01-01,,90,term,one_time\nK3,C1,2026-01-01,2026-12-31,1200,term,\n"

    [found] = problems({"customers.csv": "customer_id\nC1\n", "contracts.csv": f"{header}\n{rows}"})

    assert (found.id, found.record, found.column, found.value) == (
        "E259",
        1,
        "billing_period",
        "term",
    )


def test_lines_that_are_no_mrr_are_counted(read):
    header = "contract_id,customer_id,start_date,amount,billing_period,kind"
    rows = "K1,C1,2026-01-01,10,month,usage\nK2,C1,2026-01-01,90,term,one_time\nK3,C1,2026-01-01,9,month,\n"

    intake = read({"customers.csv": "customer_id\nC1\n", "contracts.csv": f"{header}\n{rows}"})

    assert warned(intake, "W216") == ("contracts", "kind", 1)
    assert warned(intake, "W217") == ("contracts", "kind", 1)
