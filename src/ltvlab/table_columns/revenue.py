"""The tables of MRR, of what customers are worth, of cohorts, and of other tools' conventions."""

from __future__ import annotations

from ltvlab.table_columns.kinds import RANGE, Columns

MONTHLY_MONEY = dict.fromkeys(
    ("opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "closing"),
    "money",
)
MOVEMENTS: Columns = {
    "mrr_movements": {"month": "month", **MONTHLY_MONEY, "customers": "count"},
    "retention": {
        "month": "month", "nrr": "rate", "grr": "rate", "nrr_low": "rate", "nrr_high": "rate",
        "grr_low": "rate", "grr_high": "rate", "logo_churn": "rate", "revenue_churn": "rate",
        "quick_ratio": "number", "quick_ratio_12": "number", "quick_ratio_with_reactivation": "number",
    },
    "recent_rates": {
        "month": "month", "nrr": "rate", "grr": "rate", "logo_churn": "rate", "revenue_churn": "rate",
        "quick_ratio": "shown", "quick_ratio_12": "shown", "quick_ratio_with_reactivation": "shown",
    },
    "revenue_by_month": {"month": "month", "revenue": "money", "customers": "count"},
    "gross_movements": {"month": "month", "gross_up": "money", "gross_down": "money", "net": "money"},
    "arpa": {
        "month": "month", "axis": "word", "segment": "segment", "arpa": "money", "customers": "count",
        "mix_effect": "money", "like_for_like": "money",
    },
    "renewals": {
        "month": "month", "due": "count", "renewed": "count", "pending": "count", "rate": "rate",
        "gross": "rate", "net": "rate", "price_change": "rate", "of_all_held": "rate",
    },
    "flash": {"month": "month", "customers": "count", "billed": "money"},
    "mrr_reasons": {
        "month": "month", "movement": "word", "reason": "word", "amount": "money", "customers": "count",
    },
    # Figures of several units in one column, so plain numbers; money in major units.
    "concentration": {
        "figure": "word", "unit": "word", "value": "number", "lowest": "number", "highest": "number",
        "customer_id": "text", "share_largest": "rate",
    },
    "who_moves": {
        "figure": "word", "value": "shown", "lowest": "shown", "highest": "shown",
        "customer_id": "text", "share_largest": "rate",
    },
    "usage_mrr": {"month": "month", "billed_by_use": "money", "usage_mrr": "money", "customers": "count"},
    "recent_reasons": {"group": "word", "reason": "word", "amount": "money", "customers": "count"},
}  # fmt: skip
VALUES: Columns = {
    "segment_ltv": {
        "month": "month", "axis": "word", "segment": "segment", "method": "word", "headline": "flag",
        "value": "money", **RANGE, "n": "count", "unit": "text", "horizon_months": "months",
        "margin_source": "word", "status": "word", "share_beyond": "rate", "note": "word",
    },
    "existing_value": {
        "month": "month", "axis": "word", "segment": "segment", "method": "word",
        "customers": "count", "value_per_customer": "money", "total": "money", **RANGE,
        "horizon_months": "months", "unseen": "count",
    },
    "segment_ltv_by_month": {
        "month": "month", "axis": "word", "segment": "segment", "value": "money", **RANGE, "n": "count",
        "horizon_months": "months", "status": "word",
    },
    "ltv_components": {
        "month": "month", "axis": "word", "segment": "segment", "unit_price": "money",
        "frequency": "number", "lifetime_months": "number", "gross_margin": "rate",
    },
    "value_drivers": {
        "axis": "word",
        "segment": "segment",
        "difference": "money",
        "by_price": "money",
        "by_frequency": "money",
        "by_lifetime": "money",
        "by_margin": "money",
    },
    "ltv_changes": {
        "axis": "word", "segment": "segment", "before": "money", "after": "money", "change": "money",
        "by_price": "money", "by_frequency": "money", "by_lifetime": "money", "by_margin": "money",
    },
    "acquisition": {
        "channel": "segment", "spend": "money", "new_customers": "count", "cac": "money", "ltv": "money",
        "ltv_cac": "number", "low": "number", "high": "number", "probability": "odds",
        "payback_months": "number", "horizon_value": "money", "events": "count", "status": "word",
        "verdict": "word",
    },
    "value_concentration": {
        "figure": "word", "unit": "word", "value": "number", "lowest": "number", "highest": "number",
        "customer_id": "text", "share_largest": "rate",
    },
    "ltv_methods": {
        "method": "word", "headline": "flag", "value": "money", **RANGE, "n": "count",
        "horizon_months": "months", "status": "word", "note": "word",
    },
    "backtests": {
        "model": "word", "kind": "word", "origins": "count", "mean_absolute_error": "rate",
        "bias": "rate", "best_baseline": "word", "improvement": "rate", "origins_won": "count",
        "admitted": "flag", "reason": "word", "share_beyond": "rate",
    },
    "backtest_origins": {
        "month": "month", "model": "word", "kind": "word", "customers": "count",
        "forecast": "money", "actual": "money", "counted": "flag",
    },
}  # fmt: skip
COHORTS: Columns = {
    "cohort_logos": {"cohort": "segment", "age": "months", "value": "rate", "base": "count", "complete": "flag"},
    "cohort_revenue": {"cohort": "segment", "age": "months", "value": "rate", "base": "count", "complete": "flag"},
    "cohort_margin": {
        "cohort": "segment",
        "age": "months",
        "value": "money",
        "base": "count",
        "complete": "flag",
    },
    "margin_by_age": {
        "cohort": "segment",
        "base": "count",
        "m3": "money",
        "m6": "money",
        "m12": "money",
        "m24": "money",
    },
    "survival": {
        "axis": "word", "segment": "segment", "age": "months", "survival": "rate", "low": "rate",
        "high": "rate", "at_risk": "count",
    },
    "curve_differences": {"axis": "word", "segments": "count", "chi_square": "number", "p_value": "probability"},
}  # fmt: skip
CONVENTIONS: Columns = {
    "convention_gaps": {
        "preset": "text", "figure": "word", "unit": "text", "ours": "text", "theirs": "text",
        "convention": "text", "part": "text",
    },
    "convention_effects": {
        "convention": "text", "setting": "text", "figure": "word", "unit": "text", "ours": "text",
        "theirs": "text",
    },
    "gap_words": {
        "preset": "text", "figure": "text", "ours": "shown", "theirs": "shown", "why": "text",
        "part": "shown",
    },
    "effect_words": {
        "why": "text", "figure": "text", "ours": "shown", "theirs": "shown", "gap": "shown",
    },
    "reconciliation": {
        "month": "month", "mrr": "money", "contracts_only": "money", "invoices_only": "money",
        "residual": "money", "accrued": "money", "timing": "money", "one_time": "money",
        "usage": "money", "credits": "money", "billed": "money",
    },
}  # fmt: skip
