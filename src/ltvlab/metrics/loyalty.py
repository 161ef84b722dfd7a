"""How customers stand with us: loyal, stable or at risk, and why (D29)."""

from __future__ import annotations

import numpy as np
import pandas as pd

# The articles' bands of the 0–10 question; whole scores only, means of several people lie between.
DETRACTOR, PROMOTER = 6, 9
LOYAL_USAGE = 0.6
USAGE_FALL = -0.3
NEGATIVE_TICKETS = 2
SIGNALS = ("detractor", "usage_falls", "negative_tickets")


def nps_band(score: pd.Series) -> pd.Series:
    """Return promoter (9–10), passive, detractor (0–6), or an empty text without a score (D41).

    A mean between 6 and 7 is no longer a detractor's, one under 9 not yet a promoter's.
    """
    rules = {
        "promoter": score >= PROMOTER,
        "detractor": score <= DETRACTOR,
        "passive": score > DETRACTOR,
    }
    return pd.Series(np.select(list(rules.values()), list(rules), default=""), index=score.index)


def risk_signals(features: pd.DataFrame) -> pd.DataFrame:
    """Return one flag per customer and signal of risk: detractor, usage_falls, negative_tickets.

    Use falls by 30 % or more against the customer's own three months before (D29), set against
    the book, since a holiday moves everyone.
    """
    fall, tickets = known(features, "usage_change_in_book"), known(features, "negative_tickets_90")
    flags = {
        "detractor": known(features, "nps") <= DETRACTOR,
        # Sums of thirds miss -0.3 by the last bit.
        "usage_falls": fall <= USAGE_FALL + 1e-12,
        "negative_tickets": tickets >= NEGATIVE_TICKETS,
    }
    return pd.DataFrame(flags, index=features.index)


def loyalty_table(features: pd.DataFrame) -> pd.DataFrame:
    """Return loyalty (at_risk, loyal, stable) and reason per customer_id, and whether scored (D29).

    First match wins, so a promoter whose use collapses is at risk. Loyal are promoters that use
    at least 60 % of a limit; where nothing is limited the score alone decides. `scored` is false
    without an NPS answer in twelve months: such customers are judged on use and tickets.
    """
    signals = risk_signals(features)
    share = known(features, "usage_share")
    uses = (share >= LOYAL_USAGE) | share.isna()
    loyal = (known(features, "nps") >= PROMOTER) & uses
    at_risk = signals.any(axis=1)
    table = pd.DataFrame(
        {
            "loyalty": np.select([at_risk, loyal], ["at_risk", "loyal"], default="stable"),
            "reason": np.where(at_risk, signals.idxmax(axis=1), ""),
            "scored": known(features, "nps").notna(),
        },
        index=features.index,
    )
    return table


def known(features: pd.DataFrame, name: str) -> pd.Series:
    """Return a number per customer, NaN throughout where the company does not bring it."""
    unknown = pd.Series(np.nan, index=features.index)
    return features.get(name, unknown).astype("float64")
