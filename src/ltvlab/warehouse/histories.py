"""Who holds a customer's history in which month: merges and parents as tables of ids (D04)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.errors import DataError, Problem
from ltvlab.sources.families import in_circles, tops

# Wider than every month there can be: an id that moves for all time.
EVER = (-(10**6), 10**6)
# (absorbed id, holder's id, first and last month number), as the attrs of a booked matrix have them.
Merges = tuple[tuple, ...]
HOLDERS = {"customer_id": "str", "holder": "str", "first": "int64", "last": "int64"}


def holders(merges: pd.DataFrame | None) -> pd.DataFrame:
    """Return who holds an absorbed customer's history: customer_id, holder, first, last.

    `first` and `last` are months since January 1970. From the month of its merge on, a customer's
    history is with the one it went into; where that one was merged too, with the last of them.
    """
    if merges is None:
        return pd.DataFrame(columns=list(HOLDERS)).astype(HOLDERS)
    direct = pd.DataFrame(
        {
            "customer_id": merges["customer_id"],
            "holder": merges["into_customer_id"],
            "first": merges["date"].dt.to_period("M").astype("int64"),
        }
    )
    steps = [direct]
    # As many turns as the longest chain of merges has links.
    while len(steps[-1]):
        steps.append(_one_further(steps[-1], direct))
    every = pd.concat(steps, ignore_index=True)
    # Where two links fall in one month, the later one of the chain holds the history.
    every = every.drop_duplicates(["customer_id", "first"], keep="last")
    every = every.sort_values(["customer_id", "first"], ignore_index=True)
    until = every.groupby("customer_id")["first"].shift(-1) - 1
    return every.assign(last=until.fillna(EVER[1])).astype(HOLDERS)


def _one_further(steps: pd.DataFrame, direct: pd.DataFrame) -> pd.DataFrame:
    onward = direct.set_axis(["holder", "next", "moved"], axis="columns")
    further = steps.merge(onward, on="holder", validate="many_to_one")
    return pd.DataFrame(
        {
            "customer_id": further["customer_id"],
            "holder": further["next"],
            "first": further[["first", "moved"]].max(axis="columns"),
        }
    )


def carried(
    before: np.ndarray, ids: pd.Index, months: pd.PeriodIndex, merges: Merges
) -> np.ndarray:
    """Return `before` with absorbed customers' amounts on the rows that hold their history by then.

    `before` has a row per id and a column per month: what was paid some time before that month.
    An amount stays where it is when its holder has no row: nobody goes on paying it.
    """
    if not merges:
        return before
    sources, held_by, first, last = (list(column) for column in zip(*merges, strict=True))
    row, to = ids.get_indexer(sources), ids.get_indexer(held_by)
    spans = np.array([first, last])[:, (row >= 0) & (to >= 0)]
    row, to = row[(row >= 0) & (to >= 0)], to[(row >= 0) & (to >= 0)]
    column = months.astype("int64").to_numpy()
    inside = (column >= spans[0][:, None]) & (column <= spans[1][:, None])
    moved = np.where(inside, before[row], 0)
    joined = before.copy()
    np.subtract.at(joined, row, moved)
    np.add.at(joined, to, moved)
    return joined


def group_ids(tables: Mapping[str, pd.DataFrame], *, grain: str) -> pd.Series:
    """Return the id that each customer is counted under as of the report month, by its own id.

    An absorbed customer is the one it went into; at grain `parent` everyone is the top of its
    chain of parents, which are known as they are today only, and so hold for all months.
    """
    customers, merges = tables["customers"], tables.get("merges")
    own = pd.Series(customers["customer_id"].to_numpy(), index=customers["customer_id"])
    if merges is not None and len(merges):
        own = _followed(own, merges.set_index("customer_id")["into_customer_id"])
    if grain == "company" or "parent_id" not in customers:
        return own
    named = customers[(own == own.index).to_numpy()].dropna(subset=["parent_id"])
    parents = named.set_index("customer_id")["parent_id"]
    # A parent that was merged itself is whoever it went into.
    parents = parents.map(own).fillna(parents)
    parents = parents[parents != parents.index]
    _require_no_circle(parents)
    return _followed(own, parents)


def _followed(own: pd.Series, above: pd.Series) -> pd.Series:
    return own if above.empty else own.map(tops(above)).fillna(own)


def _require_no_circle(parents: pd.Series) -> None:
    """Refuse parents that only merges close to a circle; all others were refused at intake."""
    problems = [
        Problem(
            id="E273",
            message="with the merges followed, the parents lead in a circle",
            table="customers",
            column="parent_id",
            value=f"{child} under {parents[child]}",
            fix="correct one parent of the circle, or the merge that closes it",
        )
        for child in in_circles(parents)
    ]
    if problems:
        raise DataError("Nobody stands at the top of a family of companies", problems)
