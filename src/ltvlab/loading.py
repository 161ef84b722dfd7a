"""Tables, matrix, customers and findings for notebooks; the first call builds the warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.months import from_month_number, last_day, parse_month
from ltvlab.params import Params, load_params
from ltvlab.preparing import prepare
from ltvlab.warehouse.currencies import at_year_ago_rates, fx_matrix
from ltvlab.warehouse.customers import customer_features, first_cells
from ltvlab.warehouse.deals import deal_frames
from ltvlab.warehouse.engine import reading
from ltvlab.warehouse.grain import GIVEN, GRAINS, View, merges_of, named
from ltvlab.warehouse.matrix import credit_matrix, monthly_matrix, usage_matrix
from ltvlab.warehouse.panel import whole_panel

KEPT = ("currency", "basis", "margin_source", "newest_month", "unconfirmed")
# What the warehouse computes for itself, beside the company's tables and the intake's own.
INNER = {
    "families", "options", "margins", "rates", "periods", "credits", "panel", "idle", "book", "flash",
    "holders", "booked_customers", "booked_panel", "booked_idle", "booked_periods",
    "other_grain_panel", "other_grain_idle", "unpaid", "future_credits", "open_renewals",
    "stretches", "usage_cells",
}  # fmt: skip


def load_tables(
    params: str, month: str, *, names: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return canonical tables by name, `bridged` (late renewals, D11), and `intake_…` of the intake.

    A table that the company does not bring is left out, also where `names` asks for it.
    """
    with opened(params, month) as (connection, _):
        there = set(connection.list_tables())
        shown = sorted(name for name in there - INNER if not name.startswith(GIVEN))
        wanted = shown if names is None else [n for n in names if n in there]
        return {name: connection.table(name).to_pandas() for name in wanted}


def load_panel(params: str, month: str, *, view: View = "joined") -> pd.DataFrame:
    """Return the panel: customer × product × plan × currency × month (money in minor units).

    With contracts or invoices also what is paused, past due or free, at 0, and `is_option` where plans say
    it. `view` as for the matrix.
    """
    with opened(params, month) as (connection, book):
        panel, idle = (named(connection, name, view) for name in ("panel", "idle"))
        return whole_panel(connection, basis=book["basis"], panel=panel, idle=idle)


def load_matrix(
    params: str,
    month: str,
    *,
    by: str | Sequence[str] = "customer_id",
    value: str = "amount",
    view: View = "joined",
) -> pd.DataFrame:
    """Return the monthly matrix: a row per `by`, a column per month, sums of `value`.

    `value` is amount (MRR, or revenue for orders), margin, list_amount (before discounts, so that
    amount less list_amount is the discount), annual_amount, unconfirmed (carried without a
    renewal), seats, orders, usage (lines billed by use, no MRR), credits (refunds and credit
    notes, negative, in the month issued), fx (the part of the month's change that exchange rates
    made), or year_ago_rates (MRR at the rates of twelve months before). Money in minor units;
    attrs say currency, basis, where the margin comes from, what of the last month is
    unconfirmed, and when churn is dated.

    `view` is joined (one history per customer as of the report month), booked (ids as they stood
    in each month, with `merges` in the attrs), or other_grain (by parent where the report counts by
    company, or the other way round: empty where no customer has a parent); see GLOSSARY D04.
    """
    settings = load_params(params)
    with opened(params, month) as (connection, book):
        shown = matrix_of(connection, book, by=by, value=value, view=view)
    shown.attrs["churn_timing"] = settings.churn_timing
    shown.attrs |= {"grain": GRAINS[settings.customer_grain]} if view == "other_grain" else {}
    note = settings.churn_note
    shown.attrs |= {"churn_note_en": note.en, "churn_note_ja": note.ja} if note else {}
    return shown


def matrix_of(
    connection: Backend,
    book: Mapping[str, Any],
    *,
    by: str | Sequence[str] = "customer_id",
    value: str = "amount",
    view: View = "joined",
) -> pd.DataFrame:
    """Return the matrix of an open warehouse and its `book`, as `load_matrix` does for a company's."""
    span = {
        name: pd.Period(ordinal=int(book[f"{name}_month"]), freq="M") for name in ("first", "last")
    }
    merges = merges_of(connection) if view == "booked" else ()
    panel = named(connection, "panel", view)
    if value == "fx":
        shown = fx_matrix(connection, panel, **span, merges=merges)
    elif value == "credits":
        shown = credit_matrix(connection, **span)
    elif value == "usage":
        shown = usage_matrix(connection, **span)
    elif value == "year_ago_rates":
        shown = at_year_ago_rates(connection, panel, **span)
    else:
        shown = monthly_matrix(connection.table(panel), by=by, value=value, **span)
    if view == "other_grain" and panel == "panel":
        shown = shown.iloc[:0]
    shown = shown.loc[(shown != 0).any(axis=1)] if value == "amount" else shown
    shown.attrs = {name: book[name] for name in KEPT} | ({"merges": merges} if merges else {})
    return shown


def load_customers(params: str, month: str, *, view: View = "joined") -> pd.DataFrame:
    """Return one feature row per customer that ever paid, indexed by customer_id.

    In the `joined` view an absorbed customer is part of the one it went into, and a group starts
    when the first of its members did; in the `booked` view each id is as it was. The attrs hold
    `fiscal_first_month`, the month that its start years begin with.
    """
    with opened(params, month) as (connection, book):
        return customers_of(connection, book, load_params(params), view=view)


def customers_of(
    connection: Backend, book: Mapping[str, Any], settings: Params, *, view: View = "joined"
) -> pd.DataFrame:
    """Return the customers of an open warehouse, as `load_customers` does for a company's."""
    names = {name: named(connection, name, view) for name in ("panel", "periods")}
    features = customer_features(
        connection.table(named(connection, "customers", view)).to_pandas(),
        first_cells(connection, **names),
        first_month=pd.Period(ordinal=int(book["first_month"]), freq="M"),
        losses_declared=bool(book["losses_declared"]),
        size_bands=settings.size_bands,
        fiscal_first_month=settings.fiscal_year_first_month,
        min_customers=settings.min_customers,
    )
    features.attrs = {"fiscal_first_month": settings.fiscal_year_first_month}
    return features


def load_flash(params: str, month: str) -> pd.DataFrame:
    """Return month, customers and billed (minor units): who joined and left between two month ends."""
    with opened(params, month) as (connection, book):
        table = connection.table("flash").to_pandas()
    table["month"] = from_month_number(table["month"])
    table.attrs = {name: book[name] for name in KEPT}
    return table


def load_deals(params: str, month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the CRM's deals as they stood at the end of a month, and their stages; see `deal_frames`."""
    with opened(params, month) as (connection, book):
        return deal_frames(
            connection,
            as_of=pd.Timestamp(last_day(parse_month(month))),
            currency=book["currency"],
            size_bands=load_params(params).size_bands,
        )


def load_targets(params: str, month: str) -> pd.DataFrame:
    """Return the targets as the company brings them, of all months; no rows where it brings none.

    The attrs hold `kpis`, the owner and cadence that the params file gives to some KPIs.
    """
    brought = load_tables(params, month, names=["targets"])
    targets = brought.get("targets", pd.DataFrame(columns=["kpi", "month", "target"]))
    settings = load_params(params).kpis
    targets.attrs = {"kpis": {name: setting.model_dump() for name, setting in settings.items()}}
    return targets


def load_chapter_settings(params: str, chapter: str) -> dict[str, Any]:
    """Return what the params file sets for a chapter, such as `opportunities`; often nothing."""
    return dict(load_params(params).notebooks.get(chapter, {}))


@contextmanager
def opened(params: str, month: str) -> Iterator[tuple[Backend, dict[str, Any]]]:
    """Yield the warehouse of a company and month, open for reading, and what its book says."""
    ready = prepare(params, month)
    with reading(ready.warehouse) as connection:
        yield connection, book_of(connection)


def book_of(connection: Backend) -> dict[str, Any]:
    """Return what an open warehouse says of its whole book: basis, currency, first and last month."""
    return connection.table("book").to_pandas().iloc[0].to_dict()
