"""Two public data sets read in full: counts and sums that their own files state."""

from pathlib import Path

import pandas as pd
import pytest

from ltvlab.months import last_day
from ltvlab.params import load_params
from ltvlab.paths import resolve
from ltvlab.sources.quality import Intake, read_intake

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def read(name: str) -> Intake:
    params = load_params(HERE / f"{name}.yml")
    if not resolve(params.data_folder, ROOT).is_dir():
        pytest.skip(f"the data folder {params.data_folder} is not on this machine")
    return read_intake(params, as_of=last_day(params.report_month()), root=ROOT)


@pytest.fixture(scope="module")
def ravenstack() -> Intake:
    return read("ravenstack")


@pytest.fixture(scope="module")
def adventureworks() -> Intake:
    return read("adventureworks_reseller")


def test_ravenstack_is_read_in_full(ravenstack):
    rows = {name: len(table) for name, table in ravenstack.tables.items()}
    read_in = ravenstack.files.set_index("table")["rows_read"]

    assert (rows["customers"], rows["contracts"], rows["events"]) == (500, 5000, 2000)
    assert read_in["usage"] == 25000
    assert ravenstack.excluded.empty and not ravenstack.problems


def test_ravenstack_month_end_mrr_is_the_published_one(ravenstack):
    lines = ravenstack.tables["contracts"]
    end = pd.Timestamp("2024-12-31")
    running = (lines["start_date"] <= end) & ~(lines["end_date"] <= end)

    assert lines.loc[running, "amount"].sum() == 10_159_608


def test_ravenstack_usage_keeps_every_count(ravenstack):
    usage = ravenstack.tables["usage"]

    assert not usage.duplicated(["customer_id", "month", "metric", "product"]).any()
    raw = resolve("../shared/data/ravenstack/ravenstack_feature_usage.csv", ROOT)
    assert usage["used"].sum() == pd.read_csv(raw)["usage_count"].sum()


def test_ravenstack_trials_carry_no_money(ravenstack):
    lines = ravenstack.tables["contracts"]
    trials = lines[lines["kind"] == "trial"]

    assert len(trials) == 778
    assert trials["amount"].sum() == 0


def test_adventureworks_sales_are_read_to_the_cent(adventureworks):
    orders = adventureworks.tables["orders"]

    assert len(orders) == 57_851
    assert round(orders["amount"].sum(), 2) == 77_548_570.20
    assert orders["order_id"].nunique() == 3_616
    assert orders["cost"].isna().sum() == 76
    assert orders["product"].nunique() == 33
    assert adventureworks.warnings.empty


def test_adventureworks_targets_become_one_row_per_month_and_person(adventureworks):
    targets = adventureworks.tables["targets"]
    first = targets[targets["month"] == pd.Timestamp("2017-07-01")]

    assert first["target"].sum() == 2_000_000
    assert adventureworks.files.set_index("table").at["targets", "rows_read"] == 34 * 12
