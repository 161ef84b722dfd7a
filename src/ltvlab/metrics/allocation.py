"""Where to put the next yen: churned against new MRR, with the odds and how near the verdict is (D35)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from ltvlab.metrics.movements import Changes, changes, moved_by_customer
from ltvlab.statistics.ratios import odds_over, ratio_range, resampled_ratio

# The articles' rule: retention first once churned MRR is over 30 % of new MRR.
THRESHOLD = 0.30
WINDOWS = (3, 6, 12)
FEWEST_EVENTS = 12
SURE = 0.9
# Of losses so rare that resampling cannot see them, this share of chance is left out.
RARE = 0.05
# What is set against what: the rule as the articles say it, and two wider readings.
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "churn_to_new": (("churn",), ("new",)),
    "churn_to_new_and_reactivation": (("churn",), ("new", "reactivation")),
    "losses_to_new": (("churn", "contraction"), ("new",)),
}


class Flip(NamedTuple):
    """The smallest change that turns a verdict: of the losses (minor units), and in customers."""

    amount: float
    customers: float


def allocation_rules(
    mrr: pd.DataFrame, opening: pd.Series, *, seed: int, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per rule and window: is churned MRR over 30 % of new MRR, and how surely (D35a).

    Columns rule, window_months, value, low, high (the underlying ratio, customers resampled,
    bootstrap-t), threshold, events (customers lost), probability (that the underlying ratio is
    over the threshold, of the same draws), flip_amount (minor units) and flip_customers, verdict:
    retention_first, growth_first, undecided, or insufficient where the window is not complete. A
    ratio of exactly 30 % does not fire; losses with nothing new do, with an empty ratio. With
    fewer than 12 losses only growth_first can be sure: where as many losses as chance allows
    (Poisson, 95 %), each of average size, would stay under the line; `probability` is then 5 %.
    Without a loss that is all that is known: else no odds.
    """
    moves = changes(mrr, opening, fx=fx)
    rows = [
        {"rule": rule, "window_months": months, "threshold": THRESHOLD}
        | _judged(mrr, moves, months, sides, seed=seed)
        for rule, sides in RULES.items()
        for months in WINDOWS
    ]
    table = pd.DataFrame(rows)
    table.attrs = dict(mrr.attrs)
    return table


def _judged(
    mrr: pd.DataFrame,
    moves: Changes,
    months: int,
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    seed: int,
) -> dict[str, float | str]:
    nothing = dict.fromkeys(("value", "low", "high", "events", "probability", "flip_amount", "flip_customers"), np.nan)  # fmt: skip
    # The first month has no month before it, so it can lose nothing.
    if mrr.shape[1] <= months:
        return nothing | {"verdict": "insufficient"}
    moved = moved_by_customer(moves, mrr.index, months=months)
    losses, gains = (moved[list(side)].abs().sum(axis=1).to_numpy() for side in sides)
    events = int((losses > 0).sum())
    if losses.sum() == 0 and gains.sum() == 0:
        return nothing | {"events": 0, "verdict": "insufficient"}
    low, high, probability = _odds(losses, gains, seed=seed)
    if events < FEWEST_EVENTS and _stay_under(losses, gains):
        probability, verdict = RARE, "growth_first"
    else:
        verdict = _verdict(events, probability)
    distance = flip(losses, gains, mrr.to_numpy()[:, -1])
    return {
        "value": losses.sum() / gains.sum() if gains.sum() > 0 else np.nan,
        "low": low,
        "high": high,
        "events": events,
        "probability": probability,
        "flip_amount": distance.amount,
        "flip_customers": distance.customers,
        "verdict": verdict,
    }


def fires(losses: float, gains: float) -> bool:
    """Return whether losses are over 30 % of gains; exactly 30 % is not over."""
    # In minor units on a grid, so that 0.3 of a sum is compared without a float's error.
    return bool(10 * losses > 3 * gains)


def flip(losses: np.ndarray, gains: np.ndarray, paying: np.ndarray) -> Flip:
    """Return how much more or less would have to be lost for the verdict to turn, and by how few.

    One minor unit less does not turn it. Customers are counted largest first: those lost that
    would have had to stay, or those paying today that would have to leave.
    """
    gap = 10 * losses.sum() - 3 * gains.sum()
    if gap > 0:
        amount = np.ceil(gap / 10)
        return Flip(float(amount), _fewest(losses, amount))
    amount = np.floor(-gap / 10) + 1
    return Flip(float(amount), _fewest(paying, amount))


def _fewest(amounts: np.ndarray, needed: float) -> float:
    """Return how many of the largest amounts reach what is needed; NaN where all together do not."""
    reached = np.cumsum(np.sort(amounts)[::-1]) >= needed
    return float(reached.argmax() + 1) if reached.any() else np.nan


def _odds(losses: np.ndarray, gains: np.ndarray, *, seed: int) -> tuple[float, float, float]:
    if not losses.any() or not gains.any():
        # Draws cannot bring a side that nobody was on; many losses and nothing new need none.
        return np.nan, np.nan, 1.0 if (losses > 0).sum() >= FEWEST_EVENTS else np.nan
    ratio = resampled_ratio([losses], [gains], seed=seed)
    low, high = ratio_range(ratio)
    return float(low[0]), float(high[0]), float(odds_over(ratio, THRESHOLD)[0])


def _stay_under(losses: np.ndarray, gains: np.ndarray) -> bool:
    """Return whether even as many losses as chance allows would not fire."""
    lost, won = losses[losses > 0], gains[gains > 0]
    if len(won) == 0:
        return False
    size = max(won.mean(), lost.mean() if len(lost) else 0.0)
    return not fires(float(gammaincinv(len(lost) + 1, 1 - RARE) * size), float(gains.sum()))


def _verdict(events: int, probability: float) -> str:
    if events < FEWEST_EVENTS or not (probability >= SURE or probability <= 1 - SURE):
        return "undecided"
    return "retention_first" if probability >= SURE else "growth_first"
