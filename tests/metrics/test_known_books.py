"""What was known then: rows, ages and spells of an earlier month, and nothing later."""

import pandas as pd

from ltvlab.metrics.known_books import book_of, booked_after, known_at


def test_a_customer_that_pays_only_later_is_not_known_even_with_an_early_start(matrix, people):
    """Its row is in the matrix because of what came; then nobody knew that it would."""
    mrr = matrix({"A": [5] * 6, "Later": [0, 0, 0, 0, 9, 9]})
    customers = people(mrr, start_month=mrr.columns[0])

    known = known_at(book_of(mrr, mrr, customers), 3)

    assert known.paid.tolist() == [[5, 5, 5]]
    assert list(known.spells.index) == ["A"]


def test_a_loss_that_is_still_to_come_is_no_loss_yet(matrix, people):
    mrr = matrix({"A": [5, 5, 5, 0, 0, 0], "B": [0, 5, 0, 0, 5, 5]})

    known = known_at(book_of(mrr, mrr, people(mrr)), 3)

    assert known.spells["event"].tolist() == [False, True]
    assert known.spells["duration"].tolist() == [2, 1]
    assert known.age.tolist() == [2, 1]
    assert known.in_base.tolist() == [True, False]


def test_the_size_is_the_margin_of_the_first_month_seen(matrix, people):
    mrr = matrix({"A": [0, 10, 90, 90]})

    assert known_at(book_of(mrr, mrr * 0.5, people(mrr)), 4).size.tolist() == [5.0]


def test_what_the_base_brought_counts_those_who_left_and_came_back_and_nobody_new(matrix, people):
    rows = {
        "A": [10] * 12 + [0] * 6 + [10] * 6,
        "New": [0] * 12 + [99] * 12,
        "Gone": [5] * 11 + [0] * 3 + [5] * 10,
    }
    mrr = matrix(rows)

    assert booked_after(book_of(mrr, mrr, people(mrr)), 12) == 60.0


def test_with_orders_everyone_who_ever_bought_is_in_the_base(matrix, people):
    mrr = matrix(
        {"A": [7] + [0] * 12 + [3] + [0] * 10, "New": [0] * 12 + [99] * 12}, basis="orders"
    )

    assert known_at(book_of(mrr, mrr, people(mrr)), 12).in_base.tolist() == [True]
    assert booked_after(book_of(mrr, mrr, people(mrr)), 12) == 3.0


def test_order_lines_end_with_the_origin_and_are_in_minor_units(matrix, people):
    mrr = matrix({"A": [7, 0, 3]}, basis="orders")
    mrr.attrs["currency"] = "USD"
    days = pd.to_datetime(["2024-01-31 23:59", "2024-02-29 18:00", "2024-03-01 00:00"])
    lines = pd.DataFrame({"customer_id": "A", "date": days, "amount": [1.0, 2.0, 3.0]})

    known = known_at(book_of(mrr, mrr, people(mrr), lines=lines), 2)

    assert known.lines["amount"].tolist() == [100.0, 200.0]
