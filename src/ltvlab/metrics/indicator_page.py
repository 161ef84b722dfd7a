"""What announces next year's figures and what this year's say, side by side and never in one score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.kpis import KPIS
from ltvlab.warehouse.features.touches import ONBOARDING_DAYS

WINDOW_MONTHS = 3
FEWEST = 5
# Leading, with unit and better direction; the lagging ones are KPIs and have theirs there.
LEADING = {
    "onboarded_in_time": ("rate", "higher"), "key_feature_use": ("number", "higher"),
    "nps": ("number", "higher"), "tickets_per_customer": ("number", "lower"),
    "negative_ticket_share": ("rate", "lower"), "community_share": ("rate", "higher"),
}  # fmt: skip
LAGGING = ("ltv", "logo_churn", "nrr", "grr", "arpa", "upsell_rate", "cross_sell_rate")
TIMES = {"now": 0, "quarter_ago": 3, "year_ago": 12}
COLUMNS = ("side", "indicator", "unit", "better", *TIMES)


def indicator_page(
    series: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
) -> pd.DataFrame:
    """Return side (leading, lagging), indicator, unit, better, now, quarter_ago, year_ago.

    Leading: new customers of twelve months onboarded within 30 days, use of the key feature a
    paying customer and month, NPS, tickets a paying customer in three months and how many of them
    are negative, and the share of paying customers seen in the community in three months.
    Lagging: KPIs at the same month ends. `series` are the company's KPIs by month. A leading
    indicator that the tables do not tell stays, empty; under five customers there is no figure.
    """
    rows = [
        {"side": "leading", "indicator": name, "unit": unit, "better": better}
        | {
            time: _leading(name, mrr.columns[-1] - back, series, tables, mrr, customers)
            for time, back in TIMES.items()
        }
        for name, (unit, better) in LEADING.items()
    ]
    rows += [
        {"side": "lagging", "indicator": name, "unit": KPIS[name].unit, "better": KPIS[name].better}
        | {time: _at(series[name], mrr.columns[-1] - back) for time, back in TIMES.items()}
        for name in LAGGING
    ]
    told = [row for row in rows if row["side"] == "leading" or not np.isnan(row["now"])]
    table = pd.DataFrame(told, columns=list(COLUMNS))
    table.attrs = dict(mrr.attrs)
    return table


def _at(column: pd.Series, month: pd.Period) -> float:
    return float(column.get(month, np.nan))


def _leading(
    name: str,
    month: pd.Period,
    series: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
) -> float:
    if name == "nps":
        return _at(series["nps"], month)
    table = "usage" if name == "key_feature_use" else "events"
    if table not in tables or tables[table].empty or month not in mrr.columns:
        return np.nan
    paying = _paying(mrr, month)
    if name == "key_feature_use":
        return _use(tables["usage"], paying, month)
    events = tables["events"]
    at = events["at"].dt.to_period("M")
    first = month - WINDOW_MONTHS + 1
    if name == "onboarded_in_time":
        return _onboarded(events, customers, month, records_from=at.min())
    if at.min() > first:
        return np.nan
    recent = events[at.between(first, month) & events["customer_id"].isin(paying)]
    return _touched(name, recent, events, len(paying))


def _paying(mrr: pd.DataFrame, month: pd.Period) -> pd.Index:
    """Return who pays in a month; orders: who bought in the year to it."""
    months = 12 if mrr.attrs["basis"] == "orders" else 1
    return mrr.index[mrr.loc[:, month - months + 1 : month].sum(axis=1) > 0]


def _use(usage: pd.DataFrame, paying: pd.Index, month: pd.Period) -> float:
    rows = usage[usage["metric"].eq("key_feature") & usage["month"].dt.to_period("M").eq(month)]
    if rows.empty or len(paying) < FEWEST:
        return np.nan
    return float(rows.loc[rows["customer_id"].isin(paying), "used"].sum() / len(paying))


def _onboarded(
    events: pd.DataFrame, customers: pd.DataFrame, month: pd.Period, *, records_from: pd.Period
) -> float:
    done = events[events["kind"] == "onboarding_done"]
    started = (
        customers["start_date"] if "start_date" in customers else pd.Series(dtype="datetime64[us]")
    )
    start = started.dropna()
    of = start.dt.to_period("M")
    # Who starts in the month itself has not had the days to be onboarded in.
    new = start[(of > month - 13) & (of < month) & (of >= records_from)]
    if done.empty or len(new) < FEWEST:
        return np.nan
    first = done.groupby("customer_id")["at"].min().reindex(new.index)
    return float(((first - new).dt.days <= ONBOARDING_DAYS).mean())


def _touched(name: str, recent: pd.DataFrame, events: pd.DataFrame, paying: int) -> float:
    kind = "community" if name == "community_share" else "ticket"
    rows = recent[recent["kind"] == kind]
    if paying < FEWEST or not events["kind"].eq(kind).any():
        return np.nan
    if name == "community_share":
        return float(rows["customer_id"].nunique() / paying)
    if name == "tickets_per_customer":
        return float(len(rows) / paying)
    if "sentiment" not in rows or rows["sentiment"].notna().sum() < FEWEST:
        return np.nan
    told = rows["sentiment"].dropna().str.lower()
    return float(told.eq("negative").mean())
