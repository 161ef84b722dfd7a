"""One row per active customer with every group it belongs to, and who looks after it (D28–D30)."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.metrics.quadrant_history import active
from ltvlab.metrics.rfm import rfm_table
from ltvlab.text import UNKNOWN

WINDOW_MONTHS = 24
# Any of these tells how customers stand with us; without all three nobody can be judged.
SIGNS = ("nps", "usage_change_in_book", "ticket_90")
STANDING = ("ltv", "potential", "quadrant", "missing")
COLUMNS = (
    "customer_id", *STANDING, "loyalty", "reason", "scored", "recency", "frequency", "monetary",
    "rfm", "amount", "leaving", "owner",
)  # fmt: skip


def segment_table(
    standings: pd.DataFrame, features: pd.DataFrame, margin: pd.DataFrame
) -> pd.DataFrame:
    """Return the active customers of the report month with the columns COLUMNS, by customer_id.

    Quadrants are those of the newest quarter end: a customer that came later has none yet.
    `features` and `margin` (monthly matrix) are of the report month, whose last day recency counts
    to. `amount` is MRR, for orders the revenue of twelve months; `leaving` marks a notice given.
    `loyalty` is empty where the company brings neither scores, usage nor tickets.
    """
    orders = standings.attrs["basis"] == "orders"
    there = active(features, standings.attrs["basis"]).sort_index()
    table = pd.DataFrame(index=there.index)
    table = table.join(_newest(standings)).join(_loyalty(there))
    table = table.join(_rfm(there, margin))
    table["amount"] = there["revenue_12" if orders else "mrr"]
    table["leaving"] = there["notice_given_at"].notna() if "notice_given_at" in there else False
    table["owner"] = there["owner"].fillna(UNKNOWN) if "owner" in there else UNKNOWN
    words = ("quadrant", "missing", "loyalty", "reason", "rfm")
    table = table.fillna(dict.fromkeys(words, "")).rename_axis("customer_id").reset_index()
    table.attrs = dict(standings.attrs)
    return table[list(COLUMNS)]


def _newest(standings: pd.DataFrame) -> pd.DataFrame:
    newest = standings[standings["month"] == standings["month"].max()]
    return newest.set_index("customer_id")[list(STANDING)]


def _loyalty(features: pd.DataFrame) -> pd.DataFrame:
    table = loyalty_table(features)
    if any(name in features and features[name].notna().any() for name in SIGNS):
        return table
    return table.assign(loyalty="", reason="", scored=False)


def _rfm(features: pd.DataFrame, margin: pd.DataFrame) -> pd.DataFrame:
    as_of = margin.columns[-1].end_time.normalize()
    recent = features[features["purchases"] > 0]
    days = (as_of - recent["last_purchase_at"]).dt.days
    earned = margin.iloc[:, -WINDOW_MONTHS:].sum(axis=1).reindex(recent.index, fill_value=0.0)
    bought = pd.DataFrame(
        {"days_since": days, "purchases": recent["purchases"], "margin": earned},
        index=recent.index,
    )
    return rfm_table(bought)


def first_calls(table: pd.DataFrame) -> pd.DataFrame:
    """Return whom to call first, the largest amount on top: at risk, and no notice given yet.

    Where nobody can be judged at risk: who bought often and much, and has not for long.
    """
    judged = (table["loyalty"] != "").any()
    urgent = (table["loyalty"] == "at_risk") if judged else (table["rfm"] == "cannot_lose")
    called = table[urgent & ~table["leaving"]]
    reason = called["reason"] if judged else called["rfm"]
    called = called.assign(reason=reason.to_numpy()).sort_values(
        ["amount", "customer_id"], ascending=[False, True], ignore_index=True
    )
    return called[["owner", "customer_id", "reason", "quadrant", "amount"]]


def calls_by_owner(calls: pd.DataFrame) -> pd.DataFrame:
    """Return owner, customers and amount of the first calls, the largest amount on top."""
    grouped = calls.groupby("owner")
    table = pd.DataFrame({"customers": grouped.size(), "amount": grouped["amount"].sum()})
    table = table.reset_index().sort_values(["amount", "owner"], ascending=[False, True])
    table.attrs = dict(calls.attrs)
    return table.reset_index(drop=True)
