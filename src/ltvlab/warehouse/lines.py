"""What a contract or invoice line says of itself: what it costs a month, and which days it covers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.columns import on_grid, plus_days, plus_months, whole_months, with_columns

# The months that one bill covers.
BILLED_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def with_service_dates(invoices: ir.Table, *, inclusive_ends: bool) -> ir.Table:
    """Return invoice lines with the half-open `start_date` and `end_date` of what they charge for.

    Without a service period a line covers `period_months` (default one) from its month on.
    """
    lines = with_columns(
        invoices,
        service_start=("date", None),
        service_end=("date", None),
        period_months=("float64", None),
        kind=("string", "charge"),
    )
    start = lines["service_start"].cast("date").fill_null(lines["month"].cast("date"))
    end = plus_days(lines["service_end"].cast("date"), int(inclusive_ends))
    months = lines["period_months"].fill_null(1).cast("int64")
    return lines.mutate(
        start_date=start,
        end_date=end.fill_null(plus_months(start, months)),
        kind=lines["kind"].fill_null("charge"),
    )


def with_monthly_amount(lines: ir.Table, *, digits: int) -> ir.Table:
    """Return half-open lines with what they cost a month (D05), and the length of their term."""
    length = whole_months(lines["start_date"], lines["end_date"])
    days = lines["end_date"].delta(lines["start_date"], unit="day").cast("float64")
    billing = lines["billing_period"]

    def monthly(amount: ir.Value) -> ir.Value:
        term = ibis.ifelse(length.notnull(), amount / length, amount / days * 365 / 12)
        cases = [(billing == name, amount / months) for name, months in BILLED_MONTHS.items()]
        cases += [(billing == "week", amount * 52 / 12), (billing == "day", amount * 365 / 12)]
        return on_grid(ibis.cases(*cases, else_=term) * 10.0**digits)

    billed_months = ibis.cases(
        *[(billing == name, months) for name, months in BILLED_MONTHS.items()], else_=0
    )
    term = lines["term_months"].cast("int64").fill_null(length).fill_null(billed_months)
    return lines.mutate(
        monthly=monthly(lines["amount"]),
        monthly_list=monthly(lines["list_amount"].fill_null(lines["amount"])),
        # Terms that are no whole months step on by the nearest number of them.
        term=ibis.greatest(term.fill_null((days * 12 / 365).round().cast("int64")), 1),
        annual=term >= 12,
    )
