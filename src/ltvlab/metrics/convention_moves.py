"""The movements of each month as a tool books them: netted per customer and month, or per day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.convention_views import Book, View, rates_of, returns
from ltvlab.metrics.conventions import DAY, Conventions, snapshot_months
from ltvlab.metrics.movements import KINDS, MOVEMENTS, movement_kinds
from ltvlab.money import on_grid

COUNTED = {"joined": "new", "lost": "churn"}


def monthly_moves(book: Book, seen: View, conventions: Conventions) -> pd.DataFrame:
    """Return one row per month: the five movements, opening, opened, joined and lost customers.

    Losses are negative. By event, who joins and leaves within a month is counted on both sides
    (D12), and several changes of one customer on different days stand side by side (D08).
    """
    table = _netted(book, seen)
    if conventions.netting == "event" and len(book.months) > 1:
        # What happened within the first month is not known of those who opened it.
        table.iloc[1:, : len(MOVEMENTS) + len(COUNTED)] = _by_event(book, seen, conventions)[1:]
    return table


def _netted(book: Book, seen: View) -> pd.DataFrame:
    moved = seen.now - seen.effect - seen.before
    is_kind = {name: seen.kind == KINDS.index(name) for name in MOVEMENTS}
    sums = {name: (moved * is_kind[name]).sum(axis=0) for name in MOVEMENTS}
    counts = {name: is_kind[kind].sum(axis=0).astype("float64") for name, kind in COUNTED.items()}
    opening = {"opening": seen.before.sum(axis=0), "opened": seen.was.sum(axis=0)}
    return pd.DataFrame(sums | counts | opening, index=book.months)


def _by_event(book: Book, seen: View, conventions: Conventions) -> np.ndarray:
    events = _events(book, seen, conventions)
    column, kind = events["column"].to_numpy(), events["kind"].to_numpy()
    cell = column * len(KINDS) + kind
    size = len(book.months) * len(KINDS)
    moved, count = (
        np.bincount(cell, weights=weights, minlength=size).reshape(-1, len(KINDS))
        for weights in (events["moved"].to_numpy(), np.ones(len(events)))
    )
    amounts = [moved[:, KINDS.index(name)] for name in MOVEMENTS]
    counts = [count[:, KINDS.index(kind)] for kind in COUNTED.values()]
    return np.array(amounts + counts).T


def _events(book: Book, seen: View, conventions: Conventions) -> pd.DataFrame:
    """Return one row per customer and day on which its amount changed, with the kind of change."""
    days = _changes_by_day(book, seen, conventions)
    within = days.groupby(["customer", "column"])
    cell = (days["customer"].to_numpy(), days["column"].to_numpy())
    after = within["moved"].cumsum() + seen.before[cell]
    lines = within["line"].cumsum() + seen.lines_before[cell]
    before, lines_before = after - days["moved"], lines - days["line"]
    paid = (after > 0).groupby([days["customer"], days["column"]]).cummax()
    paid = paid.groupby([days["customer"], days["column"]]).shift(fill_value=False)
    ever = seen.ever[cell] | paid.to_numpy(dtype=bool) | (before > 0).to_numpy()
    was = (before > 0) | ((lines_before > 0) & ever)
    holds = (after > 0) | ((lines > 0) & ever)
    known = ever & ~_long_gone(days, seen, conventions)
    steps = (before.to_numpy(), after.to_numpy())
    kind = movement_kinds(*steps, was=was.to_numpy(), holds=holds.to_numpy(), ever=known)
    return days.assign(kind=kind.astype("int64"))


def _changes_by_day(book: Book, seen: View, conventions: Conventions) -> pd.DataFrame:
    """Return customer, day, column, moved and line: what began and ended on each day, netted."""
    rows = seen.stretches[["customer", "holding", "currency", "amount", "start", "end"]]
    starts = rows.assign(day=rows["start"], sign=1.0)
    ends = rows.assign(day=rows["end"], sign=-1.0)
    steps = pd.concat([starts, ends], ignore_index=True)
    first = book.months[0].ordinal
    steps["column"] = snapshot_months(steps["day"], conventions) - first
    steps = steps[steps["column"].between(1, len(book.months) - 1)]
    now, before = rates_of(steps["currency"], steps["column"] + first, book.rates)
    # As in the monthly bridge: at the opening rate what was held at the opening, else at this month's.
    held = seen.held[steps["holding"].to_numpy(), steps["column"].to_numpy()]
    value = on_grid(steps["amount"].to_numpy() * np.where(held, before, now))
    steps = steps.assign(moved=steps["sign"] * value, line=steps["sign"])
    keys = ["customer", "column", "day"]
    return steps.groupby(keys, as_index=False)[["moved", "line"]].sum()


def _long_gone(days: pd.DataFrame, seen: View, conventions: Conventions) -> np.ndarray:
    if conventions.returner_days is None:
        return np.zeros(len(days), dtype=bool)
    late = returns(seen.stretches)
    late = late[late["days"] > conventions.returner_days]
    there = pd.MultiIndex.from_arrays([late["customer"], late["start"].to_numpy().astype(DAY)])
    asked = pd.MultiIndex.from_arrays([days["customer"], days["day"].to_numpy().astype(DAY)])
    return asked.isin(there)
