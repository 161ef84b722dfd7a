"""One feature row per customer as of a date: firmographics, holdings, usage, talks, scores, dates."""

from __future__ import annotations

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


class Settings(NamedTuple):
    """What of the params decides how a feature is read."""

    basis: str
    inclusive_ends: bool
    usage_threshold: float


def observed_features(
    connection: Backend,
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
    panel = whole_panel(connection, basis=settings.basis)
    paid = holding_features(panel, month=month)
    if settings.basis == "orders":
        # Nobody orders everything every month: what was bought within a year is held.
        paid["families"] = families_bought(panel, month=month).reindex(paid.index, fill_value=0.0)
    parts = [part for part in _parts(connection, month, as_of, settings) if len(part.columns)]
    return paid.join(parts)


def _parts(
    connection: Backend, month: pd.Period, as_of: pd.Timestamp, settings: Settings
) -> list[pd.DataFrame]:
    names = set(connection.list_tables())

    def rows(name: str) -> pd.DataFrame | None:
        return connection.table(name).to_pandas() if name in names else None

    parts = [
        purchase_features(chosen_purchases(rows("deals"), rows("orders"), as_of=as_of), as_of=as_of)
    ]
    if "usage" in names:
        usage = _recent_usage(connection, month)
        parts.append(usage_features(usage, month=month, threshold=settings.usage_threshold))
    if "contracts" in names:
        parts.append(term_features(_terms(connection, as_of=as_of, settings=settings)))
    readers = {"events": touch_features, "surveys": score_features, "invoices": payment_features}
    return parts + [
        read(rows(name), as_of=as_of) for name, read in readers.items() if name in names
    ]


def _terms(connection: Backend, *, as_of: pd.Timestamp, settings: Settings) -> pd.DataFrame:
    """Return the term ends of the contracts; see `term_ends`."""
    contracts, periods = (connection.table(name).to_pandas() for name in ("contracts", "periods"))
    return term_ends(contracts, periods, as_of=as_of, inclusive_ends=settings.inclusive_ends)


def _recent_usage(connection: Backend, month: pd.Period) -> pd.DataFrame:
    """Return the usage of the month and the three before: of years of it nothing else is asked."""
    usage = connection.table("usage")
    first = (month - 3).start_time.to_pydatetime()
    inside = usage["month"].between(first, month.end_time.to_pydatetime())
    return usage.filter(inside).to_pandas()
