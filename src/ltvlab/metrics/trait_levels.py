"""What was known of each customer at its start: who it is, what it bought first, at what price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.text import OTHER, UNKNOWN

FIRMOGRAPHICS = ("industry", "size", "region", "channel")
COLUMNS = ["trait", "customer_id", "level", "known_at"]
# Shown to say why it is no trait: who bought more had to stay to buy.
TODAY = "families_today"
BANDS = ("lowest third", "middle third", "highest third")


def starting_traits(features: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return trait, customer_id, level, known_at of what stands at the start; a customer may have several levels.

    Industry, size, region and channel as the customers table has them; `first_basket` and each
    `first_family` in it, whether there were `two_families`, and the third that the first price
    lies in. What the records show only later than the landmark, since they begin later than the
    customer did, is left out. Families held today are here with today's date, for the guard.
    """
    ranked = features.reindex(outcomes.index)
    parts = [_firmographic(ranked, outcomes, name) for name in FIRMOGRAPHICS if name in ranked]
    return stacked([*parts, *_first_purchase(ranked, outcomes)])


def trait_frame(
    name: str,
    level: pd.Series,
    known_at: pd.Series | pd.Timestamp,
    *,
    without: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the rows of one trait from a level per customer; missing ones and `without` are dropped."""
    rows = pd.DataFrame({"level": level, "known_at": known_at}).rename_axis("customer_id")
    rows = rows[rows["level"].notna() & ~rows["level"].isin(without)]
    return rows.reset_index().assign(trait=name)[COLUMNS]


def stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several traits as one table."""
    filled = [part for part in parts if len(part)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return pd.DataFrame(columns=COLUMNS)


def yes_no(flags: pd.Series) -> pd.Series:
    """Return flags as the levels yes and no."""
    return pd.Series(np.where(flags, "yes", "no"), index=flags.index)


def above_median(amounts: pd.Series) -> pd.Series:
    """Return yes for customers above the median one; nothing where all are alike."""
    more = amounts > amounts.median()
    return yes_no(more).where(more.any() & amounts.notna())


def beside_price(amounts: pd.Series, price: pd.Series) -> pd.Series:
    """Return how far each amount lies above what customers of that price have, as a log ratio.

    What customers of a price have is a straight line in logarithms, since use grows with seats,
    but not in step with them.
    """
    known = (amounts >= 0) & (price > 0)
    use, cost = np.log1p(amounts[known]), np.log(price[known])
    if cost.nunique() < len(BANDS):
        return amounts
    return (use - np.polyval(np.polyfit(cost, use, 1), cost)).reindex(amounts.index)


def _firmographic(ranked: pd.DataFrame, outcomes: pd.DataFrame, name: str) -> pd.DataFrame:
    return trait_frame(
        name, ranked[name].astype("object"), outcomes["started_at"], without=(UNKNOWN,)
    )


def _first_purchase(ranked: pd.DataFrame, outcomes: pd.DataFrame) -> list[pd.DataFrame]:
    month = pd.PeriodIndex.from_ordinals(ranked["first_paid_month"].astype("int64"), freq="M")
    # The day of the start stands where it is in that month: what is bought then is known then.
    shown = pd.Series(month.to_timestamp(how="end").normalize(), index=ranked.index)
    seen = ranked[(shown <= outcomes["landmark"]) & (ranked["starting_mrr"] > 0)]
    known_at = shown.reindex(seen.index)
    families = seen["first_basket"].str.split(" + ", regex=False)
    each = families.explode()
    return [
        trait_frame("first_basket", seen["product"], known_at, without=(OTHER, UNKNOWN)),
        _memberships("first_family", each, known_at),
        trait_frame("two_families", yes_no(families.str.len() >= 2), known_at),
        trait_frame("first_price", thirds(seen["starting_mrr"]), known_at),
        _today(ranked),
    ]


def _memberships(name: str, each: pd.Series, known_at: pd.Series) -> pd.DataFrame:
    rows = each.rename_axis("customer_id").rename("level").reset_index().assign(trait=name)
    known = known_at.reindex(rows["customer_id"]).to_numpy()
    return rows.assign(known_at=known)[COLUMNS]


def thirds(amounts: pd.Series) -> pd.Series:
    """Return in which third of all amounts each lies; nothing where they hardly differ."""
    if amounts.nunique() < len(BANDS):
        return pd.Series(np.nan, index=amounts.index, dtype="object")
    place = pd.qcut(amounts.rank(method="average"), len(BANDS), labels=list(BANDS))
    return place.astype("object")


def _today(ranked: pd.DataFrame) -> pd.DataFrame:
    if "families" not in ranked:
        return pd.DataFrame(columns=COLUMNS)
    newest = pd.PeriodIndex.from_ordinals(ranked["last_paid_month"].astype("int64"), freq="M")
    known_at = pd.Series(newest.to_timestamp(how="end").normalize(), index=ranked.index)
    return trait_frame(TODAY, yes_no(ranked["families"] >= 2), known_at)
