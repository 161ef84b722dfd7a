"""How much more a customer could become: a score from 0 to 100 out of four parts (D28)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known

# Ours: the articles name the parts and give no weights.
WEIGHTS: Mapping[str, float] = {"size": 25, "industry": 25, "room": 25, "engagement": 25}
ENGAGED = ("pricing_page", "upper_feature", "trial_request", "inquiry", "community", "seminar")
# An industry's own rate counts as much as this many customers of the whole book.
SHRINKAGE = 10.0


def potential_scores(
    features: pd.DataFrame,
    *,
    families: int,
    expansion: pd.Series,
    weights: Mapping[str, float] = WEIGHTS,
) -> pd.DataFrame:
    """Return score (0–100) and its parts per customer_id, each the percentile rank among all given.

    size: employees and annual revenue; industry: realised expansion of its industry
    (`expansion_by_industry`); room: families not held, of `families` sold; engagement: events of
    interest in 90 days. A part that is unknown leaves its weight to the others, and `missing`
    names it. Customers without any part have no score.
    """
    parts = pd.DataFrame(
        {
            "size": _mean_rank(features, ("employees", "annual_revenue")),
            "industry": _rank(features["industry"].astype("str").map(expansion)),
            "room": _rank(families - known(features, "families")),
            "engagement": _rank(_engagement(features)),
        },
        index=features.index,
    )
    weight = pd.Series(dict(weights))[parts.columns]
    carried = parts.notna().mul(weight)
    total = carried.sum(axis=1)
    score = (parts.fillna(0.0).mul(weight).sum(axis=1) / total).where(total > 0)
    missing = [", ".join(parts.columns[row]) for row in parts.isna().to_numpy()]
    return parts.assign(score=score, missing=missing)


def expansion_by_industry(
    expanded: pd.Series, opening: pd.Series, industry: pd.Series
) -> pd.Series:
    """Return expansion ÷ opening MRR per industry over a year, drawn towards the whole book's.

    `expanded` and `opening` are per customer (minor units); an industry of ten customers counts
    for itself and for the book in equal parts.
    """
    customers = opening[opening > 0].index
    group = industry.reindex(customers).astype("str")
    total = opening.loc[customers].sum()
    overall = expanded.reindex(customers).fillna(0.0).sum() / total if total > 0 else np.nan
    sums = pd.DataFrame(
        {"up": expanded.reindex(customers).fillna(0.0), "base": opening.loc[customers]}
    )
    by_group = sums.groupby(group).sum()
    n = group.value_counts().reindex(by_group.index)
    own = by_group["up"] / by_group["base"]
    return (n * own + SHRINKAGE * overall) / (n + SHRINKAGE)


def _engagement(features: pd.DataFrame) -> pd.Series:
    given = [f"{kind}_90" for kind in ENGAGED if f"{kind}_90" in features]
    return features[given].sum(axis=1) if given else pd.Series(np.nan, index=features.index)


def _mean_rank(features: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    return pd.DataFrame({name: _rank(known(features, name)) for name in names}).mean(axis=1)


def _rank(values: pd.Series) -> pd.Series:
    """Return percentile mid-ranks, 0–100; a figure that all share says nothing and is unknown."""
    told = values.dropna()
    if told.nunique() < 2:
        return pd.Series(np.nan, index=values.index)
    return ((values.rank(method="average") - 0.5) / len(told) * 100).astype("float64")
