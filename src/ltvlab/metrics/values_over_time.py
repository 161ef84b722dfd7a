"""What a customer was worth at each of the last twelve month ends, by one method and one horizon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ltvlab.metrics.segment_values import FIRM_MONTHS, ltv_by_segment
from ltvlab.metrics.value_book import AXES

MONTHS = 12
# When a customer started is no segment whose course over time means anything, and each axis more
# costs as much again: two are what the report can wait for.
AXES_OVER_TIME = ("industry", "size")
COLUMNS = ["month", "axis", "segment", "value", "low", "high", "n", "horizon_months", "status"]


def ltv_by_month(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    axes: Sequence[str] = AXES_OVER_TIME,
    months: int = MONTHS,
    horizon_months: int = 60,
    cohort_months: int = 12,
    discount_rate_per_year: float = 0.10,
    min_customers: int = 5,
    credits: pd.DataFrame | None = None,
    seed: int,
) -> pd.DataFrame:
    """Return the headline value per customer at each of the last `months` month ends (D42).

    Each month sees what the report of that month would have seen: the matrix up to it and the
    customers started by then. The horizon is the first month's throughout, so that a longer
    history is no growth. Columns month, axis, segment, value, low, high, n, horizon_months,
    status; months with fewer than twelve months behind them are left out, but for the last.
    """
    settings = {
        "cohort_months": min(cohort_months, max(1, mrr.shape[1] - months + 1)),
        "discount_rate_per_year": discount_rate_per_year,
        "min_customers": min_customers,
        "seed": seed,
    }
    left_out = dict.fromkeys(set(AXES) - set(axes), np.nan)
    shown_axes = customers.assign(**left_out)
    tables, horizon = [], horizon_months
    for count in _month_counts(mrr.shape[1], months):
        seen = _as_seen(mrr, margin, shown_axes, credits, count)
        values = ltv_by_segment(**seen, horizon_months=horizon, **settings)
        shown = values[values["headline"]]
        if not tables:
            horizon = _horizon(shown, horizon_months)
        tables.append(shown[COLUMNS])
    table = pd.concat(tables, ignore_index=True)
    table.attrs = dict(mrr.attrs)
    return table


def _month_counts(known: int, months: int) -> range:
    return range(max(min(FIRM_MONTHS, known), known - months + 1), known + 1)


def _as_seen(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    credits: pd.DataFrame | None,
    count: int,
) -> dict:
    """Return what a report of the `count`th month reads."""
    month = mrr.columns[count - 1]
    started = customers[pd.PeriodIndex(customers["start_month"]) <= month]
    paid = mrr.iloc[:, :count]
    paid = paid[(paid != 0).any(axis=1)]
    paid.attrs = dict(mrr.attrs)
    return {
        "mrr": paid,
        "margin": margin.iloc[:, :count],
        "customers": started,
        "credits": None if credits is None else credits.iloc[:, :count],
    }


def _horizon(shown: pd.DataFrame, wanted: int) -> int:
    first = shown.loc[shown["axis"] == "all", "horizon_months"].iloc[0]
    return wanted if np.isnan(first) else int(first)
