"""What was said of past months, then and now, and which cause changed it; the causes sum exactly.

The book is built again step by step, from what the earlier report knew to what this one knows, one
cause at a time and always in the order of `CAUSES`; each cause is what its step changes (D45).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import MOVEMENTS, movement_table
from ltvlab.metrics.retention import retention_table

# Data before rules, so that old and new data are read and counted by the rules of then.
CAUSES = (
    "changed_code", "corrected_data", "late_data", "changed_definition", "changed_params", "settled",
)  # fmt: skip
NOT_SPLIT = "not_split"
KEYS = ["table", "figure", "month"]
VALUE = ["unit", "value"]
RATES = ("nrr", "grr", "logo_churn", "revenue_churn")
RATIOS = ("quick_ratio", "quick_ratio_12", "quick_ratio_with_reactivation")
# The figures of past months that are compared, by the table they are published in: name → unit.
FIGURES: dict[str, dict[str, str]] = {
    "mrr_movements": {
        **dict.fromkeys(("opening", *MOVEMENTS, "fx", "closing"), "money"), "customers": "count",
    },
    "retention": dict.fromkeys(RATES, "rate") | dict.fromkeys(RATIOS, "number"),
    "revenue_by_month": {"revenue": "money", "customers": "count"},
}  # fmt: skip
COLUMNS = [*KEYS, "unit", "before", "after", "change", "cause", "part"]


def past_figures(
    mrr: pd.DataFrame,
    opening: pd.Series,
    *,
    fx: pd.DataFrame | None = None,
    year_ago_rates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return table, figure, month, unit, value: each figure of each month, as precise as published.

    The bridge and the rates of a book of MRR, revenue and customers of a book of orders; money in
    minor units.
    """
    if mrr.attrs["basis"] == "orders":
        revenue, buying = mrr.sum(axis=0).array, (mrr > 0).sum(axis=0).array
        table = pd.DataFrame({"month": mrr.columns, "revenue": revenue, "customers": buying})
        return figures_of({"revenue_by_month": table})
    rates = retention_table(mrr, opening, seed=None, fx=fx, year_ago_rates=year_ago_rates)
    return figures_of({"mrr_movements": movement_table(mrr, opening, fx=fx), "retention": rates})


def figures_of(published: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the figures of published tables in one column, as `past_figures` does.

    A column that the version of then did not publish yet is a figure that was not said.
    """
    parts = [
        pd.DataFrame(
            {
                "table": name,
                "figure": figure,
                "month": table["month"].astype("str").array,
                "unit": unit,
                "value": _as_published(table[figure], unit).array,
            }
        )
        for name, table in published.items()
        for figure, unit in FIGURES[name].items()
        if figure in table
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEYS, *VALUE])


def _as_published(values: pd.Series, unit: str) -> pd.Series:
    values = values.astype("float64")
    if unit in ("money", "count"):
        return values
    # Ten digits are filed; what was never said cannot have changed.
    return values.map(lambda value: float(f"{value:.10g}"))


def restated(said: pd.DataFrame, stages: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return what changed between what was `said` and the last of `stages`, a row per figure and cause.

    `stages` are a cause and the figures after it, in order; a cause may come twice. Columns: table,
    figure, month, unit, before, after, change, cause, part. The parts of a figure sum to its change.
    A figure that only one of the two ends has is left out; where a step in between has none, its
    cause changes nothing.
    """
    figures = [said, *(stage for _, stage in stages)]
    values = pd.DataFrame({number: _by_key(stage) for number, stage in enumerate(figures)})
    ends = values.iloc[:, [0, -1]].notna().all(axis=1)
    steps = values[ends].ffill(axis="columns")
    parts = steps.diff(axis="columns").iloc[:, 1:].set_axis([cause for cause, _ in stages], axis=1)
    long = (
        parts.T.groupby(level=0)
        .sum()
        .T.melt(var_name="cause", value_name="part", ignore_index=False)
    )
    long = long[long["part"] != 0].reset_index()
    wide = pd.DataFrame({"before": steps.iloc[:, 0], "after": steps.iloc[:, -1]})
    wide = wide[wide["before"] != wide["after"]]
    wide = wide.assign(
        change=wide["after"] - wide["before"],
        unit=said.set_index(KEYS)["unit"].reindex(wide.index),
    )
    table = wide.reset_index().merge(long, on=KEYS, how="inner", validate="one_to_many")
    return _in_order(table)[COLUMNS]


def _by_key(figures: pd.DataFrame) -> pd.Series:
    return figures.set_index(KEYS)["value"]


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Newest month first, figures as published, causes in the order they are taken."""
    names = [(name, figure) for name, figures in FIGURES.items() for figure in figures]
    place = {pair: number for number, pair in enumerate(names)}
    order = {cause: number for number, cause in enumerate((*CAUSES, NOT_SPLIT))}
    keys = pd.DataFrame(
        {
            "month": -pd.PeriodIndex(table["month"], freq="M").asi8,
            "figure": [place[pair] for pair in zip(table["table"], table["figure"], strict=True)],
            "cause": table["cause"].map(order),
        }
    )
    rows = np.lexsort([keys["cause"], keys["figure"], keys["month"]])
    return table.iloc[rows].reset_index(drop=True)


def one_sided(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return how many figures of months that both cover have a value in one of the two only."""
    months = set(before["month"]) & set(after["month"])
    both = pd.DataFrame({"before": _by_key(before), "after": _by_key(after)})
    shared = both[both.index.get_level_values("month").isin(months)]
    return int((shared["before"].isna() != shared["after"].isna()).sum())
