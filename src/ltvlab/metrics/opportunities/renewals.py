"""Whose term ends soon, or ended and nobody renewed it (D37)."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    candidates,
    days_between,
    nothing,
)

LISTED_DAYS = 90
BEFORE_NOTICE_DAYS = 30


def renewals(book: Known) -> Listed:
    """Return contract terms that end within 90 days, or whose notice deadline is a month away.

    A term is listed from min(end − 90 days, notice deadline − 30 days) on; one that ended
    unrenewed, without a notice, is overdue. Month to month terms renew by themselves.
    """
    terms = book.terms[book.terms["term_months"] > 1]
    if terms.empty:
        return nothing({"with_term": 0})
    by_product = _by_product(terms)
    days = days_between(by_product["term_end"], book.as_of)
    alert = alert_days(by_product)
    coming = ~by_product["overdue"] & (days >= 0) & (alert <= book.as_of)
    late = by_product["overdue"] & by_product["notice_given_at"].isna()
    # Assigned before the choice: to a table without rows a column would bring its own.
    chosen = by_product.assign(days=days)[coming | late]
    funnel = {
        "with_term": terms["customer_id"].nunique(),
        "ends_soon": by_product.loc[coming, "customer_id"].nunique(),
        "overdue": by_product.loc[late, "customer_id"].nunique(),
    }
    return Listed(_rows(chosen, book), funnel) if len(chosen) else nothing(funnel)


def alert_days(terms: pd.DataFrame) -> pd.Series:
    """Return the day from which each term is listed."""
    by_end = terms["term_end"] - pd.Timedelta(days=LISTED_DAYS)
    by_notice = terms["notice_deadline"] - pd.Timedelta(days=BEFORE_NOTICE_DAYS)
    return pd.concat([by_end, by_notice], axis=1).min(axis=1)


def _by_product(terms: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer, product and whether overdue: what is at stake, the nearest dates."""
    keys = ["customer_id", "product", "overdue"]
    dates = {name: (name, "min") for name in ("term_end", "notice_deadline", "notice_given_at")}
    # Only what ends at the product's nearest end is at stake now.
    nearest = terms[terms["term_end"] == terms.groupby(keys)["term_end"].transform("min")]
    return nearest.groupby(keys, as_index=False).agg(
        mrr_delta=("amount", "sum"), auto_renew=("auto_renew", "all"), **dates
    )


def _rows(chosen: pd.DataFrame, book: Known) -> pd.DataFrame:
    plays = pd.Series("prepare_renewal", index=chosen.index)
    # Past the notice deadline an auto-renewing term can no longer be lost: it only wants thanks.
    bound = chosen["auto_renew"] & (chosen["notice_deadline"] < book.as_of)
    plays = plays.mask(bound, "confirm_renewal").mask(chosen["overdue"], "renew_overdue")
    plays = plays.mask(chosen["notice_given_at"].notna(), "hear_why")
    # Whoever renews by itself must be spoken to before it can no longer leave, others by the end.
    needed = chosen["notice_deadline"].where(chosen["notice_deadline"] >= book.as_of)
    needed = needed.fillna(chosen["term_end"]).where(~chosen["overdue"], book.as_of)
    rows = chosen.assign(play=plays, delta_basis="at_stake", needed_by=needed)
    return candidates(rows, _evidence(chosen, book))


def _evidence(chosen: pd.DataFrame, book: Known) -> list[tuple[Evidence, ...]]:
    notice = days_between(chosen["notice_deadline"], book.as_of)
    return [
        (
            Evidence("term_ended", row.term_end)
            if row.overdue
            else Evidence("term_ends", book.as_of, row.days),
            *((Evidence("notice_until", book.as_of, left),) if left >= 0 else ()),
            *((Evidence("notice_given", row.notice_given_at),) if _given(row) else ()),
        )
        for row, left in zip(chosen.itertuples(), notice, strict=True)
    ]


def _given(row: object) -> bool:
    return bool(pd.notna(row.notice_given_at))
