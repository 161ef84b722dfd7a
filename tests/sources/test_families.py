"""Parents and merges at intake: circles, ids merged into themselves, parents nobody knows (D04)."""

import pandas as pd

from ltvlab.sources.families import in_circles, tops

MERGES = {"merges": {"file": "merges.csv"}}


def _customers(*parents):
    rows = [f"C{number},{parent}" for number, parent in enumerate(parents, start=1)]
    return {"customers.csv": "customer_id,parent_id\n" + "\n".join(rows) + "\n"}


def _merges(*pairs):
    rows = [f"{one},{into},2026-01-31" for one, into in pairs]
    return {"merges.csv": "customer_id,into_customer_id,date\n" + "\n".join(rows) + "\n"}


def test_a_chain_leads_to_its_last_id_however_long_it_is():
    ids = [f"N{number}" for number in range(1001)]

    reached = tops(pd.Series(ids[1:], index=ids[:-1]))

    assert set(reached) == {"N1000"}
    assert in_circles(pd.Series(ids[1:], index=ids[:-1])).empty


def test_only_the_ids_of_a_circle_are_in_it_and_not_those_that_lead_there():
    above = pd.Series({"A": "B", "B": "C", "C": "A", "D": "A", "E": "F"})

    assert in_circles(above).tolist() == ["A", "B", "C"]


def test_every_parent_of_a_circle_is_a_problem_of_its_own_row(problems):
    found = problems(_customers("C2", "C1", "C3"))

    assert [(one.id, one.record, one.column, one.value) for one in found] == [
        ("E256", 1, "parent_id", "C2"),
        ("E256", 2, "parent_id", "C1"),
    ]


def test_a_parent_nobody_knows_is_counted_and_kept(read):
    intake = read(_customers("C9", "C1"))

    assert intake.warnings.set_index("id").loc["W215", ["table", "column", "rows"]].tolist() == [
        "customers", "parent_id", 1,
    ]  # fmt: skip
    assert intake.tables["customers"]["parent_id"].tolist() == ["C9", "C1"]


def test_merges_that_cannot_be_are_all_named_at_once(problems):
    found = problems(_merges(("C1", "C1"), ("C8", "C1"), ("C2", "C9")), sources=MERGES)

    assert [(one.id, one.record, one.column) for one in found] == [
        ("E257", 1, "into_customer_id"),
        ("E252", 2, "customer_id"),
        ("E252", 3, "into_customer_id"),
    ]


def test_merges_in_a_circle_are_refused(problems):
    found = problems(_merges(("C1", "C2"), ("C2", "C1")), sources=MERGES)

    assert [(one.id, one.record) for one in found] == [("E258", 1), ("E258", 2)]
    assert "did not happen" in found[0].fix


def test_a_merge_set_aside_joins_nobody(read):
    intake = read(_merges(("C1", "C1")), sources=MERGES, quarantine=True, quarantine_limit=1.0)

    assert intake.tables["merges"].empty
    assert intake.quarantine["problems"].tolist() == ["E257"]
