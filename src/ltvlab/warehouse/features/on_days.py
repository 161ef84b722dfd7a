"""What was known of customers on days of their own, such as the day before each of many pitches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.warehouse.features.payments import payment_features
from ltvlab.warehouse.features.scores import score_features, wave_names
from ltvlab.warehouse.features.terms import term_ends, term_features
from ltvlab.warehouse.features.touches import touch_features
from ltvlab.warehouse.features.usage import usage_features

DATES = {
    "events": ("at", "closed_at"), "surveys": ("date",), "invoices": ("due_date", "paid_date"),
}  # fmt: skip
READERS: dict[str, Callable[..., pd.DataFrame]] = {
    "events": touch_features, "surveys": score_features, "invoices": payment_features,
}  # fmt: skip


def features_on_days(
    connection: Backend, cases: pd.DataFrame, *, inclusive_ends: bool, threshold: float
) -> pd.DataFrame:
    """Return one row per case_id with what the tables said of its customer_id at the end of its `day`.

    Talks, tickets, scores and invoices are read up to the day itself; use, terms and notices as
    of the last complete month, as on lists made inside a month. The columns are those of
    `observed_features` without holdings and purchases; `day` is kept.
    """
    if cases.empty:
        return cases.set_index("case_id")[["customer_id", "day"]]
    parts = [_dated(connection, cases, name) for name in READERS if _there(connection, name)]
    cases = cases.assign(month=_complete_months(cases["day"]))
    parts.append(_monthly(connection, cases, inclusive_ends, threshold))
    known = cases.set_index("case_id")[["customer_id", "day"]]
    features = known.join([part for part in parts if len(part.columns)])
    counts = [name for name in features if name.endswith(("_30", "_90"))]
    return features.fillna(dict.fromkeys(counts, 0.0))


def _there(connection: Backend, name: str) -> bool:
    return name in connection.list_tables()


def _dated(connection: Backend, cases: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the features of a dated table, one row per case.

    Each case gets its customer's rows, moved so that all cases share one day: one reading of the
    table answers for all of them, by the same definitions as everywhere else.
    """
    rows = connection.table(name).to_pandas()
    rows = rows.assign(wave=wave_names(rows)) if name == "surveys" else rows
    shared = cases["day"].max()
    own = cases[["case_id", "customer_id"]].assign(moved_by=shared - cases["day"])
    both = rows.merge(own, on="customer_id", validate="many_to_many")
    there = [date for date in DATES[name] if date in both]
    both = both.assign(
        customer_id=both["case_id"], **{date: both[date] + both["moved_by"] for date in there}
    )
    return _moved_back(READERS[name](both, as_of=shared), own.set_index("case_id")["moved_by"])


def _moved_back(features: pd.DataFrame, moved_by: pd.Series) -> pd.DataFrame:
    days = features.select_dtypes("datetime").columns
    back = moved_by.reindex(features.index)
    return features.assign(**{name: features[name] - back for name in days})


def _complete_months(days: pd.Series) -> pd.Series:
    return (days + pd.Timedelta(days=1)).dt.to_period("M") - 1


def _monthly(
    connection: Backend, cases: pd.DataFrame, inclusive_ends: bool, threshold: float
) -> pd.DataFrame:
    """Return use and terms as of each case's last complete month."""
    months = sorted(cases["month"].unique())
    parts = []
    if _there(connection, "usage"):
        parts.append(_by_month(_usage(connection, months, threshold), cases))
    if _there(connection, "contracts") and _there(connection, "periods"):
        parts.append(_by_month(_terms(connection, months, inclusive_ends), cases))
    empty = pd.DataFrame(index=pd.Index(cases["case_id"]))
    return empty.join(parts) if parts else empty


def _usage(
    connection: Backend, months: Sequence[pd.Period], threshold: float
) -> list[pd.DataFrame]:
    usage = connection.table("usage").to_pandas()
    return [
        usage_features(usage, month=month, threshold=threshold).assign(month=month)
        for month in months
    ]


def _terms(
    connection: Backend, months: Sequence[pd.Period], inclusive_ends: bool
) -> list[pd.DataFrame]:
    contracts, periods = (connection.table(name).to_pandas() for name in ("contracts", "periods"))
    ends = [month.end_time.normalize() for month in months]
    return [
        term_features(
            term_ends(contracts, periods, as_of=end, inclusive_ends=inclusive_ends)
        ).assign(month=month)
        for month, end in zip(months, ends, strict=True)
    ]


def _by_month(parts: list[pd.DataFrame], cases: pd.DataFrame) -> pd.DataFrame:
    rows = pd.concat(parts).rename_axis("customer_id").reset_index()
    keys = ["customer_id", "month"]
    found = cases[["case_id", *keys]].merge(rows, on=keys, how="left", validate="many_to_one")
    return found.set_index("case_id").drop(columns=keys)
