"""The tables of KPIs against targets, of the renewals ahead, and of where spend goes."""

from __future__ import annotations

from ltvlab.table_columns.kinds import Columns

# Figures of several units in one column, so plain numbers; money in major units.
FIGURES = dict.fromkeys(("actual", "target", "last_year", "year_to_date", "landing"), "number")
PLANS: Columns = {
    "kpi_targets": {
        "kpi": "word", "segment": "segment", "month": "month", **FIGURES, "attainment": "rate",
        "pace": "rate", "status": "word", "team": "text", "owner": "text", "responsible": "text",
        "unit": "text", "better": "text", "cadence": "text", "landing_low": "number",
        "landing_high": "number", "year_end": "number", "done": "rate", "gap": "number", "year_growth": "rate",
        "reason": "text",
    },
    "kpi_months": {
        "kpi": "word", "segment": "segment", "team": "text", "owner": "text", "month": "month",
        "unit": "text", "actual": "number", "target": "number", "last_year": "number",
    },
    "kpis_now": {
        "kpi": "word", "scope": "one_line", "actual": "shown", "target": "shown", "attainment": "rate",
        "last_year": "shown", "status": "word", "responsible": "text",
    },
    "kpis_of_year": {
        "kpi": "word", "scope": "one_line", "year_to_date": "shown", "pace": "rate", "done": "rate",
        "landing": "shown", "range": "shown", "year_end": "shown",
    },
    "kpi_gaps": {
        "kpi": "word", "driver": "word", "this_year": "money", "last_year": "money", "part": "money",
    },
    "gap_closers": {
        "lever": "word", "unit": "text", "now": "number", "more": "number", "change": "rate",
        "enough": "flag",
    },
    "indicators": {
        "side": "text", "indicator": "word", "unit": "text", "better": "text", "now": "number",
        "quarter_ago": "number", "year_ago": "number",
    },
    "indicators_shown": {
        "indicator": "word", "now": "shown", "quarter_ago": "shown", "year_ago": "shown",
    },
    "renewal_calendar": {
        "month": "month", "due": "money", "auto_renewing": "money", "notice_given": "money",
        "committed_mrr": "money", "contracts": "count", "deadlines": "money",
    },
    "co_terms": {
        "customer_id": "text", "contracts": "count", "ends": "count", "first_end": "day",
        "last_end": "day", "mrr": "money",
    },
    "notice_deadlines": {
        "customer_id": "text", "about": "segment", "notice_deadline": "day", "term_end": "day",
        "auto_renew": "flag", "mrr": "money",
    },
    # Ratios and shares in one column, so plain numbers.
    "allocation": {
        "rule": "word", "window_months": "months", "value": "number", "low": "number", "high": "number",
        "threshold": "number", "events": "count", "probability": "odds", "flip_distance": "money",
        "flip_customers": "count", "verdict": "word", "headline": "flag", "lacking": "text",
    },
    "allocation_shown": {
        "rule": "word", "window_months": "months", "own": "shown", "range": "shown", "line": "shown",
        "cases": "count", "odds_over": "odds", "turned_by": "money", "turned_by_cases": "count",
        "verdict": "word",
    },
    "allocation_months": {
        "month": "month", "value": "rate", "low": "rate", "high": "rate", "threshold": "rate",
    },
    "returns": {
        "motion": "text", "won_mrr": "money", "margin_share": "rate", "expected_months": "months",
        "brought": "money", "cost": "money", "hours": "count", "value": "number", "low": "number",
        "high": "number", "per_hour": "money", "customers": "count", "point_worth": "money",
        "break_even": "rate", "lacking": "text",
    },
    "returns_shown": {
        "motion": "text", "won_mrr": "money", "expected_months": "months", "to_come": "money",
        "spent": "money", "hours": "count", "times_cost": "shown", "range": "shown",
        "per_hour": "money", "customers": "count",
    },
}  # fmt: skip
