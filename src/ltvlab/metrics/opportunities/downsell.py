"""Who pays for what it does not use and is at risk: a smaller plan, never a price cut (D36, S1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    Rules,
    candidates,
    nothing,
    paying,
)
from ltvlab.metrics.opportunities.prices import book_prices, plan_steps, seat_price
from ltvlab.months import month_number

MONTHS = 3


def downsell(book: Known, rules: Rules) -> Listed:
    """Return customers at risk whose highest used ÷ limit stayed under the threshold for three months.

    Fewer seats where seats are counted (as many as are used, at the upsell threshold), else the
    next smaller plan; without either nothing smaller is known and nobody is listed.
    """
    present = paying(book)
    shares = _shares(book)
    shares = shares[shares["customer_id"].isin(present.index)]
    idle = _idle(shares, rules)
    standing = loyalty_table(present)
    risky = standing.index[standing["loyalty"] == "at_risk"]
    chosen = idle[idle.index.isin(risky)]
    rows = _rows(chosen, standing, book, rules) if len(chosen) else pd.DataFrame()
    funnel = {
        "paying": len(present),
        "limit_known": shares["customer_id"].nunique(),
        "little_used": len(idle),
        "may_leave": len(chosen),
        "smaller_exists": len(rows),
    }
    return Listed(rows, funnel) if len(rows) else nothing(funnel)


def _shares(book: Known) -> pd.DataFrame:
    """Return the highest used ÷ limit per customer and month of the last three."""
    usage = book.tables.get("usage", pd.DataFrame())
    if "limit" not in usage:
        return pd.DataFrame(columns=["customer_id", "month", "share"])
    usage = usage.assign(month=month_number(usage["month"]), product=usage.get("product", ""))
    first = book.month.ordinal - MONTHS + 1
    recent = usage[usage["month"].between(first, book.month.ordinal) & (usage["limit"] > 0)]
    keys = ["customer_id", "month", "product", "metric"]
    sums = recent.groupby(keys, as_index=False)[["used", "limit"]].sum()
    sums = sums.assign(share=sums["used"] / sums["limit"])
    highest = sums.sort_values(["share", "product", "metric"], ascending=[False, True, True])
    return highest.drop_duplicates(["customer_id", "month"])


def _idle(shares: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the newest month's row of those that stayed under the threshold in all three."""
    under = shares[shares["share"] < rules.usage_under]
    months = under.groupby("customer_id")["month"].nunique()
    steady = months.index[months == MONTHS]
    newest = shares[shares["customer_id"].isin(steady)].sort_values(["customer_id", "month"])
    return newest.drop_duplicates("customer_id", keep="last").set_index("customer_id")


def _rows(chosen: pd.DataFrame, standing: pd.DataFrame, book: Known, rules: Rules) -> pd.DataFrame:
    prices = book_prices(book)
    seats = chosen["metric"] == "seats"
    spare = chosen["limit"] - np.ceil(chosen["used"] / rules.usage_over - 1e-9).clip(lower=1)
    fewer = -spare.clip(lower=0).where(seats) * seat_price(chosen["product"], prices)
    smaller = plan_steps(chosen["product"], prices, up=False)
    delta = fewer.fillna(smaller)
    rows = chosen.assign(
        play=np.where(fewer.notna(), "fewer_seats", "smaller_plan"),
        mrr_delta=delta,
        delta_basis=np.where(fewer.notna(), "own_price", "price_list"),
    )
    kept = rows[delta < 0]
    return candidates(kept, _evidence(kept, standing["reason"], book))


def _evidence(chosen: pd.DataFrame, reason: pd.Series, book: Known) -> list[tuple[Evidence, ...]]:
    last = book.month.end_time.normalize()
    return [
        (
            Evidence("little_used", last, row.used, row.limit, str(row.metric)),
            Evidence(f"risk_{reason[row.Index]}", last),
        )
        for row in chosen.itertuples()
    ]
