"""The panel: customer × product × plan × currency × month, what was paid and what happened.

Every revenue figure of the project is a view of this one table. Money is in minor units of the
report currency on the exact grid; `month` is the number of months since January 1970.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.warehouse.columns import month_number, on_grid, with_columns

KEYS = ["customer_id", "product", "family", "plan", "currency", "month"]


def subscription_panel(
    periods: ir.Table,
    margins: ir.Table,
    rates: ir.Table,
    *,
    as_of: dt.date,
    unpaid: ir.Table | None = None,
) -> ir.Table:
    """Return one row per customer, product, plan, currency and month with recurring revenue.

    A month counts a period that is active on the month's last day, at the full monthly amount
    (D06); pauses count nothing (D15), nor does what is `unpaid` (customer, product, month) for
    too long; after a discount's end the list amount counts. Columns: amount,
    amount_at_last_rate, list_amount, annual_amount (on terms of 12 months or more), unconfirmed
    (carried without a renewal, D11), margin, seats; bridged, paused, past_due, ramp_step say that
    a part of the cell is so; `orders` is 0.
    """
    cells = _cells(periods, margins, rates, as_of=as_of, unpaid=unpaid)
    return cells.filter(cells["amount"] > 0)


def idle_cells(
    periods: ir.Table,
    margins: ir.Table,
    rates: ir.Table,
    *,
    as_of: dt.date,
    unpaid: ir.Table | None = None,
) -> ir.Table:
    """Return the cells that run on without pay, columns as the panel's: paused, past due or free.

    They are no revenue, but say why there is none (D14, D15).
    """
    cell = [name for name in KEYS if name != "month"]
    # Few lines ever pause, are free or past due; the others need not be counted a second time.
    idling = periods.filter((periods["amount"] <= 0) | periods["pause_start"].notnull())
    idling = idling.select(*cell).distinct()
    if unpaid is not None:
        owing = periods.semi_join(unpaid, ["customer_id", "product"])
        idling = idling.union(owing.select(*cell), distinct=True)
    some = periods.semi_join(idling, cell)
    cells = _cells(some, margins, rates, as_of=as_of, unpaid=unpaid)
    return cells.filter(cells["amount"] == 0)


def whole_panel(
    connection: Backend, *, basis: str, panel: str = "panel", idle: str = "idle"
) -> pd.DataFrame:
    """Return the panel as analyses read it: paid cells, idle ones, and which products are options."""
    paid = connection.table(panel)
    if basis == "orders":
        return paid.to_pandas()
    every = paid.union(connection.table(idle).select(*paid.columns))
    return every.left_join(connection.table("options"), "product").drop("product_right").to_pandas()


def _cells(
    periods: ir.Table,
    margins: ir.Table,
    rates: ir.Table,
    *,
    as_of: dt.date,
    unpaid: ir.Table | None,
) -> ir.Table:
    monthly = months_of(periods, as_of=as_of, unpaid=unpaid)
    converted = monthly.pipe(at_rates, rates)
    cells = converted.group_by(KEYS).aggregate(
        amount=converted["amount"].sum(),
        amount_at_last_rate=converted["amount_at_last_rate"].sum(),
        list_amount=converted["list_amount"].sum(),
        annual_amount=ibis.ifelse(converted["annual"], converted["amount"], 0.0).sum(),
        unconfirmed=ibis.ifelse(converted["unconfirmed"], converted["amount"], 0.0).sum(),
        seats=converted["seats"].sum(),
        orders=ibis.literal(0.0),
        bridged=converted["bridged"].any(),
        paused=converted["paused"].any(),
        past_due=converted["past_due"].any(),
        ramp_step=converted["ramp_step"].any(),
    )
    joined = cells.left_join(margins, cells["product"] == margins["product"]).drop("product_right")
    share = joined["gross_margin"].fill_null(1.0)
    return joined.mutate(margin=on_grid(joined["amount"] * share)).drop("gross_margin")


def order_panel(
    orders: ir.Table,
    families: ir.Table,
    margins: ir.Table,
    *,
    currency: str,
    digits: int,
    costed: bool,
) -> ir.Table:
    """Return one row per customer, product and month with order lines.

    Columns as the subscription panel's, with `orders` (by order id, else one per day) and
    `quantity`. With `costed` lines the margin is amount less cost; a line without a cost takes
    the cost share of its product's other lines, else that of all lines.
    """
    lines = with_columns(
        orders,
        order_id=("string", None),
        product=("string", "Unknown"),
        cost=("float64", None),
        quantity=("float64", 1.0),
    )
    day = lines["date"].cast("date")
    lines = lines.mutate(
        month=month_number(day),
        order=lines["order_id"].fill_null(day.cast("string")),
        amount=on_grid(lines["amount"] * 10.0**digits),
        cost=on_grid(lines["cost"] * 10.0**digits),
        product=lines["product"].fill_null("Unknown"),
    )
    lines = lines.left_join(families, "product").drop("product_right")
    lines = lines.left_join(margins, "product").drop("product_right")
    lines = _with_margin(lines, costed=costed)
    in_order = ibis.window(group_by=["customer_id", "month", "order"])
    lines = lines.mutate(
        # A share of an order per line, so that an order of three products is still one order.
        order_share=1.0 / lines["order"].count().over(in_order),
        family=lines["family"].fill_null(lines["product"]),
        plan=ibis.literal("Unknown"),
        currency=ibis.literal(currency),
    )
    return lines.group_by(KEYS).aggregate(
        amount=lines["amount"].sum(),
        amount_at_last_rate=lines["amount"].sum(),
        list_amount=lines["amount"].sum(),
        annual_amount=ibis.literal(0.0),
        margin=lines["margin"].sum(),
        quantity=lines["quantity"].sum(),
        orders=lines["order_share"].sum(),
    )


def credit_cells(invoices: ir.Table, rates: ir.Table, *, currency: str, digits: int) -> ir.Table:
    """Return customer, month and amount of refunds and credit notes, negative, as issued (D13).

    They move no MRR, but what a customer has really brought is net of them (V20).
    """
    lines = with_columns(invoices, kind=("string", "charge"), currency=("string", None))
    lines = lines.filter(lines["kind"].isin(["refund", "credit"]))
    lines = lines.mutate(
        month=month_number(lines["month"].cast("date")),
        currency=lines["currency"].fill_null(currency),
        amount=on_grid(lines["amount"] * 10.0**digits),
    )
    converted = lines.mutate(list_amount=lines["amount"]).pipe(at_rates, rates)
    return converted.group_by(["customer_id", "month"]).aggregate(credits=converted["amount"].sum())


def months_of(periods: ir.Table, *, as_of: dt.date, unpaid: ir.Table | None = None) -> ir.Table:
    """Return a row per period and month on whose last day it runs, up to `as_of`, and what it pays."""
    first = month_number(periods["start"])
    after = ibis.least(month_number(periods["end"]), month_number(ibis.literal(as_of)) + 1)
    rows = periods.mutate(month=ibis.range(first, after)).unnest("month")
    paused_to = month_number(rows["pause_end"]).fill_null(rows["month"] + 1)
    paused = (rows["month"] >= month_number(rows["pause_start"])) & (rows["month"] < paused_to)
    over = rows["month"] >= month_number(rows["discount_end"])
    rows = rows.mutate(
        amount=ibis.ifelse(over.fill_null(False), rows["list_amount"], rows["amount"]),
        paused=paused.fill_null(False),
        ramp_step=rows["ramp"] & (rows["month"] == month_number(rows["start"])),
    )
    rows = _with_past_due(rows, unpaid)
    # What pays nothing must count nothing else either, seats least of all.
    idle = rows["paused"] | rows["past_due"] | (rows["amount"] <= 0)
    nothing = {
        name: ibis.ifelse(idle, 0.0, rows[name]) for name in ("amount", "list_amount", "seats")
    }
    return rows.mutate(**nothing, bridged=rows["bridged"] & ~idle)


def _with_past_due(rows: ir.Table, unpaid: ir.Table | None) -> ir.Table:
    if unpaid is None:
        return rows.mutate(past_due=ibis.literal(False))
    keys = ["customer_id", "product", "month"]
    owing = unpaid.select(*keys, past_due=ibis.literal(True))
    rows = rows.left_join(owing, keys).drop(*(f"{name}_right" for name in keys))
    return rows.mutate(past_due=rows["past_due"].fill_null(False))


def at_rates(rows: ir.Table, rates: ir.Table) -> ir.Table:
    """Return `rows` in report currency, at this month's rate and at last month's (D10)."""
    now = rates.select("currency", "month", rate="rate")
    before = rates.select("currency", month=rates["month"] + 1, last_rate="rate")
    rows = rows.left_join(now, ["currency", "month"]).drop("currency_right", "month_right")
    rows = rows.left_join(before, ["currency", "month"]).drop("currency_right", "month_right")
    rate = rows["rate"].fill_null(1.0)
    return rows.mutate(
        amount=on_grid(rows["amount"] * rate),
        amount_at_last_rate=on_grid(rows["amount"] * rows["last_rate"].fill_null(rate)),
        list_amount=on_grid(rows["list_amount"] * rate),
    )


def _with_margin(lines: ir.Table, *, costed: bool) -> ir.Table:
    if not costed:
        share = lines["gross_margin"].fill_null(1.0)
        return lines.mutate(margin=on_grid(lines["amount"] * share))
    known = lines["cost"].notnull()
    product = ibis.window(group_by="product")
    share = lines["cost"].sum().over(product) / lines["amount"].sum(where=known).over(product)
    overall = lines["cost"].sum().over(ibis.window()) / lines["amount"].sum(where=known).over(
        ibis.window()
    )
    usual = share.fill_null(overall).fill_null(0.0)
    return lines.mutate(
        margin=lines["amount"] - lines["cost"].fill_null(on_grid(lines["amount"] * usual))
    )
