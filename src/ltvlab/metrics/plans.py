"""The plan as a company brings it: targets in our units, whose they are, and what we do not know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.kpis import ADDITIVE, KPIS
from ltvlab.money import to_minor

SCOPE = ["segment", "team", "owner"]
PLAN_COLUMNS = ["kpi", *SCOPE, "month", "target", "responsible", "partial"]
# A sum of people's targets is the company's plan while most of them have one (ours).
MOST_PEOPLE = 0.8
# What targets may be set for, in the order in which a name is looked for.
AXES = ("industry", "size", "channel", "region", "product", "owner", "team")


class Plan(NamedTuple):
    """The targets by KPI, scope and month; names nobody knows; KPIs whose rates were percents."""

    targets: pd.DataFrame
    unknown: tuple[str, ...]
    in_percent: tuple[str, ...]


def plan_of(targets: pd.DataFrame | None, *, currency: str) -> Plan:
    """Return the targets in minor units and rates of 0–1, with whose they are.

    Columns kpi, segment, team, owner (`all` where the target is the whole company's), month,
    target, responsible. A KPI with one owner and team has somebody responsible; one with several
    is split among them, and where it is money their sum is the company's; `partial` marks a
    month of it in which fewer of them have a target than in the fullest month. Names of KPIs
    that there are not are in `unknown`, none is dropped in silence.
    """
    if targets is None or targets.empty:
        return Plan(pd.DataFrame(columns=PLAN_COLUMNS), (), ())
    given = targets.dropna(subset=["target"]).reset_index(drop=True)
    given = given.assign(month=given["month"].dt.to_period("M"), kpi=given["kpi"].astype("str"))
    for name in SCOPE:
        column = given[name] if name in given else pd.Series(None, given.index, dtype="object")
        given[name] = column.astype("object").where(column.notna(), "all").astype("str")
    is_known = given["kpi"].isin(list(KPIS))
    unknown = tuple(sorted(given.loc[~is_known, "kpi"].unique()))
    rows = _with_responsible(given[is_known])
    rows, in_percent = _in_our_units(rows, currency)
    order = ["kpi", *SCOPE, "month"]
    rows = rows[PLAN_COLUMNS].sort_values(order, kind="stable", ignore_index=True)
    return Plan(rows, unknown, in_percent)


def _with_responsible(given: pd.DataFrame) -> pd.DataFrame:
    """Tell people who answer for a KPI from people among whom it is split, and add up the split."""
    people = given["team"] + "\n" + given["owner"]
    split = people.groupby([given["kpi"], given["segment"]]).transform("nunique") > 1
    named = given["owner"].where(given["owner"] != "all", given["team"])
    single = given.assign(
        responsible=np.where(~split & (named != "all"), named, ""),
        team=given["team"].where(split, "all"),
        owner=given["owner"].where(split, "all"),
        partial=False,
    )
    return pd.concat([single, _sums(single[split])], ignore_index=True)


def _sums(split: pd.DataFrame) -> pd.DataFrame:
    """Return what the parts of money targets come to, where nobody wrote the whole."""
    parts = split[split["kpi"].isin(ADDITIVE)]
    place = [parts["kpi"], parts["segment"]]
    whole = (parts["team"] == "all") & (parts["owner"] == "all")
    parts = parts[~whole.groupby(place).transform("any")]
    # Targets of teams and of the people in them are the same money told twice.
    of_team = parts["owner"] == "all"
    parts = parts[of_team == of_team.groupby([parts["kpi"], parts["segment"]]).transform("any")]
    sums = parts.groupby(["kpi", "segment", "month"], as_index=False)["target"].agg(["sum", "size"])
    fullest = sums.groupby(["kpi", "segment"])["size"].transform("max")
    sums = sums.assign(partial=sums["size"] < MOST_PEOPLE * fullest, team="all", owner="all")
    return sums.rename(columns={"sum": "target"}).drop(columns="size").assign(responsible="")


def _in_our_units(rows: pd.DataFrame, currency: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    target = rows["target"].to_numpy(dtype="float64")
    is_money = rows["kpi"].map({name: kpi.unit == "money" for name, kpi in KPIS.items()})
    target = np.where(is_money.to_numpy(dtype="bool"), to_minor(target, currency), target)
    most = rows["kpi"].map({name: kpi.most for name, kpi in KPIS.items()}).astype("float64")
    # Percent or share is decided once for a KPI: a churn target of 0.9 may stand beside one of 1.1.
    percent = (rows["target"] > most).groupby(rows["kpi"]).transform("any").to_numpy(dtype="bool")
    in_percent = tuple(sorted(rows.loc[percent, "kpi"].unique()))
    return rows.assign(target=np.where(percent, target / 100.0, target)), in_percent


def customers_of(customers: pd.DataFrame, scope: pd.Series) -> pd.Index | None:
    """Return the ids that a row's segment, team and owner name; None where one is not found."""
    inside = pd.Series(True, index=customers.index)
    for name, axes in (("segment", AXES[:5]), ("team", ("team",)), ("owner", ("owner",))):
        if scope[name] == "all":
            continue
        there = [axis for axis in axes if axis in customers]
        found = [axis for axis in there if customers[axis].astype("str").eq(scope[name]).any()]
        if not found:
            return None
        inside &= customers[found[0]].astype("str").eq(scope[name])
    return customers.index[inside]
