"""What followed a month: who left, who pays less, and by how much what a customer pays changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.statistics.matching import Matched

# Of fewer cases in either group no figure is shown (D34).
FEWEST_CASES = 5
FEWEST_EVENTS = 12
# Of a figure that stands beside the one a chapter judges: many looks would find something by chance.
BESIDE = "beside"
# All teams or owners together.
EVERYONE = "everyone"


def followed(
    mrr: pd.DataFrame, customers: pd.Series, month: pd.Series, *, months: int
) -> pd.DataFrame:
    """Return left, pays_less (1 or 0) and change (minor units a month) of cases, on their index.

    A case is a customer and the number of a month whose end it is seen from. `left` is a month
    end without pay within the next `months`; `pays_less` and `change` hold the last of them
    against the start, a customer that left paying nothing. All are empty unless the customer paid
    at the start and all of the months lie inside the book.
    """
    amounts = mrr.to_numpy(dtype="float64")
    place = mrr.index.get_indexer(customers)
    start = month.to_numpy(dtype="int64") - _first(mrr)
    seen = (place >= 0) & (start >= 0) & (start + months < amounts.shape[1])
    cells = np.where(seen, start, 0)[:, None] + np.arange(months + 1)
    paid = np.zeros(cells.shape)
    paid[seen] = amounts[place[seen, None], cells[seen]]
    known = seen & (paid[:, 0] > 0)
    table = {
        "left": (paid[:, 1:] <= 0).any(axis=1),
        "pays_less": paid[:, -1] < paid[:, 0],
        "change": paid[:, -1] - paid[:, 0],
    }
    shown = pd.DataFrame(table, index=customers.index).astype("float64")
    shown.loc[~known] = np.nan
    return shown


def _first(mrr: pd.DataFrame) -> int:
    return mrr.columns[0].ordinal if mrr.shape[1] else 0


def with_enough(found: Matched) -> Matched:
    """Return the comparison, its figures empty where either group has fewer than five cases."""
    if min(found.n_first, found.n_second) >= FEWEST_CASES:
        return found
    return found._replace(
        mean_first=np.nan, mean_second=np.nan, difference=np.nan, low=np.nan, high=np.nan
    )


def verdict(low: float, high: float, events: int) -> str:
    """Return higher, lower or not_clear; insufficient under twelve events (D33)."""
    if events < FEWEST_EVENTS or not np.isfinite(low + high):
        return "insufficient"
    return "higher" if low > 0 else "lower" if high < 0 else "not_clear"
