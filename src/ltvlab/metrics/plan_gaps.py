"""What makes the gap to the plan, driver by driver to the last yen, and what would close it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.landings import year_start
from ltvlab.metrics.movements import MOVEMENTS
from ltvlab.metrics.value_drivers import EFFECTS
from ltvlab.money import on_grid
from ltvlab.months import YEAR

GAP_COLUMNS = ("kpi", "driver", "this_year", "last_year", "part")
CLOSER_COLUMNS = ("lever", "unit", "now", "more", "change", "enough")
# A lever that has to be turned by more of its own level is no plan.
FAR = 0.25


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


def gap_closers(levers: pd.DataFrame, *, missing: float, currency: str) -> pd.DataFrame:
    """Return what, each alone, would lead MRR to the year-end target: one row per lever.

    `levers` is of `break_even`: `now` is its level of the last twelve months, `more` what is
    added, `change` the one over the other; `enough` says whether that is near enough to be a plan.
    No rows where nothing is `missing` at the year's end (minor units).
    """
    reached = levers.dropna(subset=["relative"]) if missing > 0 else levers.iloc[:0]
    table = reached.rename(columns={"today": "now", "change": "more", "relative": "change"})
    table = table.assign(enough=table["change"].abs() <= FAR)[list(CLOSER_COLUMNS)]
    table.attrs = {"currency": currency}
    return table
