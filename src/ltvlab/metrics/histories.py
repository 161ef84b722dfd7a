"""What was paid before a merge, as the customers of today count it (D04)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.warehouse.histories import carried

CELL = ["customer_id", "month", "family", "product", "plan", "currency"]
SUMS = ("amount", "amount_at_last_rate", "list_amount", "seats")
FLAGS = ("paused", "past_due", "ramp_step")


def as_held_now(before: np.ndarray, mrr: pd.DataFrame, *, lag: int = 0) -> np.ndarray:
    """Return earlier amounts per row and month of `mrr` on the rows that hold the history by then.

    `before` has the rows of `mrr` and its months from column `lag` on. Without merges in the attrs
    of `mrr` nothing moves.
    """
    return carried(before, mrr.index, mrr.columns[lag:], mrr.attrs.get("merges", ()))


def began_before(mrr: pd.DataFrame, opening: pd.Series) -> np.ndarray:
    """Return whether the history that a row of `mrr` holds by then began before the first month.

    A column per month where there are merges, else one column. `opening` marks the customers that
    began before, also those without a row: absorbed by then, or never paying at a month end since.
    """
    merges = mrr.attrs.get("merges", ())
    if not merges:
        return opening.reindex(mrr.index).to_numpy(dtype=bool)[:, None]
    ids = mrr.index.append(opening.index[opening].difference(mrr.index))
    own = opening.reindex(ids).to_numpy(dtype="int16")[:, None]
    every = np.repeat(own, mrr.shape[1], axis=1)
    return carried(every, ids, mrr.columns, merges)[: len(mrr)] > 0


def cells_as_held_now(cells: pd.DataFrame, merges: tuple) -> pd.DataFrame:
    """Return panel cells, each dated to the month it is seen from, under the ids of that month."""
    if not merges:
        return cells
    names = ["customer_id", "holder", "first", "last"]
    held = pd.DataFrame(list(merges), columns=names)
    # An id that was merged on and on has a row per holder; only one of them spans a month.
    pairs = cells.reset_index().merge(held, on="customer_id", validate="many_to_many")
    pairs = pairs[pairs["month"].between(pairs["first"], pairs["last"])].set_index("index")
    moved = cells.assign(
        customer_id=pairs["holder"].reindex(cells.index).fillna(cells["customer_id"])
    )
    summed = moved.groupby(CELL, as_index=False, dropna=False)[list(SUMS)].sum()
    flags = moved.groupby(CELL, as_index=False, dropna=False)[list(FLAGS)].any()
    return summed.merge(flags, on=CELL, validate="one_to_one")
