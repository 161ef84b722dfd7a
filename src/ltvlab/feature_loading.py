"""What is known of each customer as of a month, and which terms end next, for notebooks."""

from __future__ import annotations

import pandas as pd

from ltvlab.loading import load_customers, opened
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.warehouse.features.assemble import Settings, observed, observed_features
from ltvlab.warehouse.features.terms import TERM_COLUMNS, term_ends


def load_features(
    params: str,
    month: str,
    *,
    at: str | None = None,
    as_of: str | None = None,
    usage_threshold: float = 0.8,
) -> pd.DataFrame:
    """Return what the tables say of each customer as of the end of a month, indexed by customer_id.

    The columns of `load_customers`, and those of `observed_features`: holdings, usage, talks,
    scores, payments, terms and purchases. `at` is an earlier month, for what was known then;
    `as_of` (YYYY-MM-DD) a later day, up to which all but holdings and usage is read.
    """
    then = parse_month(at or month)
    day = pd.Timestamp(as_of) if as_of else None
    return _features_at(params, month, [then], usage_threshold, as_of=day)[then]


def load_feature_history(
    params: str, month: str, *, quarters: int = 6, usage_threshold: float = 0.8
) -> dict[pd.Period, pd.DataFrame]:
    """Return the features as they stood at the last ends of fiscal quarters, oldest first, by month.

    A book that has not yet seen the end of a quarter has its report month alone.
    """
    last, fiscal_first = parse_month(month), load_params(params).fiscal_year_first_month
    with opened(params, month) as (_, book):
        first = int(book["first_month"])
    newest = last - (last.month - fiscal_first + 1) % 3
    ends = [newest - 3 * back for back in range(quarters - 1, -1, -1)]
    reached = [end for end in ends if end.ordinal >= first] or [last]
    return _features_at(params, month, reached, usage_threshold)


def _features_at(
    params: str,
    month: str,
    months: list[pd.Period],
    usage_threshold: float,
    *,
    as_of: pd.Timestamp | None = None,
) -> dict[pd.Period, pd.DataFrame]:
    settings = load_params(params)
    customers = load_customers(params, month)
    with opened(params, month) as (connection, book):
        inclusive = settings.end_date_convention == "inclusive"
        reading = Settings(book["basis"], inclusive, usage_threshold)
        found = observed(connection, first=min(months), last=max(months), basis=book["basis"])
    seen = {at: observed_features(found, month=at, settings=reading, as_of=as_of) for at in months}
    return {at: _filled(customers.join(rows, how="inner")) for at, rows in seen.items()}


def _filled(features: pd.DataFrame) -> pd.DataFrame:
    given = {name: 0.0 for name in features if name.endswith(("_30", "_90"))}
    return features.fillna({**given, "purchases": 0.0})


def load_terms(params: str, month: str, *, as_of: str | None = None) -> pd.DataFrame:
    """Return the contract terms that end next, or ended unrenewed lately; see `term_ends`.

    As of the end of the month, or the day `as_of`; no rows where no contracts are brought.
    """
    with opened(params, month) as (connection, _):
        settings = load_params(params)
        if "contracts" not in connection.list_tables():
            return pd.DataFrame(columns=list(TERM_COLUMNS))
        contracts, periods = (
            connection.table(name).to_pandas() for name in ("contracts", "periods")
        )
    return term_ends(
        contracts,
        periods,
        as_of=pd.Timestamp(as_of or last_day(parse_month(month))),
        inclusive_ends=settings.end_date_convention == "inclusive",
    )
