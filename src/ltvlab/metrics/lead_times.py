"""How long a deal takes from its creation to its yes, by pipeline (J7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import FEWEST_CLOSED, pipeline_order
from ltvlab.statistics.survival import survival_curve


def lead_times(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return pipeline, won, open, median_days, low, high: days from creation to winning.

    Kaplan–Meier over won and open deals: open ones count as not yet won for as long as they are
    open, lost ones are left out, since they never were on their way to a yes. Empty where under
    five were won or half of the deals under watch are not won yet.
    """
    dated = book[book["created"].notna() & (book["outcome"] != "lost")]
    rows = [_row(name, dated[dated["pipeline"] == name], as_of)
            for name in pipeline_order(dated["pipeline"])]  # fmt: skip
    columns = ["pipeline", "won", "open", "median_days", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _row(name: str, deals: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, object]:
    won = (deals["outcome"] == "won") & deals["closed"].notna()
    days = (deals["closed"].fillna(as_of) - deals["created"]).dt.days.clip(lower=0)
    counts = {"pipeline": name, "won": int(won.sum()), "open": int((~won).sum())}
    if won.sum() < FEWEST_CLOSED:
        return counts
    # A day is added, since the curve lets nothing happen on day 0, where deals can be won.
    curve = survival_curve(days.to_numpy() + 1, won.to_numpy())
    reached = {"median_days": "survival", "low": "low", "high": "high"}
    return counts | {column: _half_day(curve, of) for column, of in reached.items()}


def _half_day(curve: pd.DataFrame, column: str) -> float:
    """Return the first day on which a curve stands at half or below; NaN if it never does."""
    half = curve.loc[curve[column] <= 0.5, "age"]
    return float(half.iloc[0] - 1) if len(half) else np.nan
