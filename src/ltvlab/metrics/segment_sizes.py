"""How many customers, and how much of the book, each group holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def group_sizes(customers: pd.DataFrame, by: str, *, order: Sequence[str]) -> pd.DataFrame:
    """Return `by`, customers, amount, share (of all amounts) and margin_12 of each group, in `order`.

    Money in minor units. A group without customers keeps its row; customers without a group
    have none, but stay in the total that shares refer to.
    """
    sums = customers.groupby(by, observed=True)[["amount", "ltv"]].sum(min_count=1)
    sums.insert(0, "customers", customers.groupby(by, observed=True).size())
    table = sums.reindex(list(order)).fillna(0.0).rename_axis(by).reset_index()
    table = table.rename(columns={"ltv": "margin_12"})
    total = customers["amount"].sum()
    share = table["amount"] / total if total > 0 else np.nan
    table.insert(3, "share", share)
    table.attrs = dict(customers.attrs)
    return table.astype({"customers": "int64"})
