"""The comparisons that are judged, one row each: what every other table stands beside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.metrics.selling.followed import BESIDE, EVERYONE, FEWEST_EVENTS

# A tenth of all offers made to blocked customers is no slip any more.
MANY_BLOCKED = 0.1
ACTED_ON = {
    "upsell": "acted_on_upsell", "cross_sell": "acted_on_cross_sell",
    "downsell": "acted_on_downsell", "renewal": "acted_on_renewal",
    "win_back": "acted_on_win_back", "repeat": "acted_on_repeat",
}  # fmt: skip
BLOCKED = {
    "blocked_left_alone": "offered_or_left_alone", "offered_while_free": "offered_blocked_or_free",
}  # fmt: skip
COLUMNS = [
    "comparison", "compared_with", "first", "other", "difference", "low", "high", "n_first", "n_other",
    "customers", "rarer", "verdict",
]  # fmt: skip


def selling_comparisons(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per judged comparison: the first group against the other, in shares.

    `acted_on_<kind>`: offers taken, acted on against held back or matched ones. `offered_or_left_alone`
    and `offered_blocked_or_free`: customers lost within 12 months after an offer to a blocked one,
    against blocked ones left alone and free ones. `after_upsell`: losses after an upsell.
    """
    acted = tables["acted_on"]
    acted = acted.assign(
        comparison=acted["kind"].map(ACTED_ON), first=acted["acted_on"], n_first=acted["n_acted"]
    )  # fmt: skip
    blocked = tables["offers_while_blocked"]
    blocked = blocked.assign(
        comparison=blocked["compared_with"].map(BLOCKED),
        first=blocked["while_blocked"],
        n_first=blocked["n_blocked"],
    )
    upsold = tables["churn_after_upsell"]
    upsold = upsold.assign(
        comparison="after_upsell", compared_with="matched", first=upsold["after_upsell"],
        n_first=upsold["n_upsold"],
    )  # fmt: skip
    rows = [part[part["verdict"] != BESIDE] for part in (acted, blocked, upsold)]
    rows = [part[COLUMNS] for part in rows if len(part)]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)


def helpful(compared: pd.DataFrame) -> pd.Series:
    """Return which comparisons speak for selling: more taken where somebody acted."""
    return _is_acted_on(compared) & (compared["verdict"] == "higher")


def harmful(compared: pd.DataFrame) -> pd.Series:
    """Return which comparisons speak against it: fewer taken, or more lost than without.

    Blocked customers are in trouble anyway, so offers to free ones prove nothing: only blocked
    ones that were left alone tell what an offer did.
    """
    lost_more = compared["comparison"].isin(["offered_or_left_alone", "after_upsell"])
    fewer = _is_acted_on(compared) & (compared["verdict"] == "lower")
    return fewer | (lost_more & (compared["verdict"] == "higher"))


def often_blocked(audit: pd.DataFrame) -> bool:
    """Say whether at least a tenth of the offers, and a dozen, went to blocked customers."""
    every = audit[(audit["responsible"] == EVERYONE) & (audit["gate"] == "any")]
    return bool(((every["share"] >= MANY_BLOCKED) & (every["blocked"] >= FEWEST_EVENTS)).any())


def bunched(ends: pd.DataFrame) -> bool:
    """Say whether wins or new deals of all teams together bunch at quarter ends."""
    return bool(((ends["responsible"] == EVERYONE) & (ends["verdict"] == "quarter_end")).any())


def _is_acted_on(compared: pd.DataFrame) -> pd.Series:
    return compared["comparison"].isin(ACTED_ON.values())
