"""Ramped deals: one signed term, one line per step, the price of each step agreed at the start."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import month_number

# Steps of one deal have these in common.
DEAL = ["customer_id", "product", "plan", "currency", "term_months"]


def with_ramp_steps(lines: ir.Table) -> ir.Table:
    """Add `ramp`: the line is a later step of a signed term, and no renewal (D05).

    A step is shorter than its `term_months`, follows another such line of the product and plan
    on the very day it ends, and does not begin where a whole term since the first step is over.
    A line with a later `original_end_date` was signed for longer and changed: that is no step.
    """
    months = month_number(lines["end_date"]) - month_number(lines["start_date"])
    changed = (lines["original_end_date"] > lines["end_date"]).fill_null(False)
    short = (months < lines["term_months"]).fill_null(False) & ~changed
    lines = lines.mutate(short=short, begins=month_number(lines["start_date"]))
    order = {"group_by": [*DEAL, "short"], "order_by": ["start_date", "end_date", "line"]}
    before = lines["end_date"].lag().over(ibis.window(**order))
    follows = lines["short"] & (before == lines["start_date"]).fill_null(False)
    lines = lines.mutate(follows=follows)
    first = ibis.ifelse(lines["follows"], None, lines["begins"])
    first = first.max().over(ibis.cumulative_window(**order))
    inside = (lines["begins"] - first) % lines["term_months"].cast("int64") != 0
    ramp = (lines["follows"] & inside).fill_null(False)
    return lines.mutate(ramp=ramp).drop("short", "begins", "follows")
