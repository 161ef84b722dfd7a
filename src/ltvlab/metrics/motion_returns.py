"""What a year's spend on expansion, retention and new business brings (D35b)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.acquisition_cost import WITHOUT_COST
from ltvlab.metrics.acquisition_odds import LONGEST_MONTHS
from ltvlab.metrics.allocation import FEWEST_EVENTS, SURE
from ltvlab.metrics.motion_sums import MotionSums
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson
from ltvlab.statistics.likelihood import FEWEST_EVENTS as FEWEST_LOSSES
from ltvlab.statistics.ratios import odds_over, ratio_range, resampled_ratio

MOTIONS = ("expansion", "retention", "new")
FIGURES = (
    "won_mrr", "margin_share", "expected_months", "brought", "cost", "hours", "value", "low", "high",
    "per_hour", "customers", "point_worth", "break_even",
)  # fmt: skip


class Costs(NamedTuple):
    """What a motion cost in twelve months (minor units), its hours, and why there is no cost."""

    amount: float
    hours: float
    lacking: str


def motion_costs(booked: pd.DataFrame, acquired: pd.DataFrame) -> dict[str, Costs]:
    """Return the cost of each motion: spend as booked, of new business that of CAC (D20).

    `booked` is of booked_spend, `acquired` of acquisition_table, so that one figure is one.
    """
    costs = {name: _booked(booked.loc[name]) for name in ("expansion", "retention")}
    hours = float(booked.loc["acquisition", "hours"])
    if acquired.empty:
        return costs | {"new": Costs(np.nan, hours, "no_spend")}
    row = acquired.iloc[0]
    # Without new customers the spend is known, and has brought nothing.
    if row["verdict"] in WITHOUT_COST and row["verdict"] != "no_customers":
        reason = "no_spend" if row["verdict"] == "no_spend" else "months_missing"
        return costs | {"new": Costs(np.nan, hours, reason)}
    return costs | {"new": Costs(float(row["spend"]), hours, "")}


def _booked(row: pd.Series) -> Costs:
    lacking = "" if row["amount"] > 0 else "months_missing" if row["months"] else "no_spend"
    return Costs(float(row["amount"]) if not lacking else np.nan, float(row["hours"]), lacking)


def motion_returns(
    sums: MotionSums | None, costs: dict[str, Costs], *, attrs: dict, seed: int
) -> pd.DataFrame:
    """Return one row per motion: what it won in twelve months, what that will bring, at what cost.

    `won_mrr` of expansion is sales of more (D08: cross-sell, upsell), of new business the first
    MRR of new customers. `brought` = its gross margin a month × `expected_months`; `value` =
    brought ÷ cost, with its range (customers drawn again, bootstrap-t; cost as booked). What
    retention kept cannot be seen: `point_worth` is what one percent of today's MRR kept instead
    of lost would bring, `break_even` the share of MRR a year from which its cost is earned back.
    Minor units; `lacking` says why a row has no value. `sums` is None for orders.
    """
    rows = [_row(name, sums, costs[name], attrs, seed=seed) for name in MOTIONS]
    table = pd.DataFrame(rows, columns=["motion", *FIGURES, "lacking"])
    table.attrs = dict(attrs)
    return table


def _row(name: str, sums: MotionSums | None, cost: Costs, attrs: dict, *, seed: int) -> dict:
    row = dict.fromkeys(FIGURES, np.nan) | {"motion": name, "cost": cost.amount, "hours": cost.hours}  # fmt: skip
    row["lacking"] = lacking(sums, attrs) or cost.lacking
    if lacking(sums, attrs) or sums is None:
        return row
    total = sums.each.sum()
    months = float(expected_months(total["lost"], total["opened"], sums.step))
    row["expected_months"] = months
    if name == "retention":
        worth = sums.margin_now * 0.01 * months
        even = cost.amount / worth / 100 if worth > 0 else np.nan
        return row | {"point_worth": worth, "break_even": even}
    won = float(total[f"{name}_mrr"])
    brought = float(total[name]) * months
    row |= {
        "won_mrr": won,
        "margin_share": total[name] / won if won > 0 else np.nan,
        "brought": brought,
        "per_hour": brought / cost.hours if cost.hours > 0 else np.nan,
        "customers": int((sums.each[f"{name}_mrr"] > 0).sum()),
    }
    if not cost.lacking:
        low, high = _range(sums, name, seed=seed)
        row |= {"value": brought / cost.amount, "low": low / cost.amount, "high": high / cost.amount}  # fmt: skip
    return row


def lacking(sums: MotionSums | None, attrs: dict) -> str:
    """Return why no return can be worked out, whatever was spent; an empty text if it can."""
    if attrs["basis"] == "orders":
        return "not_recurring"
    if attrs["margin_source"] == "none":
        return "no_margin"
    return "too_short" if sums is None else ""


def expected_months(lost: np.ndarray, opened: np.ndarray, step: int) -> np.ndarray:
    """Return how long a customer is expected to stay: step ÷ share lost per step, 60 months at most.

    With fewer than ten losses it is the least that Wilson's bound on the share lost allows.
    """
    if lost < FEWEST_LOSSES:
        return np.minimum(step / wilson(lost, opened)[1], LONGEST_MONTHS)
    return np.minimum(step * opened / lost, LONGEST_MONTHS)


def _range(sums: MotionSums, name: str, *, seed: int) -> tuple[float, float]:
    won, lost, opened = (sums.each[part].to_numpy() for part in (name, "lost", "opened"))
    a_month = np.array(ratio_range(resampled_ratio([won], [], seed=seed)))
    if lost.sum() < FEWEST_LOSSES:
        ends = a_month * expected_months(lost.sum(), opened.sum(), sums.step)
    else:
        whole = np.array(ratio_range(resampled_ratio([won, opened], [lost], seed=seed)))
        # The lesser of two figures lies between the lesser of their ends.
        ends = np.minimum(whole * sums.step, a_month * LONGEST_MONTHS)
    return float(ends[0, 0]), float(ends[1, 0])


def expansion_against_new(
    sums: MotionSums | None, returns: pd.DataFrame, *, seed: int
) -> dict[str, float | str]:
    """Return the row of the 30 % rule's table that sets expansion's return against new business's.

    The expected months are the same in both and cancel. `probability` is that expansion returns
    more, of the draws of its range; `flip_amount` the MRR won by expansion (minor units) that
    would have had to be more or less for the order to turn, `flip_customers` how few of its
    buyers carry that.
    """
    by_motion = returns.set_index("motion")
    row = dict.fromkeys(("value", "low", "high", "events", "probability", "flip_amount", "flip_customers"), np.nan)  # fmt: skip
    row |= {"rule": "expansion_to_new", "window_months": YEAR, "threshold": 1.0}
    reasons = by_motion.loc[["expansion", "new"], "lacking"]
    if sums is None or reasons.any():
        return row | {"verdict": "insufficient", "lacking": reasons[reasons != ""].iloc[0] if reasons.any() else "too_short"}  # fmt: skip
    each = sums.each[["expansion", "new"]].to_numpy()
    scale = by_motion.loc["new", "cost"] / by_motion.loc["expansion", "cost"]
    events = int(by_motion.loc[["expansion", "new"], "customers"].min())
    amount, buyers = turning_sales(sums.each, scale)
    row |= {"events": events, "flip_amount": amount, "flip_customers": buyers, "lacking": ""}
    drawn = resampled_ratio([each[:, 0] * scale], [each[:, 1]], seed=seed)
    low, high = ratio_range(drawn)
    row |= {"low": float(low[0]), "high": float(high[0]), "probability": float(odds_over(drawn, 1.0)[0])}  # fmt: skip
    won = each.sum(axis=0)
    value = float(won[0] * scale / won[1]) if won[1] > 0 else np.nan
    return row | {"value": value, "verdict": _verdict(events, row["probability"])}


def _verdict(events: int, probability: float) -> str:
    if events < FEWEST_EVENTS or not (probability >= SURE or probability <= 1 - SURE):
        return "undecided"
    return "expansion_first" if probability >= SURE else "new_business_first"


def turning_sales(each: pd.DataFrame, scale: float) -> tuple[float, float]:
    """Return the least MRR of sales of more that turns the order of returns, and of how few buyers.

    Whole minor units: one less leaves the order as it is. Where more would have to be sold, how
    few would have bought it is unknown. `scale` is the cost of new business ÷ that of expansion.
    """
    total = each.sum()
    motion = "expansion" if total["expansion_mrr"] > 0 else "new"
    share = total[motion] / total[f"{motion}_mrr"] if total[f"{motion}_mrr"] > 0 else np.nan
    gap = total["expansion_mrr"] - total["new"] / (scale * share) if share > 0 else np.nan
    if not gap > 0:
        return (float(np.floor(-gap) + 1) if gap <= 0 else np.nan), np.nan
    amount = float(np.ceil(gap))
    reached = np.cumsum(np.sort(each["expansion_mrr"].to_numpy())[::-1]) >= amount
    return amount, float(reached.argmax() + 1) if reached.any() else np.nan
