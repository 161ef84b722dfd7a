"""Loading: from the files of three customers to the matrix, and when the warehouse is built again."""

import json

import pandas as pd
import pytest

from ltvlab import preparing
from ltvlab.errors import DataError, UsageError
from ltvlab.loading import (
    load_customers,
    load_deals,
    load_matrix,
    load_panel,
    load_tables,
    load_targets,
)
from ltvlab.preparing import prepare
from ltvlab.run_loading import load_findings

MONTH = "2026-09"


@pytest.fixture
def warehouses(tmp_path):
    """Return the function that lists the finished warehouses of the company."""
    return lambda: sorted(
        file.name for file in (tmp_path / "data" / "small" / "warehouse").glob("*.duckdb")
    )


def test_the_matrix_is_the_mrr_one_adds_up_by_hand(small):
    mrr = load_matrix(small, MONTH)

    assert {customer: mrr.loc[customer].tolist() for customer in mrr.index} == {
        "C1": [100] * 9,
        "C2": [0, 0, 80, 80, 80, 80, 80, 80, 30],
        "C3": [0, 0, 0, 0, 70, 70, 0, 0, 0],
    }
    assert [str(month) for month in mrr.columns[[0, -1]]] == ["2026-01", "2026-09"]
    assert isinstance(mrr.columns, pd.PeriodIndex)
    assert (mrr.index.name, mrr.columns.name) == ("customer_id", "month")
    assert mrr.attrs == {
        "currency": "JPY", "basis": "contracts", "margin_source": "params", "newest_month": "2026-05",
        "unconfirmed": 0.0, "churn_timing": "service_end",
    }  # fmt: skip


def test_other_values_are_the_same_matrix_seen_otherwise(small):
    assert load_matrix(small, MONTH, value="margin").loc["C2"].tolist() == [
        0,
        0,
        64,
        64,
        64,
        64,
        64,
        64,
        24,
    ]
    assert (
        load_matrix(small, MONTH, by=["customer_id", "product"]).loc[("C2", "Q")].tolist()
        == [0, 0] + [30] * 7
    )
    assert load_matrix(small, MONTH, value="annual_amount").sum().sum() == 900.0
    assert load_matrix(small, MONTH, value="fx").to_numpy().sum() == 0.0


def test_the_panel_adds_up_to_the_matrix(small):
    assert (
        load_panel(small, MONTH)["amount"].sum()
        == load_matrix(small, MONTH).to_numpy().sum()
        == 900 + 510 + 140
    )


def test_what_a_customer_started_with_is_seen_at_the_end_of_its_first_month(small):
    customers = load_customers(small, MONTH)

    assert customers["size"].to_dict() == {"C1": "1–49", "C2": "50–299", "C3": "Unknown"}
    assert customers["industry"].to_dict() == {"C1": "Retail", "C2": "Food", "C3": "Unknown"}
    assert customers["first_basket"].to_dict() == {"C1": "P", "C2": "P + Q", "C3": "Q"}
    assert customers["starting_mrr"].to_dict() == {"C1": 100.0, "C2": 80.0, "C3": 70.0}
    assert customers["products_held"].to_dict() == {"C1": 1, "C2": 2, "C3": 1}
    assert customers["start_month"].astype(str).to_dict() == {
        "C1": "2026-01",
        "C2": "2026-03",
        "C3": "2026-05",
    }
    assert customers["start_year"].to_dict() == {"C1": "FY2025", "C2": "FY2025", "C3": "FY2026"}
    assert set(customers["product"]) == {"Other"}


def test_a_customer_called_none_or_with_a_rare_character_keeps_its_name(small):
    assert load_customers(small, MONTH)["name"].tolist() == ["Acme", "𠮷野家", "None"]


def test_the_companys_own_bands_and_smallest_segment_make_the_labels(write_company):
    contracts = (
        "contract_id,customer_id,product,start_date,end_date,amount,billing_period\n"
        "K1,C1,P,2026-01-01,,100,month\nK2,C2,P,2026-02-01,,100,month\nK3,C3,Q,2026-02-01,,100,month\n"
    )

    customers = load_customers(
        write_company({"contracts": contracts}, min_customers=2, size_bands=[10, 50, 1000]), MONTH
    )

    assert customers["product"].to_dict() == {"C1": "P", "C2": "P", "C3": "Other"}
    assert customers["size"].to_dict() == {"C1": "10–49", "C2": "50–999", "C3": "Unknown"}


def test_first_baskets_of_more_than_three_families_are_one_segment(write_company):
    """C1 starts with four products, C2 with five, C3 with three."""
    lines = [
        f"{customer}{product},{customer},{product},2026-01-01,,100,month"
        for customer, held in {"C1": "PQRS", "C2": "PQRST", "C3": "PQR"}.items()
        for product in held
    ]
    head = "contract_id,customer_id,product,start_date,end_date,amount,billing_period"
    contracts = "\n".join([head, *lines, ""])

    customers = load_customers(write_company({"contracts": contracts}, min_customers=2), MONTH)

    assert customers["product"].to_dict() == {
        "C1": "More than three together",
        "C2": "More than three together",
        "C3": "Other",
    }
    assert customers["first_basket"]["C1"] == "P + Q + R + S"


def test_who_was_there_before_losses_were_recorded_opens_the_book(write_company):
    """Losses are complete from March; the matrix begins at the end of February, with C1 in it."""
    note = {"en": "From notice.", "ja": "申し出から。"}
    params = write_company(history_complete_from="2026-03-01", churn_note=note)

    mrr = load_matrix(params, MONTH)

    assert str(mrr.columns[0]) == "2026-02"
    assert load_customers(params, MONTH)["opening"].to_dict() == {
        "C1": True, "C2": False, "C3": False
    }  # fmt: skip
    assert (mrr.attrs["churn_note_en"], mrr.attrs["churn_note_ja"]) == (note["en"], note["ja"])


def test_without_that_date_nobody_opens_the_book(small):
    assert not load_customers(small, MONTH)["opening"].any()


def test_a_start_date_before_the_first_month_opens_the_book(write_company):
    customers = "customer_id,start_date\nC1,2020-05-10\nC2,\nC3,2026-05-31\n"

    loaded = load_customers(write_company({"customers": customers}), MONTH)

    assert loaded["opening"].to_dict() == {"C1": True, "C2": False, "C3": False}
    assert str(loaded.loc["C1", "start_month"]) == "2020-05"


def test_orders_become_revenue_and_margin_in_their_month(write_company):
    orders = (
        "customer_id,date,amount,cost,order_id\nC1,2026-07-03,100,60,O1\nC1,2026-07-03,50,20,O1\n"
        "C1,2026-09-30,30,10,O2\nC2,2026-08-01,200,150,O3\n"
    )
    params = write_company({"contracts": None, "orders": orders}, gross_margin=None)

    revenue = load_matrix(params, MONTH)

    assert {customer: revenue.loc[customer].tolist() for customer in revenue.index} == {
        "C1": [150, 0, 30],
        "C2": [0, 200, 0],
    }
    assert revenue.attrs == {"currency": "JPY", "basis": "orders", "margin_source": "cost"} | {
        "newest_month": revenue.attrs["newest_month"],
        "unconfirmed": 0.0,
        "churn_timing": "service_end",
    }
    assert load_matrix(params, MONTH, value="margin").loc["C1"].tolist() == [70, 0, 20]
    assert load_matrix(params, MONTH, value="orders").loc["C1"].tolist() == [1, 0, 1]
    assert load_matrix(params, MONTH, value="credits").empty


def test_an_invoice_counts_in_every_month_it_pays_for_and_a_credit_in_none(write_company):
    """A quarter paid at once is a third of it each month; 40 given back move no MRR."""
    invoices = (
        "customer_id,month,amount,service_start,service_end,kind\n"
        "C1,2026-06,300,2026-06-01,2026-08-31,charge\nC2,2026-08,50,,,charge\nC1,2026-07,-40,,,credit\n"
    )
    params = write_company({"contracts": None, "invoices": invoices})

    mrr, credits = load_matrix(params, "2026-08"), load_matrix(params, "2026-08", value="credits")

    assert mrr.loc["C1"].tolist() == [100, 100, 100]
    assert mrr.loc["C2"].tolist() == [0, 0, 50]
    assert mrr.attrs["basis"] == "invoices"
    assert credits.loc["C1"].tolist() == [0, -40, 0]


def test_what_exchange_rates_changed_is_told_apart(write_company):
    """10 dollars at 100, 110, 110 yen: MRR 1,000, 1,100, 1,100, of which 100 by the rate."""
    contracts = "contract_id,customer_id,start_date,end_date,amount,billing_period,currency\nK1,C1,2026-01-01,,10,month,USD\n"
    rates = "month,currency,rate\n2026-01,USD,100\n2026-02,USD,110\n"
    params = write_company({"contracts": contracts, "fx_rates": rates})

    assert load_matrix(params, "2026-03").loc["C1"].tolist() == [1000, 1100, 1100]
    assert load_matrix(params, "2026-03", value="fx").loc["C1"].tolist() == [0, 100, 0]


def test_a_currency_without_a_rate_stops_the_run(write_company):
    contracts = "contract_id,customer_id,start_date,end_date,amount,billing_period,currency\nK1,C1,2026-01-01,,10,month,USD\n"
    rates = "month,currency,rate\n2026-01,EUR,100\n"

    with pytest.raises(DataError, match=r"(?s)E270 no exchange rate to JPY is known.*'USD'"):
        load_matrix(write_company({"contracts": contracts, "fx_rates": rates}), MONTH)


def test_a_month_before_anyone_paid_stops_the_run(write_company):
    with pytest.raises(DataError, match="E271 no customer paid anything up to 2025-12"):
        load_matrix(write_company(), "2025-12")


def test_the_tables_are_the_companys_and_the_intakes_own(small):
    tables = load_tables(small, MONTH)

    assert {
        "customers",
        "contracts",
        "intake_files",
        "intake_excluded",
        "intake_warnings",
        "intake_columns",
    } <= set(tables)
    assert not {"panel", "book", "periods", "margins"} & set(tables)
    assert len(tables["contracts"]) == 4
    assert list(load_tables(small, MONTH, names=["customers"])) == ["customers"]


def test_a_table_that_the_company_does_not_bring_is_left_out(small):
    assert list(load_tables(small, MONTH, names=["orders", "customers"])) == ["customers"]


def test_customers_say_with_which_month_their_years_begin(small):
    assert load_customers(small, MONTH).attrs == {"fiscal_first_month": 4}


DEALS = """\
deal_id,customer_id,pipeline,stage,amount,created_date,close_date,is_won
D1,C2,new,Won,12.5,2026-02-01,2026-03-01,true
D2,,new,Talk,,2026-04-01,,
"""


def test_deals_come_in_minor_units_with_the_size_of_their_customer(write_company):
    params = write_company({"deals": DEALS}, currency="USD")

    deals, stages = load_deals(params, "2026-09")

    assert deals["amount"].tolist()[0] == 1250.0 and pd.isna(deals["amount"].tolist()[1])
    assert deals["size"].tolist() == ["50–299", "Unknown"]
    assert deals.attrs["as_of"] == pd.Timestamp("2026-09-30")
    assert stages.empty and "probability" in deals


def test_a_company_without_deals_has_two_empty_tables(small):
    deals, stages = load_deals(small, "2026-09")

    assert deals.empty and stages.empty
    assert deals.attrs["currency"] == "JPY"


def test_the_panel_holds_what_is_paused_or_free_and_which_products_are_options(write_company):
    contracts = """\
contract_id,customer_id,product,start_date,amount,billing_period,pause_start
K1,C1,P,2026-01-01,100,month,2026-09-01
K2,C2,Q,2026-01-01,0,month,
K3,C2,P,2026-01-01,50,month,
"""
    plans = "plan,product,is_option\nPro,P,false\nMore,Q,true\n"
    params = write_company({"contracts": contracts, "plans": plans})

    panel = load_panel(params, MONTH)
    last = panel[panel["month"] == panel["month"].max()].set_index(["customer_id", "product"])

    assert last["amount"].to_dict() == {("C1", "P"): 0, ("C2", "Q"): 0, ("C2", "P"): 50}
    assert last["paused"].to_dict() == {("C1", "P"): True, ("C2", "Q"): False, ("C2", "P"): False}
    assert last["is_option"].to_dict() == {
        ("C1", "P"): False,
        ("C2", "Q"): True,
        ("C2", "P"): False,
    }
    assert load_matrix(params, MONTH).index.tolist() == ["C1", "C2"]


def test_a_warehouse_is_built_once_for_the_same_inputs(small, monkeypatch):
    load_matrix(small, MONTH)
    monkeypatch.setattr(preparing, "build", _fail)

    assert len(load_customers(small, MONTH)) == 3


@pytest.fixture
def only_named(monkeypatch):
    """Let warehouses get their name and nothing inside it."""
    monkeypatch.setattr(preparing, "_build", lambda file, *_args, **_settings: file.touch())


def test_settings_that_only_show_the_report_build_nothing_anew(
    write_company, warehouses, only_named
):
    first = prepare(write_company()).warehouse

    again = prepare(
        write_company(
            language="ja", renderer="builtin", notebooks={"segment_ltv": {"horizon_months": 12}}
        )
    ).warehouse

    assert again == first
    assert len(warehouses()) == 1


def test_a_changed_setting_month_or_file_is_another_warehouse(
    write_company, warehouses, only_named
):
    params = write_company()
    names = {prepare(params, month).warehouse for month in (MONTH, "2026-08")}
    names.add(prepare(params, quarantine=True).warehouse)
    names.add(prepare(write_company(end_date_convention="exclusive")).warehouse)
    names.add(prepare(write_company({"customers": "customer_id\nC1\nC2\nC3\n"})).warehouse)

    assert len(names) == 5
    assert {name.name for name in names} == set(warehouses())


def test_a_half_written_warehouse_never_takes_the_name(
    write_company, warehouses, tmp_path, monkeypatch
):
    params = write_company()
    with monkeypatch.context() as patch:
        patch.setattr(preparing, "store", _fail)
        with pytest.raises(RuntimeError, match="the power went out"):
            prepare(params)

    assert warehouses() == []
    assert list((tmp_path / "data" / "small" / "warehouse").glob("*.unfinished")) == []
    assert load_matrix(params, MONTH).loc["C1", MONTH] == 100


def _fail(*_args, **_settings):
    raise RuntimeError("the power went out")


def test_inside_a_run_the_warehouse_of_the_run_is_read_whatever_the_files_say(
    write_company, monkeypatch
):
    params = write_company()
    monkeypatch.setenv("LTVLAB_WAREHOUSE", str(prepare(params).warehouse))
    write_company({"contracts": "no longer,what it was\n"})

    assert load_matrix(params, MONTH).loc["C1", MONTH] == 100


@pytest.mark.parametrize(
    ("tables", "last"),
    [
        ({}, "2026-05"),
        ({"contracts": None, "orders": "customer_id,date,amount\nC1,2026-08-30,5\n"}, "2026-07"),
        ({"contracts": None, "orders": "customer_id,date,amount\nC1,2026-08-31,5\n"}, "2026-08"),
        ({"contracts": None, "invoices": "customer_id,month,amount\nC1,2026-08,5\n"}, "2026-08"),
    ],
)
def test_without_a_month_the_message_names_the_last_complete_one(write_company, tables, last):
    """Never the wall clock: what the data cover decides."""
    with pytest.raises(UsageError, match="E108 no month is given") as error:
        prepare(write_company(tables, month=None))

    assert error.value.exit_code == 2
    assert error.value.problems[0].fix.endswith(f"{last} is the last complete month in the data")


def test_problems_in_the_files_come_before_any_number(write_company, warehouses):
    with pytest.raises(DataError, match="E252 the customer is not in the customers table"):
        load_matrix(write_company({"customers": "customer_id\nC1\nC2\n"}), MONTH)
    assert warehouses() == []


def _record(folder, slug):
    (folder / "internal").mkdir(parents=True)
    (folder / "internal" / "findings.json").write_text(
        json.dumps([{"slug": slug}]), encoding="utf-8"
    )
    (folder / "internal" / "facts.json").write_text(json.dumps([{"id": slug}]), encoding="utf-8")


def test_outside_a_run_findings_come_from_the_report_of_the_month_else_the_latest(
    write_company, tmp_path
):
    params, reports = write_company(), tmp_path / "reports" / "small"
    assert load_findings(params, MONTH, language="ja") == ([], [])

    _record(reports / "latest" / "ja", "older")
    assert load_findings(params, MONTH, language="ja") == ([{"slug": "older"}], [{"id": "older"}])
    assert load_findings(params, MONTH, language="en") == ([], [])

    _record(reports / MONTH / "ja", "this month")
    assert load_findings(params, MONTH, language="ja")[0] == [{"slug": "this month"}]


def test_inside_a_run_findings_of_another_run_are_never_shown(write_company, tmp_path, monkeypatch):
    params = write_company()
    _record(tmp_path / "reports" / "small" / MONTH / "en", "published")
    monkeypatch.setenv("LTVLAB_RUN_DIR", str(tmp_path / "run"))

    assert load_findings(params, MONTH, language="en") == ([], [])
    _record(tmp_path / "run", "this run")
    assert load_findings(params, MONTH, language="en")[0] == [{"slug": "this run"}]


def test_a_report_without_its_facts_is_no_report(write_company, tmp_path):
    folder = tmp_path / "reports" / "small" / MONTH / "en" / "internal"
    folder.mkdir(parents=True)
    (folder / "findings.json").write_text("[]", encoding="utf-8")

    assert load_findings(write_company(), MONTH, language="en") == ([], [])


def test_the_demo_is_written_where_it_is_missing_or_another_seeds(
    write_company, tmp_path, monkeypatch
):
    written = []
    monkeypatch.setattr(preparing, "write_exports", lambda folder, *, seed: written.append(seed))
    settings = preparing.load_params(write_company(demo_seed=36))
    planted = tmp_path / "data" / "small" / "raw" / "planted.json"
    for theirs in planted.parent.glob("*.csv"):
        theirs.unlink()

    preparing.make_demo(settings, tmp_path)
    planted.write_text('{"seed": 36}', encoding="utf-8")
    preparing.make_demo(settings, tmp_path)
    assert written == [36]

    planted.write_text('{"seed": 7}', encoding="utf-8")
    preparing.make_demo(settings, tmp_path)
    assert written == [36, 36]


def test_a_company_that_is_no_demo_is_never_written_over(write_company, tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "write_exports", _fail)

    preparing.make_demo(preparing.load_params(write_company()), tmp_path)


def test_the_demo_is_never_written_over_somebody_elses_files(write_company):
    """A copied params file that keeps `demo_seed` must not cost the exports it is pointed at."""
    params = write_company(demo_seed=1)

    with pytest.raises(UsageError, match="E118"):
        load_matrix(params, "2026-09")


def test_a_customer_starts_on_the_first_day_it_pays_for(write_company):
    """Not where a line begins that is paused or free at first, and not with one cancelled before."""
    contracts = (
        "contract_id,customer_id,start_date,end_date,amount,list_amount,discount_end_date,"
        "pause_start,pause_end,cancel_effective_date,billing_period\n"
        "K1,C1,2026-01-10,,100,,,2026-01-10,2026-03-04,,month\n"
        "K2,C2,2026-01-10,,0,100,2026-04-30,,,,month\n"
        "K3,C3,2026-01-10,,100,,,,,2026-01-05,month\n"
        "K4,C3,2026-06-10,,100,,,,,,month\n"
        "K5,C4,2026-02-03,2026-02-20,100,,,,,,month\n"
        "K6,C5,2026-02-03,,100,,,2026-02-03,,,month\n"
    )
    names = "customer_id\n" + "".join(f"C{number}\n" for number in range(1, 6))

    customers = load_customers(write_company({"customers": names, "contracts": contracts}), MONTH)

    assert customers["start_month"].astype(str).to_dict() == {
        "C1": "2026-03", "C2": "2026-05", "C3": "2026-06", "C4": "2026-02"
    }  # fmt: skip


def test_targets_come_with_who_answers_for_them(write_company):
    params = write_company(
        {"targets": "kpi,month,target\nmrr,2026-09,100\nmrr,2027-03,130\n"},
        kpis={"mrr": {"owner": "Ito", "cadence": "quarterly"}, "nrr": {"owner": "Mori"}},
    )

    targets = load_targets(params, "2026-09")

    assert targets["target"].tolist() == [100.0, 130.0]
    assert targets.attrs["kpis"] == {
        "mrr": {"owner": "Ito", "cadence": "quarterly"}, "nrr": {"owner": "Mori", "cadence": None},
    }  # fmt: skip


def test_without_targets_there_are_no_rows(small):
    assert load_targets(small, "2026-09").empty
