"""When contracts come up for renewal: term ends, notice deadlines, and who has given notice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.months import month_number, plus_months

# A term that ended longer ago and was not renewed is a loss, no overdue renewal (D11).
OVERDUE_DAYS = 92
TERM_COLUMNS = (
    "contract_id", "customer_id", "product", "currency", "amount", "term_months", "term_end",
    "notice_deadline", "auto_renew", "overdue", "notice_given_at", "leaves_at",
)  # fmt: skip
# Lines that start alike on one day are told apart by their id, where they have one.
LINE = ["contract_id", "customer_id", "product", "start_date"]


def term_ends(
    contracts: pd.DataFrame, periods: pd.DataFrame, *, as_of: pd.Timestamp, inclusive_ends: bool
) -> pd.DataFrame:
    """Return one row per recurring line that runs on `as_of` or ended unrenewed shortly before.

    Columns contract_id, customer_id, product, amount (minor units a month, in `currency`),
    term_months, term_end (the last paid day of the term now running), notice_deadline, auto_renew, overdue
    (ended, and nothing of the product runs on), notice_given_at, leaves_at (the last paid day, where
    the notice is known). `periods` are the warehouse's: where it says that a line was replaced, it is over. Lines with neither an
    end nor a term have no row. Multi-year terms come due at their own end alone (D26).
    """
    lines = _recurring(contracts).merge(_running(periods), on=LINE, validate="many_to_one")
    day_after = lines["end_date"] + pd.Timedelta(days=int(inclusive_ends))
    # An open-ended line with a term is bound for that long, again and again.
    open_ended = lines["end_date"].isna()
    first_end = plus_months(lines["start_date"], lines["term_months"])
    day_after = day_after.where(~open_ended, first_end)
    lines["steps_on"] = lines["auto_renew"] | open_ended
    lines["term_months"] = lines["term_months"].fillna(_length(lines["start_date"], day_after))
    after = _next_term_end(day_after, lines, as_of)
    lines = lines.assign(
        term_end=after - pd.Timedelta(days=1),
        notice_given_at=lines["cancel_notice_date"].where(lines["cancel_notice_date"] <= as_of),
    )
    last_paid = lines["cancel_effective_date"] - pd.Timedelta(days=int(not inclusive_ends))
    lines["leaves_at"] = last_paid.where(lines["notice_given_at"].notna())
    over = (lines["runs_to"] <= as_of) | (lines["term_end"] < as_of)
    lines["overdue"] = _lapsed(lines, as_of) & ~_held_on(lines, over)
    notice = pd.to_timedelta(lines["notice_days"].fillna(0.0), unit="D")
    lines["notice_deadline"] = (lines["term_end"] - notice).where(lines["notice_days"].notna())
    kept = lines["term_end"].notna() & (~over | lines["overdue"])
    return lines.loc[kept, list(TERM_COLUMNS)].sort_values(
        ["term_end", "contract_id"], ignore_index=True
    )


def term_features(terms: pd.DataFrame) -> pd.DataFrame:
    """Return renewal_at, notice_deadline, auto_renew of the next term end, and notices, per customer_id.

    `renewal_overdue` marks customers with a term that ended and was not renewed.
    """
    # A month to month contract renews by itself: nothing to prepare.
    coming = (
        terms[~terms["overdue"] & (terms["term_months"] > 1)]
        .drop_duplicates("customer_id")
        .set_index("customer_id")
    )
    features = coming[["term_end", "notice_deadline", "auto_renew"]]
    features = features.rename(columns={"term_end": "renewal_at"})
    by_customer = terms.groupby("customer_id")
    others = by_customer.agg(
        renewal_overdue=("overdue", "any"),
        notice_given_at=("notice_given_at", "min"),
        leaves_at=("leaves_at", "min"),
    )
    return features.join(others, how="outer")


def _recurring(contracts: pd.DataFrame) -> pd.DataFrame:
    absent = {
        "end_date": pd.NaT, "cancel_notice_date": pd.NaT, "cancel_effective_date": pd.NaT,
        "notice_days": np.nan, "term_months": np.nan, "auto_renew": False, "product": "Unknown",
        "contract_id": "",
    }  # fmt: skip
    lines = contracts.assign(
        **{name: value for name, value in absent.items() if name not in contracts}
    )
    lines["auto_renew"] = lines["auto_renew"].fillna(False).astype("bool")
    lines["product"] = lines["product"].fillna("Unknown")
    lines["contract_id"] = lines["contract_id"].fillna("")
    if "kind" in lines:
        lines = lines[lines["kind"].fillna("recurring") == "recurring"]
    return lines.drop(columns=["amount", "currency"], errors="ignore")


def _running(periods: pd.DataFrame) -> pd.DataFrame:
    own = periods[~periods["bridged"]].rename(columns={"start": "start_date"})
    own = own.assign(
        start_date=own["start_date"].astype("datetime64[us]"),
        contract_id=own["contract_id"].fillna(""),
    )
    # Open ends lie beyond what a timestamp of nanoseconds can hold; years are enough here.
    ends = own.groupby(LINE, as_index=False).agg(
        runs_to=("end", "max"), amount=("amount", "max"), currency=("currency", "first")
    )
    return ends.assign(runs_to=ends["runs_to"].astype("datetime64[us]"))


def _next_term_end(day_after: pd.Series, lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Return the day after the term that runs on `as_of`; an auto-renewing line steps on by terms."""
    term = lines["term_months"].clip(lower=1)
    behind = as_of.to_period("M").ordinal - month_number(day_after)
    steps = np.ceil(behind / term).clip(lower=0).where(lines["steps_on"], 0)
    stepped = plus_months(day_after, steps * term)
    short = lines["steps_on"] & (stepped <= as_of)
    return plus_months(day_after, (steps + short) * term)


def _length(start: pd.Series, day_after: pd.Series) -> pd.Series:
    return (month_number(day_after) - month_number(start)).astype("float64")


def _lapsed(lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Return whether a term ended lately with neither a renewal by itself nor a cancellation."""
    ended = lines["term_end"].between(
        as_of - pd.Timedelta(days=OVERDUE_DAYS), as_of, inclusive="left"
    )
    return ended & ~lines["steps_on"] & lines["cancel_effective_date"].isna()


def _held_on(lines: pd.DataFrame, over: pd.Series) -> pd.Series:
    """Return whether another line of the customer's product runs on."""
    return (~over).groupby([lines["customer_id"], lines["product"]]).transform("any")
