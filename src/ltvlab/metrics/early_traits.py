"""What happened in a customer's first 90 days, and on its way to the first purchase."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.trait_levels import above_median, beside_price, stacked, trait_frame, yes_no
from ltvlab.warehouse.features.touches import INTEREST, ONBOARDING_DAYS, TALKS

# Whether any event of these kinds lies in the first 90 days.
ANY = {
    "early_tickets": ("ticket",),
    "early_interest": INTEREST,
    "early_seminar": ("seminar",),
    "early_community": ("community",),
}


def early_traits(
    outcomes: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    usage: pd.DataFrame | None = None,
    deals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return trait, customer_id, level, known_at of what the first 90 days on the timeline say.

    Only customers whose first 90 days are over and lie after the first event recorded (usage:
    first month) are asked. Onboarding within 30 days; more talks than the median customer; any
    ticket, sign of interest, seminar, community; more key-feature use than customers of the same
    first price usually have;
    the first touch's kind and channel; any event before the first payment; and whether the deal
    that won the customer took longer than the median one.
    """
    watched = outcomes[outcomes["watched"]]
    parts = []
    if events is not None and len(events):
        parts += _event_traits(watched, events)
    if usage is not None and len(usage):
        parts.append(_key_feature(watched, usage))
    if deals is not None and {"is_won", "close_date"} <= set(deals):
        parts.append(_sales_cycle(watched, deals))
    return stacked(parts)


def _event_traits(watched: pd.DataFrame, events: pd.DataFrame) -> list[pd.DataFrame]:
    begun = events["at"].min()
    seen = watched[watched["started_at"] >= begun.normalize()]
    own = events[events["customer_id"].isin(seen.index)]
    own = own.join(seen[["started_at", "landmark"]], on="customer_id")
    early = own[(own["at"] >= own["started_at"]) & (own["at"] < own["landmark"])]
    kinds = set(events["kind"])
    parts = [_talks(seen, early), *_onboarding(seen, early, kinds)]
    for name, of_kind in ANY.items():
        if kinds & set(of_kind):
            met = seen.index.isin(early.loc[early["kind"].isin(of_kind), "customer_id"])
            parts.append(trait_frame(name, yes_no(pd.Series(met, seen.index)), seen["landmark"]))
    return [*parts, *_first_touch(own), *_path(seen, own, begun)]


def _talks(seen: pd.DataFrame, early: pd.DataFrame) -> pd.DataFrame:
    talks = early[early["kind"].isin(TALKS)].groupby("customer_id").size()
    return trait_frame(
        "early_talks", above_median(talks.reindex(seen.index).fillna(0.0)), seen["landmark"]
    )


def _onboarding(seen: pd.DataFrame, early: pd.DataFrame, kinds: set[str]) -> list[pd.DataFrame]:
    if "onboarding_done" not in kinds:
        return []
    limit = pd.Timedelta(days=ONBOARDING_DAYS)
    quick = (early["kind"] == "onboarding_done") & (early["at"] < early["started_at"] + limit)
    done = pd.Series(seen.index.isin(early.loc[quick, "customer_id"]), seen.index)
    return [trait_frame("onboarded_in_30_days", yes_no(done), seen["started_at"] + limit)]


def _first_touch(own: pd.DataFrame) -> list[pd.DataFrame]:
    until = own[own["at"] < own["landmark"]].sort_values(["at", "kind"])
    first = until.drop_duplicates("customer_id").set_index("customer_id")
    names = {"first_touch": "kind", "first_touch_channel": "channel"}
    return [
        trait_frame(name, first[column], first["at"])
        for name, column in names.items()
        if column in first
    ]


def _path(seen: pd.DataFrame, own: pd.DataFrame, begun: pd.Timestamp) -> list[pd.DataFrame]:
    """Return whether we met before the first payment, where the records reach back that far."""
    before = own.loc[own["at"] < own["started_at"], "customer_id"]
    quarter = pd.Timedelta(days=90)
    known = seen[seen["started_at"] - quarter >= begun]
    if not known.index.isin(before).any():
        return []
    met = pd.Series(known.index.isin(before), known.index)
    return [trait_frame("met_before_purchase", yes_no(met), known["started_at"])]


def _key_feature(watched: pd.DataFrame, usage: pd.DataFrame) -> pd.DataFrame:
    begun = pd.to_datetime(usage["month"]).min()
    seen = watched[watched["started_at"] >= begun]
    rows = usage[(usage["metric"] == "key_feature") & usage["customer_id"].isin(seen.index)]
    rows = rows.join(seen[["started_at", "landmark"]], on="customer_id")
    month = pd.to_datetime(rows["month"])
    ends = month + pd.offsets.MonthEnd(0)
    first = rows["started_at"].dt.to_period("M").dt.to_timestamp()
    inside = rows[(month >= first) & (ends <= rows["landmark"])]
    monthly = inside.groupby(["customer_id", "month"])["used"].sum().groupby("customer_id").mean()
    used = monthly.reindex(seen.index).fillna(0.0) if len(rows) else monthly
    # Who pays for more seats uses more: against its like in price, or it would be size once more.
    more = above_median(beside_price(used, seen["first_amount"]))
    return trait_frame("early_key_feature", more, seen["landmark"])


def _sales_cycle(watched: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    won = deals[deals["pipeline"].eq("new") & deals["is_won"].eq(True)]
    won = won[won["customer_id"].isin(watched.index)].dropna(subset=["created_date", "close_date"])
    first = won.sort_values("close_date").drop_duplicates("customer_id").set_index("customer_id")
    # A deal closed long after the start is another one.
    first = first[first["close_date"] <= watched["landmark"].reindex(first.index)]
    days = (first["close_date"] - first["created_date"]).dt.days.astype("float64")
    return trait_frame("long_sales_cycle", above_median(days), first["close_date"])
