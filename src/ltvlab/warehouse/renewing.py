"""How long a contract line runs: renewed by itself, cancelled, replaced, or left at its notice."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import NEVER, month_number, plus_days, plus_months


def run_on(lines: ir.Table, *, gap_days: int) -> ir.Table:
    """Number the lines and set their `end`: a renewing one's when cancelled or replaced, or never."""
    lines = lines.mutate(line=ibis.row_number().over(order_by=_stable_order(lines)))
    named = _named_successors(lines)
    unnamed = _unnamed_successors(lines, gap_days=gap_days)
    lines = lines.left_join(named, "line").drop("line_right")
    lines = lines.left_join(unnamed, "line").drop("line_right")
    cancelled = lines["cancel_effective_date"].fill_null(NEVER)
    # Who names the line it replaces ends it, also where the old line is cancelled only later.
    stopped = ibis.least(cancelled, lines["named_start"].fill_null(NEVER))
    guessed = ibis.ifelse(stopped < NEVER, stopped, lines["unnamed_start"].fill_null(NEVER))
    fixed = ibis.least(lines["end_date"].fill_null(NEVER), cancelled)
    end = ibis.ifelse(lines["auto_renew"].fill_null(False), guessed, fixed)
    return lines.mutate(end=end)


def _stable_order(lines: ir.Table) -> list[ir.Value]:
    names = ("customer_id", "product", "start_date", "contract_id", "end_date", "amount", "plan")
    return [lines[name] for name in names]


def _named_successors(lines: ir.Table) -> ir.Table:
    after = lines.filter(lines["predecessor_id"].notnull() & (lines["predecessor_id"] != ""))
    first = after.group_by("predecessor_id").aggregate(named_start=after["start_date"].min())
    joined = lines.inner_join(first, lines["contract_id"] == first["predecessor_id"])
    return joined.filter(joined["named_start"] > joined["start_date"]).select("line", "named_start")


def _unnamed_successors(lines: ir.Table, *, gap_days: int) -> ir.Table:
    """Return, for auto-renewing lines, the first later line that starts about a term's end.

    "About" is `gap_days`, but at most a twelfth of the term: within a monthly line any start
    lies within 31 days of some term's end, and every seat add-on would end the line it adds to.
    """
    before = lines.filter(lines["auto_renew"].fill_null(False) & lines["end_date"].notnull())
    before = before.select("line", "customer_id", "product", "start_date", "end_date", "term")
    after = lines.select("customer_id", "product", next_start="start_date")
    pairs = before.inner_join(after, ["customer_id", "product"])
    pairs = pairs.filter(pairs["next_start"] > pairs["start_date"])
    months = month_number(pairs["next_start"]) - month_number(pairs["end_date"])
    steps = (months / pairs["term"]).round().cast("int64")
    term_end = plus_months(pairs["end_date"], ibis.greatest(steps, 0) * pairs["term"])
    distance = pairs["next_start"].delta(term_end, unit="day").abs()
    near = pairs.filter(distance <= ibis.least(gap_days, pairs["term"] * 365 // 144))
    return near.group_by("line").aggregate(unnamed_start=near["next_start"].min())


def dated_by_notice(lines: ir.Table, *, gap_days: int) -> ir.Table:
    """Return the lines with the end of each cancelled one moved back to the day of its notice.

    A notice after which the customer's next line of the product follows in time is a change of
    contract and no loss: such a line keeps the end of its paid service.
    """
    noticed = lines.filter(lines["cancel_notice_date"] < lines["end"])
    noticed = noticed.select("line", "customer_id", "product", "end", notice="cancel_notice_date")
    after = lines.select("customer_id", "product", next_start="start_date")
    pairs = noticed.inner_join(after, ["customer_id", "product"])
    follows = pairs["next_start"] > pairs["notice"]
    in_time = plus_days(pairs["next_start"], -gap_days) <= pairs["end"]
    continued = pairs.filter(follows & in_time).select("line").distinct()
    left = noticed.anti_join(continued, "line").select("line", "notice")
    lines = lines.left_join(left, "line").drop("line_right")
    end = ibis.least(lines["end"], lines["notice"].fill_null(NEVER))
    return lines.mutate(end=ibis.greatest(end, lines["start_date"])).drop("notice")


def term_end_on(lines: ir.Table, day: ir.Value) -> ir.Value:
    """Return the end of the term that `day` falls into, null for a line without an end date."""
    months = month_number(day) - month_number(lines["end_date"])
    steps = ibis.greatest((months / lines["term"]).ceil().cast("int64"), 0)
    return plus_months(lines["end_date"], steps * lines["term"])
