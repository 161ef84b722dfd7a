"""The scenarios month by month, where they end, and what the forecast rests on, as tables (D43)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.break_even import Target
from ltvlab.metrics.scenarios.engine import Engine, expected_mrr, inflow
from ltvlab.metrics.scenarios.levers import BASE, Levers
from ltvlab.metrics.scenarios.paths import QUANTILES, bands, simulated_mrr
from ltvlab.money import on_grid

SIZES = {1: ("all_sizes",), 2: ("smaller_half", "larger_half"), 3: ("small_third", "middle_third", "large_third")}  # fmt: skip
AGES = {1: ("all_ages",), 2: ("first_year", "after_first_year"), 3: ("first_year", "second_year", "later_years")}  # fmt: skip


def scenario_table(
    engine: Engine, scenarios: Mapping[str, Levers], target: Target, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the months of every scenario, and one row per scenario on where it ends.

    The first has scenario, month, mrr (expected), low, high (95 %), low_80, high_80; the second
    the last month of each with `difference` from the base, and `odds`: the share of paths at or
    above the target in its month (the base: also above today, `odds_of_growth` in the attrs).
    """
    months, ends = [], []
    base = expected_mrr(engine, BASE)
    attrs = dict(engine.attrs)
    for name, levers in scenarios.items():
        paths = simulated_mrr(engine, levers, seed=seed)
        mrr = expected_mrr(engine, levers)
        months.append(
            pd.DataFrame({"scenario": name, "month": engine.months, "mrr": mrr} | bands(paths))
        )
        odds = float((paths[:, target.ahead - 1] >= target.amount).mean())
        ends.append({"scenario": name, "difference": mrr[-1] - base[-1], "odds": odds if target.planned else np.nan})  # fmt: skip
        if name == "base":
            attrs["odds_of_growth"] = float((paths[:, -1] > engine.seen.held.sum()).mean())
    by_month = pd.concat(months, ignore_index=True)
    last = by_month[by_month["month"] == engine.months[-1]]
    where = last.merge(pd.DataFrame(ends), on="scenario", validate="one_to_one")
    by_month.attrs, where.attrs = attrs, attrs
    return by_month[["scenario", "month", "mrr", "low", "high", "low_80", "high_80"]], where


def chosen_lines(
    engine: Engine, levers: Levers, base: pd.DataFrame, *, seed: int | None = None
) -> pd.DataFrame:
    """Return the base's months and bands, and those of the levers chosen; columns as of `scenarios`.

    The bands of the choice are empty without a `seed`: they take seconds, and a slider that is
    moved shall answer at once.
    """
    shown = dict.fromkeys(QUANTILES, np.nan)
    if seed is not None:
        shown = bands(simulated_mrr(engine, levers, seed=seed))
    chosen = {"scenario": "chosen", "month": engine.months, "mrr": expected_mrr(engine, levers)}
    table = pd.concat([base, pd.DataFrame(chosen | shown)], ignore_index=True)
    table.attrs = dict(engine.attrs)
    return table


def rate_table(engine: Engine) -> pd.DataFrame:
    """Return size, age_band, customer_months, losses, churn, expansion, contraction: monthly, per cell."""
    seen, rates = engine.seen, engine.rates
    _, strata, bands_ = rates.churn.shape
    cells = pd.MultiIndex.from_product([SIZES[strata], AGES[bands_]], names=["size", "age_band"])
    columns = {
        "customer_months": seen.at_risk.sum(axis=0).ravel(),
        "losses": seen.lost.sum(axis=0).ravel(),
        "churn": rates.churn[0].ravel(),
        "expansion": rates.expansion[0].ravel(),
        "contraction": rates.contraction[0].ravel(),
    }
    table = pd.DataFrame(columns, index=cells).reset_index()
    table.attrs = dict(engine.attrs)
    return table


def new_business_table(engine: Engine) -> pd.DataFrame:
    """Return channel, customers (of the window), per_month, first_mrr (mean) and mrr_per_month.

    The last rows are who came back, and what open deals foretell as the other source of new MRR.
    """
    seen, rates = engine.seen, engine.rates
    customers = seen.joined.sum(axis=(0, 2))
    monthly = on_grid(rates.new[0].sum(axis=1))
    back = (seen.returned.sum(axis=1) > 0).sum()
    table = pd.DataFrame(
        {"channel": seen.channels, "customers": customers, "mrr_per_month": monthly}
    )
    others = [
        {"channel": "came_back", "customers": back, "mrr_per_month": on_grid(rates.returning.sum())}
    ]
    table = pd.concat([table[table["customers"] > 0], pd.DataFrame(others)], ignore_index=True)
    per_month = table["customers"] / seen.months
    first = on_grid(table["mrr_per_month"] / per_month.where(per_month > 0))
    table = table.assign(per_month=per_month, first_mrr=first)
    if engine.open_business is not None:
        found = engine.open_business
        deals = {"channel": "open_deals", "customers": np.nan, "mrr_per_month": on_grid(found.mrr_per_month)}  # fmt: skip
        table = pd.concat([table, pd.DataFrame([deals])], ignore_index=True)
    table.attrs = dict(engine.attrs)
    return table[["channel", "customers", "per_month", "first_mrr", "mrr_per_month"]]


def season_table(engine: Engine) -> pd.DataFrame:
    """Return month_of_year (1–12) and factor on new business; no rows without a season to tell."""
    factors = engine.seen.season
    rows = {"month_of_year": np.arange(1, len(factors) + 1), "factor": factors}
    table = pd.DataFrame(rows)
    return table if (factors != 1.0).any() else table.iloc[:0]


def first_months(engine: Engine) -> tuple[float, float]:
    """Return new MRR a month of the deals' months: as usual, and as open deals foretell it."""
    found = engine.open_business
    if found is None:
        return np.nan, np.nan
    usual = inflow(engine, engine.rates, BASE) - engine.rates.returning[:, :, None]
    return float(usual[0].sum(axis=0)[: found.months].mean()), found.mrr_per_month


def mrr_by_month(mrr: pd.DataFrame) -> pd.DataFrame:
    """Return month and closing MRR of every month so far; no rows for orders."""
    months = mrr.columns if mrr.attrs["basis"] != "orders" else mrr.columns[:0]
    table = pd.DataFrame({"month": months, "closing": mrr[months].sum(axis=0).to_numpy(float)})
    table.attrs = dict(mrr.attrs)
    return table
