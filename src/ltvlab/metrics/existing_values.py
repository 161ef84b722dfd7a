"""What the customers of today will still bring, given how long each has stayed (D19): future only.

Every customer's own margin of the last month × the share expected to be there in each coming
month, given that it is there now; for orders expected purchases × expected spend × margin share.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.existing_forecasts import (
    Forecast,
    purchase_forecast,
    renewal_forecast,
    survival_forecast,
)
from ltvlab.metrics.headline import headline_method
from ltvlab.metrics.renewal_fits import renewal_strata, withheld
from ltvlab.metrics.renewal_value import log_range
from ltvlab.metrics.value_book import Book, segments_of, value_book
from ltvlab.statistics.discounting import monthly_discount
from ltvlab.statistics.likelihood import FEWEST_EVENTS

COLUMNS = (
    "month", "axis", "segment", "method", "customers", "value_per_customer", "total", "low", "high",
    "horizon_months", "unseen",
)  # fmt: skip
ORDER_MONTHS = 12


def existing_value(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    horizon_months: int = 60,
    discount_rate_per_year: float = 0.10,
    min_customers: int = 5,
    annual: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
    admitted: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Return, per axis and segment, what its paying customers bring from next month on.

    Columns month, axis, segment, method, customers, value_per_customer, total, low, high,
    horizon_months, unseen. By renewals where that model is the headline, else by survival as
    far as ages were watched (`unseen` customers are older and count nothing); orders by
    purchases over twelve months where that model was admitted, else no rows. The range of the
    total takes up how well the rates are known and, with contracts, who happens to leave; with
    fewer than ten losses in all there is none.
    """
    book = value_book(mrr, margin, customers, annual=annual, orders=orders)
    method = headline_method(mrr, annual=annual, admitted=admitted)
    discount = monthly_discount(discount_rate_per_year)
    forecast = _forecast(book, _today(mrr, margin, customers), method, horizon_months, discount)
    rows = [] if forecast is None else _rows(forecast, customers, min_customers)
    table = pd.DataFrame(rows, columns=list(COLUMNS)).assign(month=mrr.columns[-1])
    if method != "purchase_model" and _losses(book.spells) < FEWEST_EVENTS:
        # A loss or two say that few leave, not within which range (D34).
        table[["low", "high"]] = np.nan
    table.attrs = dict(mrr.attrs)
    return table


def _losses(spells: pd.DataFrame) -> int:
    return int((spells["event"] & (spells["duration"] > spells["entry"])).sum())


def _today(mrr: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return age in months and last month's margin of those who pay now."""
    paying = mrr.index[mrr.iloc[:, -1] > 0]
    start = pd.PeriodIndex(customers["start_month"].reindex(paying)).astype("int64").to_numpy()
    return pd.DataFrame(
        {
            "age": mrr.columns[-1].ordinal - start,
            "margin": margin.reindex(paying).fillna(0.0).iloc[:, -1],
        },
        index=paying,
    )


def _forecast(
    book: Book, today: pd.DataFrame, method: str, months: int, discount: float
) -> Forecast | None:
    if method == "purchase_model":
        return purchase_forecast(book.purchases, months=ORDER_MONTHS, monthly_discount=discount)
    if method == "cohort" or today.empty:
        return None
    spells = _with_everyone(book, today)
    if method == "renewal_model":
        strata = renewal_strata(spells)
        if not withheld(strata):
            return renewal_forecast(strata, today, months=months, monthly_discount=discount)
    return survival_forecast(spells, today, months=months, monthly_discount=discount)


def _with_everyone(book: Book, today: pd.DataFrame) -> pd.DataFrame:
    """Return the spells, and a spell without a day at risk for who pays but was never watched.

    So a customer from before the first month that was away then has a stratum, and shapes none.
    """
    margin = book.customers["starting_margin"]
    missing = today.index.difference(book.spells.index)
    unwatched = {"entry": 0, "duration": 0, "event": False, "seen": False}
    added = pd.DataFrame(unwatched, index=missing).assign(
        starting_margin=margin.reindex(missing), term_months=book.terms.reindex(missing)
    )
    return pd.concat([book.spells, added]) if len(missing) else book.spells


def _rows(forecast: Forecast, customers: pd.DataFrame, min_customers: int) -> list[dict]:
    segments = [
        (axis, segment, forecast.value.index.isin(chosen))
        for axis, segment, chosen in segments_of(customers)
    ]
    return [
        {"axis": axis, "segment": segment} | _row(forecast, inside, min_customers)
        for axis, segment, inside in segments
        if inside.any() or axis == "all"
    ]


def _row(forecast: Forecast, inside: np.ndarray, min_customers: int) -> dict:
    count = int(inside.sum())
    shown = count >= min_customers
    total = float(forecast.value.to_numpy()[inside].sum()) if shown else np.nan
    slope = forecast.slopes[inside].sum(axis=0)
    error = np.sqrt(slope @ forecast.covariance @ slope + forecast.lottery[inside].sum())
    low, high = log_range(total, float(error))
    return {
        "method": forecast.method, "customers": count, "total": total, "low": low, "high": high,
        "value_per_customer": total / count if shown else np.nan,
        "horizon_months": forecast.months, "unseen": int(forecast.unseen[inside].sum()),
    }  # fmt: skip
