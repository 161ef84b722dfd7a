"""Late renewals: short gaps carried at the old amount, and the ones nobody has confirmed yet (D11)."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd

from ltvlab.text import UNKNOWN
from ltvlab.warehouse.columns import month_number, on_grid

RENEWAL = ("renewal", "renewals", "更新")
PERIOD_COLUMNS = (
    "contract_id", "customer_id", "product", "family", "plan", "currency", "start", "end", "amount",
    "list_amount", "seats", "annual", "discount_end", "pause_start", "pause_end", "notice",
    "ramp", "cancelled", "bridged", "unconfirmed",
)  # fmt: skip


def with_bridges(periods: ir.Table, *, gap_days: int) -> ir.Table:
    """Add a period over each short gap in a customer's family, at what ended where it begins.

    With `gap_days` of 0 nothing is bridged: every gap is a loss and a return.
    """
    if gap_days == 0:
        return periods
    paid = _paid(periods)
    family = {"group_by": ["customer_id", "family"], "order_by": ["start", "end"]}
    covered = paid.mutate(covered_to=paid["end"].max().over(ibis.cumulative_window(**family)))
    steps = covered.mutate(gap_start=covered["covered_to"].lag().over(ibis.window(**family)))
    length = steps["start"].delta(steps["gap_start"], unit="day")
    gaps = steps.filter((length > 0) & (length <= gap_days))
    gaps = gaps.select("customer_id", "family", "gap_start", gap_end="start").distinct()
    return _carried(periods, paid, gaps)


def open_renewals(deals: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """Return customer_id and product of the renewal deals that are neither won nor lost on `as_of`.

    A lost deal has a close date that has passed; an open one has none, or an expected one.
    """
    deals = deals.reindex(columns=["customer_id", "pipeline", "product", "is_won", "close_date"])
    renewal = deals["pipeline"].astype("str").str.strip().str.casefold().isin(RENEWAL)
    won = deals["is_won"].astype("boolean").fillna(False)
    closed = won | (pd.to_datetime(deals["close_date"]) <= pd.Timestamp(as_of))
    found = deals[renewal & ~closed & deals["customer_id"].notna()]
    found = found.assign(product=found["product"].astype("object").fillna(UNKNOWN))
    return found[["customer_id", "product"]].astype("str").drop_duplicates(ignore_index=True)


def with_unconfirmed(
    periods: ir.Table, renewals: ir.Table, families: ir.Table, *, gap_days: int, as_of: dt.date
) -> ir.Table:
    """Carry what ended at most `gap_days` before `as_of` while its renewal deal is still open.

    A line with a notice or a cancellation is lost, whatever the deal says.
    """
    tomorrow = ibis.literal(as_of + dt.timedelta(days=1))
    earliest = ibis.literal(as_of + dt.timedelta(days=1 - gap_days))
    paid = _paid(periods)
    last = paid.group_by(["customer_id", "family"]).aggregate(gap_start=paid["end"].max())
    # A gap of no day is none: what ends with `as_of` itself was still paid on it.
    gaps = last.filter((last["gap_start"] >= earliest) & (last["gap_start"] < tomorrow))
    gaps = gaps.semi_join(_renewing(renewals, families, gaps), ["customer_id", "family"])
    kept = paid.filter(~paid["cancelled"])
    return _carried(periods, kept, gaps.mutate(gap_end=tomorrow), unconfirmed=True)


def bridged_gaps(periods: ir.Table, rates: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Return one row per bridged gap: customer_id, family, gap_start, gap_end, amount, confirmed.

    `gap_end` is the first day paid again, or the day after `as_of` where nothing is confirmed;
    amounts are minor units of the report currency per month, at the rate of the gap's first month.
    """
    gaps = periods.filter(periods["bridged"] & (periods["start"] <= ibis.literal(as_of)))
    gaps = gaps.mutate(month=month_number(gaps["start"]))
    gaps = gaps.left_join(rates, ["currency", "month"])
    gaps = gaps.mutate(amount=on_grid(gaps["amount"] * gaps["rate"].fill_null(1.0)))
    gaps = gaps.group_by(
        ["customer_id", "family", gaps["start"].name("gap_start"), gaps["end"].name("gap_end")]
    )
    return gaps.aggregate(
        amount=lambda gap: gap["amount"].sum(), confirmed=lambda gap: ~gap["unconfirmed"].any()
    ).order_by(["customer_id", "family", "gap_start"])


def _paid(periods: ir.Table) -> ir.Table:
    return periods.filter((periods["amount"] > 0) & (periods["end"] > periods["start"]))


def _renewing(renewals: ir.Table, families: ir.Table, gaps: ir.Table) -> ir.Table:
    """Return customer and family of open renewals; a deal without a product means every family."""
    deals = renewals.left_join(families, "product").drop("product_right")
    named = deals.filter(deals["product"] != UNKNOWN)
    named = named.select("customer_id", family=named["family"].fill_null(named["product"]))
    unnamed = deals.filter(deals["product"] == UNKNOWN).select("customer_id").distinct()
    every = gaps.select("customer_id", "family").semi_join(unnamed, "customer_id")
    return named.union(every)


def _carried(
    periods: ir.Table, paid: ir.Table, gaps: ir.Table, *, unconfirmed: bool = False
) -> ir.Table:
    ended = paid.inner_join(
        gaps,
        [
            paid["customer_id"] == gaps["customer_id"],
            paid["family"] == gaps["family"],
            paid["end"] == gaps["gap_start"],
        ],
    )
    bridges = ended.mutate(
        start=ended["gap_start"],
        end=ended["gap_end"],
        ramp=ibis.literal(False),
        bridged=ibis.literal(True),
        unconfirmed=ibis.literal(unconfirmed),
    )
    return periods.select(*PERIOD_COLUMNS).union(bridges.select(*PERIOD_COLUMNS))
