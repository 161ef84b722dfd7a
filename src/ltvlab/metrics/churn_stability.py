"""Whether churn is stable: the share lost lately against the share lost before (D35b)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.allocation import FEWEST_EVENTS, SURE
from ltvlab.metrics.movements import KINDS, changes
from ltvlab.months import YEAR
from ltvlab.statistics.rate_ratios import rate_ratio, rate_ratio_range
from ltvlab.statistics.resampling import resampled_sums

# Stable from four fifths to five quarters of what it was, both included.
LOWEST, HIGHEST = 0.8, 1.25
WINDOWS = (3, YEAR)
SUMS = ("lost", "there", "lost_before", "there_before")


def churn_stability(
    mrr: pd.DataFrame, opening: pd.Series, dues: pd.DataFrame, *, seed: int
) -> pd.DataFrame:
    """Return one row per measure and window: is what is lost now what was lost before (D35b)?

    `stable_churn`: customers lost ÷ customers there, of the last 3 or 12 months, ÷ the same of as
    many months before; `stable_renewals`: contracts not renewed ÷ contracts due, of twelve months
    (`dues` of due_contracts; without any the row is left out). Columns as for the 30 % rule;
    `threshold` is the nearer edge of the band, `probability` that the underlying ratio lies in
    it, `flip_customers` how many more or fewer losses lately would turn what the ratio says.
    """
    rows = [
        {"rule": "stable_churn", "window_months": months}
        | _judged(_lost_customers(mrr, opening, months), seed=seed)
        for months in WINDOWS
    ]
    if len(dues):
        contracts = _lost_contracts(dues, mrr)
        rows.append(
            {"rule": "stable_renewals", "window_months": YEAR} | _judged(contracts, seed=seed)
        )
    return pd.DataFrame(rows)


def _lost_customers(mrr: pd.DataFrame, opening: pd.Series, months: int) -> np.ndarray:
    """Return customers × SUMS; nothing where either window is not complete."""
    # The first month has no month before it, so it can lose nothing.
    if mrr.shape[1] <= 2 * months:
        return np.zeros((0, len(SUMS)))
    step = changes(mrr, opening)
    lost, there = step.kind == KINDS.index("churn"), step.before > 0
    windows = (slice(-months, None), slice(-2 * months, -months))
    sums = [part[:, window].sum(axis=1) for window in windows for part in (lost, there)]
    return np.column_stack(sums).astype("float64")


def _lost_contracts(dues: pd.DataFrame, mrr: pd.DataFrame) -> np.ndarray:
    ago = mrr.columns[-1].ordinal - dues["month"].astype("period[M]").astype("int64")
    settled = dues["status"].ne("pending")
    recent, before = settled & ago.between(0, YEAR - 1), settled & ago.between(YEAR, 2 * YEAR - 1)
    known = mrr.shape[1] >= 2 * YEAR
    lost = dues["status"].eq("lost")
    sums = pd.DataFrame(
        {"lost": lost & recent, "there": recent, "lost_before": lost & before, "there_before": before}
    )  # fmt: skip
    each = sums.astype("float64").groupby(dues["customer_id"].to_numpy()).sum().to_numpy()
    return each if known else each[:0]


def _judged(each: np.ndarray, *, seed: int) -> dict[str, float | str]:
    total = each.sum(axis=0)
    ratio, events = float(rate_ratio(total)), int(total[0] + total[2])
    row = dict.fromkeys(("low", "high", "threshold", "probability", "flip_amount", "flip_customers"), np.nan)  # fmt: skip
    row |= {"value": ratio, "events": events if len(each) else np.nan, "verdict": "insufficient"}
    if np.isnan(ratio):
        return row
    low, high = rate_ratio_range(each, seed=seed)
    drawn = rate_ratio(resampled_sums(each, seed=seed))
    inside, above = _within(drawn), drawn > HIGHEST
    odds = {"stable": inside.mean(), "rising": above.mean(), "falling": (drawn < LOWEST).mean()}
    # Without a range too many draws have nothing to divide by, and the others would mislead.
    told = events >= FEWEST_EVENTS and not np.isnan(low)
    sure = [name for name, odd in odds.items() if odd >= SURE and told]
    return row | {
        "low": low,
        "high": high,
        "threshold": LOWEST if ratio < 1 else HIGHEST,
        "probability": float(inside.mean()) if told else np.nan,
        "flip_customers": turning_losses(*(int(figure) for figure in total)),
        "verdict": sure[0] if sure else "undecided",
    }


def _within(ratio: np.ndarray) -> np.ndarray:
    return (ratio >= LOWEST) & (ratio <= HIGHEST)


def standing(lost: int, there: int, lost_before: int, there_before: int) -> str:
    """Return falling, stable or rising: what counts say by themselves; both edges are stable."""
    # Whole numbers, so that an edge is met exactly.
    if 5 * lost * there_before < 4 * there * lost_before:
        return "falling"
    return "rising" if 4 * lost * there_before > 5 * there * lost_before else "stable"


def turning_losses(lost: int, there: int, lost_before: int, there_before: int) -> float:
    """Return how many more or fewer losses lately would make `standing` say something else."""
    least = -(-4 * there * lost_before // (5 * there_before))
    most = 5 * there * lost_before // (4 * there_before)
    said = standing(lost, there, lost_before, there_before)
    if said == "falling":
        return float(least - lost)
    if said == "rising":
        return float(lost - most)
    fewer = lost - least + 1 if least > 0 else np.inf
    return float(min(most + 1 - lost, fewer))
