"""Every customer's quadrant at the last quarter ends, each quarter told what the one before held (D28)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.expansion import expansion_between
from ltvlab.metrics.potential import WEIGHTS, expansion_by_industry, potential_scores
from ltvlab.metrics.quadrants import QUADRANTS, moves, quadrants
from ltvlab.months import YEAR

COLUMNS = ("month", "customer_id", "ltv", "potential", "quadrant", "missing")


def active(features: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Return the customers that pay in the month of the features; orders: that bought in the year."""
    return features[features["revenue_12" if basis == "orders" else "mrr"] > 0]


def quadrant_history(
    history: Mapping[pd.Period, pd.DataFrame],
    matrix: pd.DataFrame,
    *,
    weights: Mapping[str, float] = WEIGHTS,
) -> pd.DataFrame:
    """Return month, customer_id, ltv, potential, quadrant and missing per quarter end and active customer.

    `history` holds the features at each quarter end, oldest first; `matrix` is monthly MRR or
    order revenue. `ltv` is the realised margin of twelve months (minor units), `potential` the
    score 0–100; without either the quadrant is empty. `missing` names the parts no score had.
    """
    quarters, before = [], None
    # One quarter after the other: where a customer is held depends on the quarter before.
    for month, features in history.items():
        there = active(features, matrix.attrs["basis"])
        scores = _scores(there, matrix, month, weights)
        before = quadrants(there["margin_12"], scores["score"], before=before)
        quarters.append(_rows(month, there, scores, before.quadrant))
    table = pd.concat(quarters, ignore_index=True) if quarters else pd.DataFrame(columns=COLUMNS)
    table.attrs = {"currency": matrix.attrs["currency"], "basis": matrix.attrs["basis"]}
    return table


def _scores(
    features: pd.DataFrame, matrix: pd.DataFrame, month: pd.Period, weights: Mapping[str, float]
) -> pd.DataFrame:
    grown = expansion_between(matrix, month - YEAR, month)
    industry = features["industry"].reindex(grown.index).fillna("Unknown")
    rate = expansion_by_industry(grown["expanded"], grown["opening"], industry)
    families = int(features["families"].max()) if len(features) else 0
    return potential_scores(features, families=families, expansion=rate, weights=weights)


def _rows(
    month: pd.Period, features: pd.DataFrame, scores: pd.DataFrame, quadrant: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": month,
            "customer_id": features.index,
            "ltv": features["margin_12"].to_numpy(),
            "potential": scores["score"].to_numpy(),
            "quadrant": quadrant.fillna("").to_numpy(),
            "missing": scores["missing"].to_numpy(),
        }
    )


def latest_moves(standings: pd.DataFrame) -> pd.DataFrame:
    """Return quadrant_before, quadrant_now, customers between the last two quarter ends.

    `new` and `gone` for who came and left; no rows with one quarter end only.
    """
    months = np.sort(standings["month"].unique())
    if len(months) < 2:
        return pd.DataFrame({"quadrant_before": [], "quadrant_now": [], "customers": []})
    before, now = (_quadrants_of(standings, month) for month in months[-2:])
    return moves(before, now).rename(columns={"before": "quadrant_before", "now": "quadrant_now"})


def moves_matrix(moved: pd.DataFrame) -> pd.DataFrame:
    """Return one row per quadrant before (and `new`), a column of customers per quadrant now (and `gone`)."""
    wide = moved.pivot(index="quadrant_before", columns="quadrant_now", values="customers")
    rows, columns = [*QUADRANTS, "new"], [*QUADRANTS, "gone"]
    wide = wide.reindex(index=rows, columns=columns).fillna(0).astype("int64")
    wide.columns.name = None
    return wide.reset_index() if len(moved) else wide.reset_index().iloc[:0]


def _quadrants_of(standings: pd.DataFrame, month: pd.Period) -> pd.Series:
    rows = standings[(standings["month"] == month) & (standings["quadrant"] != "")]
    return rows.set_index("customer_id")["quadrant"]
