"""Why a customer's value changed in twelve months: unit price, frequency, lifetime and margin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.segment_values import headline_method, ltv_by_segment
from ltvlab.metrics.value_components import ltv_components
from ltvlab.metrics.value_drivers import EFFECTS, FACTORS, driver_effects
from ltvlab.money import on_grid
from ltvlab.months import YEAR

PLACE = ["axis", "segment"]
COLUMNS = (*PLACE, "before", "after", "change", *EFFECTS)
# A start quarter or year is another one, or the same customers grown older, a year later.
NOT_TRAITS = ("start_quarter", "start_year")


def ltv_changes(
    ltv: pd.DataFrame,
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    orders: pd.DataFrame,
    credits: pd.DataFrame | None = None,
    discount_rate_per_year: float = 0.10,
    seed: int,
    months: int = YEAR,
) -> pd.DataFrame:
    """Return how the headline value changed in `months`, split exactly over its four factors (D17).

    Columns axis, segment, before, after, change, by_price, by_frequency, by_lifetime, by_margin,
    in minor units; the four (Shapley values) sum to the change to the last 1/1024. `ltv` is the
    table of the report month. Both months are valued as their own report would, from what was
    known by then, by one method over one horizon: the shorter of the two. Where a segment has no
    value in one month, or the method changed, there is no row; nor before two years of history. Traits are as they are known now.
    The attrs say the horizon.
    """
    nothing = pd.DataFrame(columns=list(COLUMNS))
    nothing.attrs = dict(mrr.attrs)
    horizon = _horizon(ltv)
    if mrr.shape[1] < months + YEAR or np.isnan(horizon):
        return nothing
    book = {"mrr": mrr, "margin": margin, "orders": orders, "credits": credits}
    settings = {"discount_rate_per_year": discount_rate_per_year, "seed": seed}
    past = _valued(_by_then(book, customers, months), horizon, settings)
    common = _horizon(past)
    if np.isnan(common):
        return nothing
    attrs = dict(mrr.attrs) | {"horizon_months": int(common), "months": months}
    return _split(past, _valued((book, customers), common, settings), attrs=attrs)


def _by_then(book: dict, customers: pd.DataFrame, months: int) -> tuple[dict, pd.DataFrame]:
    """Return the matrices without their last months, and the customers that had started by then."""
    past = {
        name: None if matrix is None else matrix.iloc[:, :-months] for name, matrix in book.items()
    }
    then = past["mrr"].columns[-1]
    started = customers[pd.PeriodIndex(customers["start_month"]) <= then]
    past["mrr"] = past["mrr"].loc[(past["mrr"] != 0).any(axis=1)]
    return past, started


def _valued(seen: tuple[dict, pd.DataFrame], horizon: float, settings: dict) -> pd.DataFrame:
    """Return method, horizon and the four factors of the headline value, per trait's segment."""
    book, customers = seen
    if book["mrr"].empty:
        return pd.DataFrame(columns=[*PLACE, "method", "horizon_months", *FACTORS])
    ltv = ltv_by_segment(
        book["mrr"], book["margin"], customers, credits=book["credits"], ranges=False,
        horizon_months=int(horizon), cohort_months=int(horizon), **settings,
    )  # fmt: skip
    ltv = ltv[~ltv["axis"].isin(NOT_TRAITS)]
    components = ltv_components(ltv, book["mrr"], customers, orders=book["orders"])
    return components.assign(method=headline_method(book["mrr"]))


def _horizon(values: pd.DataFrame) -> float:
    """Return the months that the headline of all customers covers; NaN where it has no value."""
    known = values[values["axis"] == "all"]
    if "headline" in known:
        known = known[known["headline"] & known["value"].notna()]
    return float(known["horizon_months"].iloc[0]) if len(known) else np.nan


def _split(past: pd.DataFrame, now: pd.DataFrame, *, attrs: dict) -> pd.DataFrame:
    common = past.loc[past["axis"] == "all", "horizon_months"].item()
    alike = [*PLACE, "method", "horizon_months"]
    both = past.merge(now, on=alike, suffixes=("_then", ""), validate="one_to_one")
    both = both[both["horizon_months"] == common]
    before = both[[f"{name}_then" for name in FACTORS]].to_numpy(dtype="float64")
    after = both[list(FACTORS)].to_numpy(dtype="float64")
    known = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
    table = both.loc[known, PLACE].reset_index(drop=True)
    before, after = before[known], after[known]
    table["before"], table["after"] = on_grid(before.prod(axis=1)), on_grid(after.prod(axis=1))
    table["change"] = table["after"] - table["before"]
    effects = on_grid(driver_effects(before, after))
    # The largest part takes the rounding of all, so that the parts sum to the change exactly.
    largest = np.abs(effects).argmax(axis=1)
    effects[np.arange(len(effects)), largest] += table["change"] - effects.sum(axis=1)
    table = table.join(pd.DataFrame(effects, columns=list(EFFECTS)))
    table.attrs = attrs
    return table
