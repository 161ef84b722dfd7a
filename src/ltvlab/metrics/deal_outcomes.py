"""What won and lost deals have in common: reason, size of the customer, stage reached, trigger (D5, I8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import EXPANSION, FEWEST_CLOSED, closed_in_year
from ltvlab.metrics.win_rates import rate_range
from ltvlab.text import UNKNOWN

AXES = ("reason", "stage_reached", "size", "product_sold")


def deal_outcomes(
    book: pd.DataFrame, history: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return axis, segment, won, lost, share_of_lost, rate, lost_amount of deals closed in a year.

    `stage_reached` is the furthest a deal came before its end. The rate stays empty under five
    closed deals; reasons and stages say where deals were lost, and count no won ones.
    """
    closed = closed_in_year(book, as_of=as_of)
    last = history.groupby("deal_id")["stage"].last()
    named = closed.assign(stage_reached=closed["deal_id"].map(last), product_sold=closed["product"])
    tables = [
        _outcomes(named, axis) for axis in AXES if named[axis].replace("", np.nan).notna().any()
    ]
    columns = ["axis", "segment", "won", "lost", "share_of_lost", "rate", "lost_amount"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _outcomes(closed: pd.DataFrame, axis: str) -> pd.DataFrame:
    segment = closed[axis].replace("", np.nan).fillna(UNKNOWN).rename("segment")
    is_lost = closed["outcome"] == "lost"
    rows = closed.assign(
        is_won=~is_lost, is_lost=is_lost, lost_amount=closed["amount"].where(is_lost)
    )
    groups = rows.groupby(segment)
    table = groups.agg(
        won=("is_won", "sum"), lost=("is_lost", "sum"), lost_amount=("lost_amount", _known_sum)
    )
    total = table["won"] + table["lost"]
    rate = (table["won"] / total).where(total >= FEWEST_CLOSED)
    shares = {"share_of_lost": table["lost"] / max(int(is_lost.sum()), 1), "rate": rate}
    table = table.assign(axis=axis, **shares).reset_index()
    if axis in ("reason", "stage_reached"):
        # Won deals have no reason of loss, and all of them reached the last stage.
        table = table.assign(rate=np.nan, won=np.nan)[table["lost"] > 0]
    order = table.sort_values(["lost", "segment"], ascending=[False, True])
    return order[["axis", "segment", "won", "lost", "share_of_lost", "rate", "lost_amount"]]


def deal_reasons(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return pipeline, ended, reason, deals, share, amount of deals closed in a year, why won and lost.

    `share` is of the deals of its pipeline and end; `amount` what those with one come to. No rows
    where nobody wrote a reason.
    """
    columns = ["pipeline", "ended", "reason", "deals", "share", "amount"]
    closed = closed_in_year(book, as_of=as_of)
    named = closed["reason"].replace("", np.nan)
    told = named.notna().groupby([closed["pipeline"], closed["outcome"]]).transform("any")
    # Where no won deal has a reason, a row of unknown ones would say nothing.
    rows = closed.assign(reason=named.fillna(UNKNOWN), ended=closed["outcome"])[told.astype("bool")]
    groups = rows.groupby(columns[:3])
    table = groups.agg(deals=("deal_id", "size"), amount=("amount", _known_sum)).reset_index()
    table["share"] = table["deals"] / table.groupby(columns[:2])["deals"].transform("sum")
    order = table.sort_values(
        ["pipeline", "ended", "deals", "reason"], ascending=[True, True, False, True]
    )
    return order[columns].reset_index(drop=True)


def _known_sum(amounts: pd.Series) -> float:
    """Return the sum of amounts; NaN where none is known."""
    return amounts.sum(min_count=1)


def trigger_yield(book: pd.DataFrame, *, as_of: pd.Timestamp, seed: int) -> pd.DataFrame:
    """Return trigger, deals, open, won, lost, rate, low, high of the expansion deals of a year.

    Deals created or closed in the twelve months up to `as_of`, by what set them off.
    """
    mine = book[
        book["pipeline"].isin(EXPANSION) & book["source_trigger"].replace("", np.nan).notna()
    ]
    closed = closed_in_year(mine, as_of=as_of)
    rows = [
        _trigger_row(name, mine[mine["source_trigger"] == name], closed[closed["source_trigger"] == name], seed)
        for name in sorted(mine["source_trigger"].unique())
    ]  # fmt: skip
    columns = ["trigger", "open", "won", "lost", "rate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _trigger_row(
    name: str, deals: pd.DataFrame, closed: pd.DataFrame, seed: int
) -> dict[str, object]:
    won = closed["outcome"] == "won"
    enough = len(closed) >= FEWEST_CLOSED
    low, high = rate_range(won, closed["cluster"], seed=seed) if enough else (np.nan, np.nan)
    return {
        "trigger": name, "open": int((deals["outcome"] == "open").sum()), "won": int(won.sum()),
        "lost": int((~won).sum()), "rate": float(won.mean()) if enough else np.nan, "low": low, "high": high,
    }  # fmt: skip
