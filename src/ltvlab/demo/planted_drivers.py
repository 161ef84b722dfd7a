"""Planted answers on value and churn: segments, traits, the bad stretch, the bad cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.book import Tables
from ltvlab.demo.budget import CAC
from ltvlab.demo.company import (
    CAMPAIGN,
    CAMPAIGN_HAZARD,
    EXPORT_FROM,
    MONTHLY_HAZARD,
    REPORT_MONTH,
    SATISFACTION_HAZARD,
    STRETCH,
    STRETCH_HAZARD,
    TRAITS,
)
from ltvlab.demo.contracts import paid_months

Entry = dict[str, object]


def month_text(month: int) -> str:
    """Return a month number as YYYY-MM."""
    return f"{month // 12 + 1970}-{month % 12 + 1:02d}"


def entry(ident: str, what: str, expected: object, *, size: object, **where: object) -> Entry:
    """Return one entry of the list; `where` names file, column, ids or months."""
    return {"id": ident, "what": what, "where": where, "size": size, "expected": expected}


def driver_entries(book: Tables, values: pd.DataFrame) -> list[Entry]:
    """Return what drives value and churn, with the true values per segment."""
    return [
        _booked(book),
        _true_values(values),
        _hazards(),
        *_traits(values),
        _stretch(book["lives"]),
        _campaign(book["lives"]),
        _truncation(book["lives"]),
        _cac(values),
    ]


def _booked(book: Tables) -> Entry:
    rows = paid_months(book["lines"])
    annual = rows["amount"].where(rows["annual"], 0.0)
    monthly = (
        rows.assign(annual_mrr=annual)
        .groupby("paid")
        .agg(
            mrr=("amount", "sum"),
            annual_mrr=("annual_mrr", "sum"),
            customers=("customer", "nunique"),
        )
    )
    expected = [
        {"month": month_text(month), "mrr": row["mrr"], "annual_share": row["annual_mrr"] / row["mrr"], "customers": int(row["customers"])}
        for month, row in monthly.to_dict("index").items()
    ]  # fmt: skip
    what = "MRR booked at month ends, the share of it on annual terms, and paying customers"
    return entry("booked_mrr", what, expected, size=len(expected), file="contracts.csv")


def _true_values(values: pd.DataFrame) -> Entry:
    what = (
        "True 60-month margin value per customer at 10 % a year, paid at the start of each month, "
        "first price held. `value`: a newly won customer of the segment. `listed_value`: the mean "
        "over the customers of the export, each with its own first price and true survival. "
        "`steady_value`: as value, without the stretch of heavy churn. Estimates from the export "
        "aim at listed_value where customers are few, and at value as they grow many; those from "
        "before the export are survivors and leave later than new ones"
    )
    kept = values.rename(columns={"level_0": "axis"}).to_dict("records")
    return entry("true_values", what, kept, size=len(kept), file="customers.csv, contracts.csv")


def _hazards() -> Entry:
    expected = [
        {
            "trait": trait,
            "level": name,
            "share": level.share,
            "hazard": level.hazard,
            "price": level.price,
        }
        for trait, levels in TRAITS.items()
        for name, level in levels.items()
    ]
    what = (
        f"The monthly hazard of leaving is {MONTHLY_HAZARD} times one factor per trait, times "
        f"exp({SATISFACTION_HAZARD} × hidden satisfaction); annual customers make up their mind "
        "the same way and leave at the end of their term. Sizes: small under 50 employees, middle "
        "under 300, large above. First prices follow employees to the power 0.55, times the price "
        "factors here, times the products in the first basket"
    )
    return entry("hazard_factors", what, expected, size=len(expected), file="customers.csv")


def _traits(values: pd.DataFrame) -> list[Entry]:
    told = {
        "trait_two_families": (
            "Two families held in the first month",
            "first_basket",
            "Marketing + Sales",
            "Sales",
        ),
        "trait_onboarding": ("Onboarding done within 30 days", "onboarded_in_30_days", "yes", "no"),
        "trait_referral": (
            "Won through a referral",
            "channel",
            "紹介 Referral",
            "Web広告 Paid web",
        ),
        "trait_finance": ("Finance rather than retail", "industry", "金融 Finance", "小売 Retail"),
        "trait_size": ("Large rather than small companies", "size", "large", "small"),
    }
    return [_trait(values, ident, *story) for ident, story in told.items()]


def _trait(
    values: pd.DataFrame, ident: str, what: str, axis: str, better: str, worse: str
) -> Entry:
    of_axis = values[values["axis"] == axis].set_index("segment")
    ratio = {
        "value_ratio": of_axis["value"][better] / of_axis["value"][worse],
        "hazard_ratio": of_axis["monthly_hazard"][better] / of_axis["monthly_hazard"][worse],
    }
    size = {better: of_axis["listed_customers"][better], worse: of_axis["listed_customers"][worse]}
    return entry(ident, f"{what} marks customers of higher value", ratio, size=size, axis=axis)


def _stretch(lives: pd.DataFrame) -> Entry:
    months = np.arange(EXPORT_FROM + 1, REPORT_MONTH + 1)
    start, exits = lives["start"].to_numpy()[:, None], lives["exit"].to_numpy()[:, None]
    paying = ((start < months) & (exits >= months)).sum(axis=0)
    lost = (exits == months).sum(axis=0)
    # Who makes up their mind in a month leaves the month after at the earliest.
    inside = (months > STRETCH[0]) & (months <= STRETCH[1] + 1)
    expected = {
        "hazard_factor": STRETCH_HAZARD,
        "monthly_logo_churn_from_2025-02_to_2025-07": lost[inside].sum() / paying[inside].sum(),
        "monthly_logo_churn_else": lost[~inside].sum() / paying[~inside].sum(),
    }
    what = "Every hazard is raised: monthly customers leave at once, annual ones at their next term end"
    span = [month_text(month) for month in range(STRETCH[0], STRETCH[1] + 1)]
    return entry("churn_stretch", what, expected, size=len(span), file="contracts.csv", months=span)


def _campaign(lives: pd.DataFrame) -> Entry:
    ids = lives.loc[lives["campaign"], "customer_id"].tolist()
    months = [month_text(month) for month in range(CAMPAIGN[0], CAMPAIGN[1] + 1)]
    expected = {
        "hazard_factor": CAMPAIGN_HAZARD,
        "verdict": "the cohort of 2024-Q4 keeps fewer customers at equal age",
    }
    what = "Customers won in the discount campaign leave sooner; their discount ends after a year"
    return entry(
        "bad_cohort", what, expected, size=len(ids), file="customers.csv", months=months, ids=ids
    )


def _truncation(lives: pd.DataFrame) -> Entry:
    ids = lives.loc[lives["start"] < EXPORT_FROM, "customer_id"].tolist()
    what = "Customers that started before October 2023 are here only if they were alive then"
    expected = "late entry: they are opening MRR, never new, and at risk only from October 2023 on"
    return entry("left_truncation", what, expected, size=len(ids), file="customers.csv", ids=ids)


def _cac(values: pd.DataFrame) -> Entry:
    value = values[values["axis"] == "channel"].set_index("segment")["value"]
    expected = [
        {
            "channel": channel,
            "cac": cac,
            "true_value": value[channel],
            "ratio": value[channel] / cac,
        }
        for channel, cac in CAC.items()
    ]
    what = "Acquisition cost per customer won, by channel, planned over all months of the export"
    months = [month_text(EXPORT_FROM), month_text(REPORT_MONTH)]
    return entry("cac_by_channel", what, expected, size=len(CAC), file="spend.csv", months=months)
