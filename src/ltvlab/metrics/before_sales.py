"""What preceded the sales to existing customers that were won, against those that were lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from ltvlab.months import month_number
from ltvlab.statistics.comparisons import adjusted_p_values
from ltvlab.statistics.matching import excess_within
from ltvlab.warehouse.features.touches import INTEREST

DAYS_BEFORE = 90
PIPELINES = ("upsell", "cross_sell")
FEWEST_CUSTOMERS = 10
FALSE_FINDINGS = 0.10
USAGE_THRESHOLD = 0.8
PROMOTER, DETRACTOR = 9, 6
COLUMNS = [
    "signal", "won", "lost", "base_rate", "difference_in_share", "low", "high", "q_value", "n_won", "n_lost",
    "verdict",
]  # fmt: skip


def before_sales(
    mrr: pd.DataFrame,
    *,
    deals: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    usage: pd.DataFrame | None = None,
    surveys: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return, per signal, the share of won and of lost deals that it came before, and the base rate (D27).

    A signal counts in the 90 days before the first day of the month in which an upsell or
    cross-sell deal was opened, so that nothing of the deal itself is in it; `base_rate` is the share
    of all customers paying at that time, weighted by the deals' months. Ranges and q values
    (Benjamini–Hochberg) take a customer's deals as one, and pipelines apart. Usage over the limit
    is of the month before.
    """
    closed = _closed_deals(deals, mrr)
    signals = _signals(events, usage, surveys)
    if closed.empty or not signals:
        return pd.DataFrame(columns=COLUMNS)
    rows = [_row(name, marked, closed, mrr, level) for name, marked in signals.items()]
    table = pd.DataFrame(rows)
    firm = min(closed.groupby("won")["customer_id"].nunique().reindex([True, False]).fillna(0))
    enough = firm >= FEWEST_CUSTOMERS
    q_values = adjusted_p_values(
        table["p_value"].where(pd.Series(enough, table.index)).to_numpy(), method="fdr_bh"
    )
    known = ~np.isnan(q_values)
    verdict = np.select([q_values <= FALSE_FINDINGS, known], ["found", "not_found"], "cannot_tell")
    return table.assign(q_value=q_values, verdict=verdict)[COLUMNS]


def _closed_deals(deals: pd.DataFrame | None, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, month (number, of opening), won, pipeline of decided deals with known customers."""
    needed = {"is_won", "created_date", "close_date", "customer_id"}
    if deals is None or not needed <= set(deals):
        return pd.DataFrame(columns=["customer_id", "month", "won", "pipeline"])
    asked = deals["pipeline"].isin(PIPELINES) & deals["is_won"].notna()
    closed = deals[asked & deals["close_date"].notna() & deals["customer_id"].isin(mrr.index)]
    closed = closed.dropna(subset=["created_date"])
    return pd.DataFrame(
        {
            "customer_id": closed["customer_id"],
            "month": month_number(closed["created_date"]),
            "won": closed["is_won"].astype("bool"),
            "pipeline": closed["pipeline"],
        }
    )


def _signals(
    events: pd.DataFrame | None, usage: pd.DataFrame | None, surveys: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """Return, per signal, customer_id and month numbers that have it in the 90 days before."""
    marked = {}
    if events is not None and len(events):
        of_kind = {kind: events[events["kind"] == kind] for kind in (*INTEREST, "ticket")}
        of_kind["any_interest"] = events[events["kind"].isin(INTEREST)]
        if "sentiment" in events:
            low = events["sentiment"].fillna("").str.lower().eq("negative")
            of_kind["negative_ticket"] = of_kind["ticket"][low.reindex(of_kind["ticket"].index)]
        marked |= {name: _months_after(rows, "at") for name, rows in of_kind.items() if len(rows)}
    if surveys is not None and len(surveys):
        nps = surveys[surveys["type"] == "nps"]
        marked["promoter"] = _months_after(nps[nps["score"] >= PROMOTER], "date")
        marked["detractor"] = _months_after(nps[nps["score"] <= DETRACTOR], "date")
    if usage is not None and "limit" in usage:
        over = usage[usage["used"] > USAGE_THRESHOLD * usage["limit"]]
        month = month_number(over["month"]) + 1
        marked["usage_over_limit"] = _distinct(over["customer_id"], month)
    return marked


def _months_after(rows: pd.DataFrame, at: str) -> pd.DataFrame:
    """Return each customer and month whose first day lies within 90 days after one of its rows."""
    later = pd.DataFrame({"step": [1, 2, 3]})
    days = rows[["customer_id", at]].merge(later, how="cross")
    month = month_number(days[at]) + days["step"]
    first = pd.Series(pd.PeriodIndex.from_ordinals(month, freq="M").to_timestamp(), days.index)
    inside = (first - days[at].dt.normalize()).dt.days <= DAYS_BEFORE
    return _distinct(days["customer_id"][inside], month[inside])


def _distinct(customers: pd.Series, months: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"customer_id": customers, "month": months.astype("int64")})
    return rows.drop_duplicates(ignore_index=True)


def _row(
    name: str, marked: pd.DataFrame, closed: pd.DataFrame, mrr: pd.DataFrame, level: float
) -> dict[str, object]:
    keys = ["customer_id", "month"]
    seen = closed.merge(marked.assign(has=True), on=keys, how="left", validate="many_to_one")
    has, won = seen["has"].eq(True).to_numpy(), seen["won"].to_numpy()
    difference, error = _difference(won, has, seen)
    reach = -ndtri((1 - level) / 2) * error
    known = error > 0
    return {
        "signal": name, "won": _mean(has[won]), "lost": _mean(has[~won]),
        "base_rate": _base_rate(marked, closed, mrr), "difference_in_share": difference,
        "low": max(difference - reach, -1.0) if known else np.nan,
        "high": min(difference + reach, 1.0) if known else np.nan,
        "p_value": 2 * ndtr(-abs(difference / error)) if known else np.nan,
        "n_won": int(won.sum()), "n_lost": int((~won).sum()),
    }  # fmt: skip


def _difference(won: np.ndarray, has: np.ndarray, seen: pd.DataFrame) -> tuple[float, float]:
    """Return won less lost within pipelines, and its error with a customer's deals taken as one."""
    marks = (pd.Series(each, index=seen.index) for each in (won, has))
    excess = excess_within(*marks, seen["pipeline"], seen["customer_id"])
    if np.isnan(excess.difference):
        return np.nan, np.nan
    count = seen["customer_id"].nunique()
    spread = excess.squares * count / max(count - 1, 1)
    return excess.difference, float(np.sqrt(spread) / excess.weight)


def _mean(has: np.ndarray) -> float:
    return float(has.mean()) if len(has) else np.nan


def _base_rate(marked: pd.DataFrame, closed: pd.DataFrame, mrr: pd.DataFrame) -> float:
    """Return the share of paying customers with the signal, months weighted by their deals."""
    numbers = pd.PeriodIndex(mrr.columns, freq="M").astype("int64")
    # Who pays at the end of the month before is a customer on the first day of the month.
    places = pd.Index(numbers + 1)
    customer, column = (
        mrr.index.get_indexer(marked["customer_id"]),
        places.get_indexer(marked["month"]),
    )
    there = (customer >= 0) & (column >= 0)
    paying = mrr.to_numpy() > 0
    has = np.zeros(paying.shape, dtype=bool)
    has[customer[there], column[there]] = True
    weight = closed.groupby("month").size().reindex(places, fill_value=0).to_numpy()
    counts, both = paying.sum(axis=0), (paying & has).sum(axis=0)
    used = (counts > 0) & (weight > 0)
    if not used.any():
        return np.nan
    return float(np.average(both[used] / counts[used], weights=weight[used]))
