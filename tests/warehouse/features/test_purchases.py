"""Purchases that customers chose, what they owe, and what they hold."""

import pandas as pd

from ltvlab.warehouse.features.holdings import holding_features, holdings
from ltvlab.warehouse.features.payments import payment_features
from ltvlab.warehouse.features.purchases import chosen_purchases, purchase_features

AS_OF = pd.Timestamp("2026-09-30")
MONTH = pd.Period("2026-09", "M")


def _orders(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_orders_of_one_day_are_one_purchase_and_a_return_is_none():
    bought = chosen_purchases(
        None,
        _orders(("A", "2026-01-05", 10), ("A", "2026-01-05", 20), ("A", "2026-02-01", -5)),
        as_of=AS_OF,
    )

    assert bought["amount"].tolist() == [30]


def test_a_renewal_is_no_chosen_purchase():
    deals = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A"], "pipeline": ["new", "renewal", "upsell"],
            "close_date": pd.to_datetime(["2025-01-05", "2026-01-05", "2026-02-01"]),
            "is_won": pd.array([True, True, False], dtype="boolean"), "amount": [100, 100, 50],
        }
    )  # fmt: skip

    assert chosen_purchases(deals, None, as_of=AS_OF)["day"].tolist() == [
        pd.Timestamp("2025-01-05")
    ]


def test_a_usual_gap_needs_three_gaps():
    days = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
    three = purchase_features(
        chosen_purchases(None, _orders(*(("A", day, 1) for day in days)), as_of=AS_OF), as_of=AS_OF
    )
    two = purchase_features(
        chosen_purchases(None, _orders(*(("A", day, 1) for day in days[1:])), as_of=AS_OF),
        as_of=AS_OF,
    )

    assert three.loc["A", "usual_gap_days"] == 31
    assert pd.isna(two.loc["A", "usual_gap_days"])
    assert three.loc["A", "purchases"] == 4


def test_an_invoice_paid_later_than_the_date_was_overdue_on_it():
    invoices = pd.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D"], "amount": [10.0, 20.0, 30.0, -5.0],
            "due_date": pd.to_datetime(["2026-08-31", "2026-08-31", "2026-09-30", "2026-08-31"]),
            "paid_date": pd.to_datetime(["2026-10-02", "2026-08-30", None, None]),
        }
    )  # fmt: skip

    assert payment_features(invoices, as_of=AS_OF)["overdue_amount"].to_dict() == {"A": 10.0}


def _panel(*rows):
    columns = ["customer_id", "family", "plan", "month", "amount", "margin", "seats"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(month=[pd.Period(text, "M").ordinal for text in frame["month"]])


def test_what_was_given_up_is_no_longer_held_but_remembered():
    panel = _panel(
        ("A", "F", "Basic", "2026-08", 100.0, 80.0, 5),
        ("A", "G", "Pro", "2026-08", 50.0, 40.0, 2),
        ("A", "F", "Basic", "2026-09", 120.0, 96.0, 6),
        ("A", "G", "Pro", "2026-10", 50.0, 40.0, 2),
    )

    held = holdings(panel, month=MONTH).set_index("family")
    assert held["amount"].to_dict() == {"F": 120.0, "G": 0.0}
    row = holding_features(panel, month=MONTH).loc["A"]
    assert (row["families_held"], row["families"], row["seats"]) == ("F", 1, 6)
    assert (row["margin_12"], row["active_months"]) == (216.0, 2)
