"""In which months a customer could decide to leave, and in which it did (D38): for hazards by month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.months import month_number

# A customer bound by a term decides in its last months, or at its end (ours).
DECIDING_MONTHS = 3
SHORTEST_TERM_MONTHS = 2


class Leaving(NamedTuple):
    """Customers × months: whether it could decide to leave in that month, and whether it did."""

    could: pd.DataFrame
    left: pd.DataFrame


def leaving_months(
    mrr: pd.DataFrame, contracts: pd.DataFrame | None = None, lines: pd.DataFrame | None = None
) -> Leaving:
    """Return when customers could leave and when they decided to, month by month.

    The decision counts in the month of the notice where `contracts` know it, else in the month in
    which nothing is paid any more. What follows a notice no longer counts, nor does a customer that
    has given notice and still pays. With contract `lines`, a customer bound by terms of two months
    or more can decide only in the three months before a term end and in the month after it.
    """
    paid = mrr.to_numpy() > 0
    lost = np.zeros_like(paid)
    lost[:, 1:] = paid[:, :-1] & ~paid[:, 1:]
    there = np.zeros_like(paid)
    there[:, 1:] = paid[:, :-1]
    left, after = _decided(_frame(lost, mrr), _notices(contracts))
    could = there & ~after & ~_given_notice(mrr, contracts)
    if lines is not None and len(lines):
        could &= _free(lines, mrr)
    return Leaving(_frame(could, mrr), _frame(left & could, mrr))


def _frame(values: np.ndarray, mrr: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(values, index=mrr.index, columns=mrr.columns)


def _notices(contracts: pd.DataFrame | None) -> pd.DataFrame:
    dates = ["cancel_notice_date", "cancel_effective_date"]
    if contracts is None or not set(dates) <= set(contracts):
        return pd.DataFrame({"customer_id": pd.Series(dtype="str"), "notice": [], "ends": []})
    known = contracts.dropna(subset=dates)
    notice, ends = (month_number(known[name]) for name in dates)
    return pd.DataFrame({"customer_id": known["customer_id"], "notice": notice, "ends": ends})


def _decided(lost: pd.DataFrame, notices: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the months of decision, and those between a decision and the loss that it became."""
    row, column = np.nonzero(lost.to_numpy())
    first = lost.columns[0].ordinal if len(lost.columns) else 0
    losses = pd.DataFrame(
        {
            "customer_id": lost.index[row],
            "row": row,
            "lost": column + first,
            "place": range(len(row)),
        }
    )
    known = losses.merge(notices, on="customer_id", validate="many_to_many")
    # A term that ends inside a month is lost in that month, one that ends with it in the next.
    own = known[(known["lost"] - known["ends"]).between(0, 1) & (known["notice"] <= known["lost"])]
    told = own.groupby("place")["notice"].max().reindex(losses["place"])
    decided = told.fillna(losses["lost"]).to_numpy().astype("int64") - first
    months = np.arange(lost.shape[1])
    left, after = np.zeros(lost.shape, dtype=bool), np.zeros(lost.shape, dtype=bool)
    inside = decided >= 0
    left[row[inside], decided[inside]] = True
    between = (months > decided[:, None]) & (months <= column[:, None])
    np.logical_or.at(after, row, between)
    return left, after


def _given_notice(mrr: pd.DataFrame, contracts: pd.DataFrame | None) -> np.ndarray:
    """Return the months from a notice on whose contract runs beyond the report month."""
    notices = _notices(contracts)
    last = mrr.columns[-1].ordinal
    open_ones = notices[notices["ends"] >= last].groupby("customer_id")["notice"].min()
    since = open_ones.reindex(mrr.index).to_numpy(dtype="float64")
    return _numbers(mrr)[None, :] >= np.where(np.isnan(since), np.inf, since)[:, None]


def _numbers(mrr: pd.DataFrame) -> np.ndarray:
    return np.array([month.ordinal for month in mrr.columns])


def _free(lines: pd.DataFrame, mrr: pd.DataFrame) -> np.ndarray:
    """Return the months in which a customer holds a line that binds it no longer, or has no line at all."""
    months = _numbers(mrr)[None, :]
    start, end, due = (_month(lines[name])[:, None] for name in ("start", "end", "first_due"))
    term = lines["term"].to_numpy(dtype="float64")[:, None]
    runs = (start <= months) & ~(end < months)
    ahead = due - months
    repeats = lines["repeats"].to_numpy(dtype="bool")[:, None] & (term > 0)
    ahead = np.where(repeats, np.mod(ahead, np.where(term > 0, term, 1.0)), ahead)
    unbound = np.isnan(due) | ~(term >= SHORTEST_TERM_MONTHS)
    free = runs & (unbound | ((ahead >= 0) & (ahead <= DECIDING_MONTHS)))
    by_customer = pd.DataFrame(free).groupby(lines["customer_id"].to_numpy()).any()
    return by_customer.reindex(mrr.index).fillna(True).astype("bool").to_numpy()


def _month(dates: pd.Series) -> np.ndarray:
    dates = pd.to_datetime(dates)
    return (dates.dt.year * 12 + dates.dt.month - 1 - 1970 * 12).to_numpy(dtype="float64")
