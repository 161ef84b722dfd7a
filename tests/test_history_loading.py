"""What earlier reports said, compared with a book that changed under them, cause by cause."""

import json

import pytest

from ltvlab import load_customers, load_history, load_matrix
from ltvlab.analyses.mrr_movements import movements, retention, revenue_by_month
from ltvlab.paths import CompanyFolders
from ltvlab.preparing import prepare
from ltvlab.tables import write_csv

CONTRACTS = """\
contract_id,customer_id,product,start_date,end_date,amount,billing_period
K1,C1,P,2026-01-01,,100,month
K2,C2,P,2026-03-01,,50,month
K3,C3,Q,2026-05-01,,70,month
"""
SINCE_AUGUST = "K4,C1,Q,2026-09-01,,30,month\n"


@pytest.fixture
def publish(tmp_path):
    """Return the function that publishes a month's tables as a report does, without notebooks."""
    made = []

    def run(params, month, *, facts=(), warehouse=None):
        ready = prepare(params, month)
        folder = CompanyFolders(tmp_path, "small").runs / f"{len(made):02d}"
        write_tables(params, month, folder / "internal" / "tables")
        (folder / "internal" / "facts.json").write_text(json.dumps(list(facts)), encoding="utf-8")
        manifest = {
            "status": "published", "month": month, "params": ready.params.model_dump(mode="json"),
            "warehouse": warehouse or ready.warehouse.name,
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        made.append(folder)
        return folder

    return run


def write_tables(params, month, folder):
    mrr = load_matrix(params, month, view="booked")
    customers = load_customers(params, month, view="booked")
    if mrr.attrs["basis"] == "orders":
        write_csv(revenue_by_month(mrr), "revenue_by_month", folder / "revenue_by_month.csv")
        return
    write_csv(movements(mrr, customers), "mrr_movements", folder / "mrr_movements.csv")
    write_csv(retention(mrr, customers, seed=1), "retention", folder / "retention.csv")


def causes(history, figure="closing", month="2026-08", since="month_before"):
    """Return cause → part of one figure."""
    rows = history.restated
    rows = rows[(rows["figure"] == figure) & (rows["month"] == month) & (rows["since"] == since)]
    return dict(zip(rows["cause"], rows["part"], strict=True))


def test_the_first_report_has_nothing_before_it(write_company):
    history = load_history(write_company({"contracts": CONTRACTS}), "2026-09")

    assert [len(table) for table in history] == [0, 0, 0, 0]


def test_a_month_that_only_went_on_restates_nothing(write_company, publish):
    publish(write_company({"contracts": CONTRACTS}), "2026-08")

    history = load_history(write_company({"contracts": CONTRACTS + SINCE_AUGUST}), "2026-09")

    assert history.compared[["since", "month", "before", "after"]].to_numpy().tolist() == [
        ["month_before", "2026-08", 220.0, 220.0]
    ]
    assert history.restated.empty
    assert history.rows.empty, "a row dated in the new month is not late"


def test_each_cause_takes_what_it_changed_and_they_sum_to_the_change(write_company, publish):
    """Said 220. K2 ended in July after all: −50. K5 of August arrived late: +40. Both are data."""
    publish(write_company({"contracts": CONTRACTS}), "2026-08")
    changed = CONTRACTS.replace("K2,C2,P,2026-03-01,,", "K2,C2,P,2026-03-01,2026-07-31,")

    history = load_history(
        write_company({"contracts": changed + "K5,C3,P,2026-08-01,,40,month\n"}), "2026-09"
    )

    assert causes(history) == {"corrected_data": -50.0, "late_data": 40.0}
    assert causes(history, "churn") == {"corrected_data": -50.0}
    rows = history.restated
    for _, parts in rows.groupby(["table", "figure", "month"]):
        assert parts["part"].sum() == pytest.approx(parts["change"].iloc[0], abs=1e-12)
        assert (parts["after"] - parts["before"]).iloc[0] == parts["change"].iloc[0]
    assert history.rows.to_numpy().tolist() == [["month_before", "contracts", 1, 1, 0]]


def test_a_definition_that_was_switched_is_told_from_data(write_company, publish):
    """K1 ends on 31 August: with inclusive ends it is paid that day, with exclusive ends it is not."""
    ending = CONTRACTS.replace("K1,C1,P,2026-01-01,,", "K1,C1,P,2026-01-01,2026-08-31,")
    publish(write_company({"contracts": ending}), "2026-08")
    late = ending + "K5,C3,P,2026-08-01,,40,month\n"

    history = load_history(
        write_company({"contracts": late}, end_date_convention="exclusive"), "2026-09"
    )

    assert causes(history) == {"late_data": 40.0, "changed_definition": -100.0}


def test_a_setting_that_reads_the_same_files_otherwise_is_no_change_of_data(write_company, publish):
    """Amounts are now said to include tax of 10 %: 220 becomes 200."""
    publish(write_company({"contracts": CONTRACTS}), "2026-08")

    history = load_history(
        write_company({"contracts": CONTRACTS}, tax_mode="inclusive", month="2026-09"), "2026-09"
    )

    assert causes(history) == {"changed_params": pytest.approx(-20.0, abs=0.01)}
    assert history.rows.empty


def test_new_files_under_other_settings_are_split_in_data_and_settings(write_company, publish):
    """A late line of 44 is read as 44 by the settings of then; tax then takes 24 off 264."""
    publish(write_company({"contracts": CONTRACTS}), "2026-08")
    late = CONTRACTS + "K5,C3,P,2026-08-01,,44,month\n"

    history = load_history(write_company({"contracts": late}, tax_mode="inclusive"), "2026-09")

    assert causes(history) == {
        "late_data": 44.0, "changed_params": pytest.approx(-24.0, abs=0.01),
    }  # fmt: skip


def test_what_was_open_then_and_is_settled_now_is_a_cause_of_its_own(write_company, publish):
    """K1 ran out in August with its renewal open, so August carried it; it was lost, and August falls."""
    ending = CONTRACTS.replace("K1,C1,P,2026-01-01,,", "K1,C1,P,2026-01-01,2026-08-10,")
    deals = "deal_id,customer_id,pipeline,stage,amount,created_date,close_date,is_won\n"
    deals += "D1,C1,renewal,Talk,1200,2026-07-01,2026-10-31,\n"
    publish(write_company({"contracts": ending, "deals": deals}), "2026-08")

    history = load_history(write_company({"contracts": ending, "deals": deals}), "2026-09")

    assert causes(history) == {"settled": -100.0}


def test_a_figure_as_published_that_this_code_counts_otherwise_is_changed_code(
    write_company, publish
):
    folder = publish(write_company({"contracts": CONTRACTS}), "2026-08")
    table = folder / "internal" / "tables" / "mrr_movements.csv"
    said = table.read_text(encoding="utf-8").replace(",220,3", ",225,3")
    table.write_text(said, encoding="utf-8")

    history = load_history(write_company({"contracts": CONTRACTS}), "2026-09")

    assert "changed_code" in causes(history)
    assert causes(history)["changed_code"] == -5.0


def test_without_the_warehouse_of_then_the_change_is_whole_and_said_to_be_so(
    write_company, publish
):
    publish(write_company({"contracts": CONTRACTS}), "2026-08", warehouse="gone.duckdb")
    late = CONTRACTS + "K5,C3,P,2026-08-01,,40,month\n"

    history = load_history(write_company({"contracts": late}), "2026-09")

    assert history.compared["split"].tolist() == ["no_inputs"]
    assert causes(history) == {"not_split": 40.0}


def test_a_report_of_the_same_month_is_passed_over_while_it_says_the_same(write_company, publish):
    params = write_company({"contracts": CONTRACTS})
    publish(params, "2026-09")
    publish(params, "2026-09")

    assert load_history(params, "2026-09").compared.empty

    history = load_history(
        write_company({"contracts": CONTRACTS + "K5,C3,P,2026-08-01,,40,month\n"}), "2026-09"
    )

    assert history.compared[["since", "run"]].to_numpy().tolist() == [["same_month", "01"]]
    assert causes(history, month="2026-09", since="same_month") == {"late_data": 40.0}


def test_the_last_report_of_the_newest_month_before_is_compared(write_company, publish):
    params = write_company({"contracts": CONTRACTS})
    for month in ("2026-08", "2026-08", "2026-06", "2026-10"):
        publish(params, month)

    assert load_history(params, "2026-09").compared["run"].tolist() == ["01"]


def test_facts_of_the_month_that_read_otherwise_are_listed(
    write_company, publish, monkeypatch, tmp_path
):
    fact = {"id": "ltv.new_customer", "month": "2026-09", "segment": "all", "unit": "JPY"}
    params = write_company({"contracts": CONTRACTS})
    publish(params, "2026-09", facts=[fact | {"value": "100"}, fact | {"id": "x", "value": None}])
    internal = tmp_path / "run" / "internal"
    internal.mkdir(parents=True)
    stated = [fact | {"value": "90"}, fact | {"id": "x", "value": None}]
    (internal / "facts.json").write_text(json.dumps(stated), encoding="utf-8")
    monkeypatch.setenv("LTVLAB_RUN_DIR", str(tmp_path / "run"))

    history = load_history(params, "2026-09")

    assert history.facts.iloc[0].tolist() == [
        "same_month", "ltv.new_customer", "2026-09", "all", "JPY", 100.0, 90.0, -10.0,
    ]  # fmt: skip
    assert len(history.facts) == 1


def test_a_merge_on_a_book_kept_under_its_own_ids_restates_nothing(write_company, publish):
    """The warehouse keeps tables as given: rebuilt from merged ids the bridge would move."""
    merges = "customer_id,into_customer_id,date\nC2,C1,2026-06-15\n"
    tables = {"contracts": CONTRACTS, "merges": merges}
    publish(write_company(tables), "2026-08")

    history = load_history(
        write_company({**tables, "contracts": CONTRACTS + SINCE_AUGUST}), "2026-09"
    )

    assert history.restated.empty


def test_a_company_of_orders_compares_its_revenue(write_company, publish):
    orders = "customer_id,date,amount\nC1,2026-07-03,100\nC2,2026-08-05,60\n"
    publish(write_company({"contracts": None, "orders": orders}), "2026-08")

    history = load_history(
        write_company({"contracts": None, "orders": orders + "C3,2026-08-20,25\n"}), "2026-09"
    )

    assert causes(history, "revenue") == {"late_data": 25.0}
    assert history.compared["figure"].tolist() == ["revenue"]
