"""Invoice lines beside the contracts: when each was billed, which days it pays for, and for what."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import month_number, on_grid, with_columns
from ltvlab.warehouse.lines import with_monthly_amount, with_service_dates

CONTRACT_LINES = {"product": ("string", "Unknown"), "kind": ("string", "recurring")}
BILLED = (
    "customer_id", "product", "currency", "month", "start", "end", "amount", "monthly", "kind",
)  # fmt: skip


def billed_lines(
    invoices: ir.Table,
    contracts: ir.Table,
    *,
    inclusive_ends: bool,
    digits: int,
    currency: str,
) -> ir.Table:
    """Return one row per invoice line, half-open dates, money in minor units of its currency.

    `month` is the month billed, `amount` what was billed in it, `monthly` what the line costs a
    month of its service (D05). `kind` is credit (refunds too), one_time (billed as a one-time
    contract line of the customer is, in its month or the next), usage (a product of which the
    customer has usage lines only), or recurring.
    """
    lines = with_columns(invoices, product=("string", "Unknown"), currency=("string", None))
    lines = with_service_dates(lines, inclusive_ends=inclusive_ends).mutate(
        billing_period=ibis.literal("term"),
        list_amount=lines["amount"],
        term_months=ibis.null("float64"),
        product=lines["product"].fill_null("Unknown"),
        currency=lines["currency"].fill_null(currency),
        line=ibis.row_number(),
    )
    lines = with_monthly_amount(lines, digits=digits)
    lines = lines.mutate(month=month_number(lines["month"].cast("date")))
    kind = _with_kinds(lines, contracts)
    return kind.select(
        *[name for name in BILLED if name not in ("start", "end", "amount")],
        start=kind["start_date"],
        end=kind["end_date"],
        amount=on_grid(kind["amount"] * 10.0**digits),
    ).select(*BILLED)


def one_time_lines(contracts: ir.Table, *, digits: int) -> ir.Table:
    """Return customer_id, product, month and amount (minor units) of one-time contract lines."""
    lines = _contract_lines(contracts)
    lines = lines.filter(lines["kind"] == "one_time")
    return lines.select(
        "customer_id",
        "product",
        month=month_number(lines["start_date"].cast("date")),
        amount=on_grid(lines["amount"] * 10.0**digits),
    )


def _contract_lines(contracts: ir.Table) -> ir.Table:
    lines = with_columns(contracts, **CONTRACT_LINES)
    return lines.mutate(
        product=lines["product"].fill_null("Unknown"), kind=lines["kind"].fill_null("recurring")
    )


def _with_kinds(lines: ir.Table, contracts: ir.Table) -> ir.Table:
    signed = _contract_lines(contracts)
    pair = ["customer_id", "product"]
    once = signed.filter(signed["kind"] == "one_time")
    once = once.select(*pair, "amount", begun=month_number(once["start_date"].cast("date")))
    near = lines.inner_join(once, [*pair, "amount"])
    near = near.filter((near["month"] - near["begun"]).between(0, 1)).select("line").distinct()
    metered = signed.group_by(pair).aggregate(metered=(signed["kind"] == "usage").all())
    metered = metered.filter(metered["metered"])
    joined = lines.left_join(near.mutate(once=True), "line").drop("line_right")
    joined = joined.left_join(metered, pair)
    kind = ibis.cases(
        (joined["kind"].isin(["refund", "credit"]), "credit"),
        (joined["once"].fill_null(False), "one_time"),
        (joined["metered"].fill_null(False), "usage"),
        else_="recurring",
    )
    return joined.mutate(kind=kind)
