"""Recency, frequency, monetary value: every customer in one named group, none in "other" (D30)."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIVE_FROM = 100
ONE_SCORE_SHARE = 0.8
# The first rule that holds names the group; 5 is best, and the last takes whoever is left.
GROUPS = (
    "champions", "loyal_buyers", "new_buyers", "promising", "cannot_lose", "fading", "dormant",
    "needs_attention",
)  # fmt: skip


def rfm_table(purchases: pd.DataFrame) -> pd.DataFrame:
    """Return recency, frequency, monetary (scores, 5 best) and rfm (the group) per customer_id.

    `purchases` has per customer days_since (its last chosen purchase), purchases and margin in
    the window. Scores are fifths of mid-ranks, thirds (spread over 1, 3, 5) under 100 customers;
    equal figures share a score. Customers without a purchase are left out.
    """
    bought = purchases.dropna(subset=["days_since"])
    scores = pd.DataFrame(
        {
            "recency": _scores(-bought["days_since"]),
            "frequency": _scores(bought["purchases"]),
            "monetary": _scores(bought["margin"]),
        }
    )
    return scores.assign(rfm=_groups(scores))


def tells_apart(scores: pd.DataFrame) -> bool:
    """Return whether RFM adds anything: not when four fifths share one recency or frequency score."""
    shares = [scores[name].value_counts(normalize=True).max() for name in ("recency", "frequency")]
    return bool(len(scores) and max(shares) < ONE_SCORE_SHARE)


def _scores(values: pd.Series) -> pd.Series:
    fifths = len(values) >= FIVE_FROM
    parts = 5 if fifths else 3
    place = (values.rank(method="average") - 0.5) / max(len(values), 1)
    part = np.floor(place * parts).clip(upper=parts - 1)
    return (part + 1 if fifths else 2 * part + 1).astype("int64")


def _groups(scores: pd.DataFrame) -> np.ndarray:
    recency, often, much = scores["recency"], scores["frequency"], scores["monetary"]
    rules = {
        "champions": (recency >= 4) & (often >= 4) & (much >= 4),
        "loyal_buyers": (recency >= 3) & (often >= 4),
        "new_buyers": (recency >= 4) & (often <= 2),
        "promising": recency >= 4,
        "cannot_lose": (recency <= 2) & (often >= 4) & (much >= 4),
        "fading": (recency <= 2) & (often >= 3),
        "dormant": recency <= 2,
    }
    return np.select(list(rules.values()), list(rules), default="needs_attention")
