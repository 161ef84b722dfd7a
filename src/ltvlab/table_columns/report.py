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
    "findings": {
        "question": "text", "status": "word", "answer": "text", "decision": "text", "task": "text",
        "who": "text", "stake": "text", "how_sure": "shown",
    },
}  # fmt: skip
ROWS = {"rows_late": "count", "rows_changed": "count", "rows_gone": "count"}
# Figures of several units stand in one column, so that they are filed as text.
HISTORY: Columns = {
    "restatements": {
        "since": "word", "table": "text", "figure": "word", "month": "month", "unit": "text",
        "before": "text", "after": "text", "change": "text", "cause": "word", "part": "text",
    },
    "restatement_words": {
        "since": "word", "month": "month", "figure": "text", "said_then": "shown",
        "reads_now": "shown", "cause": "word", "part": "shown",
    },
    "restatement_causes": {"since": "word", "cause": "word", "figures": "count"},
    "changed_facts": {
        "since": "word", "id": "text", "month": "month", "segment": "segment", "unit": "text",
        "before": "number", "after": "number", "change": "number",
    },
    "changed_fact_words": {
        "id": "text", "segment": "segment", "said_then": "shown", "reads_now": "shown",
    },
    "changed_rows": {"since": "word", "table": "text", **ROWS},
}  # fmt: skip
