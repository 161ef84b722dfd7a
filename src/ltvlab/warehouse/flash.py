"""The flash line: customers that joined and left between two month ends (D12)."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.money import digits
from ltvlab.warehouse.columns import month_number, on_grid, with_columns

KEYS = ["customer_id", "month"]
COLUMNS = {"month": "int64", "customers": "int64", "billed": "float64"}
# What tells the line's kind, and which kind is recurring, by where MRR comes from.
COUNTED = {"contracts": ("recurring", "start_date"), "invoices": ("charge", "service_start")}


def flash_by_month(connection: Backend, basis: str, currency: str) -> pd.DataFrame:
    """Return month (a number), customers and what they were billed (minor units), where there are any.

    A customer counts in a month within which it was paid for, without MRR at the month's end or at
    the end before. It was billed each line that starts in the month, once.
    """
    if basis not in COUNTED:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    seen = _in_and_out(connection.table("periods"), connection.table("panel"))
    billed = _billed(connection, basis, currency)
    rows = seen.left_join(billed, KEYS)
    table = rows.group_by("month").aggregate(
        customers=rows["customer_id"].nunique(), billed=rows["billed"].sum().fill_null(0.0)
    )
    return table.order_by("month").to_pandas().astype(COLUMNS)


def _in_and_out(periods: ir.Table, panel: ir.Table) -> ir.Table:
    month = month_number(periods["start"])
    brief = periods.filter(
        (periods["amount"] > 0)
        & (periods["end"] > periods["start"])
        & (month_number(periods["end"]) == month)
    )
    brief = brief.mutate(month=month_number(brief["start"])).select(*KEYS).distinct()
    at_end = panel.select(*KEYS).distinct()
    at_start = at_end.mutate(month=at_end["month"] + 1)
    return brief.anti_join(at_end, KEYS).anti_join(at_start, KEYS)


def _billed(connection: Backend, basis: str, currency: str) -> ir.Table:
    counted, dated = COUNTED[basis]
    lines = with_columns(
        connection.table(basis),
        kind=("string", counted),
        currency=("string", None),
        service_start=("date", None),
    )
    lines = lines.filter(lines["kind"].fill_null(counted) == counted)
    start = lines[dated].cast("date")
    start = start if basis == "contracts" else start.fill_null(lines["month"].cast("date"))
    rates = connection.table("rates")
    lines = lines.select(
        "customer_id",
        month=month_number(start),
        currency=lines["currency"].fill_null(currency),
        amount=on_grid(lines["amount"] * 10.0 ** digits(currency)),
    )
    priced = lines.left_join(rates, ["currency", "month"])
    amount = on_grid(priced["amount"] * priced["rate"].fill_null(1.0))
    return (
        priced.mutate(amount=amount)
        .group_by(KEYS)
        .aggregate(billed=lambda rows: rows["amount"].sum())
    )
