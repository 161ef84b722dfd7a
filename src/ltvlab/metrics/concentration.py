"""How much of a figure hangs on one customer: its range with any single one left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.metrics.histories import as_held_now
from ltvlab.metrics.movements import changes, moved_by_customer
from ltvlab.months import YEAR

HALF_YEAR, QUARTER = 6, 3
# Sums without one customer differ from sums with it by rounding alone.
NEARLY = 1e-12
COLUMNS = ("figure", "unit", "value", "lowest", "highest", "customer_id", "share_largest")


class LeaveOneOut(NamedTuple):
    """A ratio of sums, its lowest and highest value without any one customer, and who moves it most."""

    value: float
    lowest: float
    highest: float
    mover: str


def leave_one_out(above: pd.Series, below: pd.Series) -> LeaveOneOut:
    """Return Σ above ÷ Σ below and what it becomes when any single customer is left out.

    Both are per customer (same index), e.g. MRR now and twelve months ago. With fewer than two
    customers, or nothing to divide by, every figure is NaN and nobody moves it.
    """
    whole, parts = float(below.sum()), below.sum() - below.to_numpy()
    if len(below) < 2 or whole <= 0:
        return LeaveOneOut(np.nan, np.nan, np.nan, "")
    rest = above.sum() - above.to_numpy()
    without = np.divide(rest, parts, out=np.full(len(parts), np.nan), where=parts > 0)
    return swing(float(above.sum()) / whole, pd.Series(without, index=below.index))


def swing(value: float, without: pd.Series) -> LeaveOneOut:
    """Return the lowest and highest of a figure `without` each customer, and who moves it most.

    Where the figure is not defined without someone (who made all the losses, say), that customer
    is named and the range is empty. Nobody is named where nobody moves it.
    """
    lost = ~np.isfinite(without.to_numpy(dtype="float64"))
    if lost.any():
        return LeaveOneOut(value, np.nan, np.nan, str(without.index[lost.argmax()]))
    moved = np.abs(without.to_numpy() - value)
    mover = str(without.index[moved.argmax()]) if moved.max() > NEARLY * abs(value) else ""
    return LeaveOneOut(value, float(without.min()), float(without.max()), mover)


def largest_share(amounts: pd.Series) -> float:
    """Return the largest customer's share of a sum of amounts; NaN where there is none."""
    total = amounts.sum()
    return float(amounts.max() / total) if total > 0 else float("nan")


def book_concentration(
    mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return, per figure of the book, what it becomes without any single customer, and who moves it.

    Figures: mrr_growth (12 months), nrr, grr, revenue_churn (monthly, pooled over 12 months),
    quick_ratio (3-month sums) and churn ÷ new MRR over 6 and 12 months (D35). Columns figure,
    unit, value, lowest, highest, customer_id, share_largest (the largest customer's share of
    what is divided by). A figure that history does not allow has no row.
    """
    pairs = _pairs(mrr, opening, fx)
    rows = [_row(name, *pair) for name, pair in pairs.items()]
    table = pd.DataFrame([row for row in rows if np.isfinite(row["value"])], columns=list(COLUMNS))
    table.attrs = dict(mrr.attrs) | {"month": str(mrr.columns.max())}
    return table


def _pairs(
    mrr: pd.DataFrame, opening: pd.Series, fx: pd.DataFrame | None
) -> dict[str, tuple[pd.Series, pd.Series]]:
    """Return, per figure, what each customer adds above and below the line."""
    moves = changes(mrr, opening, fx=fx)

    def added(names: tuple[str, ...], months: int) -> pd.Series:
        moved = moved_by_customer(moves, mrr.index, months=months)
        return moved[list(names)].abs().sum(axis=1)

    losses, gains = ("churn", "contraction"), ("new", "expansion")
    pairs = {}
    if mrr.shape[1] > YEAR:
        held = as_held_now(mrr.to_numpy()[:, :-YEAR], mrr, lag=YEAR)[:, -1]
        then, last = pd.Series(held, index=mrr.index), mrr.iloc[:, -1]
        opened = pd.Series(moves.before[:, -YEAR:].sum(axis=1), index=mrr.index)
        kept = last.where(then > 0, 0.0)
        pairs |= {"mrr_growth": (last - then, then), "nrr": (kept, then)}
        pairs |= {
            "grr": (np.minimum(kept, then), then),
            "revenue_churn": (added(losses, YEAR), opened),
        }
    if mrr.shape[1] > QUARTER:
        pairs["quick_ratio"] = (added(gains, QUARTER), added(losses, QUARTER))
    for name, months in {"churn_to_new_6": HALF_YEAR, "churn_to_new_12": YEAR}.items():
        if mrr.shape[1] > months:
            pairs[name] = (added(("churn",), months), added(("new",), months))
    return pairs


def _row(name: str, above: pd.Series, below: pd.Series) -> dict:
    found = leave_one_out(above, below)
    unit = "number" if name == "quick_ratio" else "rate"
    shown = found._asdict()
    shown["customer_id"] = shown.pop("mover")
    return {"figure": name, "unit": unit, **shown, "share_largest": largest_share(below)}


def figures_in_words(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return a concentration table with each figure written in its own unit, for showing."""
    columns = ["value", "lowest", "highest"]
    shown = [
        [_shown(value, unit, table.attrs["currency"], language) for value in values]
        for unit, values in zip(table["unit"], table[columns].to_numpy(), strict=True)
    ]
    words = pd.DataFrame(shown, columns=columns, index=table.index)
    return table.assign(**{column: words[column] for column in columns})


def _shown(value: float, unit: str, currency: str, language: str) -> str:
    if np.isnan(value):
        return money.EMPTY
    if unit == "money":
        return money.money(value * 10 ** money.digits(currency), currency, language, compact=True)
    return (
        money.rate(value, language) if unit == "rate" else money.number(value, language, decimals=1)
    )
