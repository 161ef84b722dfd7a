"""Which customers are worth most: the top fifth, in all and within their start year (D27)."""

from __future__ import annotations

import math

import pandas as pd

TOP_SHARE = 0.2
FEWEST_MONTHS = 3


def top_customers(value: pd.Series, *, share: float = TOP_SHARE) -> pd.Series:
    """Return whether each customer belongs to the top `share` by `value`, ties at the cut included.

    The cut is the value of number ceil(share × n). Nobody is at the top of nobody (V15).
    """
    known = value.dropna()
    if known.empty:
        return pd.Series(False, index=value.index)
    # A fifth of 15 is 3, and 3.0000000000000004 in floats.
    place = math.ceil(round(share * len(known), 9))
    cut = known.sort_values(ascending=False).iloc[place - 1]
    return (value >= cut).fillna(False)


def top_within(value: pd.Series, group: pd.Series, *, share: float = TOP_SHARE) -> pd.Series:
    """Return the top `share` within each group, such as start year: raw value mostly ranks age."""
    parts = [top_customers(rows, share=share) for _, rows in value.groupby(group, sort=True)]
    return pd.concat(parts).reindex(value.index) if parts else top_customers(value, share=share)


def eligible(features: pd.DataFrame, *, fewest_months: int = FEWEST_MONTHS) -> pd.Series:
    """Return whether a customer paid in enough months to be ranked at all."""
    return features["active_months"] >= fewest_months
