"""How many would recommend us: NPS by person, by account and by money, each with its range (D41)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ltvlab.metrics.loyalty import DETRACTOR, PROMOTER
from ltvlab.statistics.intervals import ratio_interval


class NetScore(NamedTuple):
    """Promoters less detractors, in points from -100 to 100, with its 95 % range and answers."""

    nps: float
    low: float
    high: float
    n: int


def net_score(scores: pd.Series, *, level: float = 0.95) -> NetScore:
    """Return the NPS of answers 0–10 with the adjusted Wald range (V12: -10, from -51 to 36 at n = 10).

    Three answers are added before the range is taken: three quarters promoters, three quarters
    detractors, the rest between.
    """
    n = len(scores)
    if n == 0:
        return NetScore(np.nan, np.nan, np.nan, 0)
    up, down = int((scores >= PROMOTER).sum()), int((scores <= DETRACTOR).sum())
    promoters, detractors, total = up + 0.75, down + 0.75, n + 3
    centre = (promoters - detractors) / total
    spread = np.sqrt(((promoters + detractors) / total - centre**2) / total)
    reach = -ndtri((1 - level) / 2) * spread
    low, high = max(centre - reach, -1.0), min(centre + reach, 1.0)
    return NetScore(100 * (up - down) / n, 100 * low, 100 * high, n)


def weighted_net_score(scores: pd.Series, weights: pd.Series, *, seed: int) -> NetScore:
    """Return the NPS of accounts weighted by what they pay; the range draws accounts again (D33)."""
    told = scores.notna() & (weights.reindex(scores.index) > 0)
    score, weight = scores[told], weights.reindex(scores.index)[told].to_numpy(dtype="float64")
    if not told.any():
        return NetScore(np.nan, np.nan, np.nan, 0)
    side = (score >= PROMOTER).to_numpy(dtype="float64") - (score <= DETRACTOR).to_numpy()
    low, high = ratio_interval((side * weight)[:, None], weight[:, None], seed=seed)
    value = float((side * weight).sum() / weight.sum())
    return NetScore(100 * value, 100 * float(low[0]), 100 * float(high[0]), int(told.sum()))
