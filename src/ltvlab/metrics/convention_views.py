"""The book as a tool sees it: who pays what at each month's snapshot, under its conventions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.conventions import Conventions, paid_stretches, snapshot_months
from ltvlab.metrics.movements import movement_kinds
from ltvlab.money import on_grid


class Book(NamedTuple):
    """The contracts under every convention: periods, exchange rates, opening customers, months."""

    periods: pd.DataFrame
    rates: pd.DataFrame
    opening: pd.Series
    months: pd.PeriodIndex


class View(NamedTuple):
    """Customers × months under one set of conventions; money in minor units of report currency.

    `stretches` has a row per paid stretch with its `customer` and `holding` (customer and
    currency) as numbers; `held` says which holdings paid at the month's opening.
    """

    stretches: pd.DataFrame
    before: np.ndarray
    now: np.ndarray
    effect: np.ndarray
    lines_before: np.ndarray
    ever: np.ndarray
    was: np.ndarray
    holds: np.ndarray
    held: np.ndarray
    kind: np.ndarray
    margin: float


def view(book: Book, conventions: Conventions) -> View:
    """Return who pays what at every month's snapshot, and the net movement into it (D06–D10)."""
    stretches, customers = _numbered(paid_stretches(book.periods, conventions))
    rows = _rows(stretches, book, conventions)
    size = (len(customers), len(book.months))
    now, lines = (_sums(rows, name, "customer", size) for name in ("now", "line"))
    held, effect = _currency_effects(rows, stretches, size)
    started = book.opening.reindex(customers, fill_value=False).to_numpy(dtype=bool)[:, None]
    before, lines_before = _opening(now, started), _opening(lines, started)
    ever = started | np.logical_or.accumulate(before > 0, axis=1)
    was = (before > 0) | ((lines_before > 0) & ever)
    holds = (now > 0) | ((lines > 0) & (ever | (before > 0)))
    effect = np.where((before > 0) & (now > 0), effect, 0.0)
    long_gone = returned(stretches, conventions, size=size, first=book.months[0].ordinal)
    kind = movement_kinds(before, now - effect, was=was, holds=holds, ever=ever & ~long_gone)
    last = rows["column"] == size[1] - 1
    margin = float((rows["now"] * rows["gross_margin"])[last].sum())
    return View(stretches, before, now, effect, lines_before, ever, was, holds, held, kind, margin)


def _numbered(stretches: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index]:
    customer, customers = pd.factorize(stretches["customer_id"], sort=True)
    holding = stretches.groupby(["customer_id", "currency"]).ngroup()
    return stretches.assign(customer=customer, holding=holding.to_numpy()), pd.Index(customers)


def _rows(stretches: pd.DataFrame, book: Book, conventions: Conventions) -> pd.DataFrame:
    """Return one row per stretch and month that counts it, with its amount at both rates."""
    first, last = book.months[0].ordinal, book.months[-1].ordinal
    begin = np.maximum(snapshot_months(stretches["start"], conventions), first)
    after = np.minimum(snapshot_months(stretches["end"], conventions), last + 1)
    count = np.maximum(after - begin, 0)
    row = np.repeat(np.arange(len(stretches)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    rows = stretches.iloc[row].reset_index(drop=True)
    rows["column"] = begin[row] + nth - first
    now, before = rates_of(rows["currency"], rows["column"] + first, book.rates)
    amount = rows["amount"].to_numpy()
    return rows.assign(now=on_grid(amount * now), at_last=on_grid(amount * before), line=1.0)


def rates_of(
    currency: pd.Series, month: np.ndarray | pd.Series, rates: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exchange rate of each row's month, and of the month before (D10); 1 at home."""
    if rates.empty:
        return np.ones(len(currency)), np.ones(len(currency))
    known = rates.set_index(["currency", "month"])["rate"]
    keys = (pd.MultiIndex.from_arrays([currency, np.asarray(month) - back]) for back in (0, 1))
    now, before = (known.reindex(key).to_numpy() for key in keys)
    now = np.where(np.isnan(now), 1.0, now)
    return now, np.where(np.isnan(before), now, before)


def _sums(rows: pd.DataFrame, name: str, by: str, size: tuple[int, int]) -> np.ndarray:
    cell = rows[by].to_numpy() * size[1] + rows["column"].to_numpy()
    sums = np.bincount(cell, weights=rows[name].to_numpy(), minlength=size[0] * size[1])
    return sums.reshape(size)


def _opening(cells: np.ndarray, started: np.ndarray) -> np.ndarray:
    return np.hstack([np.where(started, cells[:, :1], 0.0), cells[:, :-1]])


def _currency_effects(
    rows: pd.DataFrame, stretches: pd.DataFrame, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return which holdings paid at each month's opening, and what rates changed per customer."""
    owner = stretches.drop_duplicates("holding").sort_values("holding")["customer"].to_numpy()
    holdings = (len(owner), size[1])
    now, at_last = (_sums(rows, name, "holding", holdings) for name in ("now", "at_last"))
    held = np.hstack([np.zeros((len(owner), 1)), now[:, :-1]]) > 0
    effect = np.zeros(size)
    np.add.at(effect, owner, np.where(held, now - at_last, 0.0))
    return held, effect


def returns(stretches: pd.DataFrame) -> pd.DataFrame:
    """Return one row per return of a customer: customer, start, end, and the gap in `days`."""
    rows = stretches[stretches["amount"] > 0].sort_values(["customer", "start", "end"])
    covered = rows.groupby("customer")["end"].cummax()
    until = covered.groupby(rows["customer"]).shift()
    spell = (rows["start"] > until).groupby(rows["customer"]).cumsum()
    spells = rows.assign(until=until).groupby(["customer", spell.rename("spell")], as_index=False)
    table = spells.agg(start=("start", "first"), end=("end", "max"), until=("until", "first"))
    table = table[table["until"].notna() & (table["start"] > table["until"])]
    days = table["start"].to_numpy().astype("datetime64[D]") - table["until"].to_numpy().astype(
        "datetime64[D]"
    )
    return table.assign(days=days.astype("int64"))


def returned(
    stretches: pd.DataFrame, conventions: Conventions, *, size: tuple[int, int], first: int
) -> np.ndarray:
    """Return where a customer comes back after more than `returner_days`: new to some tools (D09)."""
    marked = np.zeros(size, dtype=bool)
    if conventions.returner_days is None:
        return marked
    late = returns(stretches)
    late = late[late["days"] > conventions.returner_days]
    begin = snapshot_months(late["start"], conventions) - first
    after = snapshot_months(late["end"], conventions) - first
    seen = (begin >= 0) & (begin < size[1]) & (after > begin)
    marked[late["customer"].to_numpy()[seen], begin[seen]] = True
    return marked
