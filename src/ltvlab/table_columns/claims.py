"""The tables of the articles' claims, the failure patterns, and good against bad selling."""

from __future__ import annotations

from ltvlab.table_columns.kinds import Columns

NUMBERS = {"unit": "text", "value": "number", "low": "number", "high": "number"}
LIGHT = {
    **NUMBERS, "good_line": "number", "act_line": "number", "cases": "count", "status": "word",
    "lacking": "text",
}  # fmt: skip
LIGHT_WORDS = {
    "own": "shown", "range": "shown", "good_line": "shown", "act_line": "shown", "cases": "count",
    "status": "word", "lacking": "word",
}  # fmt: skip
CLAIMS: Columns = {
    "claims_register": {
        "claim": "word", "claim_low": "number", "claim_high": "number", **NUMBERS, "cases": "count",
        "events": "count", "verdict": "word", "lacking": "text",
    },
    "claim_words": {
        "claim": "word", "claimed": "shown", "own": "shown", "range": "shown", "cases": "count",
        "verdict": "word", "lacking": "word",
    },
    "failure_patterns": {"pattern": "word", **LIGHT},
    "pattern_words": {"pattern": "word", **LIGHT_WORDS},
    "good_selling": {"view": "word", **LIGHT},
    "view_words": {"view": "word", **LIGHT_WORDS},
}  # fmt: skip
