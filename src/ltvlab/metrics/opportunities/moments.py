"""When and how to speak: the day a proposal must be on the table, and what a customer answers on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.opportunities.known import Known, Rules
from ltvlab.warehouse.features.touches import TALKS

# 予算算出: budgets are drawn up about three months before a fiscal year ends.
BUDGET_MONTHS_BEFORE = 3
FEWEST_CONTACTS = 3
BOOK_CONTACTS = 5


def propose_by(rows: pd.DataFrame, book: Known, rules: Rules) -> pd.Series:
    """Return the last day to propose: the earlier of budget month and deadline, less approval time.

    The budget month begins three months before the customer's fiscal year ends. Never before
    `as_of`: what should have been proposed already is due today. Empty where neither is known.
    """
    approval = pd.Timedelta(days=approval_days(book, rules))
    ends = book.features.get("fiscal_year_end_month", pd.Series(np.nan, book.features.index))
    budget = budget_days(ends.reindex(rows["customer_id"]).set_axis(rows.index), book, approval)
    deadline = pd.to_datetime(rows["needed_by"]) - approval
    first = pd.concat([budget, deadline], axis=1).min(axis=1)
    # An order is placed when it is needed, and no budget round decides on coming back.
    first = first.where(~rows["kind"].isin(["repeat"]), pd.NaT)
    return first.clip(lower=book.as_of).dt.normalize()


def budget_days(ends: pd.Series, book: Known, approval: pd.Timedelta) -> pd.Series:
    """Return the next budget month's first day less the approval time, not before `as_of`."""
    month = (ends - BUDGET_MONTHS_BEFORE - 1) % 12 + 1
    this_year = pd.to_datetime(
        {"year": book.as_of.year, "month": month.fillna(1).astype("int64"), "day": 1}
    )
    years = [this_year + pd.DateOffset(years=ahead) - approval for ahead in (0, 1, 2)]
    upcoming = years[2]
    for earlier in (years[1], years[0]):
        upcoming = upcoming.mask(earlier >= book.as_of, earlier)
    return upcoming.where(month.notna())


def approval_days(book: Known, rules: Rules) -> int:
    """Return the median days from negotiation to the end of won deals; 0 where nobody recorded it."""
    stages, deals = (book.tables.get(name, pd.DataFrame()) for name in ("deal_stages", "deals"))
    if stages.empty or not {"is_won", "close_date"} <= set(deals):
        return 0
    talks = stages[stages["stage"].str.contains(rules.negotiation, case=False, regex=True)]
    entered = talks.groupby("deal_id")["entered_at"].min()
    won = deals[deals["is_won"].fillna(False).astype("bool") & (deals["close_date"] <= book.as_of)]
    if won.empty or entered.empty:
        return 0
    days = (won["close_date"] - won["deal_id"].map(entered)).dt.days.dropna()
    days = days[days >= 0]
    return int(days.median()) if len(days) else 0


def best_channels(book: Known, rules: Rules) -> pd.Series:
    """Return per customer_id the channel with the best response rate, of those tried three times (I11).

    A customer's own rate is drawn towards the channel's over the whole book, as if five more
    contacts had gone as usual. Customers without three contacts on one channel are left out.
    """
    events = book.tables.get("events", pd.DataFrame())
    if not {"response", "channel"} <= set(events):
        return pd.Series(dtype="str")
    tried = events[events["kind"].isin(TALKS) & events["response"].notna()]
    tried = tried[(tried["at"] < book.as_of + pd.Timedelta(days=1)) & tried["channel"].notna()]
    silent = tried["response"].str.strip().str.fullmatch(rules.no_answer, case=False)
    tried = tried.assign(answered=~silent)
    usual = tried.groupby("channel")["answered"].mean()
    own = tried.groupby(["customer_id", "channel"])["answered"].agg(["sum", "size"]).reset_index()
    own = own[own["size"] >= FEWEST_CONTACTS]
    expected = BOOK_CONTACTS * own["channel"].map(usual)
    own = own.assign(rate=(own["sum"] + expected) / (own["size"] + BOOK_CONTACTS))
    ordered = own.sort_values(["customer_id", "rate", "channel"], ascending=[True, False, True])
    return ordered.drop_duplicates("customer_id").set_index("customer_id")["channel"]
