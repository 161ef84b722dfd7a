"""Contract and invoice lines as paid periods: half-open dates and an exact monthly amount."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import (
    NEVER,
    month_number,
    on_grid,
    plus_days,
    plus_months,
    whole_months,
    with_columns,
)

CONTRACT_COLUMNS = {
    "contract_id": ("string", ""),
    "end_date": ("date", None),
    "product": ("string", "Unknown"),
    "plan": ("string", "Unknown"),
    "seats": ("float64", None),
    "list_amount": ("float64", None),
    "currency": ("string", None),
    "term_months": ("float64", None),
    "auto_renew": ("boolean", False),
    "cancel_effective_date": ("date", None),
    "predecessor_id": ("string", None),
    "discount_end_date": ("date", None),
    "pause_start": ("date", None),
    "pause_end": ("date", None),
    "kind": ("string", "recurring"),
}
PERIOD_COLUMNS = (
    "customer_id", "product", "family", "plan", "currency", "start", "end", "amount",
    "list_amount", "seats", "annual", "discount_end", "pause_start", "pause_end", "bridged",
)  # fmt: skip
DATES = (
    "start_date",
    "end_date",
    "cancel_effective_date",
    "discount_end_date",
    "pause_start",
    "pause_end",
)


def contract_periods(
    contracts: ir.Table,
    families: ir.Table,
    *,
    inclusive_ends: bool,
    gap_days: int,
    digits: int,
    currency: str,
) -> ir.Table:
    """Return one row per stretch of time that a recurring contract line is paid for.

    Dates are half-open (D03); amounts are minor units per month on the exact grid (D05).
    Auto-renewing lines run on until cancelled or replaced, and gaps of at most `gap_days`
    between a line and its late renewal are bridged at the old amount (D11).
    """
    lines = running_lines(
        contracts, inclusive_ends=inclusive_ends, gap_days=gap_days, digits=digits
    )
    return lines.pipe(_as_periods, families, currency).pipe(_with_bridges, gap_days=gap_days)


def running_lines(
    contracts: ir.Table, *, inclusive_ends: bool, gap_days: int, digits: int
) -> ir.Table:
    """Return the recurring contract lines with their `monthly` amount, `term`, and `end`.

    The contracts' own dates become half-open (D03); `end` is where a line that renews itself is
    cancelled or replaced, or never (D11); `term` is in months.
    """
    lines = with_columns(contracts, **CONTRACT_COLUMNS)
    lines = lines.mutate(**{name: lines[name].cast("date") for name in DATES})
    lines = lines.filter(lines["kind"].fill_null("recurring") == "recurring")
    return (
        _half_open(lines, inclusive_ends=inclusive_ends)
        .pipe(_with_monthly_amount, digits=digits)
        .pipe(_run_on, gap_days=gap_days)
    )


def invoice_periods(
    invoices: ir.Table,
    families: ir.Table,
    *,
    inclusive_ends: bool,
    gap_days: int,
    digits: int,
    currency: str,
) -> ir.Table:
    """Return one row per service period that an invoice line charges for (D06).

    An invoice without a service period covers `period_months` (default one) from its month on.
    Refunds and credits move no MRR (D13).
    """
    lines = with_columns(
        invoices,
        service_start=("date", None),
        service_end=("date", None),
        period_months=("float64", None),
        kind=("string", "charge"),
    )
    lines = lines.filter(lines["kind"].fill_null("charge") == "charge")
    start = lines["service_start"].cast("date").fill_null(lines["month"].cast("date"))
    end = plus_days(lines["service_end"].cast("date"), int(inclusive_ends))
    months = lines["period_months"].fill_null(1).cast("int64")
    lines = lines.mutate(start_date=start, end_date=end.fill_null(plus_months(start, months)))
    return contract_periods(
        lines.drop("kind").mutate(
            billing_period=ibis.literal("term"), contract_id=ibis.literal("")
        ),
        families,
        inclusive_ends=False,
        gap_days=gap_days,
        digits=digits,
        currency=currency,
    )


def _half_open(lines: ir.Table, *, inclusive_ends: bool) -> ir.Table:
    day = int(inclusive_ends)
    ends = ("end_date", "cancel_effective_date", "discount_end_date", "pause_end")
    return lines.mutate(**{name: plus_days(lines[name], day) for name in ends})


def _with_monthly_amount(lines: ir.Table, *, digits: int) -> ir.Table:
    length = whole_months(lines["start_date"], lines["end_date"])
    days = lines["end_date"].delta(lines["start_date"], unit="day").cast("float64")
    per_month = {"month": 1.0, "quarter": 3.0, "half_year": 6.0, "year": 12.0}
    billing = lines["billing_period"]

    def monthly(amount: ir.Value) -> ir.Value:
        term = ibis.ifelse(length.notnull(), amount / length, amount / days * 365 / 12)
        cases = [(billing == name, amount / months) for name, months in per_month.items()]
        cases += [(billing == "week", amount * 52 / 12), (billing == "day", amount * 365 / 12)]
        return on_grid(ibis.cases(*cases, else_=term) * 10.0**digits)

    billed = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    billed_months = ibis.cases(
        *[(billing == name, months) for name, months in billed.items()], else_=0
    )
    term = lines["term_months"].cast("int64").fill_null(length).fill_null(billed_months)
    return lines.mutate(
        monthly=monthly(lines["amount"]),
        monthly_list=monthly(lines["list_amount"].fill_null(lines["amount"])),
        # Terms that are no whole months step on by the nearest number of them.
        term=ibis.greatest(term.fill_null((days * 12 / 365).round().cast("int64")), 1),
        annual=term >= 12,
    )


def _run_on(lines: ir.Table, *, gap_days: int) -> ir.Table:
    """Set the end of each line: where an auto-renewing one is cancelled or replaced, or never."""
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


def _as_periods(lines: ir.Table, families: ir.Table, currency: str) -> ir.Table:
    lines = lines.left_join(families, lines["product"] == families["product"]).drop("product_right")
    return lines.select(
        "customer_id",
        "product",
        family=lines["family"].fill_null(lines["product"]),
        plan=lines["plan"].fill_null("Unknown"),
        currency=lines["currency"].fill_null(currency),
        start=lines["start_date"],
        end=lines["end"],
        amount=lines["monthly"],
        list_amount=lines["monthly_list"],
        seats=lines["seats"],
        annual=lines["annual"].fill_null(False),
        discount_end=lines["discount_end_date"],
        pause_start=lines["pause_start"],
        pause_end=lines["pause_end"],
        bridged=ibis.literal(False),
    )


def _with_bridges(periods: ir.Table, *, gap_days: int) -> ir.Table:
    """Add a period over each short gap in a customer's family, at what ended where it begins."""
    if gap_days == 0:
        return periods
    paid = periods.filter((periods["amount"] > 0) & (periods["end"] > periods["start"]))
    family = {"group_by": ["customer_id", "family"], "order_by": ["start", "end"]}
    covered = paid.mutate(covered_to=paid["end"].max().over(ibis.cumulative_window(**family)))
    steps = covered.mutate(gap_start=covered["covered_to"].lag().over(ibis.window(**family)))
    length = steps["start"].delta(steps["gap_start"], unit="day")
    gaps = steps.filter((length > 0) & (length <= gap_days))
    gaps = gaps.select("customer_id", "family", "gap_start", gap_end="start").distinct()
    ended = paid.inner_join(
        gaps,
        [
            paid["customer_id"] == gaps["customer_id"],
            paid["family"] == gaps["family"],
            paid["end"] == gaps["gap_start"],
        ],
    )
    bridges = ended.mutate(
        start=ended["gap_start"], end=ended["gap_end"], bridged=ibis.literal(True)
    )
    return periods.select(*PERIOD_COLUMNS).union(bridges.select(*PERIOD_COLUMNS))
