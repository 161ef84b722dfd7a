"""What claims, failure patterns and views of selling are measured on: the book and its sales in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import EXPANSION, deal_book
from ltvlab.metrics.gates import gate_table
from ltvlab.metrics.quadrant_history import active
from ltvlab.metrics.reasons import customer_reasons
from ltvlab.months import YEAR

# Without one of these nobody can be called unhappy or not.
JUDGED_BY = ("nps", "usage_change_in_book", "negative_tickets_90")
# Of the gates (D38), those that the customer suffers from; the others are our own calendar.
SUFFERING = ("leaving", "unhappy", "severe_ticket", "negative_tickets", "usage_falls")


class Records(NamedTuple):
    """Matrices, customers, deals and what was known at each quarter end, up to the report month.

    `deals` is the book of `deal_book`; `history` the features by quarter end, oldest first;
    `given` the company's tables; `reasons` why MRR moved, none for orders.
    """

    mrr: pd.DataFrame
    margin: pd.DataFrame
    customers: pd.DataFrame
    deals: pd.DataFrame
    history: Mapping[pd.Period, pd.DataFrame]
    given: Mapping[str, pd.DataFrame]
    reasons: pd.DataFrame | None

    @property
    def month(self) -> pd.Period:
        """Return the report month."""
        return self.mrr.columns[-1]

    @property
    def as_of(self) -> pd.Timestamp:
        """Return its last day."""
        return self.month.end_time.normalize()

    @property
    def basis(self) -> str:
        """Return contracts, invoices or orders."""
        return str(self.mrr.attrs["basis"])


def sales_records(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    deals: tuple[pd.DataFrame, pd.DataFrame],
    history: Mapping[pd.Period, pd.DataFrame],
    given: Mapping[str, pd.DataFrame],
    panel: pd.DataFrame,
) -> Records:
    """Return the records of a company as the loaders give them; `deals` is the pair of `load_deals`."""
    orders = mrr.attrs["basis"] == "orders"
    reasons = None if orders else customer_reasons(panel, mrr, customers["opening"])
    book = deal_book(*deals, as_of=mrr.columns[-1].end_time.normalize())
    return Records(mrr, margin, customers, book, history, given, reasons)


def offers(records: Records) -> pd.DataFrame:
    """Return the deals of more (upsell, cross-sell) begun in the last twelve months, with `health`."""
    since = records.as_of + pd.Timedelta(days=1) - pd.DateOffset(months=YEAR)
    return with_health(records, _expansion(records.deals, "created", since))


def settled_offers(records: Records) -> pd.DataFrame:
    """Return the deals of more won or lost in the last twelve months, with `health`."""
    since = records.as_of + pd.Timedelta(days=1) - pd.DateOffset(months=YEAR)
    closed = records.deals[records.deals["outcome"] != "open"]
    return with_health(records, _expansion(closed, "closed", since))


def _expansion(deals: pd.DataFrame, day: str, since: pd.Timestamp) -> pd.DataFrame:
    return deals[deals["pipeline"].isin(EXPANSION) & (deals[day] >= since)]


def with_health(records: Records, deals: pd.DataFrame) -> pd.DataFrame:
    """Return deals with `health`: how the customer stood at the last quarter end before it was begun.

    unhappy where it suffered from something that makes an offer wait (D38: a notice given, a low
    or fallen score, tickets, falling use), else healthy; empty for who was no customer then, or
    where nothing is known that anybody could be judged by.
    """
    stood = standings(records)
    if stood.empty or deals.empty:
        return deals.assign(health="")
    begun = deals.dropna(subset=["created", "customer_id"]).sort_values("created", kind="stable")
    begun = begun.astype({"created": stood["day"].dtype, "customer_id": "object"})
    joined = pd.merge_asof(
        begun, stood, left_on="created", right_on="day", by="customer_id", allow_exact_matches=False
    ).set_axis(begun.index)
    return deals.assign(health=joined["health"].reindex(deals.index).fillna(""))


def standings(records: Records) -> pd.DataFrame:
    """Return day, customer_id, health of every paying customer at each quarter end, by day."""
    rows = [
        _standing(month, active(features, records.basis))
        for month, features in records.history.items()
        if any(name in features and features[name].notna().any() for name in JUDGED_BY)
    ]
    if not rows:
        return pd.DataFrame(columns=["day", "customer_id", "health"])
    return pd.concat(rows, ignore_index=True)


def _standing(month: pd.Period, there: pd.DataFrame) -> pd.DataFrame:
    day = month.end_time.normalize()
    # Who is loyal matters for renewals only, and that gate is none of what a customer suffers from.
    loyal = pd.Series(False, index=there.index)
    suffers = gate_table(there, as_of=day, loyal=loyal)[list(SUFFERING)].any(axis=1)
    health = np.where(suffers, "unhappy", "healthy")
    days = pd.Series(day, index=range(len(there)), dtype="datetime64[us]")
    return pd.DataFrame(
        {"day": days, "customer_id": there.index.astype("object"), "health": health}
    )
