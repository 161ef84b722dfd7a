"""What is known of each customer as of a month, and which terms end next, for notebooks."""

from __future__ import annotations

import pandas as pd

from ltvlab.loading import load_customers, opened
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.warehouse.features.assemble import Settings, observed_features
from ltvlab.warehouse.features.terms import term_ends


def load_features(
    params: str, month: str, *, at: str | None = None, usage_threshold: float = 0.8
) -> pd.DataFrame:
    """Return what the tables say of each customer as of the end of a month, indexed by customer_id.

    The columns of `load_customers`, and those of `observed_features`: holdings, usage, talks,
    scores, payments, terms and purchases. `at` is an earlier month, for what was known then.
    """
    with opened(params, month) as (connection, book):
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
    with opened(params, month) as (connection, _):
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
