"""Whom traits are held against: the best of each start year, and the day by which a trait must be known."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.top_customers import eligible, top_customers, top_within
from ltvlab.months import last_day, parse_month

# A trait is known before the outcome when it stands by this day after the start.
LANDMARK_DAYS = 90
# A fifth of fewer customers is one, chosen from hardly any.
FEWEST_PER_YEAR = 5


def trait_outcomes(
    features: pd.DataFrame, *, month: str, landmark_days: int = LANDMARK_DAYS
) -> pd.DataFrame:
    """Return one row per ranked customer_id: who is best, its cohort, and its landmark (D27).

    `top_overall` is the top fifth by realised margin of all, `top` within the start year, `stays`
    who pays in the last month;
    `cohort` the start quarter, within which traits are compared; `started_at` and `landmark` are
    dates, `watched` says that the first days were over and the start is in the records. Ranked
    are customers that paid in three months or more, in start years with five of them; the attrs
    count who is `too_young` or `in_small_year`.
    """
    as_of = pd.Timestamp(last_day(parse_month(month)))
    old_enough = features[eligible(features)]
    size = old_enough.groupby("start_year")["margin_total"].transform("size")
    ranked = old_enough[size >= FEWEST_PER_YEAR]
    margin, year = ranked["margin_total"], ranked["start_year"].astype("str")
    started = _started_at(ranked)
    landmark = started + pd.Timedelta(days=landmark_days)
    outcomes = pd.DataFrame(
        {
            "margin": margin,
            "top_overall": top_customers(margin),
            "top": top_within(margin, year),
            "stays": ranked["mrr"] > 0,
            "start_year": year,
            "cohort": ranked["start_quarter"].astype("str"),
            "first_amount": ranked["starting_mrr"],
            "started_at": started,
            "landmark": landmark,
            "watched": (landmark <= as_of) & ~ranked["opening"].astype("bool"),
        }
    )
    outcomes.attrs = {
        "too_young": len(features) - len(old_enough),
        "in_small_year": len(old_enough) - len(ranked),
        "landmark_days": landmark_days,
        "month": month,
    }
    return outcomes


def _started_at(features: pd.DataFrame) -> pd.Series:
    """Return the start date, or the first day of the start month where the date is of another."""
    months = pd.PeriodIndex(features["start_month"], freq="M")
    first_day = pd.Series(months.to_timestamp(), index=features.index)
    if "start_date" not in features:
        return first_day
    given = pd.to_datetime(features["start_date"])
    same = given.dt.year.eq(first_day.dt.year) & given.dt.month.eq(first_day.dt.month)
    return given.where(same, first_day)
