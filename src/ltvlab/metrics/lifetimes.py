"""How long customers stay: one spell per customer, entered late where history starts late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.statistics.comparisons import adjusted_p_values
from ltvlab.statistics.survival import log_rank, survival_curve

# A segment of fewer customers has no curve that another could differ from.
FEWEST_COMPARED = 5


def lifetimes(mrr: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer: entry, duration (months of age) and event.

    A spell runs from the customer's start to the first month end without MRR; a customer still
    paying in the last month is censored there. Opening customers are watched from the age they
    had in the first month (D24); those already gone by then, and second spells, are out.
    """
    first, last = mrr.columns[0].ordinal, mrr.columns[-1].ordinal
    people = customers[["start_month", "opening"]].reindex(mrr.index)
    start = pd.PeriodIndex(people["start_month"]).astype("int64").to_numpy()
    opening = people["opening"].to_numpy(dtype=bool)
    from_column = np.where(opening, 0, start - first)
    paid = mrr.to_numpy() > 0
    columns = np.arange(paid.shape[1])
    lost = ~paid & (columns >= from_column[:, None])
    event = lost.any(axis=1)
    end = np.where(event, first + lost.argmax(axis=1), last)
    spells = pd.DataFrame(
        {"entry": np.where(opening, first - start, 0), "duration": end - start, "event": event},
        index=mrr.index,
    )
    return spells[~opening | paid[:, 0]]


def survival_by_segment(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, axes: tuple[str, ...]
) -> pd.DataFrame:
    """Return survival curves: axis, segment, age (months), survival, low, high, at_risk.

    Kaplan–Meier with late entry and log-log ranges (D18, D24), for all customers and for every
    segment of each axis; an age stands only where at least five customers were at risk.
    """
    spells = lifetimes(mrr, customers)
    segments = {("all", "all"): spells}
    for axis in axes:
        groups = spells.groupby(customers[axis].reindex(spells.index), sort=True)
        segments |= {(axis, name): group for name, group in groups}
    curves = {key: _curve(group) for key, group in segments.items()}
    table = (
        pd.concat(curves, names=["axis", "segment"])
        .reset_index(["axis", "segment"])
        .reset_index(drop=True)
    )
    table.attrs = dict(mrr.attrs)
    return table


def _curve(spells: pd.DataFrame) -> pd.DataFrame:
    curve = survival_curve(
        spells["duration"].to_numpy(), spells["event"].to_numpy(), spells["entry"].to_numpy()
    )
    return curve[["age", "survival", "low", "high", "at_risk"]]


def log_rank_by_axis(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, axes: tuple[str, ...]
) -> pd.DataFrame:
    """Return, per axis, the log-rank chi-square that its segments share one survival curve.

    Columns axis, segments, chi_square, p_value (Holm-corrected over the axes, D18). Segments of
    fewer than five customers are left out; with fewer than two left nothing is tested.
    """
    spells = lifetimes(mrr, customers)
    rows = []
    for axis in axes:
        groups = customers[axis].reindex(spells.index)
        kept = groups.map(groups.value_counts()) >= FEWEST_COMPARED
        spell = [spells.loc[kept, name].to_numpy() for name in ("duration", "event")]
        entry = spells.loc[kept, "entry"].to_numpy()
        names = groups[kept].to_numpy()
        tested = log_rank(*spell, names, entry) if len(names) else (np.nan, np.nan)
        rows.append((axis, len(np.unique(names)), *tested))
    table = pd.DataFrame(rows, columns=["axis", "segments", "chi_square", "p_value"])
    return table.assign(p_value=adjusted_p_values(table["p_value"].to_numpy()))
