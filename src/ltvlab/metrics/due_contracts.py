"""Which customer contracts came due, and what became of each: renewed, pending or lost (D26).

A customer contract is what one customer holds of one product family; its lines that come due in
one month are one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

UNIT = ["customer_id", "family", "month"]
FAMILY = ["customer_id", "family"]
# A line of one month's term ends every month: nobody decides to renew it, and it would drown the rest.
SHORTEST_TERM_MONTHS = 2
RUNS_ON = pd.Timestamp("2262-01-01")


def due_contracts(lines: pd.DataFrame, *, as_of: pd.Period, gap_days: int) -> pd.DataFrame:
    """Return one row per customer contract and month it came due in, up to `as_of`.

    Columns customer_id, family, month, due and renewed (monthly amounts), status. The month is
    the one that the original end is written in, however early it was renewed. What lines bring
    that run on counts, and what lines bring that begin within `gap_days` of the end and are
    there when it is due; a contract without either is `pending` while one may still begin,
    unless it was cancelled, then `lost`.
    """
    lines = lines.assign(end=lines["end"].fillna(RUNS_ON))
    after = as_of.end_time.normalize() + pd.Timedelta(days=1)
    bound = lines[(lines["first_due"] <= after) & (lines["term"] >= SHORTEST_TERM_MONTHS)]
    if bound.empty:
        return _nothing_due()
    dues = _due_lines(bound, until=after)
    dues = dues[~_superseded(dues, lines, gap_days=gap_days)]
    units = _units(dues)
    renewals = _replacements(dues, units, lines, gap_days=gap_days)
    units = units.assign(renewed=units["kept"].add(renewals, fill_value=0.0).reindex(units.index))
    still_open = (units["last_due"] + pd.Timedelta(days=gap_days) >= after) & ~units["cancelled"]
    units["status"] = np.select(
        [units["renewed"] > 0, still_open], ["renewed", "pending"], default="lost"
    )
    return units.reset_index()[[*UNIT, "due", "renewed", "status"]]


def _nothing_due() -> pd.DataFrame:
    columns = {"customer_id": "str", "family": "str", "month": "period[M]"}
    columns |= {"due": "float64", "renewed": "float64", "status": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _due_lines(bound: pd.DataFrame, *, until: pd.Timestamp) -> pd.DataFrame:
    """Return one row per line and day it came due: at its first due day, then every term."""
    bound = bound.reset_index(drop=True)
    last = bound["end"].clip(upper=until).dt.to_period("M").astype("int64")
    steps = (last - bound["first_due"].dt.to_period("M").astype("int64")) // bound["term"] + 1
    repeated = bound.index.repeat(np.where(bound["repeats"], steps.clip(lower=0), 0) + 1)
    dues = bound.loc[repeated]
    step = dues.groupby(level=0).cumcount()
    dues["due"] = _months_later(dues["first_due"], step * dues["term"])
    before = _months_later(dues["first_due"], (step - 1) * dues["term"])
    dues = dues[(dues["due"] <= until) & ((step == 0) | (before < dues["end"]))]
    return dues.assign(
        month=(dues["due"] - pd.Timedelta(days=1)).dt.to_period("M"),
        runs_on=dues["end"] > dues["due"],
        paid=_amount(dues, dues["due"] - pd.Timedelta(days=1)),
    ).reset_index(drop=True)


def _months_later(days: pd.Series, months: pd.Series) -> pd.Series:
    """Return the day so many months later, a shorter month's last day where there is none."""
    month = days.dt.to_period("M") + months.astype("int64")
    day = np.minimum(days.dt.day, month.dt.days_in_month)
    return month.dt.to_timestamp() + pd.to_timedelta(day - 1, unit="D")


def _amount(lines: pd.DataFrame, days: pd.Series) -> pd.Series:
    return lines["amount"].where(~(lines["discount_end"] <= days), lines["list_amount"])


def _superseded(dues: pd.DataFrame, lines: pd.DataFrame, *, gap_days: int) -> pd.Series:
    """Say which lines ended early for another one that comes due no later: that one is asked."""
    early = dues.loc[dues["end"] < dues["due"], [*FAMILY, "line", "end", "start", "due"]]
    others = lines[[*FAMILY, "line", "start", "first_due"]]
    pairs = early.reset_index().merge(
        others, on=FAMILY, suffixes=("", "_next"), validate="many_to_many"
    )
    near = (pairs["start_next"] - pairs["end"]).abs() <= pd.Timedelta(days=gap_days)
    later = near & (pairs["start_next"] > pairs["start"]) & (pairs["first_due"] <= pairs["due"])
    return dues.index.to_series().isin(pairs.loc[later, "index"])


def _units(dues: pd.DataFrame) -> pd.DataFrame:
    kept = dues["paid"].where(~dues["runs_on"], _amount(dues, dues["due"]))
    ended = dues["end"].where(~dues["runs_on"])
    return (
        dues.assign(kept=kept.where(dues["runs_on"], 0.0), ended=ended)
        .groupby(UNIT)
        .agg(
            due=("paid", "sum"),
            kept=("kept", "sum"),
            first_end=("ended", "min"),
            last_due=("due", "max"),
            cancelled=("cancelled", "all"),
        )
    )


def _replacements(
    dues: pd.DataFrame, units: pd.DataFrame, lines: pd.DataFrame, *, gap_days: int
) -> pd.Series:
    """Return what the lines bring that took a due contract's place, per contract.

    A line that names its predecessor replaces that one; another the contract of its family that
    it begins nearest to.
    """
    ended = units[units["first_end"].notna()].reset_index()[[*UNIT, "first_end", "last_due"]]
    named = dues.loc[~dues["runs_on"], [*UNIT, "contract_id"]].drop_duplicates()
    by_name = lines.merge(
        named.drop(columns=FAMILY).assign(**{name: named[name] for name in FAMILY}),
        left_on=[*FAMILY, "predecessor_id"],
        right_on=[*FAMILY, "contract_id"],
        suffixes=("", "_before"),
        validate="many_to_many",
    ).merge(ended, on=UNIT, validate="many_to_one")
    others = lines[~lines["line"].isin(by_name["line"])]
    nearby = others.merge(ended, on=FAMILY, validate="many_to_many")
    gap = pd.Timedelta(days=gap_days)
    nearby = nearby[nearby["start"] >= nearby["first_end"] - gap]
    found = pd.concat([by_name, nearby], ignore_index=True)
    there = (found["start"] <= found["last_due"] + gap) & (found["end"] > found["last_due"])
    found = found[there & ~_is_due_itself(found, dues)]
    distance = (found["start"] - found["last_due"]).abs()
    found = found.assign(distance=distance).sort_values(["line", "distance", "month"])
    found = found.drop_duplicates("line")
    begun = found["start"].clip(lower=found["last_due"])
    return found.assign(paid=_amount(found, begun)).groupby(UNIT)["paid"].sum()


def _is_due_itself(found: pd.DataFrame, dues: pd.DataFrame) -> np.ndarray:
    keys = [*UNIT, "line"]
    return pd.MultiIndex.from_frame(found[keys]).isin(pd.MultiIndex.from_frame(dues[keys]))
