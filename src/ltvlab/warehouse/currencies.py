"""Money in several currencies: what rates changed, and today's book at the rates of a year ago (D10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.errors import DataError, Problem
from ltvlab.money import on_grid
from ltvlab.months import YEAR, from_month_number
from ltvlab.warehouse.histories import Merges, carried
from ltvlab.warehouse.matrix import monthly_matrix


def require_rates(connection: Backend, *, currency: str) -> None:
    """Refuse a panel with money of a month before its currency's first known rate."""
    if "rates" not in connection.list_tables():
        return
    panel, rates = connection.table("panel"), connection.table("rates")
    foreign = panel.filter(panel["currency"] != currency)
    without = foreign.anti_join(rates, ["currency", "month"])
    first = without.group_by("currency").aggregate(first=without["month"].min())
    problems = [
        Problem(
            id="E274",
            message=f"no exchange rate is known for {from_month_number([row.first])[0]}",
            table="fx_rates",
            column="rate",
            value=row.currency,
            fix="bring its rates from the first month that a line in it is paid for",
        )
        for row in first.order_by("currency").to_pandas().itertuples()
    ]
    if problems:
        raise DataError("Amounts in another currency cannot be converted", problems)


def fx_matrix(
    connection: Backend, panel: str, *, first: pd.Period, last: pd.Period, merges: Merges = ()
) -> pd.DataFrame:
    """Return what exchange rates changed, for currencies a customer paid in the month before (D10).

    With `merges`, what an absorbed customer paid in a currency its holder paid (D04).
    """
    now = _by_currency(connection, panel, "amount", first, last)
    at_last_rate = _by_currency(connection, panel, "amount_at_last_rate", first, last)
    currencies = now.index.unique("currency")
    each = tuple(
        ((source, currency), (holder, currency), *span)
        for source, holder, *span in merges
        for currency in currencies
    )
    before = now.shift(1, axis=1).fillna(0.0)
    paid_before = carried(before.to_numpy(), now.index, now.columns, each) > 0
    return (now - at_last_rate).where(paid_before, 0.0).groupby(level="customer_id").sum()


def at_year_ago_rates(
    connection: Backend, panel: str, *, first: pd.Period, last: pd.Period
) -> pd.DataFrame:
    """Return each customer's MRR, its currencies one by one at the rates of twelve months before.

    A currency without a rate then is valued at the first one known. Without foreign money this is
    the matrix of amounts itself.
    """
    rates = connection.table("rates").to_pandas() if "rates" in connection.list_tables() else None
    if rates is None or rates.empty:
        return monthly_matrix(
            connection.table(panel), by="customer_id", value="amount", first=first, last=last
        )
    amounts = _by_currency(connection, panel, "amount", first, last)
    values = on_grid(amounts.to_numpy() * _year_ago_to_now(rates, amounts))
    at_rates = pd.DataFrame(values, index=amounts.index, columns=amounts.columns)
    return at_rates.groupby(level="customer_id").sum()


def _by_currency(
    connection: Backend, panel: str, value: str, first: pd.Period, last: pd.Period
) -> pd.DataFrame:
    keys = ["customer_id", "currency"]
    return monthly_matrix(connection.table(panel), by=keys, value=value, first=first, last=last)


def _year_ago_to_now(rates: pd.DataFrame, amounts: pd.DataFrame) -> np.ndarray:
    """Return, per row and month of `amounts`, the rate of a year ago for one of now."""
    last = amounts.columns[-1].ordinal
    months = range(amounts.columns[0].ordinal - YEAR, last + 1)
    wide = rates.pivot(index="currency", columns="month", values="rate")
    wide = wide.reindex(columns=sorted({*wide.columns, *months})).bfill(axis="columns")
    now, then = wide[months[YEAR:]].to_numpy(), wide[months[:-YEAR]].to_numpy()
    ratio = pd.DataFrame(then / now, index=wide.index)
    return ratio.reindex(amounts.index.get_level_values("currency")).fillna(1.0).to_numpy()
