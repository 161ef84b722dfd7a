"""One broken input per fault of the catalogue: the refusal names exactly what is wrong."""

import datetime as dt
from pathlib import Path

import pytest

from ltvlab.errors import DataError
from ltvlab.params import Params
from ltvlab.sources.faults import ERRORS, EXCLUSIONS, ROWS, STRUCTURE, WARNINGS
from ltvlab.sources.quality import read_intake

AS_OF = dt.date(2026, 9, 30)

HEADER = "contract_id,customer_id,start_date,end_date,amount,billing_period\n"
GOOD = "K1,C1,2025-04-01,2026-03-31,1200,year\n"
CONTRACTS = "contracts.csv"


def contracts(*rows: str, header: str = HEADER) -> dict[str, str]:
    return {CONTRACTS: header + GOOD + "".join(row + "\n" for row in rows)}


def line(**changed: str) -> str:
    cells = {
        "contract_id": "K2", "customer_id": "C2", "start_date": "2025-05-01", "end_date": "",
        "amount": "100", "billing_period": "month",
    } | changed  # fmt: skip
    return ",".join(cells.values())


# id, column, value as written, piece of the fix
CELLS = [
    ("E234", "amount", "about 100", "write it as 1234.5"),
    ("E234", "amount", "1.2億", "without words or units"),
    ("E234", "amount", "12%", "write it as"),
    ("E234", "amount", "nan", "write it as"),
    ("E234", "amount", "-inf", "write it as"),
    ("E234", "amount", "1E+05", "write it as"),
    ("E236", "amount", "10000000000000000", "check the currency"),
    ("E237", "amount", "USD 100", "correct the currency"),
    ("E237", "amount", "$100", "correct the currency"),
    ("E247", "amount", "-100", "refund or credit"),
    ("E247", "amount", "△100", "refund or credit"),
    ("E246", "amount", "", "fill it in"),
    ("E246", "customer_id", "", "fill it in"),
    ("E246", "contract_id", "\u200b", "fill it in"),
    ("E239", "start_date", "soon", "2026-04-01"),
    ("E239", "start_date", "46113", "2026-04-01"),
    ("E240", "start_date", "01/02/2026", "date_format: dmy"),
    ("E241", "start_date", "2026-02-30", "correct the date"),
    ("E241", "start_date", "0000-00-00", "correct the date"),
    ("E241", "start_date", "平成31年5月1日", "correct the date"),
    ("E242", "start_date", "1900-01-01", "correct the date"),
    ("E242", "start_date", "0206-01-01", "correct the date"),
    ("E246", "start_date", "9999-12-31", "fill it in"),
    ("E248", "end_date", "2025-04-30", "correct one of the two"),
    ("E245", "billing_period", "monthly", "did you mean month?"),
    ("E252", "customer_id", "C9", "add the customer"),
]


@pytest.mark.parametrize(("fault", "column", "value", "fix"), CELLS)
def test_a_bad_cell_is_named_with_its_place_value_and_fix(problems, fault, column, value, fix):
    [found] = problems(contracts(line(**{column: value})))

    assert (found.id, found.file, found.record, found.line) == (fault, CONTRACTS, 2, 3)
    assert (found.column, found.header, found.table) == (column, column, "contracts")
    assert found.value == value
    assert fix in found.fix


@pytest.mark.parametrize("value", ["1,2", "1,5", "12,34", "1,2345"])
def test_commas_that_do_not_group_three_digits_are_refused(problems, value):
    """`1,2` read with commas dropped would be 12."""
    [found] = problems(contracts(line(amount=f'"{value}"')))

    assert (found.id, found.column, found.value) == ("E235", "amount", value)
    assert "1,234,567" in found.fix


# id, bytes of the contracts file, line, value, piece of the fix
FILES = [
    ("E205", b"", None, "", "export the file again"),
    ("E205", b"\n\n", None, "", "export the file again"),
    ("E206", HEADER.encode(), 1, "", "take this source out"),
    ("E207", ("売上一覧\n作成日,2026-04-01\n\n" + HEADER + GOOD).encode(), 1, "売上一覧", "above line 4"),
    ("E207", ("売上一覧,,,,,\n" + HEADER + GOOD).encode(), 1, "売上一覧", "above line 2"),
    ("E209", (HEADER + GOOD.replace("\n", ",x\n") * 3).encode(), 2, "", "missing header name"),
    ("E210", (HEADER.replace("end_date", "Amount ") + GOOD).encode(), 1, "Amount", "rename one"),
    ("E211", (HEADER + GOOD + 'K2,C2,2025-05-01,,"100,month\n').encode(), 3, '"100,month', "close the quote"),
    ("E211", (HEADER + 'K1,"C1,2025-04-01,,1,year\nK2,"C2",2025-05-01,,1,month\n').encode(), 2, '"C1,2025-04-01,,1,year', "close the quote"),
    ("E212", (HEADER + 'K1,5" pipe,2025-04-01,,1,year\nK2,C"2,2025-04-01,,1,year\n').encode(), 2, '" pipe,2025-04-01,,1,year', '""'),
    ("E203", (HEADER + "K1,Ａ社,2025-04-01,,1,year\nK2,B").encode() + b"\xff" + "社,,,,\n".encode(), 3, "0xff", "UTF-8"),
    ("E203", HEADER.encode() + "K1,Café,2025-04-01,,1,year\nK2,Andréa,,,,\n".encode("latin-1"), 2, "0xe9", "encoding"),
    ("E204", (HEADER + "K1,A\ufffdB,2025-04-01,,1,year\n").encode(), 2, "K1,A\ufffdB,2025-04-01,,1,yea", "export the file again"),
    ("E221", (HEADER + GOOD + "合計,,,,1200,\n").encode(), 3, "合計", "drop_total_rows"),
    ("E221", (HEADER + GOOD + "Grand Total,,,,1200,\n").encode(), 3, "Grand Total", "drop_total_rows"),
    ("E202", b"PK\x03\x04rest of a workbook", None, "", "save it as CSV"),
    ("E202", b"<html><table>", None, "", "save it as CSV"),
    ("E202", b"\x80\x04\x95 a pickle", None, "", "save it as CSV"),
    ("E213", b"PAR1 cut off", None, "", "export or copy"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "content", "at", "value", "fix"), FILES)
def test_a_broken_file_is_refused_as_a_whole(problems, fault, content, at, value, fix):
    [found] = problems({CONTRACTS: content}, quarantine=True)

    assert (found.id, found.file, found.line, found.value) == (fault, CONTRACTS, at, value)
    assert fix in found.fix


# id, the bad row, piece of the fix
ROWS_THAT_DO_NOT_FIT = [
    ("E231", "K2,C2,2025-05-01,,100", "missing separators"),
    ("E232", "K2,C2,2025-05-01,,1,000,month", "in quotes"),
    ("E233", "K2,C2,2025-05-01,,1\x0000,month", "remove them"),
]


@pytest.mark.parametrize(("fault", "row", "fix"), ROWS_THAT_DO_NOT_FIT)
def test_a_row_that_does_not_fit_its_header_is_named(problems, fault, row, fix):
    files = contracts(row, line(contract_id="K3"), line(contract_id="K4"))

    [found] = problems(files)

    assert (found.id, found.file, found.record, found.line) == (fault, CONTRACTS, 2, 3)
    assert fix in found.fix


def test_a_bad_cell_after_a_quoted_line_break_has_its_record_and_its_line(problems):
    """A reader looks for the line in an editor, and for the record in a spreadsheet."""
    rows = ('K2,C2,2025-05-01,,100,"mon\nth"', line(contract_id="K3", amount="x"))

    found = problems(contracts(*rows))

    assert [(p.id, p.record, p.line) for p in found] == [("E245", 2, 3), ("E234", 3, 5)]


def test_a_missing_file_is_named_with_the_nearest_one(problems):
    [found] = problems(sources={"contracts": {"file": "contract.csv"}})

    assert (found.id, found.file, found.fix) == (
        "E201",
        "contract.csv",
        "did you mean contracts.csv?",
    )


def test_a_missing_column_is_named_with_the_nearest_header(problems):
    [found] = problems({CONTRACTS: (HEADER + GOOD).replace("amount", "amounts")})

    assert (found.id, found.file, found.column) == ("E216", CONTRACTS, "amount")
    assert "did you mean amounts?" in found.fix


def test_every_problem_of_every_table_is_listed_at_once(problems):
    files = contracts(line(amount="x", start_date="y"), line(contract_id="K3", customer_id="C9"))
    files["customers.csv"] = "customer_id,employees\nC1,many\nC2,5\n"

    found = problems(files)

    assert [(p.table, p.id, p.record) for p in found] == [
        ("customers", "E238", 1),
        ("contracts", "E239", 2),
        ("contracts", "E234", 2),
        ("contracts", "E252", 3),
    ]  # fmt: skip


def test_two_rows_of_one_id_name_each_other(problems):
    found = problems(contracts(line(contract_id="K1")))

    assert [(p.id, p.record, p.value) for p in found] == [("E251", 1, "K1"), ("E251", 2, "K1")]
    assert "see contracts.csv record 2, line 3" in found[0].message
    assert "see contracts.csv record 1, line 2" in found[1].message


def test_several_currencies_need_exchange_rates(problems):
    header = HEADER.replace("amount", "amount,currency")
    rows = "K1,C1,2025-04-01,,100,JPY,year\nK2,C2,2025-04-01,,100,usd,year\n"

    [found] = problems({CONTRACTS: header + rows})

    assert (found.id, found.column) == ("E226", "currency")
    assert "USD beside JPY" in found.message


@pytest.mark.parametrize("code", ["XXZ", ""])
def test_an_unknown_or_missing_currency_is_refused(problems, code):
    header = HEADER.replace("amount", "amount,currency")

    [found] = problems({CONTRACTS: header + f"K1,C1,2025-04-01,,100,{code},year\n"})

    assert (found.id, found.column, found.record) == ("E249" if code else "E246", "currency", 1)


def test_contracts_are_no_orphans_of_a_customers_file_that_is_missing(problems):
    """One cause, one problem: the missing file, not every contract."""
    [found] = problems(sources={"customers": {"file": "absent.csv"}})

    assert found.id == "E201"


def test_ids_are_unique_and_every_fault_says_what_to_do():
    assert not set(STRUCTURE) & set(ROWS)
    assert all(fault.message and fault.fix for fault in ERRORS.values())
    assert all(name.startswith("E2") for name in ERRORS)
    assert all(name.startswith("W2") for name in WARNINGS)
    assert all(name.startswith("X2") for name in EXCLUSIONS)


def test_customers_and_a_table_of_revenue_are_needed(tmp_path):
    params = Params.model_validate(
        {"company": "none", "name": {"en": "n", "ja": "n"}, "data": ".", "sources": {}}
    )

    with pytest.raises(DataError, match="a table every company needs") as error:
        read_intake(params, as_of=AS_OF, root=tmp_path)
    assert [found.id for found in error.value.problems] == ["E227", "E227"]
    assert "contracts or invoices or orders" in error.value.problems[1].message


DEALS = (
    "deal_id,customer_id,pipeline,stage,amount,created_date,is_won\nD1,,new,open,,2026-01-01,{}\n"
)
STAGES = "deal_id,stage,entered_at\n{},open,2026-01-01 09:00\n"
SURVEYS = "customer_id,date,score,type\nC1,2026-01-01,{},nps\n"


@pytest.mark.parametrize(
    ("fault", "table", "column", "value"),
    [
        ("E244", "deals", "is_won", "perhaps"),
        ("E253", "deal_stages", "deal_id", "D9"),
        ("E250", "surveys", "score", "11"),
        ("E238", "surveys", "score", "nine"),
    ],
)
def test_a_bad_cell_of_another_table_is_named_too(problems, fault, table, column, value):
    bad = {table: value}
    files = {
        "deals.csv": DEALS.format(bad.get("deals", "no")),
        "deal_stages.csv": STAGES.format(bad.get("deal_stages", "D1")),
        "surveys.csv": SURVEYS.format(bad.get("surveys", "9")),
    }
    sources = {name.removesuffix(".csv"): {"file": name} for name in files}

    [found] = problems(files, sources=sources)

    assert (found.id, found.table, found.column, found.value) == (fault, table, column, value)
    assert (found.record, found.line) == (1, 2)


def test_a_month_that_cannot_be_read_is_named(problems):
    files = {"spend.csv": "month,purpose,amount\nspring,retention,1\n"}

    [found] = problems(files, sources={"spend": {"file": "spend.csv"}})

    assert (found.id, found.column, found.value) == ("E243", "month", "spring")
    assert "2026-04" in found.fix


def test_every_fault_warning_and_exclusion_has_a_test():
    """An id nobody has seen fail is a promise nobody has checked."""
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))

    assert [name for name in ERRORS | WARNINGS | EXCLUSIONS if name not in tests] == []
