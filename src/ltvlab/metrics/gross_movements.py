"""What rose and what fell inside expansion and contraction, product by product and day by day (D08)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.months import month_range

COLUMNS = ["month", "gross_up", "gross_down", "net"]


def gross_movements(moves: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month: gross_up, gross_down (negative) and net, of customers that stayed.

    `moves` has customer_id, month (number), up and down. Counted are customers with MRR at both
    ends of the month, so that `net` is the bridge's expansion plus contraction: 100 → 180 → 130
    inside a month is 80 up and 50 down beside a net expansion of 30 (V04). The first month has
    no opening of its own and stays zero. Minor units; without months there are no rows.
    """
    if not mrr.shape[1]:
        return pd.DataFrame(columns=COLUMNS)
    there = mrr.to_numpy() > 0
    stayed = np.hstack([np.zeros((len(mrr), 1), dtype=bool), there[:, :-1] & there[:, 1:]])
    row = mrr.index.get_indexer(moves["customer_id"])
    column = moves["month"].to_numpy(dtype="int64") - mrr.columns[0].ordinal
    inside = (row >= 0) & (column >= 0) & (column < mrr.shape[1])
    counted = inside & stayed[np.where(inside, row, 0), np.where(inside, column, 0)]
    sums = moves[counted].groupby(column[counted])[["up", "down"]].sum()
    sums = sums.reindex(range(mrr.shape[1]), fill_value=0.0)
    table = pd.DataFrame(
        {
            "month": month_range(mrr.columns[0], mrr.columns[-1]),
            "gross_up": sums["up"],
            "gross_down": sums["down"],
            "net": sums["up"] + sums["down"],
        }
    )
    table.attrs = dict(mrr.attrs)
    return table
