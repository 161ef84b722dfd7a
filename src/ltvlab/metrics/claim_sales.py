"""Own figures on selling: who says yes, after which signal, and what the best customers bring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.claims import Measured
from ltvlab.metrics.deals import closed_in_year
from ltvlab.metrics.expansion_ratio import expansion_ratio
from ltvlab.metrics.quadrant_history import active
from ltvlab.metrics.sales_records import Records, settled_offers
from ltvlab.metrics.top_customers import TOP_SHARE
from ltvlab.metrics.win_rates import rate_range
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import bca
from ltvlab.statistics.rate_ratios import rate_ratio, rate_ratio_range
from ltvlab.statistics.resampling import resampling_weights

UPSELL = ("upsell_seats", "upsell_plan", "upsell_option")
QUARTER = 3
USAGE_OVER = 0.8
# More customers are judged by the first so many draws: weights of all would not fit in memory.
MOST_WEIGHTS = 20_000_000


def win_claims(records: Records, *, alert: str, seed: int) -> dict[str, Measured]:
    """Return expansion against new win rate, and the shares won after an alert and with the healthy.

    All of deals closed in twelve months (D40). `alert` is the trigger that the CRM writes on
    deals begun by an alert on use; healthy are customers that suffered from
    nothing that makes an offer wait, at the last quarter end before the deal was begun (D38).
    """
    if records.deals.empty:
        names = ("expansion_wins", "alert_wins", "healthy_wins")
        return dict.fromkeys(names, Measured(lacking="no_deals"))
    ratio = expansion_ratio(records.deals, as_of=records.as_of, seed=seed)
    settled = settled_offers(records)
    alerted = settled[settled["source_trigger"] == alert]
    triggered = settled["source_trigger"].replace("", np.nan).notna().any()
    healthy = settled[settled["health"] == "healthy"]
    judged = (settled["health"] != "").any()
    return {
        "expansion_wins": _expansion(records, ratio),
        "alert_wins": _share_won(alerted, "no_alerts" if triggered else "no_triggers", seed=seed),
        "healthy_wins": _share_won(healthy, "few_events" if judged else "no_health", seed=seed),
    }


def _expansion(records: Records, ratio) -> Measured:
    if np.isnan(ratio.ratio):
        return Measured(lacking="no_expansion" if ratio.n == 0 else "few_events", n=ratio.n)
    closed = closed_in_year(records.deals, as_of=records.as_of)
    won = closed[closed["outcome"] == "won"]
    new = int((won["pipeline"] == "new").sum())
    expanded = round(ratio.expansion * (ratio.n - (closed["pipeline"] == "new").sum()))
    return Measured(ratio.ratio, ratio.low, ratio.high, ratio.n, min(new, expanded))


def _share_won(deals: pd.DataFrame, lacking: str, *, seed: int) -> Measured:
    if deals.empty:
        return Measured(lacking=lacking)
    won = deals["outcome"] == "won"
    low, high = rate_range(won, deals["cluster"], seed=seed)
    return Measured(float(won.mean()), low, high, len(deals), len(deals))


def usage_claim(records: Records, *, seed: int) -> Measured:
    """Return how many times as often customers over 80 % of a limit bought more of it within a quarter.

    Of the quarter ends of the last year; bought more is upsell of seats, plan or option in the
    three months after it (D08), against customers whose use of a limit is known and not over it.
    """
    rows = _usage_then_upsell(records)
    if rows.empty:
        return Measured(lacking="no_usage")
    over, bought = rows["over"].to_numpy(), rows["bought"].to_numpy()
    each = pd.DataFrame(
        {"sold": over & bought, "over": over, "other_sold": ~over & bought, "other": ~over}
    ).astype("float64")
    per_customer = each.groupby(rows["customer_id"].to_numpy()).sum().to_numpy()
    sums = per_customer.sum(axis=0)
    low, high = rate_ratio_range(per_customer, seed=seed)
    events = int(min(sums[0], sums[2]))
    if np.isnan(rate_ratio(sums)):
        lacking = "few_events" if sums[1] else "nobody_over"
        return Measured(lacking=lacking, n=len(per_customer), events=events)
    return Measured(float(rate_ratio(sums)), low, high, len(per_customer), events)


def _usage_then_upsell(records: Records) -> pd.DataFrame:
    """Return customer_id, over, bought per quarter end and customer whose use of a limit is known."""
    ends = [
        month
        for month in records.history
        if records.month - YEAR <= month <= records.month - QUARTER
    ]
    if records.reasons is None or not ends:
        return pd.DataFrame(columns=["customer_id", "over", "bought"])
    parts = [_quarter(records, month) for month in ends]
    return pd.concat(parts, ignore_index=True)


def _quarter(records: Records, month: pd.Period) -> pd.DataFrame:
    there = active(records.history[month], records.basis)
    share = there.get("usage_share", pd.Series(np.nan, index=there.index)).dropna()
    reasons = records.reasons
    after = (reasons["month"] > month.ordinal) & (reasons["month"] <= month.ordinal + QUARTER)
    sold = reasons["reason"].isin(UPSELL) & (reasons["amount"] > 0)
    buyers = set(reasons.loc[after & sold, "customer_id"])
    return pd.DataFrame(
        {"customer_id": share.index, "over": share.to_numpy() > USAGE_OVER,
         "bought": share.index.isin(buyers)}
    )  # fmt: skip


def top_fifth_claim(records: Records, *, seed: int) -> Measured:
    """Return the share of twelve months' margin that the best fifth of customers brought.

    Of customers that paid in those months; revenue where no margin is known. A fifth that is no
    whole number takes the next customer in part.
    """
    paid = (records.mrr.iloc[:, -YEAR:] != 0).any(axis=1)
    margin = records.margin.reindex(records.mrr.index).iloc[:, -YEAR:].sum(axis=1)[paid]
    if records.mrr.shape[1] < YEAR or not margin.sum() > 0:
        return Measured(lacking="too_short" if records.mrr.shape[1] < YEAR else "no_profit")
    amounts = np.sort(margin.to_numpy())[::-1]
    value = float(top_share(amounts, np.ones((1, len(amounts))))[0])
    low, high = _top_range(amounts, value, seed=seed)
    # The best carry the share: among fifteen customers they are three, and it comes out too low.
    return Measured(value, low, high, len(amounts), int(TOP_SHARE * len(amounts)))


def top_share(amounts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return, per row of weights, the share of the sum that the top fifth of the weight brings.

    `amounts` are sorted, the largest first.
    """
    reached = np.cumsum(weights, axis=1)
    brought = np.cumsum(weights * amounts, axis=1)
    count = TOP_SHARE * reached[:, -1:]
    place = (reached < count).sum(axis=1, keepdims=True)
    before = np.where(place > 0, np.take_along_axis(brought, np.maximum(place - 1, 0), 1), 0.0)
    counted = np.where(place > 0, np.take_along_axis(reached, np.maximum(place - 1, 0), 1), 0.0)
    top = before + (count - counted) * amounts[place]
    total = brought[:, -1:]
    return np.divide(top, total, out=np.full(total.shape, np.nan), where=total > 0)[:, 0]


def _top_range(amounts: np.ndarray, value: float, *, seed: int) -> tuple[float, float]:
    customers = len(amounts)
    if customers < 2:
        return np.nan, np.nan
    draws = min(2000, max(200, MOST_WEIGHTS // customers))
    drawn = top_share(amounts, resampling_weights(customers, draws=draws, seed=seed))
    low, high = bca(value, drawn, _without_each(amounts))
    return float(low), float(high)


def _without_each(amounts: np.ndarray) -> np.ndarray:
    """Return the top fifth's share without each customer in turn, without customers × customers."""
    count = TOP_SHARE * (len(amounts) - 1)
    whole, part = int(count), count - int(count)
    brought = np.concatenate([[0.0], np.cumsum(amounts), [amounts.sum()]])
    rank = np.arange(len(amounts))
    following = np.append(amounts, 0.0)
    inside = brought[whole + 1] - amounts + part * following[whole + 1]
    outside = brought[whole] + part * amounts[whole]
    top = np.where(rank <= whole, inside, outside)
    total = amounts.sum() - amounts
    return np.divide(top, total, out=np.full(total.shape, np.nan), where=total > 0)
