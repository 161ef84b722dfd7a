"""Contract lines with the dates at which they come due, for whoever asks what was renewed (D26)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import NEVER, on_grid, plus_months, with_columns
from ltvlab.warehouse.periods import running_lines

LINE_COLUMNS = (
    "line", "contract_id", "predecessor_id", "customer_id", "family", "start", "end", "first_due",
    "repeats", "term", "cancelled", "amount", "list_amount", "discount_end",
)  # fmt: skip


def contract_lines(
    contracts: ir.Table,
    families: ir.Table,
    rates: ir.Table,
    *,
    month: int,
    inclusive_ends: bool,
    gap_days: int,
    digits: int,
    currency: str,
) -> ir.Table:
    """Return one row per paid recurring line: who, which family, from when to when, and when due.

    Dates are half-open; `end` is empty while the line runs on. `first_due` is the day after the
    original end, empty where a line has neither an end nor a term; `repeats` says that it comes
    due again at every `term` (months). Monthly amounts in minor units, other currencies at the
    rate of `month` throughout, so that exchange rates renew nothing.
    """
    lines = running_lines(
        with_columns(contracts, cancel_notice_date=("date", None)),
        inclusive_ends=inclusive_ends,
        gap_days=gap_days,
        digits=digits,
    )
    lines = lines.left_join(families, "product").drop("product_right")
    lines = _at_one_rate(lines, rates, month=month, currency=currency)
    lines = lines.filter((lines["amount"] > 0) | (lines["list_amount"] > 0))
    return _with_dues(lines).select(*LINE_COLUMNS)


def _at_one_rate(lines: ir.Table, rates: ir.Table, *, month: int, currency: str) -> ir.Table:
    lines = lines.mutate(currency=lines["currency"].fill_null(currency))
    now = rates.filter(rates["month"] == month).select("currency", "rate")
    lines = lines.left_join(now, "currency").drop("currency_right")
    rate = lines["rate"].fill_null(1.0)
    return lines.mutate(
        amount=on_grid(lines["monthly"] * rate), list_amount=on_grid(lines["monthly_list"] * rate)
    )


def _with_dues(lines: ir.Table) -> ir.Table:
    renews_itself = lines["auto_renew"].fill_null(False)
    # An auto-renewing line whose end is its cancellation says nothing of when it was due.
    stated = ibis.ifelse(
        renews_itself & (lines["end_date"] == lines["cancel_effective_date"]),
        ibis.null("date"),
        lines["end_date"],
    )
    by_term = ibis.ifelse(
        lines["term_months"].notnull(), plus_months(lines["start_date"], lines["term"]), None
    )
    first = lines["original_end_date"].fill_null(stated).fill_null(by_term)
    repeats = renews_itself | lines["original_end_date"].notnull() | lines["end_date"].isnull()
    return lines.mutate(
        family=lines["family"].fill_null(lines["product"]),
        start=lines["start_date"],
        end=lines["end"].nullif(NEVER),
        first_due=first,
        repeats=repeats.fill_null(False),
        cancelled=lines["cancel_effective_date"].notnull() | lines["cancel_notice_date"].notnull(),
        discount_end=lines["discount_end_date"],
    )
