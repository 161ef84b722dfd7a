"""Every change of a product's monthly amount on its day, summed by customer and month (D08).

The monthly matrix sees month ends only; here what rose and fell again between two of them is kept.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import month_number, on_grid, plus_days

CELL = ["customer_id", "product", "currency"]
BREAKS = ("start", "discount_end", "pause_start", "pause_end", "end")


def gross_moves(periods: ir.Table, panel: ir.Table, rates: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Return customer_id, month, up and down (negative): product amounts that rose and that fell.

    What changes on one day inside one product is netted, so that a renewal is its difference.
    Their sum over a customer-month is its change of MRR at constant currency (D10), exactly.
    """
    changed = _valued(_changes(periods, as_of=as_of), panel, rates)
    daily = changed.group_by([*CELL, "date"]).aggregate(amount=changed["amount"].sum())
    amount = daily["amount"]
    return daily.group_by("customer_id", month=month_number(daily["date"])).aggregate(
        up=ibis.greatest(amount, 0.0).sum(), down=ibis.least(amount, 0.0).sum()
    )


def _changes(periods: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Return each line's amount before and from each day on which it may change."""
    days = ibis.array([periods[name] for name in BREAKS]).unique()
    rows = periods.mutate(date=days).unnest("date")
    rows = rows.filter(rows["date"].notnull() & (rows["date"] <= ibis.literal(as_of)))
    return rows.select(
        *CELL,
        "date",
        now=_paid(rows, rows["date"]),
        before=_paid(rows, plus_days(rows["date"], -1)),
    )


def _paid(rows: ir.Table, day: ir.Value) -> ir.Value:
    """Return what a line pays on a day: nothing outside its dates or in a pause (D15)."""
    there = (rows["start"] <= day) & (day < rows["end"])
    over = (rows["discount_end"] <= day).fill_null(False)
    paused = (rows["pause_start"] <= day) & (day < rows["pause_end"]).fill_null(True)
    amount = ibis.ifelse(over, rows["list_amount"], rows["amount"])
    return ibis.ifelse(there & ~paused.fill_null(False), ibis.greatest(amount, 0.0), 0.0)


def _valued(changes: ir.Table, panel: ir.Table, rates: ir.Table) -> ir.Table:
    """Value each change at last month's rate where the customer paid in that currency then."""
    changes = changes.mutate(month=month_number(changes["date"]))
    now = rates.select("currency", "month", rate="rate")
    before = rates.select("currency", month=rates["month"] + 1, last_rate="rate")
    paid = panel.filter(panel["amount"] > 0)
    paid = paid.select("customer_id", "currency", month=paid["month"] + 1).distinct()
    paid = paid.mutate(paid_before=True)
    rows = changes.left_join(now, ["currency", "month"]).drop("currency_right", "month_right")
    rows = rows.left_join(before, ["currency", "month"]).drop("currency_right", "month_right")
    keys = ["customer_id", "currency", "month"]
    rows = rows.left_join(paid, keys).drop(*(f"{name}_right" for name in keys))
    current = rows["rate"].fill_null(1.0)
    rate = ibis.ifelse(
        rows["paid_before"].fill_null(False), rows["last_rate"].fill_null(current), current
    )
    return rows.select(
        *CELL, "date", amount=on_grid(rows["now"] * rate) - on_grid(rows["before"] * rate)
    )
