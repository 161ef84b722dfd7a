"""Spend of twelve months counts where every month of it is booked."""

import numpy as np
import pandas as pd

from ltvlab.metrics.booked_spend import booked_spend

MONTH = pd.Period("2026-09", "M")


def _spend(purpose, months, amount=100.0, **more):
    first = (pd.period_range(end=MONTH, periods=months, freq="M")).to_timestamp()
    return pd.DataFrame({"month": first, "purpose": purpose, "amount": amount} | more)


def test_twelve_months_are_summed_by_purpose_in_minor_units_with_their_hours():
    spend = pd.concat([_spend("acquisition", 14, hours=2.0), _spend("retention", 12, hours=1.0)])

    booked = booked_spend(spend, MONTH, currency="USD")

    assert booked.loc["acquisition"].tolist() == [120_000.0, 24.0, 12]
    assert booked.loc["retention"].tolist() == [120_000.0, 12.0, 12]


def test_a_year_with_a_gap_has_no_sum_and_says_how_many_months_it_has():
    booked = booked_spend(_spend("expansion", 11), MONTH, currency="JPY")

    assert np.isnan(booked.loc["expansion", "amount"])
    assert booked["months"].to_dict() == {"acquisition": 0, "expansion": 11, "retention": 0}


def test_without_hours_or_without_any_spend_there_are_none():
    assert np.isnan(booked_spend(_spend("expansion", 12), MONTH, currency="JPY").loc["expansion", "hours"])  # fmt: skip
    assert booked_spend(None, MONTH, currency="JPY")["amount"].isna().all()
