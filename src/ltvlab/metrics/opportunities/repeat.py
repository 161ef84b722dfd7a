"""Whose next order is due, and whose is late by its own habit (D32)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    candidates,
    nothing,
)
from ltvlab.months import YEAR
from ltvlab.warehouse.features.purchases import chosen_purchases

WINDOW_DAYS = 14
FEWEST_GAPS = 3
LONGEST_LATE_DAYS = 365


def repeat(book: Known) -> Listed:
    """Return customers whose next order is due within 14 days of their habit, or late by it.

    The habit is the median gap between own orders (at least three gaps), else drawn towards the
    median of the customer's industry. Late is beyond the own nine tenths of gaps and past the
    window, for a year. Contracts and invoices repeat by themselves: nobody is listed.
    """
    if book.basis != "orders":
        return nothing({})
    bought = chosen_purchases(None, book.tables.get("orders"), as_of=book.as_of)
    habits = cycles(bought, book.features["industry"])
    since = days_between_last(habits, book)
    due = (since - habits["usual_days"]).abs() <= WINDOW_DAYS
    beyond = since - np.maximum(habits["late_days"], habits["usual_days"] + WINDOW_DAYS)
    late = (beyond > 0) & (beyond <= LONGEST_LATE_DAYS)
    funnel = {
        "bought_before": len(habits),
        "habit_known": int(habits["usual_days"].notna().sum()),
        "due": int(due.sum()),
        "late": int(late.sum()),
    }
    chosen = habits.assign(since=since, late=late)[due | late]
    return Listed(_rows(chosen, book), funnel) if len(chosen) else nothing(funnel)


def cycles(bought: pd.DataFrame, industry: pd.Series) -> pd.DataFrame:
    """Return last_at, usual_days, late_days, usual_amount and gaps (how many) per customer_id.

    With fewer than three own gaps both are drawn towards the industry: own gaps count as many as
    they are, the industry's as three. Orders of one day are one.
    """
    days = bought.sort_values(["customer_id", "day"], kind="stable")
    gap = days.groupby("customer_id")["day"].diff().dt.days
    own = gap.groupby(days["customer_id"])
    group = days["customer_id"].map(industry.astype("str")).fillna("")
    segment = gap.groupby(group)
    newest = days.groupby("customer_id")
    table = pd.DataFrame(
        {"last_at": newest["day"].last(), "usual_amount": newest["amount"].median()}
    )
    table["gaps"] = own.count()
    mine = table.index.to_series().map(industry.astype("str")).fillna("")
    for name, share in (("usual_days", 0.5), ("late_days", 0.9)):
        towards = mine.map(segment.quantile(share))
        weight = table["gaps"] / (table["gaps"] + FEWEST_GAPS)
        drawn = weight * own.quantile(share).fillna(0.0) + (1 - weight) * towards
        table[name] = own.quantile(share).where(table["gaps"] >= FEWEST_GAPS, drawn)
    return table


def days_between_last(habits: pd.DataFrame, book: Known) -> pd.Series:
    """Return days since each customer's last order."""
    return (book.as_of - habits["last_at"]).dt.days


def _rows(chosen: pd.DataFrame, book: Known) -> pd.DataFrame:
    product = _usual_product(book).reindex(chosen.index)
    rows = chosen.assign(
        product=product,
        play=np.where(chosen["late"], "call_late_order", "remind_order"),
        # Orders are in major units of the report currency; the rest of the lists in minor ones.
        mrr_delta=chosen["usual_amount"] * _minor_units(book),
        delta_basis="usual_order",
        months=1.0,
    )
    return candidates(rows, _evidence(chosen))


def _minor_units(book: Known) -> float:
    from ltvlab.money import digits

    return float(10 ** digits(book.mrr.attrs["currency"]))


def _usual_product(book: Known) -> pd.Series:
    lately = book.panel[book.panel["month"] > book.month.ordinal - 2 * YEAR]
    sums = lately.groupby(["customer_id", "family"], as_index=False)["amount"].sum()
    ordered = sums.sort_values(["customer_id", "amount", "family"], kind="stable")
    return ordered.drop_duplicates("customer_id", keep="last").set_index("customer_id")["family"]


def _evidence(chosen: pd.DataFrame) -> list[tuple[Evidence, ...]]:
    return [
        (
            Evidence("last_order", row.last_at, row.since),
            Evidence("usual_gap", row.last_at, row.usual_days, row.gaps),
        )
        for row in chosen.itertuples()
    ]
