"""The tables of the months ahead: scenarios, what levers add, what evens out what, and the back-test."""

from __future__ import annotations

from ltvlab.table_columns.kinds import RANGE, Columns

SCENARIOS: Columns = {
    "scenarios": {
        "scenario": "scenario", "month": "month", "mrr": "money", **RANGE, "low_80": "money",
        "high_80": "money",
    },
    "scenario_ends": {
        "scenario": "scenario", "month": "month", "mrr": "money", **RANGE, "difference": "money",
        "odds": "odds",
    },
    "scenario_effects": {"scenario": "scenario", "lever": "word", "effect": "money"},
    # Figures of several units in one column, so plain numbers; the page shows them in words.
    "scenario_break_even": {
        "lever": "word", "unit": "word", "today": "number", "change": "number", "relative": "rate",
    },
    "break_even_words": {"lever": "word", "now": "shown", "change": "shown", "relative": "shown"},
    "scenario_backtest": {
        "month": "month", "months_ago": "months", "opening": "money", "said": "money", **RANGE,
        "came": "money", "error": "rate", "unchanged_error": "rate",
    },
    "scenario_rates": {
        "size": "word", "age_band": "word", "customer_months": "count", "losses": "count",
        "churn": "rate", "expansion": "rate", "contraction": "rate",
    },
    "new_business": {
        "channel": "segment", "customers": "count", "per_month": "number", "first_mrr": "money",
        "mrr_per_month": "money",
    },
    "season": {"month_of_year": "count", "factor": "rate"},
}  # fmt: skip
