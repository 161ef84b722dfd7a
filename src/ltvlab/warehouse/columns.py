"""Small column expressions that the panel's modules share: months, dates, the money grid."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.money import GRID

# Open ends sort after every real date.
NEVER = ibis.date("9999-12-31")


def month_number(date: ir.Value) -> ir.Value:
    """Return months since January 1970 of a date."""
    return (date.year() - 1970) * 12 + date.month() - 1


def plus_months(date: ir.Value, months: ir.Value | int) -> ir.Value:
    """Return the date `months` later; the last day of a shorter month where the day is missing."""
    step = ibis.literal(1).as_interval("M") * months
    return (date + step).cast("date")


def plus_days(date: ir.Value, days: ir.Value | int) -> ir.Value:
    """Return the date `days` later."""
    return (date + ibis.literal(1).as_interval("D") * days).cast("date")


def whole_months(start: ir.Value, end: ir.Value) -> ir.Value:
    """Return the number of months from `start` to the exclusive `end`, null unless it is whole."""
    months = month_number(end) - month_number(start)
    return ibis.ifelse((months > 0) & (plus_months(start, months) == end), months, None)


def on_grid(minor: ir.Value) -> ir.Value:
    """Return minor units rounded to 1/1024, so that sums are exact in any order."""
    return (minor * GRID).round().cast("float64") / GRID


def with_columns(table: ir.Table, **defaults: tuple[str, object]) -> ir.Table:
    """Return `table` with each named column that it lacks, as (type, value)."""
    missing = {
        name: ibis.literal(value, type=kind)
        for name, (kind, value) in defaults.items()
        if name not in table.columns
    }
    return table.mutate(**missing) if missing else table
