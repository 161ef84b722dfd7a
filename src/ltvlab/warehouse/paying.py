"""What a company's tables say of when its recurring lines pay: periods, and what is past due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.money import digits
from ltvlab.params import Params
from ltvlab.warehouse.bridges import open_renewals, with_bridges, with_unconfirmed
from ltvlab.warehouse.cancelling import future_credits, per_month
from ltvlab.warehouse.engine import store
from ltvlab.warehouse.past_due import unpaid_cells
from ltvlab.warehouse.periods import contract_periods, invoice_periods


def store_periods(
    connection: Backend,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    basis: str,
    *,
    as_of: dt.date,
) -> None:
    """Write the table `periods`: the paid stretches of every recurring line, late renewals carried."""
    settings = {
        "inclusive_ends": params.end_date_convention == "inclusive",
        "digits": digits(params.currency),
        "currency": params.currency,
        "credits": _credits(connection, tables, params),
    }
    lines = [connection.table(name) for name in (basis, "families")]
    if basis == "contracts":
        switches = {
            "gap_days": params.gap_days,
            "paused": params.paused,
            "churn_timing": params.churn_timing,
        }
        stretches = contract_periods(*lines, **settings, **switches)
    else:
        stretches = invoice_periods(*lines, **settings)
    # Bridges look at the stretches several times over: written once, they are computed once.
    connection.create_table("stretches", obj=stretches)
    periods = with_bridges(connection.table("stretches"), gap_days=params.gap_days)
    periods = _with_open_renewals(connection, periods, tables, params, as_of)
    connection.create_table("periods", obj=periods)


def store_unpaid(
    connection: Backend,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    basis: str,
    *,
    as_of: dt.date,
) -> ir.Table | None:
    """Write and return the table `unpaid` (customer, product, month); None where nothing is past due."""
    if "invoices" not in tables:
        return None
    unpaid = unpaid_cells(
        tables["invoices"], tables[basis], past_due_days=params.past_due_days, as_of=as_of
    )
    if unpaid.empty:
        return None
    store(connection, {"unpaid": unpaid})
    return connection.table("unpaid")


def _credits(
    connection: Backend, tables: Mapping[str, pd.DataFrame], params: Params
) -> ir.Table | None:
    if "invoices" not in tables:
        return None
    inclusive = params.end_date_convention == "inclusive"
    credits = future_credits(tables["invoices"], currency=params.currency, inclusive_ends=inclusive)
    if credits.empty:
        return None
    store(connection, {"future_credits": credits})
    return per_month(connection.table("future_credits"), digits=digits(params.currency))


def _with_open_renewals(
    connection: Backend,
    periods: ir.Table,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    as_of: dt.date,
) -> ir.Table:
    if params.gap_days == 0 or "deals" not in tables:
        return periods
    renewals = open_renewals(tables["deals"], as_of=as_of)
    if renewals.empty:
        return periods
    store(connection, {"open_renewals": renewals})
    deals, families = (connection.table(name) for name in ("open_renewals", "families"))
    return with_unconfirmed(periods, deals, families, gap_days=params.gap_days, as_of=as_of)
