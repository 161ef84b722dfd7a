"""Months as `Period[M]`: last days, fiscal years and quarters, months between two dates."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from ltvlab.errors import Problem, UsageError

# Months of a year.
YEAR = 12
MONTH_PATTERN = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def parse_month(text: str) -> pd.Period:
    """Return the month written as `YYYY-MM`; anything else is refused."""
    if not MONTH_PATTERN.fullmatch(text):
        problem = Problem(
            id="E101",
            message="a month is written YYYY-MM",
            value=str(text),
            fix="write it like 2026-09",
        )
        raise UsageError("The month cannot be read", [problem])
    return pd.Period(text, freq="M")


def last_day(month: pd.Period) -> dt.date:
    """Return the last calendar day of `month`, the day every month is measured on (D06)."""
    return month.end_time.date()


def first_monday(month: pd.Period) -> dt.date:
    """Return the first Monday after `month`, when its report is acted on."""
    last = last_day(month)
    return last + dt.timedelta(days=7 - last.weekday())


def month_range(first: pd.Period, last: pd.Period) -> pd.PeriodIndex:
    """Return every month from `first` to `last`, both included."""
    return pd.period_range(first, last, freq="M", name="month")


def month_number(dates: pd.Series) -> pd.Series:
    """Return months since January 1970 for each date, the integer form of a month."""
    stamps = pd.to_datetime(dates)
    return (stamps.dt.year - 1970) * 12 + stamps.dt.month - 1


def from_month_number(numbers: np.ndarray | pd.Series) -> pd.PeriodIndex:
    """Return the months whose integer form is `numbers`."""
    return pd.PeriodIndex.from_ordinals(np.asarray(numbers, dtype="int64"), freq="M", name="month")


def fiscal_year(months: pd.PeriodIndex, *, first_month: int) -> pd.Index:
    """Return labels such as FY2026, named for the calendar year the fiscal year starts in."""
    shifted = months - (first_month - 1)
    return pd.Index([f"FY{year}" for year in shifted.year], dtype="object")


def calendar_quarter(months: pd.PeriodIndex) -> pd.Index:
    """Return labels such as 2026-Q3."""
    return pd.Index(
        [f"{year}-Q{quarter}" for year, quarter in zip(months.year, months.quarter, strict=True)],
        dtype="object",
    )


def plus_months(dates: pd.Series, months: pd.Series | np.ndarray) -> pd.Series:
    """Return each date that many months later; the last day of a shorter month where its day is missing."""
    known = dates.notna() & pd.Series(months, index=dates.index).notna()
    steps = pd.Series(months, index=dates.index)[known].astype("int64")
    first = from_month_number(month_number(dates[known]) + steps).to_timestamp()
    day = np.minimum(dates[known].dt.day.to_numpy(), first.days_in_month)
    moved = pd.Series(first + pd.to_timedelta(day - 1, unit="D"), index=dates.index[known])
    return moved.astype("datetime64[us]").reindex(dates.index)
