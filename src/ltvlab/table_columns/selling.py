"""The tables about what selling did to customers."""

from __future__ import annotations

from ltvlab.table_columns.kinds import Columns

SPREAD = {"difference": "rate", "low": "rate", "high": "rate"}
BASIS = {"customers": "count", "rarer": "count", "verdict": "word"}
FOLLOWED = {
    "gate": "word", "compared_with": "word", "outcome": "word", "months": "months",
    "while_blocked": "rate",
    "other": "rate", **SPREAD, "n_blocked": "count", "n_other": "count", **BASIS,
}  # fmt: skip
ACTED = {
    "kind": "word", "compared_with": "word", "acted_on": "rate", "other": "rate", **SPREAD,
    "n_acted": "count", "n_other": "count", **BASIS,
}  # fmt: skip
SELLING: Columns = {
    "selling_effects": {
        "comparison": "word", "compared_with": "word", "first": "rate", "other": "rate", **SPREAD,
        "n_first": "count", "n_other": "count", **BASIS,
    },
    "acted_on": ACTED,
    "acted_on_mrr": {**ACTED, **dict.fromkeys(("acted_on", "other", *SPREAD), "money")},
    "action_states": {"state": "word", "actions": "count"},
    "action_yield": {
        "play": "play", "won": "count", "closed": "count", "win_rate": "rate", "low": "rate",
        "high": "rate",
    },
    "gate_audit": {
        "responsible": "segment", "gate": "word", "offers": "count", "blocked": "count", "share": "rate",
        "customers": "count",
    },
    "offers_while_blocked": FOLLOWED,
    "nps_after_offers": {**FOLLOWED, **dict.fromkeys(("while_blocked", "other", *SPREAD), "number")},
    "churn_after_upsell": {
        "outcome": "word", "after_upsell": "rate", "other": "rate", **SPREAD, "n_upsold": "count",
        "n_other": "count", **BASIS,
    },
    "quarter_ends": {
        "responsible": "segment", "event": "word", "deals": "count", "last_days": "count", "share": "rate",
        "low": "rate", "high": "rate", "share_of_days": "rate", "month_ends": "count",
        "verdict": "word",
    },
    "quarter_end_discounts": {
        "last_days": "rate", "other": "rate", **SPREAD, "n_last_days": "count", "n_other": "count",
        "customers": "count", "verdict": "word",
    },
}  # fmt: skip
