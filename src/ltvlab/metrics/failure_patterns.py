"""The six ways in which work on customer value fails, by the first article, each as a check (D44)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.booked_spend import booked_spend
from ltvlab.metrics.claims import Measured
from ltvlab.metrics.deals import EXPANSION, closed_in_year
from ltvlab.metrics.lights import Light, lights_table
from ltvlab.metrics.quadrant_history import active, quadrant_history
from ltvlab.metrics.sales_records import Records, offers
from ltvlab.metrics.spend_share import unbooked
from ltvlab.metrics.win_rates import rate_range
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson
from ltvlab.statistics.rate_ratios import rate_ratio, rate_ratio_range

QUARTER = 3
HIGH_POTENTIAL = ("A", "C")
# All lines are ours, but for the 40 % of new_first: the articles give 40–60 % to existing customers.
LINES = {
    "pushy": Light(0.05, 0.15, "rate"),
    "one_approach": Light(1.5, 1.1, "number"),
    "unmeasured": Light(0.95, 0.80, "rate"),
    "split_data": Light(0.25, 0.50, "rate"),
    "one_off": Light(0.40, 0.60, "rate"),
    "new_first": Light(0.40, 0.25, "rate"),
}


def failure_patterns(records: Records, *, seed: int) -> pd.DataFrame:
    """Return one row per pattern: its figure with range, the two lines, cases and status.

    pushy: share of offers of more made to customers that were unhappy. one_approach: how many
    times as often customers of high potential are offered more. unmeasured: share of sales to
    customers that stand in a pipeline of their own. split_data: share of customers whose use or
    score is unknown. one_off: share of a year's offers in its busiest quarter. new_first: share
    of spend on existing customers. Offers are upsell and cross-sell deals begun in twelve months.
    """
    made = offers(records)
    measured = {
        "pushy": _pushy(made, seed=seed),
        "one_approach": _one_approach(records, made, seed=seed),
        "unmeasured": _unmeasured(records, seed=seed),
        "split_data": _split_data(records),
        "one_off": _one_off(records, made),
        "new_first": _new_first(records),
    }
    return lights_table("pattern", LINES, measured)


def _pushy(made: pd.DataFrame, *, seed: int) -> Measured:
    if made.empty:
        return Measured(lacking="no_offers")
    judged = made[made["health"] != ""]
    if judged.empty:
        return Measured(lacking="no_health")
    unhappy = judged["health"] == "unhappy"
    low, high = rate_range(unhappy, judged["cluster"], seed=seed)
    return Measured(float(unhappy.mean()), low, high, len(judged), len(judged))


def _one_approach(records: Records, made: pd.DataFrame, *, seed: int) -> Measured:
    """Return how often high potential (A, C) is offered more in a quarter ÷ how often low (B, D) is."""
    if made.empty:
        return Measured(lacking="no_offers")
    since = records.month - YEAR
    table = quadrant_history(records.history, records.mrr)
    table = table[(table["quadrant"] != "") & (table["month"] >= since)]
    table = table[table["month"] <= records.month - QUARTER]
    if table.empty:
        return Measured(lacking="too_short")
    begun = {
        (customer, month) for customer, month in zip(made["customer_id"], _quarter_before(made, records), strict=True)
    }  # fmt: skip
    offered = np.array(
        [pair in begun for pair in zip(table["customer_id"], table["month"], strict=True)]
    )
    high = table["quadrant"].isin(HIGH_POTENTIAL).to_numpy()
    each = pd.DataFrame({"a": offered & high, "b": high, "c": offered & ~high, "d": ~high})
    per_customer = each.astype("float64").groupby(table["customer_id"].to_numpy()).sum().to_numpy()
    sums = per_customer.sum(axis=0)
    bounds = rate_ratio_range(per_customer, seed=seed)
    events = int(offered.sum()) if min(sums[1], sums[3]) else 0
    return Measured(float(rate_ratio(sums)), *bounds, len(per_customer), events)


def _quarter_before(made: pd.DataFrame, records: Records) -> pd.Series:
    """Return the last quarter end before each deal was begun."""
    ends = pd.DataFrame({"month": list(records.history)}).astype({"month": "period[M]"})
    ends = ends.assign(day=ends["month"].dt.end_time.dt.normalize().astype("datetime64[us]"))
    begun = made[["created"]].astype("datetime64[us]").sort_values("created", kind="stable")
    joined = pd.merge_asof(
        begun, ends, left_on="created", right_on="day", allow_exact_matches=False
    )
    return joined["month"].set_axis(begun.index).reindex(made.index)


def _unmeasured(records: Records, *, seed: int) -> Measured:
    """Return the share of won deals with customers, renewals apart, in a pipeline for expansion."""
    if records.deals.empty:
        return Measured(lacking="no_deals")
    closed = closed_in_year(records.deals, as_of=records.as_of)
    won = closed[(closed["outcome"] == "won") & (closed["pipeline"] != "renewal")]
    start = won["customer_id"].map(records.customers["start_month"])
    existing = won[start.notna() & (won["created"].dt.to_period("M") > start)]
    own = existing["pipeline"].isin(EXPANSION)
    low, high = rate_range(own, existing["cluster"], seed=seed)
    value = float(own.mean()) if len(own) else np.nan
    return Measured(value, low, high, len(own), len(own))


def _split_data(records: Records) -> Measured:
    """Return the share of paying customers whose use (three months) or score (a year) is unknown."""
    if not {"usage", "surveys"} <= set(records.given) or not records.history:
        return Measured(lacking="no_signals")
    month, features = list(records.history.items())[-1]
    there = active(features, records.basis)
    usage = records.given["usage"]
    when = pd.to_datetime(usage["month"]).dt.to_period("M")
    used = usage.loc[(when > month - QUARTER) & (when <= month), "customer_id"]
    scored = there.get("nps", pd.Series(np.nan, index=there.index)).notna()
    unknown = ~(there.index.isin(set(used)) & scored.to_numpy())
    low, high = (float(bound) for bound in wilson(int(unknown.sum()), len(unknown)))
    value = float(unknown.mean()) if len(unknown) else np.nan
    return Measured(value, low, high, len(unknown), len(unknown))


def _one_off(records: Records, made: pd.DataFrame) -> Measured:
    """Return the share of the year's offers that was begun in the busiest of its four quarters."""
    if made.empty:
        return Measured(lacking="no_offers")
    ago = records.month.ordinal - made["created"].dt.to_period("M").astype("int64")
    busiest = int((ago // QUARTER).value_counts().iloc[0])
    low, high = (float(bound) for bound in wilson(busiest, len(made)))
    return Measured(busiest / len(made), low, high, len(made), len(made))


def _new_first(records: Records) -> Measured:
    """Return the share of twelve months' spend that went to expansion and retention, as booked."""
    currency = records.mrr.attrs["currency"]
    booked = booked_spend(records.given.get("spend"), records.month, currency=currency)
    lacking = unbooked(booked["amount"], booked["months"])
    if lacking:
        return Measured(lacking=lacking)
    kept = booked.loc[["expansion", "retention"], "amount"].sum()
    return Measured(float(kept / booked["amount"].sum()), n=YEAR, events=YEAR)
