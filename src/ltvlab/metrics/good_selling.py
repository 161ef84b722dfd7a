"""Good and bad selling, by the fifth article: where offers start, how we talk, how customers react (D44)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.claims import Measured
from ltvlab.metrics.lights import Light, lights_table
from ltvlab.metrics.sales_records import Records, offers, settled_offers
from ltvlab.metrics.win_rates import rate_range
from ltvlab.months import YEAR
from ltvlab.statistics.rate_ratios import rate_ratio, rate_ratio_range
from ltvlab.warehouse.features.touches import INTEREST, TALKS

DAYS = 90
USAGE_OVER = 0.8
# A score that falls by as much makes an offer wait (D38).
DROP = 2
# All lines are ours.
LINES = {
    "without_need": Light(0.30, 0.60, "rate"),
    "contacts_before_lost": Light(1.2, 1.5, "number"),
    "score_falls_after": Light(1.2, 1.5, "number"),
}


def good_selling(records: Records, *, seed: int) -> pd.DataFrame:
    """Return one row per view: its figure with range, the two lines, cases and status.

    without_need (start): share of offers begun without a sign of need in the 90 days before.
    contacts_before_lost (talk): contacts by us in the 90 days before a lost offer ÷ before a won one.
    score_falls_after (reaction): how many times as often a score fell by two points or more after an offer as without one.
    """
    measured = {
        "without_need": _start(records, seed=seed),
        "contacts_before_lost": _talk(records, seed=seed),
        "score_falls_after": _reaction(records, seed=seed),
    }
    return lights_table("view", LINES, measured)


def _start(records: Records, *, seed: int) -> Measured:
    made = offers(records)
    if made.empty:
        return Measured(lacking="no_offers")
    needs = _needs(records)
    if needs.empty:
        return Measured(lacking="no_needs")
    dated = made.dropna(subset=["created", "customer_id"])
    without = ~_within(dated, "created", needs)
    low, high = rate_range(without, dated["cluster"], seed=seed)
    return Measured(float(without.mean()), low, high, len(dated), len(dated))


def _needs(records: Records) -> pd.DataFrame:
    """Return customer_id and the day of each sign of need: interest shown, use over 80 % of a limit."""
    parts = []
    events, usage = records.given.get("events"), records.given.get("usage")
    if events is not None:
        shown = events[events["kind"].isin(INTEREST)]
        parts.append(shown[["customer_id", "at"]].rename(columns={"at": "day"}))
    if usage is not None and "limit" in usage:
        over = usage[usage["used"] > USAGE_OVER * usage["limit"]]
        # Use of a month is known when it is over.
        ends = over["month"].dt.to_period("M").dt.end_time.dt.normalize()
        parts.append(over[["customer_id"]].assign(day=ends))
    if not parts:
        return pd.DataFrame(columns=["customer_id", "day"])
    return pd.concat(parts, ignore_index=True)


def _within(rows: pd.DataFrame, day: str, signs: pd.DataFrame) -> pd.Series:
    """Return which rows have a sign of their customer in the 90 days up to their day."""
    ordered = rows[["customer_id", day]].sort_values(day, kind="stable")
    ordered = ordered.astype({day: "datetime64[us]", "customer_id": "object"})
    known = signs.dropna().astype({"day": "datetime64[us]", "customer_id": "object"})
    known = known.assign(day=known["day"].dt.normalize(), found=True).sort_values("day")
    joined = pd.merge_asof(
        ordered, known, left_on=day, right_on="day", by="customer_id",
        tolerance=pd.Timedelta(days=DAYS), suffixes=("", "_sign"),
    )  # fmt: skip
    return joined["found"].eq(True).set_axis(ordered.index).reindex(rows.index)


def _talk(records: Records, *, seed: int) -> Measured:
    settled = settled_offers(records).dropna(subset=["customer_id"])
    if settled.empty:
        return Measured(lacking="no_offers")
    events = records.given.get("events", pd.DataFrame({"kind": []}))
    talks = events[events["kind"].isin(TALKS)]
    if talks.empty:
        return Measured(lacking="no_contacts_recorded")
    if "direction" in talks:
        talks = talks[talks["direction"].fillna("").str.lower() != "inbound"]
    lost = (settled["outcome"] == "lost").to_numpy()
    count = _talks_before(settled, talks)
    each = pd.DataFrame({"a": count * lost, "b": lost, "c": count * ~lost, "d": ~lost})
    return _ratio(each, settled["customer_id"], events=min(lost.sum(), (~lost).sum()), seed=seed)


def _talks_before(settled: pd.DataFrame, talks: pd.DataFrame) -> np.ndarray:
    """Return how many talks each deal's customer had in the 90 days up to the day it was closed."""
    deals = settled[["deal_id", "customer_id", "closed"]]
    pairs = deals.merge(talks[["customer_id", "at"]], on="customer_id", validate="many_to_many")
    days = (pairs["closed"] - pairs["at"].dt.normalize()).dt.days
    counts = pairs[(days >= 0) & (days <= DAYS)].groupby("deal_id").size()
    return settled["deal_id"].map(counts).fillna(0.0).to_numpy()


def _reaction(records: Records, *, seed: int) -> Measured:
    answers = _answers(records)
    if answers.empty:
        return Measured(lacking="no_scores")
    begun = records.deals[records.deals["pipeline"].isin(("upsell", "cross_sell", "expansion"))]
    signs = begun[["customer_id", "created"]].rename(columns={"created": "day"})
    if signs.empty:
        return Measured(lacking="no_offers")
    offered, fell = _within(answers, "nps_at", signs).to_numpy(), answers["fell"].to_numpy()
    each = pd.DataFrame({"a": fell & offered, "b": offered, "c": fell & ~offered, "d": ~offered})
    return _ratio(each, answers["customer_id"], events=min(offered.sum(), fell.sum()), seed=seed)


def _answers(records: Records) -> pd.DataFrame:
    """Return customer_id, nps_at, fell: each newest answer that followed another, once, of a year."""
    wanted = ["nps_at", "nps_change"]
    parts = [
        features[wanted].dropna().rename_axis("customer_id").reset_index()
        for month, features in records.history.items()
        if month > records.month - YEAR and set(wanted) <= set(features)
    ]
    if not parts:
        return pd.DataFrame(columns=["customer_id", "nps_at", "fell"])
    rows = pd.concat(parts, ignore_index=True).drop_duplicates(["customer_id", "nps_at"])
    return rows.assign(fell=rows["nps_change"] <= -DROP).reset_index(drop=True)


def _ratio(each: pd.DataFrame, customers: pd.Series, *, events: int, seed: int) -> Measured:
    """Return (a ÷ b) ÷ (c ÷ d) of the sums of `each`, customers drawn again."""
    per_customer = each.astype("float64").groupby(customers.to_numpy()).sum().to_numpy()
    value = float(rate_ratio(per_customer.sum(axis=0)))
    low, high = rate_ratio_range(per_customer, seed=seed)
    return Measured(value, low, high, len(per_customer), int(events))
