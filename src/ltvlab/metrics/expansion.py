"""Which customers grew between two months, and by how much: what a score of potential is held to."""

from __future__ import annotations

import pandas as pd


def expansion_between(matrix: pd.DataFrame, since: pd.Period, until: pd.Period) -> pd.DataFrame:
    """Return opening and expanded (minor units) per customer_id that paid in `since`.

    `expanded` is what it pays more in `until`, 0 where it pays less or has left. Orders are
    compared as sums of as many months before each of the two as lie between them. No rows where
    the matrix does not reach back far enough.
    """
    orders = matrix.attrs.get("basis") == "orders"
    months = until.ordinal - since.ordinal if orders else 1
    first = since - (months - 1)
    if first not in matrix.columns or until not in matrix.columns:
        return pd.DataFrame({"opening": [], "expanded": []}, dtype="float64")
    opening, later = (_sum_to(matrix, end, months) for end in (since, until))
    table = pd.DataFrame({"opening": opening, "expanded": (later - opening).clip(lower=0.0)})
    return table[table["opening"] > 0]


def _sum_to(matrix: pd.DataFrame, end: pd.Period, months: int) -> pd.Series:
    return matrix.loc[:, end - (months - 1) : end].sum(axis=1)
