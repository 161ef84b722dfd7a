"""The tables of the sales pipeline."""

from __future__ import annotations

from ltvlab.table_columns.kinds import Columns

DEALS = {"won": "count", "lost": "count", "open": "count"}
RATE_RANGE = {"rate": "rate", "low": "rate", "high": "rate"}
PIPELINE: Columns = {
    "pipeline_stages": {
        "pipeline": "pipeline", "stage": "segment", "deals": "count", "amount": "money",
        "stated_odds": "rate", "calibrated_odds": "rate", "weighted": "money",
    },
    "stage_odds": {
        "pipeline": "pipeline", "stage": "segment", "entered": "count", "resolved": "count",
        "won": "count", "stated_odds": "rate", "odds_source": "word", "calibrated_odds": "rate",
    },
    "pipeline_forecast": {
        "pipeline": "pipeline", "deals": "count", "guessed": "count", "without_odds": "count",
        "amount": "money", "by_stated": "money", "by_calibrated": "money",
    },
    "forecast_history": {
        "quarter_end": "day", "deals": "count", "by_stated": "money", "by_calibrated": "money",
        "brought": "money", "still_open": "count",
    },
    "win_rates": {"pipeline": "pipeline", **DEALS, "stale": "count", **RATE_RANGE},
    "win_rate_checks": {
        "pipeline": "pipeline", "rate": "rate", "if_stale_lost": "rate", "by_amount": "rate",
        "quick": "count", "without_quick": "rate", "customers": "count",
    },
    "win_rates_monthly": {
        "month": "month", "pipeline": "pipeline", "won": "count", "lost": "count", "rate": "rate",
    },
    "wins_by_age": {
        "pipeline": "pipeline", "age_days": "count", "share_won": "rate", "share_lost": "rate",
        "at_risk": "count",
    },
    "lead_times": {
        "pipeline": "pipeline", "won": "count", "open": "count", "median_days": "count",
        "low": "count", "high": "count",
    },
    "stale_deals": {
        "owner": "segment", "deal_id": "text", "customer_id": "text", "pipeline": "pipeline",
        "stage": "segment", "days": "count", "value": "money",
    },
    "pipeline_breaches": {"owner": "segment", "breach": "word", "deals": "count", "amount": "money"},
    "breach_list": {
        "deal_id": "text", "customer_id": "text", "pipeline": "pipeline", "stage": "segment",
        "owner": "segment", "breach": "word", "amount": "money",
    },
    "deal_counts": {"group": "word", **DEALS, "amount": "money"},
    "alike_products": {"spelled": "text", "like": "text", "deals": "count", "won_amount": "money"},
    "pipeline_weeks": {
        "week": "text", "pipeline": "pipeline", "stage": "segment", "deals": "count", "amount": "money",
    },
    "week_changes": {
        "week": "text", "opening_deals": "count", "created": "count", "won": "count", "lost": "count",
        "closing_deals": "count", "amount": "money",
    },
    "deal_outcomes": {
        "axis": "word", "segment": "segment", "won": "count", "lost": "count",
        "share_of_lost": "rate", "rate": "rate", "lost_amount": "money",
    },
    "deal_reasons": {
        "pipeline": "pipeline", "ended": "word", "reason": "segment", "deals": "count",
        "share": "rate", "amount": "money",
    },
    "trigger_yield": {"trigger": "segment", **DEALS, **RATE_RANGE},
}  # fmt: skip
