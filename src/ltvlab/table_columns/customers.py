"""The tables about customers: who belongs where, what the best have in common, whom to talk to."""

from __future__ import annotations

from ltvlab.table_columns.kinds import RANGE, Columns

GROUP = {"customers": "count", "amount": "money", "share": "rate", "margin_12": "money"}
SEGMENTS: Columns = {
    "customer_segments": {
        "customer_id": "text", "ltv": "money", "potential": "number", "quadrant": "text",
        "loyalty": "word", "recency": "count", "frequency": "count", "monetary": "count",
        "rfm": "word", "missing": "text", "reason": "word", "scored": "flag", "amount": "money",
        "leaving": "flag", "owner": "segment",
    },
    "quadrant_sizes": {"quadrant": "text", **GROUP, "play": "word", "play_from": "word"},
    "loyalty_sizes": {
        "loyalty": "word", **GROUP, "goal": "word", "play": "word", "play_from": "word",
    },
    "rfm_sizes": {"rfm": "word", **GROUP, "play": "word", "play_from": "word"},
    "quadrant_moves": {"quadrant_before": "word", "quadrant_now": "word", "customers": "count"},
    "moves_matrix": {"quadrant_before": "word", **dict.fromkeys(("A", "B", "C", "D", "gone"), "count")},
    "first_calls": {
        "owner": "segment", "customer_id": "text", "reason": "word", "quadrant": "text",
        "amount": "money",
    },
    "calls_by_owner": {"owner": "segment", "customers": "count", "amount": "money"},
    "nps": {
        "wave": "text", "weighting": "word", "nps": "number", "low": "number", "high": "number",
        "answers": "count", "invited": "count", "response": "rate",
    },
    "leading_indicators": {
        "signal": "word", "lag_months": "months", "losses": "count", "exposed": "count",
        "exposed_losses": "count", "hazard_ratio": "number", "low": "number", "high": "number",
        "q_value": "probability", "lead": "word",
    },
    "score_validity": {
        "month": "month", "customers": "count", "expanded": "count", "ranking": "rate",
        "low": "rate", "high": "rate", "ranks": "word",
    },
    "nps_drops": {
        "owner": "segment", "customer_id": "text", "nps_before": "number", "nps": "number",
        "nps_change": "number", "quadrant": "text", "amount": "money",
    },
}  # fmt: skip
TRAIT: dict[str, str] = {
    "trait": "word", "level": "segment", "share_top": "rate", "share_rest": "rate", "effect": "rate",
    "low": "rate", "high": "rate", "q_value": "probability", "n": "count", "verdict": "word",
    "lift": "number", "compared": "count", "reason": "word", "inseparable_from": "text",
}  # fmt: skip
TRAITS: Columns = {
    "traits": TRAIT,
    "traits_of_staying": TRAIT,
    "best_customers": {
        "customer_id": "text", "start_year": "text", "margin": "money", "top_overall": "flag",
        "top": "flag",
    },
    "before_sales": {
        "signal": "word", "won": "rate", "lost": "rate", "base_rate": "rate", "difference_in_share": "rate",
        "low": "rate", "high": "rate", "q_value": "probability", "n_won": "count", "n_lost": "count",
        "verdict": "word",
    },
}  # fmt: skip
OPPORTUNITIES: Columns = {
    "opportunities": {
        "opportunity_id": "text", "customer_id": "text", "kind": "word", "product": "segment",
        "play": "word", "channel": "text", "propose_by": "text", "evidence": "text",
        "mrr_delta": "money", "win_probability": "rate", "expected_value": "money",
        "blocked_by": "text", "owner": "segment", "open_deal_id": "text", "delta_basis": "word",
        "n": "count", **RANGE,
    },
    "opportunity_kinds": {
        "kind": "word", "listed": "count", "blocked": "count", "mrr_delta": "money",
        "value": "money", **RANGE, "n": "count",
    },
    "opportunity_funnel": {"kind": "word", "step": "word", "customers": "count"},
    "gate_shares": {"gate": "word", "customers": "count", "share": "rate"},
    "customer_ledger": {
        "customer_id": "text", "name": "text", "start_month": "month", "age": "months", "amount": "money",
        "change_12": "money", "margin_total": "money", "share": "rate", "renewal_at": "day",
    },
    "next_talks": {
        "owner": "segment", "customer_id": "text", "kind": "word", "about": "segment",
        "play": "word", "channel": "text", "propose_by": "text", "evidence": "text",
    },
}  # fmt: skip
