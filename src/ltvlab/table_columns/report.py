"""The tables of what came in, and of the summary."""

from __future__ import annotations

from ltvlab.table_columns.kinds import Columns

INPUTS: Columns = {
    "rows_read": {
        "table": "text", "file": "text", "encoding": "text", "read": "count", "used": "count",
        "excluded": "count", "quarantined": "count",
    },
    "excluded_rows": {"table": "text", "reason": "text", "rows": "count"},
    "input_warnings": {"table": "text", "column": "text", "message": "text", "rows": "count", "example": "text"},
    "fill": {"table": "text", "column": "text", "filled": "rate"},
    "coverage": {"section": "word", "state": "word", "reason": "text"},
}  # fmt: skip
SUMMARY: Columns = {
    "key_figures": {
        "figure": "text", "value": "shown", "month_change": "shown", "range": "shown", "n": "count",
        "definition": "text",
    },
    "month_changes": {"movement": "word", "reason": "word", "amount": "shown", "customers": "count"},
    "findings": {
        "question": "text", "status": "word", "answer": "text", "decision": "text", "stake": "shown",
        "odds": "shown",
    },
    "cannot_say": {"topic": "text", "unlock": "text"},
}  # fmt: skip
