"""The wall of renewals: what comes due in the next twelve months, and what is already lost (D37)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.due_contracts import SHORTEST_TERM_MONTHS
from ltvlab.money import on_grid

MONTHS_AHEAD = 12
DEADLINE_DAYS = 90
CALENDAR_COLUMNS = (
    "month", "due", "auto_renewing", "notice_given", "committed_mrr", "contracts", "deadlines",
)  # fmt: skip
CELL = ["customer_id", "product"]


def term_amounts(terms: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return the terms with `mrr`: what each is of the customer's MRR in its product today.

    `held` is the matrix by customer and product in report currency. Where several lines of a
    product run, its MRR is split by their own amounts, so that the wall is never higher than the
    book. A term of which nothing is paid any more (a lapsed one) has none.
    """
    amount = terms["amount"].to_numpy(dtype="float64")
    keys = [terms["customer_id"], terms["product"]]
    share = amount / terms["amount"].astype("float64").groupby(keys).transform("sum")
    cells = held.iloc[:, -1].groupby(level=CELL).sum()
    paid = cells.reindex(pd.MultiIndex.from_frame(terms[CELL])).fillna(0.0).to_numpy()
    notice = terms["notice_given_at"].notna()
    leaves = terms["leaves_at"].fillna(terms["term_end"]).where(notice)
    mrr = on_grid(np.nan_to_num(share.to_numpy("float64")) * paid)
    return terms.assign(mrr=mrr, leaves=leaves.astype("datetime64[us]"))


def renewal_calendar(terms: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month, the report month and the twelve after it: what comes due, and what stays.

    Columns month, due (MRR whose term ends in the month), auto_renewing (of it, renews by itself
    and nobody gave notice), notice_given (of it, leaves), committed_mrr (closing MRR less known
    losses that show by then), contracts, deadlines (MRR whose notice deadline lies in the month).
    The report month holds only what ends on its last day: it is paid that day and still counts
    in closing MRR, and a loss known of it shows in the next month. Terms under two months are
    left out of all but committed_mrr. `terms` are those of `term_amounts`; no rows without any.
    """
    now = held.columns[-1]
    if terms.empty:
        return _dressed(pd.DataFrame(columns=list(CALENDAR_COLUMNS)), terms, held)
    months = pd.period_range(now, now + MONTHS_AHEAD, freq="M")
    as_of = now.end_time.normalize()
    bound = terms[(terms["term_months"] >= SHORTEST_TERM_MONTHS) & ~terms["overdue"].astype("bool")]
    leaving = bound["leaves"].notna()
    ahead = bound[bound["notice_deadline"] >= as_of]
    sums = {
        "due": _by_month(bound, "term_end", months),
        "auto_renewing": _by_month(
            bound[bound["auto_renew"].astype("bool") & ~leaving], "term_end", months
        ),
        "notice_given": _by_month(bound[leaving], "term_end", months),
        "deadlines": _by_month(ahead, "notice_deadline", months),
        "contracts": _by_month(bound.assign(mrr=1.0), "term_end", months).astype("int64"),
    }
    closing = float(held.iloc[:, -1].sum())
    gone = _gone(terms, months).cumsum()
    table = pd.DataFrame(sums | {"committed_mrr": closing - gone}).reset_index(names="month")
    return _dressed(table[list(CALENDAR_COLUMNS)], terms, held)


def _by_month(terms: pd.DataFrame, date: str, months: pd.PeriodIndex) -> pd.Series:
    month = terms[date].astype("datetime64[us]").dt.to_period("M")
    return terms["mrr"].groupby(month).sum().reindex(months, fill_value=0.0).astype("float64")


def _gone(terms: pd.DataFrame, months: pd.PeriodIndex) -> pd.Series:
    """Return the MRR known to be missing from each month's end on; none from the report month's."""
    leaving = terms[terms["leaves"].notna()]
    missing = leaving["leaves"] + pd.Timedelta(days=1)
    first = months[1].to_timestamp()
    return _by_month(leaving.assign(missing=missing.clip(lower=first)), "missing", months)


def _dressed(table: pd.DataFrame, terms: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Add what the whole calendar says: closing and committed MRR, and what is bound by no term."""
    closing = float(held.iloc[:, -1].sum()) if held.shape[1] else 0.0
    lost = float(terms.loc[terms["leaves"].notna(), "mrr"].sum()) if len(terms) else 0.0
    bound = terms[terms["term_months"] >= SHORTEST_TERM_MONTHS]["mrr"].sum() if len(terms) else 0.0
    table.attrs = dict(held.attrs) | {
        "closing": closing, "committed": closing - lost, "unbound": closing - float(bound),
        "leaving": int(terms.loc[terms["leaves"].notna(), "customer_id"].nunique()) if len(terms) else 0,
    }  # fmt: skip
    return table


def co_terms(terms: pd.DataFrame, *, currency: str) -> pd.DataFrame:
    """Return the customers whose terms end on several days, largest MRR first.

    Columns customer_id, contracts, ends (different days), first_end, last_end, mrr: one talk
    could bring them to one day. Month-to-month terms, overdue ones and those that leave do not count.
    """
    columns = ["customer_id", "contracts", "ends", "first_end", "last_end", "mrr"]
    if terms.empty:
        table = pd.DataFrame(columns=columns)
    else:
        bound = terms[(terms["term_months"] >= SHORTEST_TERM_MONTHS) & terms["leaves"].isna()]
        bound = bound[~bound["overdue"].astype("bool")]
        table = bound.groupby("customer_id").agg(
            contracts=("contract_id", "size"), ends=("term_end", "nunique"),
            first_end=("term_end", "min"), last_end=("term_end", "max"), mrr=("mrr", "sum"),
        )  # fmt: skip
        table = table[table["ends"] > 1].reset_index()
        table = table.sort_values(
            ["mrr", "customer_id"], ascending=[False, True], ignore_index=True
        )
    table.attrs = {"currency": currency}
    return table


def notice_deadlines(terms: pd.DataFrame, *, as_of: pd.Timestamp, currency: str) -> pd.DataFrame:
    """Return the terms whose notice deadline lies in the next 90 days, soonest first.

    Columns customer_id, about (the product), notice_deadline, term_end, auto_renew, mrr. Who gave notice is
    left out; after the deadline an auto-renewing term is bound for another one.
    """
    columns = ["customer_id", "about", "notice_deadline", "term_end", "auto_renew", "mrr"]
    if terms.empty:
        table = pd.DataFrame(columns=columns)
    else:
        days = (terms["notice_deadline"] - as_of).dt.days
        near = days.between(0, DEADLINE_DAYS) & terms["leaves"].isna()
        near &= ~terms["overdue"].astype("bool") & (terms["term_months"] >= SHORTEST_TERM_MONTHS)
        order = ["notice_deadline", "mrr", "customer_id"]
        near_terms = terms[near].rename(columns={"product": "about"})[columns]
        table = near_terms.sort_values(order, ascending=[True, False, True], ignore_index=True)
    table.attrs = {"currency": currency}
    return table
