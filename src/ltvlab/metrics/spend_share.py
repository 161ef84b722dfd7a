"""How much of spend goes to existing customers, against the 40–60 % of the articles (D35c)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.customer_ledger import is_ledger
from ltvlab.months import YEAR

LEAST, MOST = 0.40, 0.60
MIDDLE = 0.50
KINDS = {"amount": "existing_share_cost", "hours": "existing_share_hours"}
# Which part of the band each first aim asks for; without one the whole band will do.
PARTS = {"retention": (MIDDLE, MOST), "expansion": (MIDDLE, MOST), "new": (LEAST, MIDDLE)}


class Split(NamedTuple):
    """The share of spend proposed for existing customers, and what moves for it (minor units, a year).

    `reason` is move_to_existing, move_to_new, as_it_is, already_beyond, or why there is none.
    """

    low: float
    high: float
    move_low: float
    move_high: float
    reason: str


def share_rows(mrr: pd.DataFrame, booked: pd.DataFrame) -> pd.DataFrame:
    """Return a row of cost and one of hours: the share spent on expansion and retention in a year.

    `booked` is of booked_spend. Columns as for the 30 % rule: the share is booked, so it has no
    range and no odds; `flip_amount` (cost only) is what would have to be spent on the other side
    for the verdict to turn: inside, below, above (40 % and 60 % are inside), or insufficient with
    what is `lacking`. Under fifty customers or twelve months the band is not applied.
    """
    rows = [
        {"rule": rule, "window_months": YEAR} | _judged(booked[column], _lacking(mrr, booked[column], booked["months"]), column)
        for column, rule in KINDS.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _lacking(mrr: pd.DataFrame, sums: pd.Series, months: pd.Series) -> str:
    small = "few_customers" if is_ledger(mrr) else "too_short" if mrr.shape[1] < YEAR else ""
    return unbooked(sums, months) or small


def unbooked(sums: pd.Series, months: pd.Series) -> str:
    """Return why no share can be read from a year's sums by purpose; `months` have any of them booked."""
    existing = sums[["expansion", "retention"]]
    partly = sums.isna() & (months > 0)
    reasons = {
        "no_spend": np.isnan(sums["acquisition"]) or existing.isna().all(),
        # One of two that nobody books at all is none; one with gaps would make a false share.
        "months_missing": bool(partly.any()),
        "nothing_spent": not sums.sum() > 0,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _judged(sums: pd.Series, lacking: str, column: str) -> dict[str, float | str]:
    empty = dict.fromkeys(("low", "high", "events", "probability", "flip_customers"), np.nan)
    empty |= {"value": np.nan, "threshold": np.nan, "flip_amount": np.nan}
    whole = sums.sum()
    if lacking in ("no_spend", "months_missing", "nothing_spent"):
        return empty | {"verdict": "insufficient", "lacking": lacking}
    kept = float(sums[["expansion", "retention"]].sum())
    value = kept / whole
    row = empty | {"value": value, "threshold": LEAST if value < MIDDLE else MOST}
    if lacking:
        return row | {"verdict": "insufficient", "lacking": lacking}
    turn = turning_amount(kept, whole) if column == "amount" else np.nan
    return row | {"flip_amount": turn, "verdict": place(kept, whole), "lacking": ""}


def place(kept: float, whole: float) -> str:
    """Return below, inside or above: where a share of spend lies; exactly 40 % and 60 % are inside."""
    # Multiplied out, so that an edge is met exactly.
    if 10 * kept < 4 * whole:
        return "below"
    return "above" if 10 * kept > 6 * whole else "inside"


def turning_amount(kept: float, whole: float) -> float:
    """Return the least money (whole minor units) that, spent on the other side, moves the share elsewhere.

    The sum of spend stays; one minor unit less leaves the verdict as it is.
    """
    least, most = (4 * whole - 10 * kept) / 10, (6 * whole - 10 * kept) / 10
    where = place(kept, whole)
    if where == "below":
        return float(np.ceil(least))
    if where == "above":
        return float(np.ceil(-most))
    return float(min(np.floor(most), np.floor(-least)) + 1)


def proposed_split(first: str, row: pd.Series, whole: float) -> Split:
    """Return the split proposed where `first` (retention, expansion, new, or hold) comes first.

    `row` is the share by cost of share_rows, `whole` the spend of twelve months. Who already
    spends beyond the band in the direction asked for is not asked to turn back.
    """
    if row["lacking"] or not first:
        return Split(np.nan, np.nan, np.nan, np.nan, row["lacking"] or "no_rule")
    low, high = PARTS.get(first, (LEAST, MOST))
    share = row["value"]
    beyond = share > MOST if first in ("retention", "expansion") else first == "new" and share < LEAST  # fmt: skip
    if beyond:
        return Split(np.nan, np.nan, np.nan, np.nan, "already_beyond")
    if low <= share <= high:
        return Split(low, high, np.nan, np.nan, "as_it_is")
    moves = sorted(abs(end - float(share)) * whole for end in (low, high))
    return Split(low, high, *moves, "move_to_existing" if share < low else "move_to_new")
