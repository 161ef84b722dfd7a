"""Signs before won and lost deals, on books one can count by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.before_sales import before_sales


def _deals(*rows):
    names = ["customer_id", "created_date", "close_date", "is_won", "pipeline"]
    frame = pd.DataFrame(rows, columns=names)
    days = {name: pd.to_datetime(frame[name]) for name in ("created_date", "close_date")}
    return frame.assign(**days)


def _events(*rows, kind="inquiry"):
    frame = pd.DataFrame(rows, columns=["customer_id", "at"])
    return frame.assign(at=pd.to_datetime(frame["at"], format="mixed"), kind=kind)


def _row(table, signal):
    return table[table["signal"] == signal].iloc[0]


@pytest.fixture
def mrr(matrix):
    return matrix({"A": [1] * 12, "B": [1] * 12, "C": [1] * 12, "D": [0] * 12})


WON = ("A", "2024-07-15", "2024-08-01", True, "upsell")
LOST = ("B", "2024-07-15", "2024-08-01", False, "upsell")


@pytest.mark.parametrize(
    ("at", "share"),
    [("2024-04-01", 0.0), ("2024-04-02", 1.0), ("2024-06-30 23:00", 1.0), ("2024-07-02", 0.0)],
)
def test_a_sign_counts_in_the_90_days_before_the_month_of_the_deal(mrr, at, share):
    """The deal opens in July: 90 days before 1 July is 2 April, and July itself is selling."""
    table = before_sales(mrr, deals=_deals(WON, LOST), events=_events(("A", at)))

    assert _row(table, "inquiry")[["won", "lost"]].tolist() == [share, 0.0]


def test_the_base_rate_is_of_all_paying_customers_at_that_time(mrr):
    """One of three that paid had inquired; D, which did not pay, counts for nothing."""
    events = _events(("A", "2024-06-10"), ("D", "2024-06-10"))

    assert _row(before_sales(mrr, deals=_deals(WON, LOST), events=events), "inquiry")[
        "base_rate"
    ] == pytest.approx(1 / 3)


def test_new_business_open_deals_and_strangers_are_left_out(mrr):
    others = [
        ("A", "2024-07-15", "2024-08-01", True, "new"), ("A", "2024-07-15", None, None, "upsell"),
        ("X", "2024-07-15", "2024-08-01", False, "upsell"),
    ]  # fmt: skip

    table = before_sales(mrr, deals=_deals(WON, LOST, *others), events=_events(("A", "2024-06-10")))

    assert _row(table, "inquiry")[["n_won", "n_lost"]].tolist() == [1, 1]


def _book(matrix, share_won, *, customers=60):
    """Half the customers have a won deal, the others a lost one; the first of each half inquired."""
    names = [f"C{n:02d}" for n in range(customers)]
    half = customers // 2
    deals = _deals(
        *[(name, "2024-07-15", "2024-08-01", n < half, "upsell") for n, name in enumerate(names)]
    )
    asked = names[: int(half * share_won)] + names[half : half + half // 5]
    return matrix({name: [1] * 12 for name in names}), deals, _events(*[(name, "2024-06-10") for name in asked])  # fmt: skip


def test_a_sign_before_most_won_and_few_lost_deals_is_found(matrix):
    mrr, deals, events = _book(matrix, 0.8)

    row = _row(before_sales(mrr, deals=deals, events=events), "inquiry")

    assert row["verdict"] == "found"
    assert row["difference_in_share"] == pytest.approx(0.6) and row["low"] > 0


def test_a_sign_as_usual_before_both_is_not_found(matrix):
    mrr, deals, events = _book(matrix, 0.2)

    row = _row(before_sales(mrr, deals=deals, events=events), "inquiry")

    assert row["verdict"] == "not_found"


def test_ten_deals_of_one_customer_are_not_ten_proofs(matrix):
    mrr, deals, events = _book(matrix, 0.8)
    repeated = pd.concat([deals] * 10)

    once = _row(before_sales(mrr, deals=deals, events=events), "inquiry")
    often = _row(before_sales(mrr, deals=repeated, events=events), "inquiry")

    assert often[["low", "high"]].tolist() == pytest.approx(
        once[["low", "high"]].tolist(), abs=1e-9
    )


def test_few_customers_are_no_verdict(matrix):
    mrr, deals, events = _book(matrix, 0.8, customers=16)

    row = _row(before_sales(mrr, deals=deals, events=events), "inquiry")

    assert row["verdict"] == "cannot_tell" and np.isnan(row["q_value"])


@pytest.mark.parametrize("brought", [{}, {"deals": _deals(WON, LOST)}, {"deals": _deals()}])
def test_without_deals_or_signs_the_table_is_empty(mrr, brought):
    assert before_sales(mrr, **brought).empty
