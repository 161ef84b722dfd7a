"""Traffic lights on one figure with two lines: good, watch, act, or insufficient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.claims import FEWEST_EVENTS, Measured, finite

COLUMNS = ("unit", "value", "low", "high", "good_line", "act_line", "cases", "status", "lacking")


class Light(NamedTuple):
    """The line that is good to reach, and the one from which to act; their order says which way is up."""

    good: float
    act: float
    unit: str


def light(line: Light, own: Measured) -> str:
    """Return good, watch, act, or insufficient under twelve cases.

    On a line counts as the better side. Good needs a range that stays off the line for action,
    and act one that does not reach what is good; a figure without a range is taken as it is.
    """
    if own.lacking or own.events < FEWEST_EVENTS or np.isnan(own.value):
        return "insufficient"
    # Turned so that less is better, whichever way the lines run.
    sign = 1.0 if line.good <= line.act else -1.0
    value, good, act = sign * own.value, sign * line.good, sign * line.act
    ends = sorted(value if np.isnan(end) else sign * end for end in (own.low, own.high))
    if value <= good and ends[1] <= act:
        return "good"
    return "act" if value > act and ends[0] > good else "watch"


def lights_table(
    name: str, lines: Mapping[str, Light], measured: Mapping[str, Measured]
) -> pd.DataFrame:
    """Return one row per figure: `name`, then the columns COLUMNS, lines in the order given."""
    rows = [
        {
            name: each,
            "unit": line.unit,
            **{end: finite(getattr(measured[each], end)) for end in ("value", "low", "high")},
            "good_line": line.good,
            "act_line": line.act,
            "cases": measured[each].n,
            "status": light(line, measured[each]),
            "lacking": _lacking(measured[each]),
        }
        for each, line in lines.items()
    ]
    return pd.DataFrame(rows, columns=[name, *COLUMNS])


def _lacking(own: Measured) -> str:
    return own.lacking or ("few_events" if own.events < FEWEST_EVENTS else "")
