"""What makes the gap to the plan, driver by driver to the last yen, and what would close it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.landings import year_start
from ltvlab.metrics.movements import MOVEMENTS
from ltvlab.metrics.retention import YEAR
from ltvlab.metrics.value_drivers import EFFECTS
from ltvlab.money import on_grid

GAP_COLUMNS = ("kpi", "driver", "this_year", "last_year", "part")
CLOSER_COLUMNS = ("lever", "unit", "now", "more", "change", "enough")


def mrr_gap(
    bridge: pd.DataFrame, target: float, *, fiscal_first_month: int, currency: str
) -> pd.DataFrame:
    """Return the gap of MRR to its target, one row per driver; `part` sums to it exactly (D42).

    `this_year` is what the driver brought since the fiscal year began, `last_year` what it
    brought in the same months of the year before (nothing where they are not known), `part` the
    difference; the row `plan` is what last year brought in those months less the growth that the
    plan asks for. Minor units.
    """
    drivers = [*MOVEMENTS, "fx"] if len(bridge) and bridge["fx"].any() else list(MOVEMENTS)
    if bridge.empty or np.isnan(target):
        return _without_rows(currency)
    month = bridge["month"].iloc[-1]
    start = year_start(month, fiscal_first_month=fiscal_first_month)
    by_month = bridge.set_index("month")
    if start not in by_month.index:
        return _without_rows(currency)
    now = by_month.loc[start:, drivers].sum()
    before = by_month.loc[start - YEAR : month - YEAR, drivers]
    complete = len(before) == month.ordinal - start.ordinal + 1
    then = before.sum() if complete else now * 0.0
    asked = target - by_month.at[start, "opening"]
    rows = [(name, now[name], then[name], now[name] - then[name]) for name in drivers]
    rows.append(("plan", -asked, -then.sum(), then.sum() - asked))
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS[1:])).assign(kpi="mrr")[list(GAP_COLUMNS)]
    table.attrs = {"currency": currency, "compared": complete}
    return table


def ltv_gap(changes: pd.DataFrame, row: Mapping[str, float], *, currency: str) -> pd.DataFrame:
    """Return the gap of LTV to its target: what twelve months changed by factor, and the plan.

    `changes` is the table of value changes, over the horizon that both years' records allow;
    what the longer horizon of the KPI adds to the change is the row `horizon`. The row `plan` is
    last year's value less the target.
    """
    rows = changes[changes["axis"] == "all"]
    if rows.empty or np.isnan(row["gap"]) or np.isnan(row["last_year"]):
        return _without_rows(currency)
    change = rows.iloc[0]
    parts = {name: float(on_grid(change[name])) for name in EFFECTS}
    parts["plan"] = row["last_year"] - row["target"]
    parts["horizon"] = row["gap"] - sum(parts.values())
    lines = [
        (name, np.nan, np.nan, part) for name, part in parts.items() if part or name != "horizon"
    ]
    table = pd.DataFrame(lines, columns=list(GAP_COLUMNS[1:])).assign(kpi="ltv")[list(GAP_COLUMNS)]
    table.attrs = {"currency": currency, "compared": True}
    return table


def _without_rows(currency: str) -> pd.DataFrame:
    table = pd.DataFrame(columns=list(GAP_COLUMNS))
    table.attrs = {"currency": currency, "compared": False}
    return table


def gap_closers(
    bridge: pd.DataFrame, row: Mapping[str, float], *, asp: float, months_left: int, currency: str
) -> pd.DataFrame:
    """Return what, each alone, would lead MRR to the year-end target: one row per lever.

    `now` is the mean month of the last twelve, `more` what each month to the year's end needs on
    top of it, `change` the one over the other: customers won at the price new ones pay (`asp`),
    expansion, losses (`less_lost`, negative), and for `price_rise` a rise of the whole book at once.
    `enough` says whether a lever can do it alone: losses cannot fall below none. No rows where
    the landing reaches the target, or no month is left.
    """
    missing = row["year_end"] - row["landing"]
    table = pd.DataFrame(columns=list(CLOSER_COLUMNS))
    if len(bridge) > YEAR and months_left > 0 and missing > 0:
        table = pd.DataFrame(_levers(bridge.tail(YEAR), missing, asp, months_left))
    table.attrs = {"currency": currency, "missing": float(missing), "months_left": months_left}
    return table


def _levers(year: pd.DataFrame, missing: float, asp: float, months_left: int) -> list[dict]:
    each = missing / months_left
    new, gained = year["new"].mean(), year["expansion"].mean()
    lost = -(year["churn"] + year["contraction"]).mean()
    closing = float(year["closing"].iloc[-1])
    rows = []
    if asp > 0:
        # Whole customers: three quarters of one is one more to win.
        rows.append(_lever("new_customers", "count", new / asp, float(np.ceil(each / asp))))
    rows.append(_lever("expansion", "money", gained, each))
    rows.append(_lever("less_lost", "money", lost, -each))
    rows.append(_lever("price_rise", "money", closing, missing))
    return rows


def _lever(lever: str, unit: str, now: float, more: float) -> dict:
    change = more / now if now > 0 else np.nan
    enough = lever != "less_lost" or -more <= now
    return dict(zip(CLOSER_COLUMNS, (lever, unit, now, more, change, enough), strict=True))
