"""What past offers led to: actions by play, and offers made to customers that should have waited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.gates import gate_table
from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.metrics.opportunities.known import Known
from ltvlab.metrics.opportunities.odds import closed_deals
from ltvlab.statistics.intervals import wilson

AUDIT_MONTHS = 3
MORE = ("upsell", "cross_sell")
RATES = ["won", "closed", "win_rate", "low", "high"]


def answered_actions(book: Known) -> pd.DataFrame:
    """Return won, closed, win_rate, low, high of what was done about opportunities, by play; `all` last.

    Only actions with an outcome known by the day count. Nobody was held back on purpose, so this
    says how often an action ended well, not that it made the difference.
    """
    actions = book.tables.get("actions", pd.DataFrame())
    if not {"outcome", "outcome_at"} <= set(actions):
        return _rated(pd.DataFrame({"won": [], "play": []}), "play")
    known = actions[actions["outcome"].notna() & (actions["outcome_at"] <= book.as_of)]
    return _rated(known.assign(won=known["outcome"].str.lower() == "won"), "play")


def gate_audit(book: Known, before: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return won, closed, win_rate, low, high of offers, by whether a gate blocked the customer then.

    `before` are the features as of the end of `month`; judged are the upsell and cross-sell deals
    created in the three months after it and closed by the day. A customer in its renewal window
    without being loyal counts as blocked, as on the lists.
    """
    start = pd.Period(month, "M").end_time.normalize()
    loyal = loyalty_table(before)["loyalty"].eq("loyal")
    blocked = gate_table(before, as_of=start, loyal=loyal).any(axis=1)
    offers = _offers(book)
    created = pd.to_datetime(offers["created_date"])
    made = offers[(created > start) & (created <= start + pd.DateOffset(months=AUDIT_MONTHS))]
    judged = made[made["customer_id"].isin(blocked.index)]
    waiting = blocked.reindex(judged["customer_id"]).to_numpy(dtype="bool")
    return _rated(
        judged.assign(standing=np.where(waiting, "blocked_then", "free_then")), "standing"
    )


def earlier(month: str) -> str:
    """Return the month three before `month`, both written YYYY-MM: where the audit begins."""
    return str(pd.Period(month, "M") - AUDIT_MONTHS)


def _offers(book: Known) -> pd.DataFrame:
    closed = closed_deals(book)
    return closed[closed["pipeline"].isin(MORE)]


def _rated(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    every = pd.concat([rows, rows.assign(**{by: "all"})], ignore_index=True)
    groups = every.dropna(subset=[by]).groupby(by)["won"]
    table = pd.DataFrame({"won": groups.sum(), "closed": groups.size()}).astype("int64")
    low, high = wilson(table["won"].to_numpy(), table["closed"].to_numpy())
    table = table.assign(win_rate=table["won"] / table["closed"], low=low, high=high)
    last = table.index == "all"
    return pd.concat([table[~last], table[last]])[RATES].rename_axis(by).reset_index()
