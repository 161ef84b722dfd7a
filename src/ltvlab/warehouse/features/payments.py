"""Which customers owe: invoices that were due and not paid as of a date."""

from __future__ import annotations

import pandas as pd


def payment_features(invoices: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return `overdue_since` (oldest due date) and `overdue_amount` (major units) per customer_id.

    An invoice is overdue from the day after its due date until it is paid; what was paid later
    than `as_of` was not paid on it. Refunds and credits owe nothing.
    """
    if "due_date" not in invoices:
        return pd.DataFrame(columns=["overdue_since", "overdue_amount"])
    due = invoices["due_date"] < as_of
    paid = invoices["paid_date"] <= as_of if "paid_date" in invoices else _said_paid(invoices)
    charged = invoices["kind"].fillna("charge").eq("charge") if "kind" in invoices else True
    owed = invoices[due & ~paid & charged & (invoices["amount"] > 0)]
    return owed.groupby("customer_id").agg(
        overdue_since=("due_date", "min"), overdue_amount=("amount", "sum")
    )


def _said_paid(invoices: pd.DataFrame) -> pd.Series:
    nothing = pd.Series("", index=invoices.index)
    status = invoices["status"].fillna("").str.lower() if "status" in invoices else nothing
    # Without a date of payment only an unpaid status can say that one is missing.
    return ~status.isin(["overdue", "open", "unpaid"])
