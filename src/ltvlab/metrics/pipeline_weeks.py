"""The expansion pipeline as it stood at the end of each week (ISO weeks, Sunday to Sunday)."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.deals import EXPANSION, stage_on

WEEKS_SHOWN = 8


def week_ends(as_of: pd.Timestamp, *, weeks: int = WEEKS_SHOWN) -> pd.DatetimeIndex:
    """Return the last Sundays up to `as_of`, oldest first; a week not over yet is left out."""
    sunday = as_of - pd.Timedelta(days=(as_of.weekday() + 1) % 7)
    return pd.date_range(end=sunday, periods=weeks, freq="7D")


def week_label(day: pd.Timestamp) -> str:
    """Return the ISO week a day lies in, as 2026-W40."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def expansion_book(book: pd.DataFrame) -> pd.DataFrame:
    """Return the deals of the expansion pipelines; all deals where the company has none so named."""
    chosen = book["pipeline"].isin(EXPANSION)
    return book[chosen] if chosen.any() else book


def pipeline_weeks(
    book: pd.DataFrame, history: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return week, pipeline, stage, deals, amount: open deals as they stood at each week's end.

    Amounts are today's; a deal whose stage then is not recorded stands in Unknown.
    """
    mine = expansion_book(book)
    parts = [_open_on(mine, history, day) for day in week_ends(as_of)]
    rows = pd.concat(parts, ignore_index=True)
    keys = ["week", "pipeline", "stage"]
    return rows.groupby(keys, as_index=False).agg(
        deals=("deal_id", "size"), amount=("value_open", "sum")
    )


def _open_on(book: pd.DataFrame, history: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    there = ~(book["created"] > day) & ~(book["closed"] <= day)
    # A deal without a first date was never seen to begin: it counts in every week it was open.
    rows = book[there & ((book["outcome"] == "open") | book["closed"].notna())]
    stage = stage_on(rows["deal_id"], history, day)
    return rows.assign(week=week_label(day), stage=stage)[
        ["deal_id", "week", "pipeline", "stage", "value_open"]
    ]


def week_changes(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return week, opening_deals, created, won, lost, closing_deals, amount: what moved the open deals each week.

    Opening plus created less won and lost is closing; `amount` is that of the deals open at its end.
    """
    mine = expansion_book(book)
    mine = mine[mine["created"].notna() & ((mine["outcome"] == "open") | mine["closed"].notna())]
    return pd.DataFrame([_change(mine, day) for day in week_ends(as_of)])


def _change(book: pd.DataFrame, day: pd.Timestamp) -> dict[str, object]:
    before = day - pd.Timedelta(days=7)
    ended = book["closed"].between(before, day, inclusive="right")
    open_before, open_after = (
        (book["created"] <= end) & ~(book["closed"] <= end) for end in (before, day)
    )
    return {
        "week": week_label(day),
        "opening_deals": int(open_before.sum()),
        "created": int(((book["created"] > before) & (book["created"] <= day)).sum()),
        "won": int((ended & (book["outcome"] == "won")).sum()),
        "lost": int((ended & (book["outcome"] == "lost")).sum()),
        "closing_deals": int(open_after.sum()),
        "amount": float(book.loc[open_after, "value_open"].sum()),
    }
