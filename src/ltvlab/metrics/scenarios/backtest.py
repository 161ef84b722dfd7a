"""What the engine would have said six and twelve months ago for today, and how wrong it was (D43)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.engine import expected_mrr, scenario_engine
from ltvlab.metrics.scenarios.evidence import lacking
from ltvlab.metrics.scenarios.paths import bands, simulated_mrr

MONTHS_AGO = (6, 12)
COLUMNS = ["month", "months_ago", "opening", "said", "low", "high", "came", "error", "unchanged_error"]  # fmt: skip


def scenario_backtest(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, seed: int, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per origin: month, months_ago, opening, said, low, high, came, error.

    An origin sees the columns of its own months and nothing later. `error` is what was said over
    what came, less one; `unchanged_error` that of the forecast anyone could make: MRR stays as it
    is. Nothing is said where the book was too small or short, or where rates were to triple it.
    """
    came = float(mrr.iloc[:, -1].sum())
    rows = [_row(mrr, customers, fx, ago, came, seed) for ago in MONTHS_AGO if mrr.shape[1] > ago]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs = dict(mrr.attrs)
    return table


def _row(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    fx: pd.DataFrame | None,
    ago: int,
    came: float,
    seed: int,
) -> dict[str, object]:
    then = mrr.iloc[:, :-ago]
    opening = float(then.iloc[:, -1].sum())
    row = {
        "month": then.columns[-1],
        "months_ago": ago,
        "opening": opening,
        "came": came,
        "unchanged_error": opening / came - 1.0 if came else np.nan,
    }
    unsaid = row | dict.fromkeys(("said", "low", "high", "error"), np.nan)
    if any(lacking(then)):
        return unsaid
    engine = scenario_engine(then, customers, fx=None if fx is None else fx.iloc[:, :-ago])
    if engine.horizon < ago:
        return unsaid
    said = float(expected_mrr(engine)[ago - 1])
    found = bands(simulated_mrr(engine._replace(horizon=ago), seed=seed))
    error = said / came - 1.0 if came else np.nan
    ranged = {name: float(found[name][-1]) for name in ("low", "high")}
    return row | ranged | {"said": said, "error": error}
