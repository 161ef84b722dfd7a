"""Tables, matrix, customers and findings for notebooks; the first call builds the warehouse."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.findings import RUN_FOLDER
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.paths import CompanyFolders, project_root
from ltvlab.preparing import prepare
from ltvlab.warehouse.customers import customer_features, first_cells
from ltvlab.warehouse.engine import reading
from ltvlab.warehouse.features.assemble import Settings, observed_features
from ltvlab.warehouse.features.terms import term_ends
from ltvlab.warehouse.matrix import credit_matrix, fx_matrix, monthly_matrix
from ltvlab.warehouse.panel import whole_panel

KEPT = ("currency", "basis", "margin_source", "newest_month")
# What the warehouse computes for itself, beside the company's tables and the intake's own.
INNER = {"families", "options", "margins", "rates", "periods", "credits", "panel", "idle", "book"}


def load_tables(
    params: str, month: str, *, names: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return canonical tables by name, and the intake's own under `intake_…`."""
    with _opened(params, month) as (connection, _):
        wanted = names or sorted(set(connection.list_tables()) - INNER)
        return {name: connection.table(name).to_pandas() for name in wanted}


def load_panel(params: str, month: str) -> pd.DataFrame:
    """Return the panel: customer × product × plan × currency × month (money in minor units).

    With contracts or invoices also what is paused or free, at 0, and `is_option` where plans say it.
    """
    with _opened(params, month) as (connection, book):
        return whole_panel(connection, basis=book["basis"])


def load_matrix(
    params: str, month: str, *, by: str | Sequence[str] = "customer_id", value: str = "amount"
) -> pd.DataFrame:
    """Return the monthly matrix: a row per `by`, a column per month, sums of `value`.

    `value` is amount (MRR, or revenue for orders), margin, list_amount, annual_amount, seats,
    orders, credits (refunds and credit notes, negative, in the month issued), or fx (the part of the month's change that exchange rates made). Money in minor
    units; the frame's attrs say currency, basis and where the margin comes from.
    """
    with _opened(params, month) as (connection, book):
        ends = ("first", "last")
        span = {name: pd.Period(ordinal=int(book[f"{name}_month"]), freq="M") for name in ends}
        if value == "fx":
            shown = fx_matrix(connection, **span)
        elif value == "credits":
            shown = credit_matrix(connection, **span)
        else:
            shown = monthly_matrix(connection.table("panel"), by=by, value=value, **span)
    shown = shown.loc[(shown != 0).any(axis=1)] if value == "amount" else shown
    shown.attrs = {name: book[name] for name in KEPT}
    note = load_params(params).churn_note
    shown.attrs |= {"churn_note_en": note.en, "churn_note_ja": note.ja} if note else {}
    return shown


def load_customers(params: str, month: str) -> pd.DataFrame:
    """Return one feature row per customer that ever paid, indexed by customer_id."""
    with _opened(params, month) as (connection, book):
        customers = connection.table("customers").to_pandas()
        cells = first_cells(connection)
    settings = load_params(params)
    return customer_features(
        customers,
        cells,
        first_month=pd.Period(ordinal=int(book["first_month"]), freq="M"),
        losses_declared=bool(book["losses_declared"]),
        size_bands=settings.size_bands,
        fiscal_first_month=settings.fiscal_year_first_month,
        min_customers=settings.min_customers,
    )


def load_features(
    params: str, month: str, *, at: str | None = None, usage_threshold: float = 0.8
) -> pd.DataFrame:
    """Return what the tables say of each customer as of the end of a month, indexed by customer_id.

    The columns of `load_customers`, and those of `observed_features`: holdings, usage, talks,
    scores, payments, terms and purchases. `at` is an earlier month, for what was known then.
    """
    with _opened(params, month) as (connection, book):
        settings = load_params(params)
        seen = observed_features(
            connection,
            month=parse_month(at or month),
            settings=Settings(
                book["basis"], settings.end_date_convention == "inclusive", usage_threshold
            ),
        )
    features = load_customers(params, month).join(seen, how="inner")
    given = {name: 0.0 for name in features if name.endswith(("_30", "_90"))}
    return features.fillna({**given, "purchases": 0.0})


def load_terms(params: str, month: str) -> pd.DataFrame:
    """Return the contract terms that end next, or ended unrenewed lately; see `term_ends`."""
    with _opened(params, month) as (connection, _):
        settings = load_params(params)
        contracts, periods = (
            connection.table(name).to_pandas() for name in ("contracts", "periods")
        )
    return term_ends(
        contracts,
        periods,
        as_of=pd.Timestamp(last_day(parse_month(month))),
        inclusive_ends=settings.end_date_convention == "inclusive",
    )


def load_findings(
    params: str, month: str, *, language: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the findings and facts of this run, else of the last published report, else none."""
    settings = load_params(params)
    run = os.environ.get(RUN_FOLDER)
    folders = CompanyFolders(project_root(), settings.company)
    places = [Path(run)] if run else [folders.published(month, language), folders.latest / language]
    for place in places:
        files = [place / "internal" / name for name in ("findings.json", "facts.json")]
        if all(file.is_file() for file in files):
            findings, facts = (json.loads(file.read_text(encoding="utf-8")) for file in files)
            return findings, facts
    return [], []


@contextmanager
def _opened(params: str, month: str) -> Iterator[tuple[Backend, dict[str, Any]]]:
    ready = prepare(params, month)
    with reading(ready.warehouse) as connection:
        yield connection, connection.table("book").to_pandas().iloc[0].to_dict()
