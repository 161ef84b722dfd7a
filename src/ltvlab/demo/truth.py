"""The true values behind the demo: what a customer of each segment is worth over 60 months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    DISCOUNT_PER_YEAR,
    EXPORT_FROM,
    HORIZON_MONTHS,
    PRODUCTS,
    REPORT_MONTH,
    stream,
)
from ltvlab.demo.customers import draw_companies
from ltvlab.demo.holdings import first_holdings
from ltvlab.demo.lifetimes import mean_calendar_hazard, true_survival

REFERENCE_COMPANIES = 20_000
REFERENCE_SEED = 0  # the truth about the parameters is the same whatever the demo is drawn with
AXES = ("all", "industry", "size", "channel", "first_basket", "onboarded_in_30_days", "annual")


def true_values(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the true 60-month margin value per customer, one row per axis and segment.

    `listed_value` is the mean over the customers of the export, each with its own first price
    and the exact survival of its own hazard. `value` is the same over a large population drawn
    from the parameters: what a newly won customer of the segment is worth, free of who happens
    to be listed (customers from before the export are survivors, hence better than average).
    `steady_value` leaves out the stretch of heavy churn.
    """
    reference = draw_companies(
        stream(REFERENCE_SEED, "reference"), REFERENCE_COMPANIES, EXPORT_FROM, REPORT_MONTH
    )
    lived = mean_calendar_hazard()
    columns = {
        "value": _by_segment(reference, _values(reference, lived)),
        "steady_value": _by_segment(reference, _values(reference, 1.0)),
        "first_mrr": _by_segment(reference, first_amounts(reference)["mrr"].to_numpy()),
        "monthly_hazard": _by_segment(reference, reference["hazard"].to_numpy() * lived),
        "listed_value": _by_segment(customers, _values(customers, lived)),
        "listed_customers": _by_segment(customers, np.ones(len(customers)), how="sum"),
    }
    return pd.DataFrame(columns).reset_index()


def first_amounts(companies: pd.DataFrame) -> pd.DataFrame:
    """Return each company's MRR and gross margin per month in its first month."""
    held = first_holdings(companies)
    margin = held["mrr"] * PRODUCTS["gross_margin"].to_numpy()[held["product"]]
    sums = held.assign(margin=margin).groupby("customer")[["mrr", "margin"]].sum()
    return sums.reindex(range(len(companies)), fill_value=0.0)


def _values(companies: pd.DataFrame, calendar: float) -> np.ndarray:
    monthly = (1 + DISCOUNT_PER_YEAR) ** (1 / 12)
    weights = monthly ** -np.arange(HORIZON_MONTHS, dtype="float64")
    survival = true_survival(companies, horizon_months=HORIZON_MONTHS, calendar=calendar)
    return first_amounts(companies)["margin"].to_numpy() * (survival @ weights)


def _by_segment(companies: pd.DataFrame, values: np.ndarray, *, how: str = "mean") -> pd.Series:
    labelled = companies.assign(
        all="all", annual=companies["annual"].map({True: "annual", False: "monthly"}), amount=values
    )
    parts = {axis: labelled.groupby(axis)["amount"].agg(how) for axis in AXES}
    return pd.concat(parts, names=["axis", "segment"])
