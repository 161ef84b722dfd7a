"""What contracts and bills say line by line, for notebooks: when due, what moved, what was billed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.loading import opened
from ltvlab.money import digits
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.warehouse.billed import billed_lines, one_time_lines
from ltvlab.warehouse.contract_lines import LINE_COLUMNS, contract_lines
from ltvlab.warehouse.moves import gross_moves
from ltvlab.warehouse.past_due import without_unpaid


def load_contract_lines(params: str, month: str) -> pd.DataFrame:
    """Return the recurring contract lines and when they come due; none where no contracts are brought.

    Columns as `contract_lines` gives them; the attrs say `gap_days`, how late a renewal may come.
    """
    settings = load_params(params)
    with opened(params, month) as (connection, book):
        if book["basis"] != "contracts":
            return pd.DataFrame(columns=list(LINE_COLUMNS))
        tables = [connection.table(name) for name in ("contracts", "families", "rates")]
        lines = contract_lines(
            *tables,
            month=parse_month(month).ordinal,
            inclusive_ends=settings.end_date_convention == "inclusive",
            gap_days=settings.gap_days,
            digits=digits(settings.currency),
            currency=settings.currency,
        ).to_pandas()
    lines.attrs = {"gap_days": settings.gap_days}
    return lines


def load_moves(params: str, month: str) -> pd.DataFrame:
    """Return customer_id, month (number), up and down: what rose and fell inside each month (D08).

    Minor units at constant currency; no rows for orders, which are no amount that could change.
    """
    with opened(params, month) as (connection, book):
        if book["basis"] == "orders":
            return pd.DataFrame(columns=["customer_id", "month", "up", "down"])
        panel, rates = (connection.table(name) for name in ("panel", "rates"))
        paid = _paid_periods(connection)
        return gross_moves(paid, panel, rates, as_of=last_day(parse_month(month))).to_pandas()


def load_periods(params: str, month: str) -> pd.DataFrame:
    """Return one row per stretch of time that a recurring line is paid for; empty for orders.

    Half-open dates, amounts in minor units of the line's currency and month, `gross_margin` of
    its product (1 where none is known), and when its end was announced (`notice`).
    """
    with opened(params, month) as (connection, book):
        if book["basis"] == "orders":
            return pd.DataFrame()
        periods = _paid_periods(connection).left_join(connection.table("margins"), "product")
        margin = periods["gross_margin"].fill_null(1.0)
        return periods.drop("product_right").mutate(gross_margin=margin).to_pandas()


def _paid_periods(connection: Backend) -> ir.Table:
    """Return the periods without what was past due, which the panel leaves out by month."""
    periods = connection.table("periods")
    if "unpaid" not in connection.list_tables():
        return periods
    cut = without_unpaid(periods.to_pandas(), connection.table("unpaid").to_pandas())
    return ibis.memtable(cut, schema=periods.schema())


def load_rates(params: str, month: str) -> pd.DataFrame:
    """Return currency, month (a number) and rate into report currency, for foreign currencies."""
    with opened(params, month) as (connection, book):
        if book["basis"] == "orders":
            return pd.DataFrame(columns=["currency", "month", "rate"])
        return connection.table("rates").to_pandas()


def load_billed(params: str, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the invoice lines, and the one-time lines of the contracts (D02).

    Both are empty unless the company brings contracts and invoices: only then there is
    something to reconcile.
    """
    settings = load_params(params)
    with opened(params, month) as (connection, book):
        tables = connection.list_tables()
        if book["basis"] != "contracts" or "invoices" not in tables:
            return pd.DataFrame(), pd.DataFrame()
        decimals = digits(settings.currency)
        contracts = connection.table("contracts")
        billed = billed_lines(
            connection.table("invoices"),
            contracts,
            inclusive_ends=settings.end_date_convention == "inclusive",
            digits=decimals,
            currency=settings.currency,
        )
        once = one_time_lines(contracts, digits=decimals)
        return billed.to_pandas(), once.to_pandas()
