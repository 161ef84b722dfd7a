"""Did the score of potential rank who expanded since? The quarterly check of the score (D28)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ltvlab.metrics.expansion import expansion_between
from ltvlab.metrics.reasons import GROUPS

# On either side: who expanded, and who did not.
FEWEST = 12
Z = 1.959963984540054
COLUMNS = ("month", "customers", "expanded", "ranking", "low", "high", "ranks")


def score_validity(
    standings: pd.DataFrame, matrix: pd.DataFrame, reasons: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per earlier quarter end, with the columns COLUMNS.

    Of the customers that paid at `month`, `expanded` bought more up to the newest quarter end:
    with the `reasons` of movements, through cross-sell or upsell, else by paying more. `ranking`
    is how often one that expanded had the higher score of a pair: 0.5 is chance. `ranks` is ranks,
    ranks_wrongly, no_sign (its 95 % range holds 0.5), or cannot_tell with fewer than 12 customers
    on either side.
    """
    months = sorted(standings["month"].unique())
    rows = [_row(standings, matrix, reasons, since, months[-1]) for since in months[:-1]]
    return pd.DataFrame([row for row in rows if row], columns=COLUMNS)


def _row(
    standings: pd.DataFrame,
    matrix: pd.DataFrame,
    reasons: pd.DataFrame | None,
    since: pd.Period,
    until: pd.Period,
) -> dict:
    grown = expansion_between(matrix, since, until)
    then = standings[standings["month"] == since].set_index("customer_id")["potential"]
    score = then.reindex(grown.index).dropna()
    if score.empty:
        return {}
    more = grown["expanded"].reindex(score.index) > 0
    if reasons is not None:
        more = pd.Series(score.index.isin(_buyers(reasons, since, until)), index=score.index)
    ranking, low, high = concordance(score.to_numpy(), more.to_numpy())
    return {
        "month": since, "customers": len(score), "expanded": int(more.sum()), "ranking": ranking,
        "low": low, "high": high, "ranks": _word(low, high),
    }  # fmt: skip


def _buyers(reasons: pd.DataFrame, since: pd.Period, until: pd.Period) -> pd.Index:
    inside = (reasons["month"] > since.ordinal) & (reasons["month"] <= until.ordinal)
    sold = reasons["reason"].isin(GROUPS["sales"]) & (reasons["amount"] > 0)
    return pd.Index(reasons.loc[inside & sold, "customer_id"].unique())


def concordance(score: np.ndarray, more: np.ndarray) -> tuple[float, float, float]:
    """Return how often a customer with `more` scores higher than one without, and its 95 % range.

    Ties count half. The range is DeLong's, held within 0 and 1; all NaN with fewer than 12
    customers on either side.
    """
    ups, others = score[more], score[~more]
    if min(len(ups), len(others)) < FEWEST:
        return np.nan, np.nan, np.nan
    together = rankdata(np.concatenate([ups, others]))
    above = (together[: len(ups)] - rankdata(ups)) / len(others)
    below = 1.0 - (together[len(ups) :] - rankdata(others)) / len(ups)
    share = float(above.mean())
    error = np.sqrt(above.var(ddof=1) / len(ups) + below.var(ddof=1) / len(others))
    return share, max(share - Z * error, 0.0), min(share + Z * error, 1.0)


def _word(low: float, high: float) -> str:
    if np.isnan(low):
        return "cannot_tell"
    return "ranks" if low > 0.5 else "ranks_wrongly" if high < 0.5 else "no_sign"
