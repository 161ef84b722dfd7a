"""Two versions of an export: what came late, what was changed, what is gone."""

import pandas as pd
import pytest

from ltvlab.warehouse.revisions import corrected, revision_counts, until


def _contracts(*rows):
    table = pd.DataFrame(rows, columns=["contract_id", "start_date", "amount"])
    return {"contracts": table.assign(start_date=pd.to_datetime(table["start_date"]))}


def _orders(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return {"orders": table.assign(date=pd.to_datetime(table["date"]))}


OLD = _contracts(("K1", "2026-01-01", 10.0), ("K2", "2026-02-01", 20.0))


def test_rows_after_the_day_are_left_out_and_its_last_moment_is_not():
    tables = _contracts(("K1", "2026-08-31 23:59", 1.0), ("K2", "2026-09-01 00:00", 1.0))

    kept = until(tables, pd.Timestamp("2026-08-31"))["contracts"]

    assert kept["contract_id"].tolist() == ["K1"]


def test_a_table_without_dates_is_whole_on_any_day():
    plans = {"plans": pd.DataFrame({"plan": ["A"], "product": ["P"]})}

    assert len(until(plans, pd.Timestamp("2000-01-01"))["plans"]) == 1


def test_correcting_changes_and_takes_away_and_brings_nothing_new():
    new = _contracts(("K1", "2026-01-01", 11.0), ("K3", "2026-02-01", 30.0))

    rows = corrected(OLD, new)["contracts"]

    assert rows[["contract_id", "amount"]].to_numpy().tolist() == [["K1", 11.0]]
    assert revision_counts(OLD, new).to_numpy().tolist() == [["contracts", 1, 1, 1]]


def test_the_same_rows_in_another_order_differ_in_nothing():
    new = {"contracts": OLD["contracts"].iloc[::-1]}

    assert revision_counts(OLD, new).empty


def test_a_row_without_an_id_that_has_another_amount_was_changed():
    """Not one row gone and another late: the customer and the day are the same."""
    old = _orders(("A", "2026-08-01", 5.0), ("A", "2026-08-01", 7.0))
    new = _orders(("A", "2026-08-01", 5.0), ("A", "2026-08-01", 9.0), ("A", "2026-08-02", 1.0))

    assert revision_counts(old, new).to_numpy().tolist() == [["orders", 1, 1, 0]]
    assert corrected(old, new)["orders"]["amount"].tolist() == [5.0, 9.0]


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_an_empty_cell_is_the_same_as_another_empty_cell(missing):
    old = {"contracts": OLD["contracts"].assign(plan=missing)}
    new = {"contracts": OLD["contracts"].assign(plan=None)}

    assert revision_counts(old, new).empty


def test_a_column_that_is_new_changes_the_rows_that_fill_it():
    new = {"contracts": OLD["contracts"].assign(plan=["A", None])}

    assert revision_counts(OLD, new).to_numpy().tolist() == [["contracts", 0, 1, 0]]
