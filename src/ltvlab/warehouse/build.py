"""Build one warehouse: canonical tables, the panel, and what every view of it must know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.errors import DataError, Problem
from ltvlab.money import digits
from ltvlab.months import last_day
from ltvlab.params import Params
from ltvlab.sources.tables import TABLES
from ltvlab.warehouse.bridges import bridged_gaps
from ltvlab.warehouse.currencies import require_rates
from ltvlab.warehouse.engine import store
from ltvlab.warehouse.flash import flash_by_month
from ltvlab.warehouse.grain import group_customers
from ltvlab.warehouse.panel import credit_cells, idle_cells, order_panel, subscription_panel
from ltvlab.warehouse.paying import store_periods, store_unpaid
from ltvlab.warehouse.usage_lines import usage_cells

# MRR comes from the first of these that a company brings.
BASES = ("contracts", "invoices", "orders")


def build(
    connection: Backend, tables: Mapping[str, pd.DataFrame], params: Params, month: pd.Period
) -> None:
    """Write the canonical `tables`, the `panel` and the one-row table `book` into a warehouse.

    Raises DataError when nothing was paid up to `month`, or a currency has no rate.
    """
    basis = next(name for name in BASES if name in tables)
    margins, margin_source = _margins(tables, params, basis)
    options = _options(tables)
    store(
        connection,
        {**tables, "families": _families(tables), "options": options, "margins": margins},
    )
    if basis == "orders":
        panel = order_panel(
            connection.table("orders"),
            connection.table("families"),
            connection.table("margins"),
            currency=params.currency,
            digits=digits(params.currency),
            costed=margin_source == "cost",
        )
    else:
        store(connection, {"rates": _rates(tables, params, basis, month)})
        if "invoices" in tables:
            credited = credit_cells(
                connection.table("invoices"),
                connection.table("rates"),
                currency=params.currency,
                digits=digits(params.currency),
            )
            connection.create_table("credits", obj=credited)
        panel = _recurring_panel(connection, tables, params, basis, last_day(month))
    connection.create_table("panel", obj=panel)
    require_rates(connection, currency=params.currency)
    group_customers(connection, tables, grain=params.customer_grain)
    store(connection, {"flash": flash_by_month(connection, basis, params.currency)})
    store(connection, {"book": _book(connection, tables, params, basis, margin_source, month)})


def _recurring_panel(
    connection: Backend,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    basis: str,
    as_of: dt.date,
) -> ir.Table:
    """Write `periods`, `idle`, `bridged` and, where there are such lines, `usage_cells`."""
    store_periods(connection, tables, params, basis, as_of=as_of)
    cells = [connection.table(name) for name in ("periods", "margins", "rates")]
    unpaid = store_unpaid(connection, tables, params, basis, as_of=as_of)
    connection.create_table("idle", obj=idle_cells(*cells, as_of=as_of, unpaid=unpaid))
    rates = connection.table("rates")
    connection.create_table("bridged", obj=bridged_gaps(cells[0], rates, as_of=as_of))
    if basis == "contracts" and "kind" in tables[basis] and "usage" in set(tables[basis]["kind"]):
        used = usage_cells(
            connection.table(basis), connection.table("families"), rates, params, as_of
        )
        connection.create_table("usage_cells", obj=used)
    return subscription_panel(*cells, as_of=as_of, unpaid=unpaid)


def _families(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    products = tables.get("products")
    if products is None or "family" not in products:
        return pd.DataFrame({"product": pd.Series(dtype="str"), "family": pd.Series(dtype="str")})
    return products[["product", "family"]].dropna().drop_duplicates("product")


def _options(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the products whose plans say whether they are options: all of them, or none."""
    plans = tables.get("plans")
    if plans is None or not {"product", "is_option"} <= set(plans):
        return pd.DataFrame(
            {"product": pd.Series(dtype="str"), "is_option": pd.Series(dtype="bool")}
        )
    said = plans[["product", "is_option"]].dropna().astype({"is_option": "bool"})
    return said.groupby("product", as_index=False)["is_option"].all()


def _margins(
    tables: Mapping[str, pd.DataFrame], params: Params, basis: str
) -> tuple[pd.DataFrame, str]:
    """Return the gross margin per product and where it comes from: cost, products, params, none."""
    lines, products = tables[basis], tables.get("products")
    held = lines["product"].fillna("Unknown").unique() if "product" in lines else ["Unknown"]
    margins = pd.DataFrame({"product": pd.Series(held, dtype="str")})
    margins["gross_margin"] = float("nan")
    if products is not None and "gross_margin" in products:
        given = products.drop_duplicates("product").set_index("product")["gross_margin"]
        margins["gross_margin"] = margins["product"].map(given).astype("float64")
    if "cost" in lines and lines["cost"].notna().any():
        return margins, "cost"
    if params.gross_margin is not None:
        source = "products" if margins["gross_margin"].notna().all() else "params"
        return margins.fillna({"gross_margin": params.gross_margin}), source
    if margins["gross_margin"].notna().all():
        return margins, "products"
    # A margin known for some products only would mix margin and revenue in one figure.
    return margins.assign(gross_margin=float("nan")), "none"


def _rates(
    tables: Mapping[str, pd.DataFrame], params: Params, basis: str, month: pd.Period
) -> pd.DataFrame:
    lines = tables[basis]
    foreign = sorted(
        set(lines.get("currency", pd.Series(dtype="str")).dropna()) - {params.currency}
    )
    rates = tables.get("fx_rates")
    if rates is None:
        rates = pd.DataFrame({"month": pd.to_datetime([]), "currency": [], "rate": []})
    missing = sorted(set(foreign) - set(rates["currency"]))
    if missing:
        problem = Problem(
            id="E270",
            message=f"no exchange rate to {params.currency} is known",
            table="fx_rates",
            column="currency",
            value=", ".join(missing),
            fix="bring an fx_rates table (month, currency, rate) for every month in the lines",
        )
        raise DataError("Amounts in another currency cannot be converted", [problem])
    return _every_month(rates[rates["currency"].isin(foreign)], month)


def _every_month(rates: pd.DataFrame, month: pd.Period) -> pd.DataFrame:
    """Carry each currency's last known rate on to the report month, so that no cell lacks one."""
    if rates.empty:
        return pd.DataFrame(
            {
                "currency": pd.Series(dtype="str"),
                "month": pd.Series(dtype="int64"),
                "rate": pd.Series(dtype="float64"),
            }
        )
    wide = rates.assign(month=rates["month"].dt.to_period("M")).pivot(
        index="month", columns="currency", values="rate"
    )
    wide = wide.reindex(
        pd.period_range(wide.index.min(), max(month, wide.index.max()), freq="M")
    ).ffill()
    long = (
        wide.rename_axis("month")
        .reset_index()
        .melt("month", var_name="currency", value_name="rate")
        .dropna()
    )
    return long.assign(month=long["month"].astype("int64"))[["currency", "month", "rate"]]


def _newest_month(tables: Mapping[str, pd.DataFrame], month: pd.Period) -> str:
    """Return the month of the newest dated row of any table: how fresh the exports are."""
    dates = [
        tables[name][column].max()
        for name, column in ((name, TABLES[name].dated) for name in tables if name in TABLES)
        if column and column in tables[name]
    ]
    known = [date for date in dates if not pd.isna(date)]
    return str(min(max(known).to_period("M"), month) if known else month)


def _book(
    connection: Backend,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    basis: str,
    margin_source: str,
    month: pd.Period,
) -> pd.DataFrame:
    panel = connection.table("panel")
    first_paid = (
        panel.filter((panel["month"] <= month.ordinal) & (panel["amount"] > 0))["month"]
        .min()
        .execute()
    )
    if pd.isna(first_paid):
        problem = Problem(
            id="E271",
            message=f"no customer paid anything up to {month}",
            table=basis,
            fix="check the months in the file against the report month, and the mapping of `amount`",
        )
        raise DataError("There is nothing to report on", [problem])
    complete_from = params.history_complete_from
    # The month before complete losses begin is complete too: whoever was there either still
    # is, or is known to have left.
    first = (
        pd.Period(complete_from - dt.timedelta(days=1), "M").ordinal
        if complete_from
        else int(first_paid)
    )
    return pd.DataFrame(
        {
            "basis": [basis],
            "currency": [params.currency],
            "margin_source": [margin_source],
            "first_month": [max(first, int(first_paid))],
            "last_month": [month.ordinal],
            "newest_month": [_newest_month(tables, month)],
            "losses_declared": [complete_from is not None],
            "unconfirmed": [_unconfirmed(panel, month)],
        }
    )


def _unconfirmed(panel: ir.Table, month: pd.Period) -> float:
    """Return the part of the month's MRR that is carried while its renewal is open (D11)."""
    if "unconfirmed" not in panel.columns:
        return 0.0
    return float(
        panel.filter(panel["month"] == month.ordinal)["unconfirmed"].sum().execute() or 0.0
    )
