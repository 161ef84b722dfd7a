"""Does a signal go before losses here? Monthly hazards of exposed and other customers (D38)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import ndtr

from ltvlab.metrics.leaving_months import Leaving
from ltvlab.statistics.comparisons import adjusted_p_values

LAGS = (1, 3, 6)
FEWEST_LOSSES = 12
# Fewer among the exposed could not be told from none.
FEWEST_AMONG_EXPOSED = 3
FALSE_SHARE = 0.1
Z = 1.959963984540054
COLUMNS = (
    "signal", "lag_months", "losses", "exposed", "exposed_losses", "hazard_ratio", "low", "high",
    "q_value", "lead",
)  # fmt: skip


class _Fit(NamedTuple):
    ratio: float
    low: float
    high: float
    p_value: float


NO_FIT = _Fit(np.nan, np.nan, np.nan, np.nan)


def leading_indicators(
    signals: Mapping[str, pd.DataFrame], leaving: Leaving, bound: pd.Series | None = None
) -> pd.DataFrame:
    """Return one row per signal and lag of 1, 3 and 6 months, with the columns COLUMNS.

    `exposed` counts customer-months in which leaving was possible and the signal showed so many
    months before; `hazard_ratio` compares the odds of leaving in such a month with all others,
    within customers that are `bound` by terms and within those that are not. Ranges and p values
    allow for months of one customer going together. `lead` is leads, fewer_leave, no_sign, or
    cannot_tell: under 12 losses, or under 3 seen or to be expected among the exposed, or none
    on one side.
    """
    strata = pd.Series(False, index=leaving.could.index) if bound is None else bound
    strata = strata.reindex(leaving.could.index).fillna(False).astype("bool")
    rows = [
        {"signal": name, "lag_months": lag, **_row(signal, lag, leaving, strata)}
        for name, signal in signals.items()
        for lag in LAGS
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS[:-2], "p_value"])
    table["q_value"] = adjusted_p_values(table["p_value"].to_numpy("float64"), method="fdr_bh")
    sure, more = table["q_value"] <= FALSE_SHARE, table["hazard_ratio"] > 1
    told = [table["q_value"].isna(), sure & more, sure]
    table["lead"] = np.select(told, ["cannot_tell", "leads", "fewer_leave"], default="no_sign")
    return table[list(COLUMNS)]


def _row(signal: pd.DataFrame, lag: int, leaving: Leaving, strata: pd.Series) -> dict:
    shown = signal.T.shift(lag).T.to_numpy(dtype="float64")
    used = leaving.could.to_numpy() & ~np.isnan(shown)
    customer = np.nonzero(used)[0]
    exposed, left = shown[used] > 0, leaving.left.to_numpy()[used]
    fit = _hazard_ratio(left, exposed, strata.to_numpy()[customer], customer)
    return {
        "losses": int(left.sum()), "exposed": int(exposed.sum()),
        "exposed_losses": int((left & exposed).sum()), "hazard_ratio": fit.ratio, "low": fit.low,
        "high": fit.high, "p_value": fit.p_value,
    }  # fmt: skip


def _hazard_ratio(
    left: np.ndarray, exposed: np.ndarray, bound: np.ndarray, customer: np.ndarray
) -> _Fit:
    """Return the ratio of hazards from a complementary log-log model, clustered by customer."""
    among = (left & exposed).sum()
    expected = left.sum() * exposed.mean() if len(left) else 0.0
    few = max(among, expected) < FEWEST_AMONG_EXPOSED
    if left.sum() < FEWEST_LOSSES or few or among in (0, left.sum()):
        return NO_FIT
    columns = [np.ones(len(left)), exposed]
    # Without losses on both sides a stratum would push its own coefficient to infinity.
    if 0 < (left & bound).sum() < left.sum():
        columns.append(bound)
    family = sm.families.Binomial(link=sm.families.links.CLogLog())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(
            left.astype("float64"), np.column_stack(columns).astype("float64"), family=family
        ).fit(cov_type="cluster", cov_kwds={"groups": customer})
    slope, error = float(fit.params[1]), float(fit.bse[1])
    if not (np.isfinite(slope) and error > 0):
        return NO_FIT
    low, high = np.exp(slope - Z * error), np.exp(slope + Z * error)
    return _Fit(float(np.exp(slope)), float(low), float(high), float(2 * ndtr(-abs(slope / error))))
