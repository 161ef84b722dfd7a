"""The book as it was known at the end of an earlier month: nothing that came later is in it.

A forecast is only worth testing when it could have been made then. Rows, spells, ages and sizes
are therefore worked out again from the months up to the origin, never read from a customer table
that knows the end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.lifetimes import lifetimes
from ltvlab.money import digits
from ltvlab.months import YEAR, last_day


class Book(NamedTuple):
    """Monthly matrices of one company with the same rows and months, its customers, its order lines.

    `annual` is the part of `mrr` on terms of twelve months or more; `lines` are order lines
    (customer_id, date, amount), in minor units as everything else, or None.
    """

    mrr: pd.DataFrame
    margin: pd.DataFrame
    annual: pd.DataFrame
    customers: pd.DataFrame
    lines: pd.DataFrame | None

    @property
    def by_orders(self) -> bool:
        """Tell whether the months hold orders, not recurring revenue."""
        return self.mrr.attrs["basis"] == "orders"


class Known(NamedTuple):
    """What was known at the end of `origin`, one entry per customer that had paid by then.

    `paid`, `margin` and `annual` are customers × months up to the origin; `age` is in months,
    `size` the margin of the first month seen; `in_base` marks those whose next year is forecast:
    paying at the origin, or, with orders, all who ever bought. `spells` are lifetimes seen so far.
    """

    origin: pd.Period
    paid: np.ndarray
    margin: np.ndarray
    annual: np.ndarray
    age: np.ndarray
    size: np.ndarray
    in_base: np.ndarray
    spells: pd.DataFrame
    spell_rows: np.ndarray
    lines: pd.DataFrame | None
    by_orders: bool

    @property
    def base_margin(self) -> np.ndarray:
        """Return the margin of the last month known, for each customer of the base."""
        return self.margin[self.in_base, -1]


def book_of(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    annual: pd.DataFrame | None = None,
    lines: pd.DataFrame | None = None,
) -> Book:
    """Return the matrices with the rows and months of `mrr`, missing cells as nothing paid.

    `lines` come as the canonical table has them, in major units.
    """
    shape = {"index": mrr.index, "columns": mrr.columns}
    nothing = pd.DataFrame(0.0, **shape)
    filled = nothing if annual is None else annual.reindex(**shape).fillna(0.0)
    if lines is not None:
        lines = lines.assign(amount=lines["amount"] * 10.0 ** digits(mrr.attrs["currency"]))
    return Book(mrr, margin.reindex(**shape).fillna(0.0), filled, customers, lines)


def known_at(book: Book, months: int) -> Known:
    """Return what the first `months` columns of the book say, and no more."""
    seen = book.mrr.iloc[:, :months]
    # A row that pays only later is there because of the future, even with an early start date.
    rows = (seen > 0).any(axis=1).to_numpy()
    mrr, origin = seen[rows], seen.columns[-1]
    paid, margin = mrr.to_numpy(), book.margin.iloc[:, :months].to_numpy()[rows]
    first = (paid > 0).argmax(axis=1)
    start = pd.PeriodIndex(book.customers["start_month"].reindex(mrr.index)).astype("int64")
    spells = lifetimes(mrr, book.customers)
    return Known(
        origin=origin,
        paid=paid,
        margin=margin,
        annual=book.annual.iloc[:, :months].to_numpy()[rows],
        age=origin.ordinal - start.to_numpy(),
        size=margin[np.arange(len(margin)), first],
        in_base=np.ones(len(mrr), dtype=bool) if book.by_orders else paid[:, -1] > 0,
        spells=spells,
        spell_rows=mrr.index.get_indexer(spells.index),
        lines=_lines_until(book.lines, origin),
        by_orders=book.by_orders,
    )


def _lines_until(lines: pd.DataFrame | None, origin: pd.Period) -> pd.DataFrame | None:
    if lines is None:
        return None
    days = pd.to_datetime(lines["date"]).dt.normalize()
    return lines[days <= pd.Timestamp(last_day(origin))]


def booked_after(book: Book, months: int) -> float:
    """Return the margin that the base at the end of column `months` − 1 brought in the next twelve."""
    until = book.mrr.iloc[:, :months].to_numpy()
    base = (until > 0).any(axis=1) if book.by_orders else until[:, -1] > 0
    return float(book.margin.iloc[:, months : months + YEAR].to_numpy()[base].sum())
