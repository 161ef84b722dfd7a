"""Whether deals bunch at the ends of fiscal quarters, and discounts with them (I13)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import EXPANSION
from ltvlab.metrics.selling.followed import EVERYONE, FEWEST_EVENTS, verdict
from ltvlab.statistics.intervals import exact_share
from ltvlab.statistics.matching import matched_difference
from ltvlab.text import UNKNOWN

LAST_DAYS = 10
QUARTERS = 8
QUARTER = 3
COLUMNS = [
    "responsible", "event", "deals", "last_days", "share", "low", "high", "share_of_days", "month_ends",
    "verdict",
]  # fmt: skip
DISCOUNTS = [
    "last_days", "other", "difference", "low", "high", "n_last_days", "n_other", "customers",
    "verdict",
]  # fmt: skip


def quarter_ends(
    deals: pd.DataFrame, *, month: pd.Period, fiscal_first_month: int, audit_by: str = "team"
) -> pd.DataFrame:
    """Return how many expansion deals were created and won in the last ten days of fiscal quarters.

    Of the last eight whole quarters up to `month`, the first on record left out: deals, last_days, their share with its exact
    range, the share of days that such days are, and `month_ends`, deals in the last ten days of
    any month; by team, and `everyone`. Without an expansion pipeline all deals are counted.
    """
    rows = _dated(deals, month, fiscal_first_month)
    group = rows.get(audit_by, pd.Series(UNKNOWN, index=rows.index))
    every = pd.concat(
        [rows.assign(responsible=EVERYONE), rows.assign(responsible=group.fillna(UNKNOWN))]
    )
    counts = (
        every.groupby(["responsible", "event"])[["is_late", "is_month_end"]].sum().astype("int64")
    )
    counts.columns = ["last_days", "month_ends"]
    table = counts.assign(deals=every.groupby(["responsible", "event"]).size()).reset_index()
    low, high = exact_share(table["last_days"].to_numpy(), table["deals"].to_numpy())
    usual = _share_of_days(month, fiscal_first_month)
    table = table.assign(
        share=table["last_days"] / table["deals"], low=low, high=high, share_of_days=usual
    )
    table["verdict"] = _bunching(table)
    first = table.assign(last=table["responsible"] != EVERYONE).sort_values(
        ["last", "responsible", "event"]
    )
    return first[COLUMNS].reset_index(drop=True)


def _bunching(table: pd.DataFrame) -> np.ndarray:
    """Return quarter_end only where ends of quarters hold more than ends of other months do.

    Contracts that begin on the first are signed at the end of a month, whichever it is.
    """
    few = table["deals"] < FEWEST_EVENTS
    of_month_ends, _ = exact_share(table["last_days"].to_numpy(), table["month_ends"].to_numpy())
    of_all, _ = exact_share(table["month_ends"].to_numpy(), table["deals"].to_numpy())
    many = table["low"] > table["share_of_days"]
    rules = {
        "insufficient": few,
        "quarter_end": many & (of_month_ends > 1 / QUARTER),
        "month_end": of_all > QUARTER * table["share_of_days"],
        "fewer": table["high"] < table["share_of_days"],
    }
    return np.select(list(rules.values()), list(rules), default="not_clear")


def quarter_end_discounts(
    deals: pd.DataFrame, *, month: pd.Period, fiscal_first_month: int
) -> pd.DataFrame:
    """Return the discount of expansion deals won in the last ten days against other days (DISCOUNTS).

    One less amount ÷ list amount; no row where deals have no list amount.
    """
    if "list_amount" not in deals or deals["list_amount"].isna().all():
        return pd.DataFrame(columns=DISCOUNTS)
    rows = _dated(deals, month, fiscal_first_month)
    won = rows[(rows["event"] == "won") & (rows["list_amount"] > 0) & rows["amount"].notna()]
    found = matched_difference(
        won["is_late"],
        1 - won["amount"] / won["list_amount"],
        won["pipeline"],
        won["customer_id"].fillna(won["deal_id"]),
    )
    row = {
        "last_days": found.mean_first, "other": found.mean_second, "difference": found.difference,
        "low": found.low, "high": found.high, "n_last_days": found.n_first,
        "n_other": found.n_second, "customers": found.customers,
        "verdict": verdict(found.low, found.high, min(found.n_first, found.n_second)),
    }  # fmt: skip
    return pd.DataFrame([row], columns=DISCOUNTS)


def _dated(deals: pd.DataFrame, month: pd.Period, fiscal_first_month: int) -> pd.DataFrame:
    """Return expansion deals by event with its `date`, and whether it lies in a quarter's last days."""
    needed = {"pipeline", "created_date", "close_date", "is_won"}
    if not needed <= set(deals):
        return pd.DataFrame(columns=[*deals.columns, "event", "date", "is_late", "is_month_end"])
    is_more = deals["pipeline"].isin(EXPANSION)
    more = deals[is_more] if is_more.any() else deals
    won = more["is_won"].eq(True)
    rows = pd.concat(
        [
            more.assign(event="created", date=more["created_date"]),
            more[won].assign(event="won", date=more.loc[won, "close_date"]),
        ],
        ignore_index=True,
    ).dropna(subset=["date"])
    last = _last_end(month, fiscal_first_month)
    inside = rows["date"].dt.to_period("M").between(last - QUARTERS * QUARTER + 1, last)
    rows = rows[inside & _after_first_quarter(rows, fiscal_first_month)].reset_index(drop=True)
    day = rows["date"].dt.normalize()
    left = _quarter_end(rows["date"], fiscal_first_month) - day
    month_end = rows["date"].dt.to_period("M").dt.to_timestamp(how="end").dt.normalize()
    is_month_end = (month_end - day).dt.days < LAST_DAYS
    return rows.assign(is_late=left.dt.days < LAST_DAYS, is_month_end=is_month_end)


def _after_first_quarter(rows: pd.DataFrame, fiscal_first_month: int) -> pd.Series:
    """Return which rows are later than the quarter in which their event was first recorded.

    Records rarely begin on a quarter's first day, and then its last days hold too much of it.
    """
    end = _quarter_end(rows["date"], fiscal_first_month)
    return end > end.groupby(rows["event"]).transform("min")


def _last_end(month: pd.Period, fiscal_first_month: int) -> pd.Period:
    return month - (month.month - fiscal_first_month + 1) % QUARTER


def _quarter_end(dates: pd.Series, fiscal_first_month: int) -> pd.Series:
    """Return the last day of the fiscal quarter each date lies in."""
    months = dates.dt.to_period("M")
    ends = months + (fiscal_first_month - 1 - dates.dt.month) % QUARTER
    return ends.dt.to_timestamp(how="end").dt.normalize()


def _share_of_days(month: pd.Period, fiscal_first_month: int) -> float:
    last = _last_end(month, fiscal_first_month)
    first = last - QUARTERS * QUARTER + 1
    days = (last.end_time.normalize() - first.start_time).days + 1
    return float(np.minimum(LAST_DAYS * QUARTERS / days, 1.0))
