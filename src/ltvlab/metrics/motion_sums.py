"""What expansion and new business won in twelve months, customer by customer (D08, D35b)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import KINDS, changes
from ltvlab.metrics.reasons import GROUPS
from ltvlab.metrics.values import recent_sums
from ltvlab.months import YEAR


class MotionSums(NamedTuple):
    """Per customer expansion_mrr, expansion (its margin a month), new_mrr, new, lost, opened.

    A loss is counted per `step` months opened: 1 for customers and months, 12 for yearly terms.
    `margin_now` is the gross margin of the last month (minor units).
    """

    each: pd.DataFrame
    step: int
    margin_now: float


def motion_sums(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    opening: pd.Series,
    reasons: pd.DataFrame,
    dues: pd.DataFrame,
) -> MotionSums | None:
    """Return what was won in the last twelve months; None with less history, or for orders.

    `reasons` is of customer_reasons. What was won earns the customer's margin of that month.
    `dues` (of due_contracts) is for a book on yearly terms: losses are then contracts not
    renewed; without rows they are customers.
    """
    if mrr.attrs["basis"] == "orders" or mrr.shape[1] <= YEAR:
        return None
    earned = margin.reindex(index=mrr.index, columns=mrr.columns).to_numpy()
    paid = mrr.to_numpy()
    share = np.divide(earned, paid, out=np.zeros_like(paid), where=paid > 0)
    kind = changes(mrr, opening).kind
    joined = np.where(kind == KINDS.index("new"), paid, 0.0)[:, -YEAR:]
    sold = _sold(mrr, reasons)
    each = pd.DataFrame(
        {
            "expansion_mrr": sold.sum(axis=1),
            "expansion": (sold * share[:, -YEAR:]).sum(axis=1),
            "new_mrr": joined.sum(axis=1),
            "new": (joined * share[:, -YEAR:]).sum(axis=1),
        },
        index=mrr.index,
    )
    losses = _contracts(dues, mrr) if len(dues) else recent_sums(mrr, margin)
    each = each.join(losses[["lost", "opened"]].astype("float64"))
    return MotionSums(each, YEAR if len(dues) else 1, float(np.nansum(earned[:, -1])))


def _sold(mrr: pd.DataFrame, reasons: pd.DataFrame) -> np.ndarray:
    """Return sales of more, customers × the last twelve months."""
    place = mrr.columns[-1].ordinal - reasons["month"].astype("int64")
    rows = reasons[reasons["reason"].isin(GROUPS["sales"]) & place.between(0, YEAR - 1)]
    sold = np.zeros((len(mrr), YEAR))
    column = YEAR - 1 - place.loc[rows.index].to_numpy(dtype="int64")
    np.add.at(sold, (mrr.index.get_indexer(rows["customer_id"]), column), rows["amount"].to_numpy())
    return sold


def _contracts(dues: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return contracts due and lost in twelve months per customer, those still pending left out."""
    ago = mrr.columns[-1].ordinal - dues["month"].astype("period[M]").astype("int64")
    settled = dues[dues["status"].ne("pending") & ago.between(0, YEAR - 1)]
    lost = settled["status"].eq("lost").astype("float64")
    counts = pd.DataFrame({"lost": lost, "opened": 1.0}).groupby(settled["customer_id"]).sum()
    return counts.reindex(mrr.index, fill_value=0.0)
