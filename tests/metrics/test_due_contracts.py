"""What became of a contract at its original end, line by line on tables one can read."""

import pandas as pd
import pytest

from ltvlab.metrics.due_contracts import due_contracts

DATES = ("start", "end", "first_due", "discount_end")


def _lines(*given):
    usual = {
        "predecessor_id": None, "customer_id": "A", "family": "F", "end": None, "repeats": False, "term": 12,
        "cancelled": False, "amount": 100.0, "discount_end": None,
    }  # fmt: skip
    rows = [usual | {"line": i, "contract_id": f"L{i}"} | line for i, line in enumerate(given)]
    table = pd.DataFrame([{"list_amount": row["amount"]} | row for row in rows])
    return table.assign(**{name: pd.to_datetime(table[name]) for name in DATES})


def _due(*given, as_of="2025-12", gap_days=31):
    table = due_contracts(_lines(*given), as_of=pd.Period(as_of, "M"), gap_days=gap_days)
    return [
        (str(row.month), row.due, row.renewed, row.status) for row in table.itertuples(index=False)
    ]


# Paid from January to the end of December 2024.
OLD = {"start": "2024-01-01", "end": "2025-01-01", "first_due": "2025-01-01"}


def test_a_contract_followed_by_another_is_renewed_in_the_month_its_end_is_written_in():
    assert _due(OLD, {"start": "2025-01-01", "amount": 120.0}) == [("2024-12", 100, 120, "renewed")]


def test_a_contract_that_nothing_follows_is_lost():
    assert _due(OLD) == [("2024-12", 100, 0, "lost")]


def test_a_contract_is_not_due_before_its_end():
    """A contract of three years is asked once, at its end."""
    three_years = OLD | {"end": "2027-01-01", "first_due": "2027-01-01", "term": 36}

    assert _due(three_years) == []


def test_a_line_that_renews_itself_comes_due_at_every_term_end():
    running = {"start": "2022-06-01", "first_due": "2023-06-01", "repeats": True}

    assert _due(running) == [
        (month, 100, 100, "renewed") for month in ("2023-05", "2024-05", "2025-05")
    ]


def test_a_line_that_renews_itself_and_is_cancelled_at_a_term_end_is_lost_there():
    cancelled = {
        "start": "2022-06-01", "end": "2024-06-01", "first_due": "2023-06-01", "repeats": True, "cancelled": True,
    }  # fmt: skip

    assert _due(cancelled) == [("2023-05", 100, 100, "renewed"), ("2024-05", 100, 0, "lost")]


def test_an_early_renewal_counts_in_the_original_month():
    """Cut short in October for a new term: still December's renewal."""
    cut = OLD | {"end": "2024-10-01"}
    new = {"start": "2024-10-01", "end": "2025-10-01", "first_due": "2025-10-01", "amount": 130.0}
    later = {"start": "2025-10-01", "amount": 130.0}

    assert _due(cut, new, later) == [
        ("2024-12", 100, 130, "renewed"),
        ("2025-09", 130, 130, "renewed"),
    ]


def test_a_change_inside_the_term_that_ends_with_it_is_one_contract_not_two():
    """Seats added by a new line up to the same end: asked once, at what was paid last."""
    cut = OLD | {"end": "2024-10-01"}
    changed = {
        "start": "2024-10-01",
        "end": "2025-01-01",
        "first_due": "2025-01-01",
        "amount": 150.0,
    }

    assert _due(cut, changed) == [("2024-12", 150, 0, "lost")]


def test_seats_added_up_to_the_same_end_are_part_of_the_contract():
    add_on = OLD | {"start": "2024-06-01", "amount": 20.0, "term": 7}
    new = {"start": "2025-01-01", "amount": 120.0, "predecessor_id": "L0"}

    assert _due(OLD, add_on, new) == [("2024-12", 120, 120, "renewed")]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2024-12", "pending"), ("2025-01", "pending"), ("2025-02", "lost")],
)
def test_a_late_contract_is_pending_until_its_time_is_up(as_of, expected):
    """31 days after 31 December end on 1 February."""
    assert _due(OLD, as_of=as_of) == [("2024-12", 100, 0, expected)]


def test_a_cancelled_contract_is_lost_at_once():
    assert _due(OLD | {"cancelled": True}, as_of="2024-12") == [("2024-12", 100, 0, "lost")]


def test_a_renewal_later_than_the_days_of_grace_renews_nothing():
    assert _due(OLD, {"start": "2025-02-15"})[0][3] == "lost"
    assert _due(OLD, {"start": "2025-01-20"})[0][3] == "renewed"
    assert _due(OLD, {"start": "2025-01-20"}, gap_days=0)[0][3] == "lost"


def test_another_family_or_customer_renews_nothing():
    assert _due(OLD, {"start": "2025-01-01", "family": "G"})[0][3] == "lost"
    assert _due(OLD, {"start": "2025-01-01", "customer_id": "B"})[0][3] == "lost"


def test_a_line_beside_the_due_one_is_no_renewal_of_it():
    """It began in mid-term and has an end of its own."""
    beside = {"start": "2024-06-01", "end": "2025-06-01", "first_due": "2025-06-01", "amount": 40.0}

    assert _due(OLD, beside) == [("2024-12", 100, 0, "lost"), ("2025-05", 40, 0, "lost")]


def test_one_new_line_renews_one_contract_only():
    """Two contracts of one family a month apart, and one line after both: the nearer is renewed."""
    second = OLD | {"end": "2025-01-15", "first_due": "2025-01-15", "amount": 10.0}

    assert _due(OLD, second, {"start": "2025-01-16", "amount": 90.0}) == [
        ("2024-12", 100, 0, "lost"),
        ("2025-01", 10, 90, "renewed"),
    ]


def test_a_term_of_one_month_is_no_contract_to_renew():
    monthly = {"start": "2024-01-01", "first_due": "2024-02-01", "repeats": True, "term": 1}

    assert _due(monthly) == []


def test_a_discount_that_ends_with_the_term_makes_the_renewal_dearer():
    cheap = {
        "start": "2024-01-01", "first_due": "2025-01-01", "repeats": True, "amount": 80.0, "list_amount": 100.0,
        "discount_end": "2025-01-01",
    }  # fmt: skip

    assert _due(cheap) == [("2024-12", 80, 100, "renewed"), ("2025-12", 100, 100, "renewed")]


def test_a_month_end_is_kept_through_shorter_months():
    """Due on 31 August, then on 28 February, then on 31 August again."""
    half = {"start": "2024-02-29", "first_due": "2024-08-31", "repeats": True, "term": 6}

    assert [row[0] for row in _due(half)] == ["2024-08", "2025-02", "2025-08"]


def test_the_order_of_lines_changes_nothing():
    given = [OLD, {"start": "2025-01-01", "amount": 120.0}, OLD | {"customer_id": "B"}]
    backwards = _lines(*given).iloc[::-1]

    forth, back = (
        due_contracts(lines, as_of=pd.Period("2025-12", "M"), gap_days=31)
        for lines in (_lines(*given), backwards)
    )

    pd.testing.assert_frame_equal(forth, back)
