"""The published tables' columns: which there are, in which order, and of what kind.

A column's kind says how it is written: money (minor units), rate (0–1), odds (of a verdict, 0–1), count, number, months,
probability, month, day, flag, word (ours, translated), segment, pipeline and scenario (theirs, but for
our own names), shown (a figure already in words), or text. One place, so that file, page and label cannot disagree.
"""

from __future__ import annotations

from ltvlab.table_columns.claims import CLAIMS
from ltvlab.table_columns.customers import OPPORTUNITIES, SEGMENTS, TRAITS
from ltvlab.table_columns.deals import PIPELINE
from ltvlab.table_columns.kinds import Columns
from ltvlab.table_columns.plans import PLANS
from ltvlab.table_columns.report import HISTORY, INPUTS, SUMMARY
from ltvlab.table_columns.revenue import COHORTS, CONVENTIONS, MOVEMENTS, VALUES
from ltvlab.table_columns.scenarios import SCENARIOS
from ltvlab.table_columns.selling import SELLING

COLUMNS: Columns = {
    **MOVEMENTS, **VALUES, **COHORTS, **SEGMENTS, **TRAITS,
    **OPPORTUNITIES, **SELLING, **PIPELINE, **SCENARIOS, **CLAIMS, **PLANS, **CONVENTIONS,
    **INPUTS, **SUMMARY, **HISTORY,
}  # fmt: skip
