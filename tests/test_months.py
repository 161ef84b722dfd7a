"""Months: how they are read, their last day, and the names of years and quarters."""

import datetime as dt

import pandas as pd
import pytest

from ltvlab import months
from ltvlab.errors import UsageError


@pytest.mark.parametrize(
    "text", ["2026-9", "2026-13", "2026-00", "202609", "2026-09-01", " 2026-09", "２０２６-09x", ""]
)
def test_anything_but_a_year_and_a_month_is_refused(text):
    with pytest.raises(UsageError, match=r"E101 a month is written YYYY-MM") as error:
        months.parse_month(text)

    assert error.value.problems[0].fix == "write it like 2026-09"


def test_a_month_is_read_as_written():
    assert months.parse_month("2026-09") == pd.Period("2026-09", "M")


@pytest.mark.parametrize(
    ("month", "day"),
    [("2026-09", 30), ("2024-02", 29), ("2025-02", 28), ("1900-02", 28), ("2026-12", 31)],
)
def test_a_month_is_measured_on_its_last_calendar_day(month, day):
    """D06; 1900 was no leap year."""
    year, number = (int(part) for part in month.split("-"))

    assert months.last_day(pd.Period(month, "M")) == dt.date(year, number, day)


def test_a_range_of_months_holds_both_ends():
    shown = months.month_range(pd.Period("2025-11", "M"), pd.Period("2026-02", "M"))

    assert [str(month) for month in shown] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert shown.name == "month"


def test_the_number_of_a_month_counts_from_january_1970_and_leads_back():
    dates = pd.Series(pd.to_datetime(["1970-01-31", "1971-02-01", "2026-09-30", "1969-12-31"]))

    numbers = months.month_number(dates)

    assert numbers.tolist() == [0, 13, 680, -1]
    assert [str(month) for month in months.from_month_number(numbers)] == [
        "1970-01",
        "1971-02",
        "2026-09",
        "1969-12",
    ]


def test_a_fiscal_year_is_named_for_the_calendar_year_it_starts_in():
    """With April as first month, March 2026 still belongs to FY2025."""
    shown = pd.PeriodIndex(["2026-03", "2026-04", "2026-12", "2027-03"], freq="M")

    assert months.fiscal_year(shown, first_month=4).tolist() == [
        "FY2025",
        "FY2026",
        "FY2026",
        "FY2026",
    ]
    assert months.fiscal_year(shown, first_month=1).tolist() == [
        "FY2026",
        "FY2026",
        "FY2026",
        "FY2027",
    ]


def test_quarters_are_calendar_quarters():
    shown = pd.PeriodIndex(["2026-01", "2026-03", "2026-04", "2026-09", "2026-12"], freq="M")

    assert months.calendar_quarter(shown).tolist() == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
