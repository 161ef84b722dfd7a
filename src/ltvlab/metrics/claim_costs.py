"""Own figures on cost and churn: a new customer against selling to one, keeping one, and its value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.acquisition_cost import WITHOUT_COST, acquisition_table
from ltvlab.metrics.acquisition_odds import acquisition_sums
from ltvlab.metrics.allocation import allocation_rules
from ltvlab.metrics.booked_spend import booked_spend
from ltvlab.metrics.claims import Measured
from ltvlab.metrics.deals import EXPANSION, closed_in_year
from ltvlab.metrics.sales_records import Records
from ltvlab.metrics.values import recent_sums
from ltvlab.months import YEAR
from ltvlab.statistics.discounting import month_weights, monthly_discount
from ltvlab.statistics.intervals import ratio_interval, wilson

FEWER_POINTS = 0.05
FIVE_YEARS = 60
DISCOUNT_PER_YEAR = 0.10
# Rates tried between the bounds of churn.
STEPS = 101
# What the chapters that judge LTV/CAC and churned against new MRR already say of the claim.
SAID = {
    "at_least_3": "supported", "below_3": "contradicted",
    "growth_first": "supported", "retention_first": "contradicted",
}  # fmt: skip
NOT_RECURRING = Measured(lacking="not_recurring")


def cost_claims(records: Records, *, seed: int) -> dict[str, Measured]:
    """Return what a new customer costs, ÷ the cost of a sale to a customer and ÷ that of keeping one.

    Spend of twelve months as booked, acquisition a sales cycle earlier (D20); sales are won
    upsell and cross-sell deals, kept are the mean paying customers. Customers are drawn again.
    With them LTV/CAC, by the verdict of D20.
    """
    acquired = acquisition_table(
        records.mrr,
        records.margin,
        records.customers,
        None,
        spend=records.given.get("spend"),
        deals=records.given.get("deals"),
        seed=seed,
    )
    if acquired.empty:
        nothing = Measured(lacking="no_spend")
        return dict.fromkeys(("acquire_to_expand", "acquire_to_keep", "ltv_cac"), nothing)
    row = acquired.iloc[0]
    new = acquisition_sums(records.mrr, records.margin, records.customers)["new"]
    sold, kept = _sales(records), (records.mrr.iloc[:, -YEAR:] > 0).mean(axis=1)
    keep = _cost_ratio(records, row, new, kept, "retention", seed=seed)
    return {
        "acquire_to_expand": _cost_ratio(records, row, new, sold, "expansion", seed=seed),
        "acquire_to_keep": NOT_RECURRING if records.basis == "orders" else keep,
        "ltv_cac": _ltv_cac(row),
    }


def _sales(records: Records) -> pd.Series:
    """Return the won deals of more in twelve months, per customer_id."""
    closed = closed_in_year(records.deals, as_of=records.as_of)
    won = closed[closed["pipeline"].isin(EXPANSION) & (closed["outcome"] == "won")]
    return won.groupby("cluster").size().astype("float64")


def _cost_ratio(
    records: Records, row: pd.Series, new: pd.Series, units: pd.Series, purpose: str, *, seed: int
) -> Measured:
    """Return acquisition spend per new customer ÷ spend of `purpose` per unit, `units` per customer."""
    spent = purpose_spend(records, purpose)
    if row["verdict"] in WITHOUT_COST:
        return Measured(lacking=row["verdict"])
    if not spent > 0 or not units.sum() > 0:
        return Measured(lacking="no_spend" if not spent > 0 else "no_sales")
    both = pd.DataFrame({"units": units, "new": new}).fillna(0.0).sort_index()
    scale = row["spend"] / spent
    low, high = ratio_interval(both["units"].to_numpy(), both["new"].to_numpy(), seed=seed)
    total = both.sum()
    return Measured(
        value=scale * total["units"] / total["new"],
        low=scale * float(low),
        high=scale * float(high),
        n=int(total["new"]),
        events=int(min(total["new"], total["units"])),
    )


def purpose_spend(records: Records, purpose: str) -> float:
    """Return spend of a purpose in the last twelve months, in minor units; NaN unless all are booked."""
    currency = records.mrr.attrs["currency"]
    booked = booked_spend(records.given.get("spend"), records.month, currency=currency)
    return float(booked.loc[purpose, "amount"])


def _ltv_cac(row: pd.Series) -> Measured:
    said = SAID.get(row["verdict"], "cannot_tell")
    judged = row["verdict"] in (*SAID, "undecided")
    events = 0 if np.isnan(row["events"]) else int(row["events"])
    low, high = row["low"], row["high"]
    if np.isnan(low) and judged:
        # With so few losses the figure is the least it can be.
        low, high = row["ltv_cac"], np.inf
    lacking = "" if judged else row["verdict"]
    return Measured(row["ltv_cac"], low, high, int(row["new_customers"]), events, lacking, said)


def churn_claims(records: Records, *, seed: int) -> dict[str, Measured]:
    """Return churned ÷ new MRR of twelve months (D35's verdict), and what five points less churn bring.

    That is by how much a customer's margin over its life (D17b), or over five years at 10 % a
    year, would rise if five points fewer of the customers left in a year: the margin a month is
    the same in both, so churn alone decides, with Wilson's range.
    """
    names = ("churned_to_new", "five_points_for_life", "five_points_in_five_years")
    if records.basis == "orders":
        return dict.fromkeys(names, NOT_RECURRING)
    sums = recent_sums(records.mrr, records.margin)[["opened", "lost"]].sum()
    opened, lost = int(sums["opened"]), int(sums["lost"])
    return {
        "churned_to_new": _churn_to_new(records, seed=seed),
        "five_points_for_life": _five_points(records, lost, opened, _life),
        "five_points_in_five_years": _five_points(records, lost, opened, _five_years),
    }


def _churn_to_new(records: Records, *, seed: int) -> Measured:
    table = allocation_rules(records.mrr, records.customers["opening"], seed=seed)
    row = table[(table["rule"] == "churn_to_new") & (table["window_months"] == YEAR)].iloc[0]
    if row["verdict"] == "insufficient":
        return Measured(lacking="too_short" if np.isnan(row["events"]) else "few_events")
    said = SAID.get(row["verdict"], "cannot_tell")
    n = int(recent_sums(records.mrr, records.margin)["opened"].gt(0).sum())
    return Measured(row["value"], row["low"], row["high"], n, int(row["events"]), "", said)


def _five_points(records: Records, lost: int, opened: int, rise) -> Measured:
    if records.mrr.shape[1] <= YEAR or not opened:
        return Measured(lacking="too_short")
    if yearly(lost / opened) <= FEWER_POINTS:
        return Measured(lacking="low_churn", events=lost)
    # Over five years more churn means less at stake and more to gain: the rise has a middle peak.
    rises = [rise(float(rate)) for rate in np.linspace(*wilson(lost, opened), STEPS)]
    n = int(recent_sums(records.mrr, records.margin)["opened"].gt(0).sum())
    return Measured(rise(lost / opened), min(rises), max(rises), n, lost)


def yearly(monthly: float) -> float:
    """Return the share lost in a year at a monthly rate."""
    return 1.0 - (1.0 - monthly) ** YEAR


def _lowered(monthly: float) -> float:
    """Return the monthly rate at which five points fewer leave in a year; nobody leaves below that."""
    kept = min(1.0 - yearly(monthly) + FEWER_POINTS, 1.0)
    return 1.0 - kept ** (1.0 / YEAR)


def _life(monthly: float) -> float:
    lowered = _lowered(monthly)
    return monthly / lowered - 1.0 if lowered > 0 else np.inf


def _five_years(monthly: float) -> float:
    return _annuity(_lowered(monthly)) / _annuity(monthly) - 1.0


def _annuity(monthly: float) -> float:
    ages = np.arange(FIVE_YEARS)
    discount = monthly_discount(DISCOUNT_PER_YEAR)
    weights = month_weights(ages, horizon_months=FIVE_YEARS, monthly_discount=discount)
    return float(((1.0 - monthly) ** ages * weights).sum())
