"""The headline figures of the report month under any conventions, from the same contracts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.convention_moves import monthly_moves
from ltvlab.metrics.convention_views import Book, View, view
from ltvlab.metrics.conventions import STATE, Conventions
from ltvlab.metrics.movements import MOVEMENTS
from ltvlab.money import on_grid
from ltvlab.months import YEAR
from ltvlab.statistics.likelihood import FEWEST_EVENTS

# Each figure and its unit.
FIGURES = {
    "mrr": "money", "customers": "count", "new_mrr": "money", "churned_mrr": "money",
    "logo_churn": "rate", "revenue_churn": "rate", "nrr": "rate", "grr": "rate", "ltv": "money",
}  # fmt: skip
HALF_YEAR = 6
# Rates on a grid of powers of two: differences and their parts then sum exactly in any order.
RATE_GRID = 2.0**40
Figures = dict[str, float]


def company_book(
    periods: pd.DataFrame, rates: pd.DataFrame, mrr: pd.DataFrame, customers: pd.DataFrame
) -> Book:
    """Return what every convention is applied to: the periods, over the months of the matrix."""
    return Book(periods, rates, customers["opening"], mrr.columns)


def headline(book: Book, conventions: Conventions, views: dict | None = None) -> Figures:
    """Return every figure of `FIGURES` for the last month; NaN where the data allow none.

    Money in minor units, `churned_mrr` negative, rates 0 to 1. `views` keeps what was computed
    for other conventions of the same book.
    """
    views = {} if views is None else views
    seen = _kept(
        views,
        ("view", *[getattr(conventions, name) for name in STATE], conventions.returner_days),
        lambda: view(book, conventions),
    )
    key = (id(seen), conventions.netting)
    moves = _kept(views, key, lambda: monthly_moves(book, seen, conventions))
    last = moves.iloc[-1]
    figures = {
        "mrr": seen.now[:, -1].sum(),
        "customers": float(seen.holds[:, -1].sum()),
        "new_mrr": last["new"],
        "churned_mrr": last["churn"],
        "logo_churn": _logo_churn(moves, conventions)[-1],
        "revenue_churn": _ratio(-(last["churn"] + last["contraction"]), last["opening"]),
        **_retention(seen, moves, conventions),
        "ltv": _value(seen, moves, conventions),
    }
    if len(moves) == 1:
        # Nothing could be lost in the first month.
        figures |= {"logo_churn": np.nan, "revenue_churn": np.nan}
    return {name: _on_its_grid(figures[name], unit) for name, unit in FIGURES.items()}


def _kept(views: dict, key: tuple, compute):
    if key not in views:
        views[key] = compute()
    return views[key]


def _on_its_grid(value: float, unit: str) -> float:
    if unit == "rate":
        return float(np.rint(value * RATE_GRID) / RATE_GRID)
    return float(on_grid(value))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _logo_churn(moves: pd.DataFrame, conventions: Conventions) -> np.ndarray:
    base = moves["opened"].to_numpy(dtype="float64")
    if conventions.churn_base == "opening_and_new":
        base = base + moves["joined"].to_numpy()
    lost = moves["lost"].to_numpy()
    return np.divide(lost, base, out=np.full(len(base), np.nan), where=base > 0)


def _retention(seen: View, moves: pd.DataFrame, conventions: Conventions) -> Figures:
    if len(moves) <= YEAR:
        return {"nrr": np.nan, "grr": np.nan}
    then, now = seen.now[:, -(YEAR + 1)], seen.now[:, -1]
    base = then.sum()
    if conventions.retention == "movements":
        sums = moves[list(MOVEMENTS)].tail(YEAR).sum()
        lost = sums["churn"] + sums["contraction"]
        won = sums["expansion"] + sums["reactivation"]
        return {"nrr": _ratio(base + lost + won, base), "grr": _ratio(base + lost, base)}
    kept = np.where(then > 0, now, 0.0)
    return {"nrr": _ratio(kept.sum(), base), "grr": _ratio(np.minimum(kept, then).sum(), base)}


def _value(seen: View, moves: pd.DataFrame, conventions: Conventions) -> float:
    """Return amount per customer ÷ monthly logo churn; NaN with fewer than ten losses in a year."""
    recent = moves.iloc[1:].tail(YEAR)
    if recent["lost"].sum() < FEWEST_EVENTS:
        return np.nan
    amount = seen.margin if conventions.margin else seen.now[:, -1].sum()
    each = _ratio(amount, seen.holds[:, -1].sum())
    return _ratio(each, _usual_churn(moves, conventions))


def _usual_churn(moves: pd.DataFrame, conventions: Conventions) -> float:
    after_first = moves.iloc[1:]
    if conventions.churn_window == "previous_6":
        before = after_first.iloc[:-1].tail(HALF_YEAR)
        rates = _logo_churn(before, conventions)
        return float(rates.mean()) if len(rates) == HALF_YEAR else np.nan
    recent = after_first.tail(YEAR)
    joined = recent["joined"].sum() if conventions.churn_base == "opening_and_new" else 0.0
    return _ratio(recent["lost"].sum(), recent["opened"].sum() + joined)
