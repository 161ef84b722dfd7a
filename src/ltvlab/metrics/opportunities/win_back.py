"""Whom to win back: gone three to twenty-four months, worth it, and not gone for price or for good."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    Rules,
    candidates,
    nothing,
)

GONE_MONTHS = (3, 24)


def win_back(book: Known, rules: Rules) -> Listed:
    """Return customers that left 3 to 24 months ago with at least the usual margin a month.

    The usual one is the median of all customers (margin ÷ months with pay). Reasons for leaving
    that a call cannot mend (price, out of business) keep a customer off the list; an unknown
    reason does not. Orders have no end, so no one is gone.
    """
    features = book.features
    # Paid last in month m, gone since m + 1.
    gone = book.month.ordinal - features["last_paid_month"]
    lost = features[gone.between(*GONE_MONTHS)]
    if book.basis == "orders" or lost.empty:
        return nothing({"gone": 0 if book.basis == "orders" else len(lost)})
    monthly = features["margin_total"] / features["active_months"]
    good = lost[monthly.reindex(lost.index) >= monthly.median()]
    reason = _reasons(book, good.index)
    mendable = good[~reason.str.contains(rules.lost_for_good, case=False, regex=True)]
    funnel = {"gone": len(lost), "good_margin": len(good), "mendable": len(mendable)}
    return Listed(_rows(mendable, reason, book), funnel) if len(mendable) else nothing(funnel)


def _reasons(book: Known, customers: pd.Index) -> pd.Series:
    """Return why each customer's last contract ended, empty where nobody said."""
    contracts = book.tables.get("contracts", pd.DataFrame())
    if "end_reason" not in contracts:
        return pd.Series("", index=customers, dtype="str")
    ended = "cancel_effective_date" if "cancel_effective_date" in contracts else "end_date"
    known = contracts[contracts["end_reason"].notna() & (contracts[ended] <= book.as_of)]
    newest = known.sort_values([ended, "contract_id"]).drop_duplicates("customer_id", keep="last")
    return newest.set_index("customer_id")["end_reason"].reindex(customers).fillna("")


def _rows(chosen: pd.DataFrame, reason: pd.Series, book: Known) -> pd.DataFrame:
    panel = book.panel[book.panel["customer_id"].isin(chosen.index) & (book.panel["amount"] > 0)]
    last = panel["month"] == panel["customer_id"].map(chosen["last_paid_month"])
    paid = panel[last].sort_values(["customer_id", "amount", "family"], kind="stable")
    by_customer = paid.groupby("customer_id")
    rows = chosen.assign(
        product=by_customer["family"].last(),
        mrr_delta=by_customer["amount"].sum(),
        play="ask_back",
        delta_basis="last_paid",
    )
    left = pd.PeriodIndex.from_ordinals(chosen["last_paid_month"].to_numpy(), freq="M")
    ends = left.end_time.normalize()
    facts = zip(ends, chosen.index, strict=True)
    evidence = [_words(end, reason[customer]) for end, customer in facts]
    return candidates(rows, evidence)


def _words(end: pd.Timestamp, reason: str) -> tuple[Evidence, ...]:
    why = (Evidence("left_because", end, name=reason),) if reason else ()
    return (Evidence("left", end), *why)
