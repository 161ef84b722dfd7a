"""How far one lever alone would have to be turned to reach an MRR, and what evens out what (D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ltvlab.metrics.scenarios.engine import Engine, expected_mrr
from ltvlab.metrics.scenarios.levers import BASE, Levers
from ltvlab.money import to_minor
from ltvlab.months import month_range

COLUMNS = ["lever", "unit", "today", "change", "relative"]
# Levers of which a reader can picture one step, each with its unit.
STEPS = {
    "churn_points": "points_a_month", "new_customers": "customers_a_month", "first_price": "of_the_price",
    "expansion": "of_the_rate",
}  # fmt: skip
# A lever is searched up to so many times today's level.
FURTHEST = 4.0
STEEPEST_ANSWER = 100.0


class Target(NamedTuple):
    """An MRR to reach (minor units) in a month ahead, counted from 1; `planned` where someone set it."""

    amount: float
    ahead: int
    planned: bool


def target_of(engine: Engine, targets: pd.DataFrame | None, *, target_mrr: float = 0.0) -> Target:
    """Return the MRR to reach: the setting, else the plan's last month within the horizon.

    `target_mrr`, in major units, is for the last month shown. Without either it is what one more
    new customer a month would make of the base, so that levers can still be set against each other.
    """
    if target_mrr > 0:
        amount = float(to_minor(target_mrr, engine.attrs["currency"]))
        return Target(amount, engine.horizon, planned=True)
    planned = _planned(engine, targets)
    if len(planned):
        ahead = planned.index[-1].ordinal - engine.seen.month.ordinal
        amount = float(to_minor(planned.iloc[-1], engine.attrs["currency"]))
        return Target(amount, int(ahead), planned=True)
    one_more = expected_mrr(engine, Levers(new_customers=1.0))
    return Target(float(one_more[-1]), engine.horizon, planned=False)


def _planned(engine: Engine, targets: pd.DataFrame | None) -> pd.Series:
    """Return the MRR planned per month shown, of the whole company."""
    if targets is None:
        return pd.Series(dtype="float64")
    whole = targets["kpi"].astype(str).str.casefold().eq("mrr") & targets["target"].notna()
    for axis in ("segment", "team"):
        whole &= targets[axis].isna() if axis in targets else True
    rows = targets[whole]
    months = rows["month"].dt.to_period("M")
    amounts = pd.Series(rows["target"].to_numpy(float), index=pd.PeriodIndex(months)).sort_index()
    shown = month_range(engine.months[0], engine.months[-1])
    return amounts[amounts.index.isin(shown)]


def break_even(engine: Engine, target: Target) -> pd.DataFrame:
    """Return lever, unit, today, change and relative: each lever alone that reaches the target.

    `today` is the level of the last twelve months, `change` what is added to it, `relative` the
    one by the other; prices and expansion are shares of today's. No change where the lever alone
    cannot reach it.
    """
    today = {
        "churn_points": engine.seen.churn,
        "new_customers": float(engine.rates.joined.sum()),
        "first_price": 1.0,
        "expansion": 1.0,
    }
    rows = [
        {"lever": name, "unit": unit, "today": today[name], "change": _change(engine, target, name, today[name])}
        for name, unit in STEPS.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    level = table["today"].where(table["today"] > 0)
    table = table.assign(relative=table["change"] / level)[COLUMNS]
    table.attrs = dict(engine.attrs)
    return table


def _change(engine: Engine, target: Target, lever: str, today: float) -> float:
    def missing(change: float) -> float:
        return expected_mrr(engine, Levers(**{lever: change}))[target.ahead - 1] - target.amount

    furthest = max(today, 1.0) if lever == "new_customers" else today
    return _root(missing, -today, FURTHEST * furthest)


def _root(missing, low: float, high: float) -> float:
    """Return where `missing` crosses zero between the bounds; NaN where it does not."""
    ends = missing(low), missing(high)
    if low == high or np.sign(ends[0]) == np.sign(ends[1]):
        return np.nan
    # Further digits differ from machine to machine.
    return round(float(brentq(missing, low, high, xtol=1e-9)), 8)


def answer_that_eats_a_rise(engine: Engine, levers: Levers) -> float:
    """Return the `price_response` at which a price rise brings nothing; NaN where it always pays.

    Losses then rise by this many times the share of the rise, in the year in which it is made.
    """
    if levers.price_rise <= 0:
        return np.nan
    base = expected_mrr(engine, BASE)[-1]

    def gained(response: float) -> float:
        rise = Levers(price_rise=levers.price_rise, price_response=response)
        return float(expected_mrr(engine, rise)[-1] - base)

    return _root(gained, 0.0, STEEPEST_ANSWER)
