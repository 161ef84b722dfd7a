"""What moved MRR: new, reactivation, expansion, contraction, churn, and the bridge they make.

One net movement per customer and month (D07, D08), at constant currency (D10); opening plus all
movements is closing to the last 1/1024 of a minor unit, or the run stops (D09).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.errors import DataError, Problem
from ltvlab.metrics.histories import as_held_now, began_before

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
# What a movement's number in `Changes.kind` stands for.
KINDS = ("none", *MOVEMENTS)
# So many customers at a time stay in the processor's cache; sums are exact in any order.
BLOCK = 8192
# A smaller change moves money but is no event of a customer.
HALF_A_MINOR_UNIT = 0.5


class Changes(NamedTuple):
    """The matrix seen from month to month: rows customers, columns months."""

    before: np.ndarray
    now: np.ndarray
    fx: np.ndarray
    kind: np.ndarray


def changes(mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None) -> Changes:
    """Return each customer-month's MRR before and now, its currency effect, and its movement.

    `opening` marks the customers that started before the first month: they open the bridge with
    what they pay in it, and are never new. From the month of a merge on, what the absorbed customer
    paid before counts as paid by the one that remains, so that neither of them moves by it (D04).
    """
    now = mrr.to_numpy()
    began = began_before(mrr, opening)
    first = np.where(began[:, :1], now[:, :1], 0.0)
    before = np.hstack([first, now[:, :-1]])
    paid = np.logical_or.accumulate(before > 0, axis=1)
    ever = began | (as_held_now(paid.astype("int16"), mrr) > 0)
    before = as_held_now(before, mrr)
    effect = np.zeros_like(now)
    if fx is not None:
        known = fx.reindex(index=mrr.index, columns=mrr.columns).to_numpy()
        effect = np.where((before > 0) & (now > 0), known, 0.0)
    kind = movement_kinds(before, now - effect, was=before > 0, holds=now > 0, ever=ever)
    return Changes(before, now, effect, kind)


def movement_kinds(
    before: np.ndarray, now: np.ndarray, *, was: np.ndarray, holds: np.ndarray, ever: np.ndarray
) -> np.ndarray:
    """Return the number in `KINDS` of each step from `before` to `now`.

    `was` and `holds` say who is a customer before and after it, `ever` who had been one earlier.
    """
    # The order is part of the definition: a returner is tested before an expansion (V03).
    rules = {
        "new": ~was & holds & ~ever,
        "reactivation": ~was & holds,
        "churn": was & ~holds,
        "expansion": now > before,
        "contraction": now < before,
    }
    codes = [np.int8(KINDS.index(name)) for name in rules]
    return np.select(list(rules.values()), codes, default=np.int8(0))


def movement_table(
    mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per month: opening, the five movements, fx, closing, and paying customers.

    Money in minor units, losses negative. Raises DataError where the bridge does not close.
    """
    # A merge moves money between any two rows, so that a book with merges stays in one piece.
    size = len(mrr) + 1 if mrr.attrs.get("merges") else BLOCK
    blocks = [mrr.iloc[row : row + size] for row in range(0, len(mrr), size)]
    sums = sum(
        (_sums(changes(block, opening, fx=fx)) for block in blocks),
        np.zeros((len(KINDS) + 3, mrr.shape[1])),
    )
    names = ["opening", *MOVEMENTS, "fx", "closing", "customers"]
    table = pd.DataFrame({"month": mrr.columns} | dict(zip(names, sums, strict=True)))
    table = table.astype({"customers": "int64"})
    table.attrs = dict(mrr.attrs)
    _require_closed(table)
    return table


def _sums(block: Changes) -> np.ndarray:
    """Return opening, each movement, fx, closing and customers per month of one block."""
    before, now, effect, kind = block
    moved = now - effect - before
    movements = [(moved * (kind == KINDS.index(name))).sum(axis=0) for name in MOVEMENTS]
    rows = [
        before.sum(axis=0),
        *movements,
        effect.sum(axis=0),
        now.sum(axis=0),
        (now > 0).sum(axis=0),
    ]
    return np.array(rows)


def moved_by_customer(moves: Changes, index: pd.Index, *, months: int) -> pd.DataFrame:
    """Return per customer_id what each movement came to in the last `months`, losses negative."""
    moved = (moves.now - moves.fx - moves.before)[:, -months:]
    kind = moves.kind[:, -months:]
    sums = {name: (moved * (kind == KINDS.index(name))).sum(axis=1) for name in MOVEMENTS}
    return pd.DataFrame(sums, index=index)


def customer_counts(
    mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return, per month, how many customers made each movement, and how many paid before it."""
    before, now, effect, kind = changes(mrr, opening, fx=fx)
    counted = np.abs(now - effect - before) >= HALF_A_MINOR_UNIT
    table = pd.DataFrame({"month": mrr.columns, "opening": (before > 0).sum(axis=0)})
    for name in MOVEMENTS:
        table[name] = ((kind == KINDS.index(name)) & counted).sum(axis=0)
    return table


def _require_closed(table: pd.DataFrame) -> None:
    steps = table[["opening", *MOVEMENTS, "fx"]].sum(axis=1) - table["closing"]
    chained = table["opening"].iloc[1:].to_numpy() - table["closing"].iloc[:-1].to_numpy()
    residual = steps + np.concatenate([[0.0], chained])
    open_months = table.loc[residual != 0, "month"]
    if len(open_months):
        problems = [
            Problem(
                id="E272",
                message=f"opening plus movements misses closing by {residual[i]} minor units",
                value=str(month),
                fix="this is a fault of ltvlab: please report it with the month and the inputs",
            )
            for i, month in open_months.items()
        ]
        raise DataError("The MRR bridge does not close", problems)
