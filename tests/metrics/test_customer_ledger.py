"""A small book is read by its customers' names."""

import pandas as pd

from ltvlab.metrics.customer_ledger import customer_ledger, is_ledger

TERMS = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B"],
        "term_end": pd.to_datetime(["2025-06-30", "2025-04-30", "2024-12-31"]),
        "overdue": [False, False, True],
    }
)


def _ledger(mrr, people, terms=TERMS):
    return customer_ledger(mrr, mrr * 0.5, people(mrr), terms).set_index("customer_id")


def test_every_paying_customer_of_a_small_book_has_its_line_the_largest_on_top(matrix, people):
    """A pays 10, then 30; B pays 20 from the second month; C left."""
    months = 13
    mrr = matrix(
        {
            "A": [10] * (months - 1) + [30],
            "B": [0] + [20] * (months - 1),
            "C": [5] * (months - 1) + [0],
        }
    )

    ledger = _ledger(mrr, people)

    assert list(ledger.index) == ["A", "B"]
    assert ledger["amount"].tolist() == [30.0, 20.0]
    assert ledger["share"].tolist() == [0.6, 0.4]
    assert ledger["margin_total"].tolist() == [75.0, 120.0]
    assert ledger["age"].tolist() == [12, 11]
    assert ledger.loc["A", "change_12"] == 20.0
    assert pd.isna(ledger.loc["B", "change_12"])
    assert ledger.loc["A", "renewal_at"] == pd.Timestamp("2025-04-30")
    assert pd.isna(ledger.loc["B", "renewal_at"])


def test_forty_nine_customers_are_read_by_name_and_fifty_are_not(matrix, people):
    books = {n: matrix({f"C{i:02}": [100 - i] * 3 for i in range(n)}) for n in (49, 50)}

    assert is_ledger(books[49]) and not is_ledger(books[50])
    assert len(_ledger(books[49], people)) == 49
    assert list(_ledger(books[50], people).index) == [f"C{i:02}" for i in range(20)]


def test_an_order_book_counts_what_was_bought_within_a_year(matrix, people):
    mrr = matrix({"A": [7] + [0] * 11 + [5]}, basis="orders")

    assert _ledger(mrr, people)["amount"].tolist() == [5.0]
