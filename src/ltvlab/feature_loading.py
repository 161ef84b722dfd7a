"""What is known of each customer as of a month, which terms end next, and the books of then, for notebooks."""

from __future__ import annotations

import pandas as pd

from ltvlab.contract_loading import load_contract_lines
from ltvlab.loading import load_customers, load_matrix, load_panel, load_tables, opened
from ltvlab.metrics.opportunities.known import Known, known_book
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.warehouse.features.assemble import Settings, observed, observed_features
from ltvlab.warehouse.features.on_days import features_on_days
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
    return _features_at(params, month, _quarter_ends(params, month, quarters), usage_threshold)


def _quarter_ends(params: str, month: str, quarters: int) -> list[pd.Period]:
    last, fiscal_first = parse_month(month), load_params(params).fiscal_year_first_month
    with opened(params, month) as (_, book):
        first = int(book["first_month"])
    newest = last - (last.month - fiscal_first + 1) % 3
    ends = [newest - 3 * back for back in range(quarters - 1, -1, -1)]
    return [end for end in ends if end.ordinal >= first] or [last]


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


def load_features_on(
    params: str, month: str, cases: pd.DataFrame, *, usage_threshold: float = 0.8
) -> pd.DataFrame:
    """Return what was known of each case's customer at the end of its day, indexed by case_id.

    `cases` have case_id, customer_id and `day`; see `features_on_days` for the columns.
    """
    inclusive = load_params(params).end_date_convention == "inclusive"
    with opened(params, month) as (connection, _):
        return features_on_days(
            connection, cases, inclusive_ends=inclusive, threshold=usage_threshold
        )


def load_terms(params: str, month: str, *, as_of: str | None = None) -> pd.DataFrame:
    """Return the contract terms that end next, or ended unrenewed lately; see `term_ends`.

    As of the end of the month, or the day `as_of`; no rows where no contracts are brought.
    """
    day = pd.Timestamp(as_of or last_day(parse_month(month)))
    return _terms_on(params, month, [day])[day]


def _terms_on(
    params: str, month: str, days: list[pd.Timestamp]
) -> dict[pd.Timestamp, pd.DataFrame]:
    inclusive = load_params(params).end_date_convention == "inclusive"
    with opened(params, month) as (connection, _):
        if "contracts" not in connection.list_tables():
            return {day: pd.DataFrame(columns=list(TERM_COLUMNS)) for day in days}
        given = [connection.table(name).to_pandas() for name in ("contracts", "periods")]
    return {day: term_ends(*given, as_of=day, inclusive_ends=inclusive) for day in days}


def load_past_books(
    params: str, month: str, *, quarters: int = 9, usage_threshold: float = 0.8
) -> dict[pd.Period, Known]:
    """Return what the lists would have read at the last ends of fiscal quarters, oldest first.

    Nothing dated after a quarter's end is in its book; see `known_book`. The last book is that of
    the report month, whether a quarter ends with it or not.
    """
    given = (load_tables(params, month), load_panel(params, month), load_matrix(params, month))
    lines = load_contract_lines(params, month)
    ends = _quarter_ends(params, month, quarters)
    ends += [parse_month(month)] if parse_month(month) not in ends else []
    features = _features_at(params, month, ends, usage_threshold)
    days = {end: pd.Timestamp(last_day(end)) for end in ends}
    terms = _terms_on(params, month, list(days.values()))
    return {
        end: known_book(features[end], terms[days[end]], *given, lines, as_of=str(end))
        for end in ends
    }
