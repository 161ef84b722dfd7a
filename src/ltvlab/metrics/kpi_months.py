"""KPIs month by month beside their targets, for the company and for each part with a target (D42)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.kpi_series import KpiBook, among, kpi_series
from ltvlab.metrics.kpis import KPIS
from ltvlab.metrics.plans import SCOPE, Plan, customers_of
from ltvlab.months import YEAR

# Segment, team and owner of a figure.
Scope = tuple[str, str, str]
WHOLE: Scope = ("all", "all", "all")


def scope_series(
    book: KpiBook, plan: Plan, *, ltv: pd.DataFrame, acquisition: pd.DataFrame
) -> dict[Scope, pd.DataFrame]:
    """Return months × KPIs for the company and for each segment, team and owner with a target.

    `ltv` is the table of values by month (one method and horizon), `acquisition` that of LTV/CAC
    by channel. A scope that no customer belongs to is not among them.
    """
    scopes = plan.targets[SCOPE].drop_duplicates()
    found = {WHOLE: kpi_series(book)}
    for scope in scopes.to_dict("records"):
        key = tuple(scope.values())
        ids = customers_of(book.customers, pd.Series(scope)) if key != WHOLE else None
        if ids is not None and len(ids):
            found[key] = kpi_series(among(book, ids))
    for key, series in found.items():
        if key[1:] == WHOLE[1:]:
            series["ltv"] = _valued(ltv, "value", key[0]).reindex(series.index)
            series.loc[series.index[-1], "ltv_cac"] = _ltv_cac(acquisition, key[0])
    return found


def _valued(ltv: pd.DataFrame, column: str, segment: str) -> pd.Series:
    rows = ltv[ltv["segment"] == segment].drop_duplicates("month")
    return rows.set_index("month")[column].astype("float64")


def _ltv_cac(acquisition: pd.DataFrame, segment: str) -> float:
    rows = acquisition.loc[acquisition["channel"] == segment, "ltv_cac"]
    return float(rows.iloc[0]) if len(rows) else np.nan


def kpi_months(series: Mapping[Scope, pd.DataFrame], plan: Plan) -> pd.DataFrame:
    """Return one row per KPI and month of the company, and of each scope with a target for the KPI.

    Columns kpi, segment, team, owner, month, actual, target, last_year, unit, and whose it is.
    """
    actual = pd.concat(
        [
            _long(table, key).assign(last_year=_long(table.shift(YEAR), key)["actual"])
            for key, table in series.items()
        ],
        ignore_index=True,
    )
    keys = ["kpi", *SCOPE, "month"]
    targets = plan.targets.astype({"month": "period[M]"}) if len(plan.targets) else plan.targets
    rows = actual.merge(targets, on=keys, how="outer", validate="one_to_one")
    planned = rows["target"].notna().groupby([rows[name] for name in keys[:-1]]).transform("any")
    whole = (rows[SCOPE] == "all").all(axis=1)
    rows = rows[(rows["actual"].notna() & whole) | planned]
    order = {name: place for place, name in enumerate(KPIS)}
    rows = rows.assign(place=rows["kpi"].map(order), part=~whole)
    rows = rows.sort_values(["place", "part", *SCOPE, "month"], kind="stable", ignore_index=True)
    unit = rows["kpi"].map({name: kpi.unit for name, kpi in KPIS.items()})
    there = [key in series for key in rows[SCOPE].itertuples(index=False, name=None)]
    partial = rows["partial"].eq(True)
    return rows.assign(
        unit=unit, there=there, partial=partial, responsible=rows["responsible"].fillna("")
    )


def _long(table: pd.DataFrame, key: Scope) -> pd.DataFrame:
    wide = table.rename_axis(index="month", columns="kpi")
    rows = wide.stack(future_stack=True).rename("actual").reset_index()
    return rows.assign(**dict(zip(SCOPE, key, strict=True)))
