"""What changes while a product is held: tiers, seats, prices; each change starts a new line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import EXPORT_FROM, REPORT_MONTH, STORAGE, STRETCH, TIERS

# Chances per month, or per anniversary for annual contracts where the name says so.
UPGRADE = 0.0052
MORE_SEATS = 0.020
FEWER_SEATS_PER_TERM = 0.07
FEWER_SEATS = 0.006
STRETCH_DOWNSELL = 2.0
PRICE_RISE_FROM = 663  # April 2025: every first renewal from here on costs more
PRICE_RISE_MONTH = 666  # July 2025: monthly contracts
PRICE_RISE_ANNUAL, PRICE_RISE_MONTHLY = 0.06, 0.05
# Seat add-ons start this many months into a term, well away from its ends.
ADD_ON_OFFSETS = (3, 9)
CHANGE_COLUMNS = ["holding", "month", "tier_step", "seat_step", "price_step", "why"]


def draw_changes(held: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per holding and month in which something changes, and why first of all.

    The reasons, strongest first: upgrade, more_seats, fewer_seats, merged_add_on, price_rise.
    """
    months = np.arange(EXPORT_FROM, REPORT_MONTH + 2)
    open_to = _open_to_change(held, months)
    anniversary = months[None, :] % 12 == held["anniversary"].to_numpy()[:, None]
    kinds = [
        _upgrades(held, open_to & ~anniversary, months, rng),
        _more_seats(held, open_to, months, rng),
        _fewer_seats(held, open_to, anniversary, months, rng),
        _price_rises(held, months),
    ]
    return pd.concat(kinds, ignore_index=True)


def merged_changes(changes: pd.DataFrame, add_ons: pd.DataFrame) -> pd.DataFrame:
    """Return at most one change per holding and month, add-ons joining their line at its renewal."""
    merged = add_ons.assign(
        month=add_ons["until"], tier_step=0, price_step=0.0, why="merged_add_on"
    )
    every = pd.concat([changes, merged[CHANGE_COLUMNS]], ignore_index=True)
    keys = every.groupby(["holding", "month"], as_index=False)
    return keys.agg(
        tier_step=("tier_step", "sum"),
        seat_step=("seat_step", "sum"),
        price_step=("price_step", "sum"),
        why=("why", "first"),
    )


def split_add_ons(changes: pd.DataFrame, held: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (changes of the line itself, add-ons): annual contracts buy seats as a second line.

    An add-on runs until the next anniversary, when the contract is renewed with its seats.
    """
    owner = held.loc[changes["holding"], ["annual", "anniversary", "exit"]].reset_index(drop=True)
    changes = changes.reset_index(drop=True)
    is_add_on = owner["annual"] & (changes["why"] == "more_seats")
    left = (owner["anniversary"] - changes["month"]) % 12
    add_ons = changes.assign(until=np.minimum(changes["month"] + left, owner["exit"]))
    renewed = add_ons["until"] < owner["exit"]
    add_ons = add_ons.assign(renewed=renewed)[is_add_on].reset_index(drop=True)
    return changes[~is_add_on].reset_index(drop=True), add_ons


def _open_to_change(held: pd.DataFrame, months: np.ndarray) -> np.ndarray:
    start, exits = held["start"].to_numpy()[:, None], held["exit"].to_numpy()[:, None]
    seats = (held["product"] != STORAGE).to_numpy()[:, None]
    return seats & (months > start + 2) & (months < exits - 1) & (months <= REPORT_MONTH)


def _drawn(
    open_to: np.ndarray, chance: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    return np.nonzero(open_to & (rng.random(open_to.shape) < chance))


def _rows(
    place: np.ndarray, month: np.ndarray, why: str, **steps: np.ndarray | float
) -> pd.DataFrame:
    rows = pd.DataFrame({"holding": place, "month": month, "why": why})
    return rows.assign(**{"tier_step": 0, "seat_step": 0, "price_step": 0.0, **steps})[
        CHANGE_COLUMNS
    ]


def _upgrades(
    held: pd.DataFrame, open_to: np.ndarray, months: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    below = (held["tier"].to_numpy() < len(TIERS) - 1)[:, None]
    place, column = _drawn(open_to & below, np.float64(UPGRADE), rng)
    rows = _rows(place, months[column], "upgrade", tier_step=1)
    return rows.drop_duplicates("holding")


def _more_seats(
    held: pd.DataFrame, open_to: np.ndarray, months: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    into_term = (months[None, :] - held["anniversary"].to_numpy()[:, None]) % 12
    inside = (into_term >= ADD_ON_OFFSETS[0]) & (into_term <= ADD_ON_OFFSETS[1])
    allowed = inside | ~held["annual"].to_numpy()[:, None]
    place, column = _drawn(open_to & allowed, np.float64(MORE_SEATS), rng)
    share = rng.uniform(0.12, 0.40, len(place))
    seats = np.maximum(np.rint(held["seats"].to_numpy()[place] * share), 1).astype("int64")
    return _rows(place, months[column], "more_seats", seat_step=seats)


def _fewer_seats(
    held: pd.DataFrame,
    open_to: np.ndarray,
    anniversary: np.ndarray,
    months: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    annual = held["annual"].to_numpy()[:, None]
    chance = np.where(annual, FEWER_SEATS_PER_TERM * anniversary, FEWER_SEATS)
    heavy = (months >= STRETCH[0]) & (months <= STRETCH[1] + 3)
    place, column = _drawn(open_to, chance * np.where(heavy, STRETCH_DOWNSELL, 1.0), rng)
    share = rng.uniform(0.10, 0.30, len(place))
    seats = np.maximum(np.rint(held["seats"].to_numpy()[place] * share), 1).astype("int64")
    rows = _rows(place, months[column], "fewer_seats", seat_step=-seats)
    return rows.drop_duplicates("holding")


def _price_rises(held: pd.DataFrame, months: np.ndarray) -> pd.DataFrame:
    until_renewal = (held["anniversary"] - PRICE_RISE_FROM) % 12
    month = np.where(held["annual"], PRICE_RISE_FROM + until_renewal, PRICE_RISE_MONTH)
    step = np.where(held["annual"], PRICE_RISE_ANNUAL, PRICE_RISE_MONTHLY)
    holds = (held["start"] <= month - 6) & (month < held["exit"]) & (held["product"] != STORAGE)
    place = np.flatnonzero(holds & (month <= months[-1]))
    return _rows(place, month[place], "price_rise", price_step=step[place])
