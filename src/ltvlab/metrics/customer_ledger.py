"""The customers one by one: what a small book is read by instead of rates and models (D34)."""

from __future__ import annotations

import pandas as pd

from ltvlab.months import YEAR

# Under so many paying customers names say more than rates, and no model is told (D34).
LEDGER_CUSTOMERS = 50
# Of a larger book, those that pay most.
LARGEST_SHOWN = 20
COLUMNS = (
    "customer_id", "name", "start_month", "age", "amount", "change_12", "margin_total", "share", "renewal_at",
)  # fmt: skip


def is_ledger(mrr: pd.DataFrame) -> bool:
    """Return whether so few customers pay that names say more than rates, and models are off."""
    return int((mrr.iloc[:, -1] > 0).sum()) < LEDGER_CUSTOMERS


def customer_ledger(
    mrr: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame, terms: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per paying customer, the largest on top; of fifty or more the largest twenty.

    Columns customer_id, name, start_month, age (months), amount (MRR, or for orders the revenue
    of twelve months), change_12 (of the amount within a year; empty for younger customers),
    margin_total (realised so far), share (of all amounts), renewal_at (the next term end of
    `terms`). Money in minor units.
    """
    orders = mrr.attrs["basis"] == "orders"
    amounts = mrr.T.rolling(YEAR, min_periods=1).sum().T if orders else mrr
    now = amounts.iloc[:, -1]
    paying = now[now > 0].sort_values(ascending=False, kind="stable")
    shown = (
        paying if is_ledger(mrr) or len(paying) < LEDGER_CUSTOMERS else paying.head(LARGEST_SHOWN)
    )
    known = customers.reindex(shown.index)
    start = pd.PeriodIndex(known["start_month"])
    coming = terms[~terms["overdue"].astype("bool")].groupby("customer_id")["term_end"].min()
    table = pd.DataFrame(
        {
            "name": known.get("name"),
            "start_month": start,
            "age": mrr.columns[-1].ordinal - start.astype("int64"),
            "amount": shown,
            "change_12": _change(amounts, shown.index, start),
            "margin_total": margin.reindex(shown.index).sum(axis=1),
            "share": shown / paying.sum(),
            "renewal_at": coming.reindex(shown.index),
        },
        index=shown.index,
    )
    table = table.rename_axis("customer_id").reset_index()[list(COLUMNS)]
    table.attrs = dict(mrr.attrs)
    return table


def _change(amounts: pd.DataFrame, who: pd.Index, start: pd.PeriodIndex) -> pd.Series:
    """Return what each amount changed by within a year, for those that were customers then."""
    if amounts.shape[1] <= YEAR:
        return pd.Series(float("nan"), index=who)
    change = amounts.loc[who].iloc[:, -1] - amounts.loc[who].iloc[:, -1 - YEAR]
    return change.where(start <= amounts.columns[-1 - YEAR])
