"""One observed feature row per paying customer as of the report month; nothing estimated."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.backends.duckdb import Backend

from ltvlab.months import calendar_quarter, fiscal_year, from_month_number
from ltvlab.text import MANY, OTHER, UNKNOWN
from ltvlab.warehouse.columns import NEVER, month_number

SEGMENTS = ("industry", "channel", "region")
TOGETHER = " + "
# Of a basket of more families the name is too long to read, and seldom the same twice.
MOST_NAMED = 3


def customer_features(
    customers: pd.DataFrame,
    first_cells: pd.DataFrame,
    *,
    first_month: pd.Period,
    losses_declared: bool,
    size_bands: Sequence[int],
    fiscal_first_month: int,
    min_customers: int,
) -> pd.DataFrame:
    """Return one row per customer that ever paid, indexed by customer_id.

    `first_cells` holds each customer's first paid month (`first_paid_month`, `starting_mrr`,
    `starting_margin`, `first_basket`, `annual_share`, `gross_margin`). A customer is `opening`
    when it is known to have started before the first month shown (D07, D24); its start is then
    the earlier of start date and first paid month. Missing segments are `Unknown`.
    """
    features = first_cells.merge(customers, on="customer_id", how="left", validate="one_to_one")
    features = features.sort_values("customer_id").set_index("customer_id")
    for name in SEGMENTS:
        features[name] = features[name].fillna(UNKNOWN) if name in features else UNKNOWN
    features["size"] = size_band(features, size_bands)
    features = _with_start(features, first_month, losses_declared=losses_declared)
    starts = pd.PeriodIndex(features["start_month"])
    features["start_quarter"] = calendar_quarter(starts)
    features["start_year"] = fiscal_year(starts, first_month=fiscal_first_month)
    features["product"] = _as_segments(features["first_basket"], min_customers)
    return features


def first_cells(
    connection: Backend, *, panel: str = "panel", periods: str = "periods"
) -> pd.DataFrame:
    """Return, per customer, the first paid month and what was held and paid at its end.

    A customer that joined and left between two month ends is here, with nothing held (D12, D21).
    """
    rows = connection.table(panel)
    paid = rows.filter(rows["amount"] > 0)
    first = paid.mutate(start=paid["month"].min().over(ibis.window(group_by="customer_id")))
    at_start = first.filter(first["month"] == first["start"])
    starting = at_start.group_by("customer_id").aggregate(
        first_paid_month=at_start["start"].min(),
        starting_mrr=at_start["amount"].sum(),
        starting_margin=at_start["margin"].sum(),
        products_held=at_start["product"].nunique(),
        families=at_start["family"].collect(distinct=True),
    )
    overall = paid.group_by("customer_id").aggregate(
        total=paid["amount"].sum(), margin=paid["margin"].sum(), annual=paid["annual_amount"].sum()
    )
    cells = starting.inner_join(overall, "customer_id").to_pandas()
    cells["first_basket"] = [TOGETHER.join(sorted(families)) for families in cells["families"]]
    cells["gross_margin"] = cells["margin"] / cells["total"]
    cells["annual_share"] = cells["annual"] / cells["total"]
    cells = cells.drop(columns=["families", "total", "margin", "annual"])
    return _with_flash(cells, connection, periods)


def _with_flash(cells: pd.DataFrame, connection: Backend, periods: str) -> pd.DataFrame:
    if periods not in connection.list_tables():
        return cells
    paid = _paid_from(connection.table(periods))
    last = int(connection.table("book").to_pandas()["last_month"].iloc[0])
    starts = paid.filter(paid["paid_from"] <= last).group_by("customer_id")
    starts = starts.aggregate(paid_from=paid["paid_from"].min()).to_pandas()
    cells = cells.merge(starts, on="customer_id", how="outer", validate="one_to_one")
    cells["first_paid_month"] = cells["paid_from"].fillna(cells["first_paid_month"]).astype("int64")
    nothing_held = {
        "starting_mrr": 0.0,
        "starting_margin": 0.0,
        "products_held": 0,
        "first_basket": OTHER,
    }
    return cells.drop(columns="paid_from").fillna(nothing_held)


def _paid_from(periods: ir.Table) -> ir.Table:
    """Return the first paid month of each period: after what is free, and after a pause (D14, D15).

    Periods that were cancelled before they began, or never paid for, are out.
    """
    free_first = periods["discount_end"].notnull() & (periods["list_amount"] > 0)
    periods = periods.filter((periods["amount"] > 0) | free_first)
    begin = ibis.ifelse(periods["amount"] > 0, periods["start"], periods["discount_end"])
    paused = (periods["pause_start"] <= begin) & (periods["pause_end"].fill_null(NEVER) > begin)
    begin = ibis.ifelse(paused.fill_null(False), periods["pause_end"].fill_null(NEVER), begin)
    paid = periods.mutate(begin=begin)
    paid = paid.filter(paid["begin"] < paid["end"])
    return paid.mutate(paid_from=month_number(paid["begin"]))


def _with_start(
    features: pd.DataFrame, first_month: pd.Period, *, losses_declared: bool
) -> pd.DataFrame:
    first_paid = features["first_paid_month"].to_numpy()
    known = _start_date_month(features, first_paid)
    shown = first_month.ordinal
    opening = (first_paid < shown) | ((first_paid == shown) & (losses_declared | (known < shown)))
    start = np.where(opening, np.minimum(known, first_paid), first_paid)
    return features.assign(start_month=from_month_number(start), opening=opening)


def _start_date_month(features: pd.DataFrame, first_paid: np.ndarray) -> np.ndarray:
    if "start_date" not in features:
        return first_paid
    months = features["start_date"].dt.to_period("M").astype("int64")
    return np.where(features["start_date"].notna(), months, first_paid)


def size_band(features: pd.DataFrame, bands: Sequence[int]) -> pd.Series:
    """Return the size band by employees: 1–49, 50–299, 300+ for bands 50 and 300."""
    if "employees" not in features:
        return pd.Series(UNKNOWN, index=features.index)
    edges = [1, *bands]
    labels = [f"{low:,}–{high - 1:,}" for low, high in zip(edges, bands, strict=False)]
    labels.append(f"{bands[-1]:,}+")
    banded = pd.cut(features["employees"], [*edges, np.inf], right=False, labels=labels)
    return banded.astype("object").where(banded.notna(), UNKNOWN)


def _as_segments(baskets: pd.Series, min_customers: int) -> pd.Series:
    """Return baskets few enough to compare: those of many families as one, rare ones as Other."""
    baskets = baskets.mask(baskets.str.split(TOGETHER, regex=False).str.len() > MOST_NAMED, MANY)
    return baskets.where(baskets.map(baskets.value_counts()) >= min_customers, OTHER)
