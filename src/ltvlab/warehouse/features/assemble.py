"""One feature row per customer as of a date: firmographics, holdings, usage, talks, scores, dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.months import last_day
from ltvlab.warehouse.features.holdings import families_bought, holding_features
from ltvlab.warehouse.features.payments import payment_features
from ltvlab.warehouse.features.purchases import chosen_purchases, purchase_features
from ltvlab.warehouse.features.scores import score_features
from ltvlab.warehouse.features.terms import term_ends, term_features
from ltvlab.warehouse.features.touches import touch_features
from ltvlab.warehouse.features.usage import usage_features
from ltvlab.warehouse.panel import whole_panel

READ = ("contracts", "periods", "deals", "orders", "events", "surveys", "invoices")


class Settings(NamedTuple):
    """What of the params decides how a feature is read."""

    basis: str
    inclusive_ends: bool
    usage_threshold: float


class Observed(NamedTuple):
    """The tables of a warehouse that features are read from, those absent left out."""

    panel: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]


def observed(connection: Backend, *, first: pd.Period, last: pd.Period, basis: str) -> Observed:
    """Return the tables that the features of the months from `first` to `last` are read from."""
    there = set(connection.list_tables())
    tables = {name: connection.table(name).to_pandas() for name in READ if name in there}
    if "usage" in there:
        tables["usage"] = _recent_usage(connection, first, last)
    return Observed(whole_panel(connection, basis=basis), tables)


def observed_features(
    book: Observed,
    *,
    month: pd.Period,
    settings: Settings,
    as_of: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Return one row per customer_id that ever paid up to `month`, with what its tables say.

    Nothing dated after `as_of`, else the month's last day, is read. A table that the company does not bring
    leaves its columns out; see the functions of this package for each column.
    """
    as_of = pd.Timestamp(last_day(month)) if as_of is None else as_of
    paid = holding_features(book.panel, month=month)
    if settings.basis == "orders":
        # Nobody orders everything every month: what was bought within a year is held.
        paid["families"] = families_bought(book.panel, month=month).reindex(
            paid.index, fill_value=0.0
        )
    parts = [part for part in _parts(book.tables, month, as_of, settings) if len(part.columns)]
    return paid.join(parts)


def _parts(
    tables: Mapping[str, pd.DataFrame], month: pd.Period, as_of: pd.Timestamp, settings: Settings
) -> list[pd.DataFrame]:
    bought = chosen_purchases(tables.get("deals"), tables.get("orders"), as_of=as_of)
    parts = [purchase_features(bought, as_of=as_of)]
    if "usage" in tables:
        usage = tables["usage"]
        usage = usage[usage["month"].between((month - 3).start_time, month.end_time)]
        parts.append(usage_features(usage, month=month, threshold=settings.usage_threshold))
    if "contracts" in tables:
        lines, inclusive = (tables["contracts"], tables["periods"]), settings.inclusive_ends
        parts.append(term_features(term_ends(*lines, as_of=as_of, inclusive_ends=inclusive)))
    readers = {"events": touch_features, "surveys": score_features, "invoices": payment_features}
    return parts + [
        read(tables[name], as_of=as_of) for name, read in readers.items() if name in tables
    ]


def _recent_usage(connection: Backend, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Return the usage of the months and the three before: of years of it nothing else is asked."""
    usage = connection.table("usage")
    start = (first - 3).start_time.to_pydatetime()
    return usage.filter(usage["month"].between(start, last.end_time.to_pydatetime())).to_pandas()
