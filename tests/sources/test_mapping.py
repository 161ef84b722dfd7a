"""Headers become canonical columns: aliases, presets and the verbs of a source."""

from pathlib import Path

import pytest

from ltvlab.params import read_yaml_mapping
from ltvlab.sources.tables import TABLES

PRESETS = sorted((Path(__file__).parents[2] / "params" / "presets").glob("*.yml"))


def test_headers_match_whatever_their_width_case_and_spaces(read):
    files = {"customers.csv": "　顧客ＩＤ ,Name\nC1,Acme\nC2,Beta\n"}
    source = {
        "customers": {"file": "customers.csv", "columns": {"customer_id": "顧客ID", "name": "NAME"}}
    }

    assert read(files, sources=source).tables["customers"]["name"].tolist() == ["Acme", "Beta"]


def test_the_first_alias_that_the_file_has_is_taken(read):
    files = {"customers.csv": "customer_id,会社名\nC1,Acme\nC2,Beta\n"}
    source = {"customers": {"file": "customers.csv", "columns": {"name": ["顧客名", "会社名"]}}}

    intake = read(files, sources=source)

    assert intake.tables["customers"]["name"].tolist() == ["Acme", "Beta"]
    assert "会社名" in intake.columns["header"].tolist()


def test_two_headers_for_one_column_are_refused(problems):
    files = {"customers.csv": "customer_id,顧客名,会社名\nC1,A,B\nC2,A,B\n"}
    source = {"customers": {"file": "customers.csv", "columns": {"name": ["顧客名", "会社名"]}}}

    [found] = problems(files, sources=source)

    assert (found.id, found.column) == ("E217", "name")
    assert "顧客名 and 会社名" in found.message


def test_a_header_that_the_params_name_must_be_there(problems):
    """A renamed export column must not quietly take its sections along."""
    source = {"customers": {"file": "customers.csv", "columns": {"industry": "industri"}}}

    [found] = problems(sources=source)

    assert (found.id, found.column, found.header) == ("E216", "industry", "industri")
    assert "did you mean industry?" in found.fix


@pytest.mark.parametrize("sign", ["|", "  "])
def test_a_file_read_as_one_column_is_one_problem_that_names_the_separator(problems, sign):
    """Not one missing column after the other: their headers are all there."""
    files = {"customers.csv": "customer_id,name,industry\nC1,A,B\n".replace(",", sign)}
    columns = {"name": "name", "industry": "industry"}

    [found] = problems(files, sources={"customers": {"file": "customers.csv", "columns": columns}})

    assert (found.id, found.line) == ("E228", 1)
    assert found.value == sign.join(["customer_id", "name", "industry"])
    assert "`separator`" in found.fix


def test_a_column_no_table_has_is_refused_with_the_nearest(problems):
    source = {"customers": {"file": "customers.csv", "columns": {"indutsry": "industry"}}}

    [found] = problems(sources=source)

    assert (found.id, found.value, found.fix) == ("E218", "indutsry", "did you mean industry?")


def test_one_header_may_fill_two_columns(read):
    files = {
        "contracts.csv": "contract_id,customer_id,start_date,end,amount,billing_period\nK1,C1,2025-04-01,2026-03-31,1,year\n"
    }
    columns = {"end_date": "end", "cancel_effective_date": "end"}

    contracts = read(
        files, sources={"contracts": {"file": "contracts.csv", "columns": columns}}
    ).tables["contracts"]

    assert contracts["end_date"].equals(contracts["cancel_effective_date"].rename("end_date"))


def test_constants_values_and_nulls_are_applied_before_typing(read):
    files = {
        "contracts.csv": "contract_id,customer_id,start_date,end_date,amount,種別\nK1,C1,2025-04-01,NULL,1,試用\n"
    }
    source = {
        "file": "contracts.csv",
        "columns": {"kind": "種別"},
        "constants": {"billing_period": "month"},
        "values": {"kind": {"試用": "trial"}},
        "nulls": ["NULL"],
    }

    contracts = read(files, sources={"contracts": source}).tables["contracts"]

    assert contracts[["billing_period", "kind"]].values.tolist() == [["month", "trial"]]
    assert contracts["end_date"].isna().all()


WIDE = "Year,M01,M02\n2026,1,\n2027,3,4\n"


def test_a_wide_table_becomes_one_row_per_filled_cell(read):
    source = {
        "file": "targets.csv",
        "unpivot": {
            "headers": {"M01": "01", "M02": "02"},
            "into": "month_no",
            "values": "thousands",
        },
        "columns": {"month": "{Year}-{month_no}", "target": "{thousands}000"},
        "constants": {"kpi": "revenue"},
    }

    intake = read({"targets.csv": WIDE}, sources={"targets": source})
    targets = intake.tables["targets"]

    assert targets["month"].dt.strftime("%Y-%m").tolist() == ["2026-01", "2027-01", "2027-02"]
    assert targets["target"].tolist() == [1000.0, 3000.0, 4000.0]
    assert intake.excluded.values.tolist() == [["targets", "X206", 1]]


CRM = "id,customer,day,stage,value\nD1,C1,2026-01-01,Won,70\nD2,C1,2026-01-02,Lost,\nD3,C2,2026-01-03, ＷＯＮ ,30\n"


def test_one_file_feeds_two_tables_and_every_row_of_it_is_accounted_for(read):
    columns = {"customer_id": "customer", "date": "day", "amount": "value", "order_id": "id"}
    source = {"orders": {"file": "crm.csv", "where": {"Stage": ["Won"]}, "columns": columns}}

    intake = read({"crm.csv": CRM}, sources=source)
    account = intake.files.set_index("table").loc["orders"]

    assert intake.tables["orders"]["order_id"].tolist() == ["D1", "D3"]
    assert account[["rows_read", "rows_used", "rows_excluded"]].tolist() == [3, 2, 1]
    assert intake.excluded.values.tolist() == [["orders", "X207", 1]]


def test_a_condition_on_a_column_the_file_lacks_is_refused(problems):
    columns = {"customer_id": "customer", "date": "day", "amount": "value"}
    source = {"orders": {"file": "crm.csv", "where": {"Phase": ["Won"]}, "columns": columns}}

    [found] = problems({"crm.csv": CRM}, sources=source)

    assert (found.id, found.header) == ("E216", "Phase")


def orders(lookup: dict, *extra: str) -> tuple[dict[str, str], dict]:
    files = {
        "orders.csv": "customer_id,date,amount,key\nC1,2026-01-01,1,1\nC1,2026-01-02,2,２\nC1,2026-01-03,3,9\n",
        "products.csv": "key,category\n1,Bikes\n2,Parts\n" + "".join(extra),
    }
    return files, {"orders": {"file": "orders.csv", "lookup": [lookup]}}


PRODUCT = {
    "column": "product",
    "of": "key",
    "file": "products.csv",
    "key": "key",
    "value": "category",
}


def test_a_lookup_fills_a_column_and_counts_the_keys_it_lacks(read):
    files, sources = orders(PRODUCT)

    intake = read(files, sources=sources)

    assert intake.tables["orders"]["product"].tolist() == ["Bikes", "Parts", "Unknown"]
    missed = intake.warnings[intake.warnings["id"] == "W212"]
    assert missed[["table", "column", "rows"]].values.tolist() == [["orders", "product", 1]]


def test_a_lookup_with_two_values_for_a_key_is_refused(problems):
    files, sources = orders(PRODUCT, "2,Bikes\n")

    [found] = problems(files, sources=sources)

    assert (found.id, found.file, found.value) == ("E219", "products.csv", "2")
    assert "Parts and Bikes" in found.message


def test_a_needed_column_without_its_key_is_refused_by_row(problems):
    files, sources = orders(PRODUCT)
    files["orders.csv"] = files["orders.csv"].replace("customer_id", "x")
    sources["orders"]["lookup"].append({**PRODUCT, "column": "customer_id"})

    found = problems(files, sources=sources)

    assert ("E255", 3, "customer_id") in [(p.id, p.record, p.column) for p in found]


def test_rows_are_added_up_by_the_columns_named(read):
    files = {
        "usage.csv": "customer_id,month,metric,used\nC1,2026-01-03,seats,1\nC1,2026-01-30,seats,2\nC1,2026-02-01,seats,4\n"
    }
    verb = {"by": ["customer_id", "month", "metric"], "sum": ["used"]}

    intake = read(files, sources={"usage": {"file": "usage.csv", "aggregate": verb}})

    assert intake.tables["usage"]["used"].tolist() == [3.0, 4.0]
    assert intake.files.set_index("table").at["usage", "rows_used"] == 3


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_names_only_columns_that_its_tables_have(path):
    for name, preset in read_yaml_mapping(path)["tables"].items():
        assert set(preset["columns"]) <= set(TABLES[name].columns)
        assert all(isinstance(aliases, list) and aliases for aliases in preset["columns"].values())


def with_presets(tmp_path: Path) -> None:
    folder = tmp_path / "params" / "presets"
    folder.mkdir(parents=True)
    for path in PRESETS:
        (folder / path.name).write_bytes(path.read_bytes())


def test_a_hubspot_export_in_mixed_languages_is_read_by_its_preset(read, tmp_path):
    with_presets(tmp_path)
    deals = "Record ID,取引名,パイプライン,取引ステージ,金額,クローズ日,Create Date,Associated Company IDs\nD1,n,新規,商談,1000,2026-05-01,2026-04-01 09:00,C1\n"

    source = {"deals": {"file": "deals.csv", "preset": "hubspot.ja"}}
    row = read({"deals.csv": deals}, sources=source).tables["deals"].iloc[0]

    assert (row["deal_id"], row["customer_id"], row["pipeline"], row["amount"]) == (
        "D1",
        "C1",
        "新規",
        1000.0,
    )


def test_a_stripe_export_counts_in_the_report_time_zone(read, tmp_path):
    with_presets(tmp_path)
    stripe = "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Start Date (UTC),Ended At (UTC)\nsub_1,C1,pro,2,jpy,month,5000,2026-03-31 15:30,\n"

    source = {"contracts": {"file": "contracts.csv", "preset": "stripe.en"}}
    row = read({"contracts.csv": stripe}, sources=source).tables["contracts"].iloc[0]

    assert str(row["start_date"].date()) == "2026-04-01"
    assert (row["currency"], row["billing_period"], row["seats"]) == ("JPY", "month", 2.0)


def test_an_unknown_preset_is_refused_with_the_nearest(problems, tmp_path):
    with_presets(tmp_path)

    [found] = problems(sources={"contracts": {"file": "contracts.csv", "preset": "strpe.en"}})

    assert (found.id, found.fix) == ("E215", "did you mean stripe.en?")
