"""The last steps of a sound table: tax taken out, Unknown for empty segments, rows added up."""

from __future__ import annotations

import pandas as pd

from ltvlab.params import Params
from ltvlab.source_settings import Aggregate
from ltvlab.sources.drafts import Draft
from ltvlab.sources.tables import TABLES
from ltvlab.text import UNKNOWN


def finished(draft: Draft, params: Params) -> pd.DataFrame:
    """Return the rows the warehouse may use, with a fresh index."""
    rows = _without_tax(draft.sound, draft.name, params)
    segments = [column for column in TABLES[draft.name].segments if column in rows]
    rows = rows.fillna(dict.fromkeys(segments, UNKNOWN)).reset_index(drop=True)
    return _added_up(rows, draft.source.aggregate) if draft.source.aggregate else rows


def _without_tax(rows: pd.DataFrame, name: str, params: Params) -> pd.DataFrame:
    if params.tax_mode == "exclusive":
        return rows
    rate = rows["tax_rate"].fillna(params.tax_rate) if "tax_rate" in rows else params.tax_rate
    taxed = [column for column in TABLES[name].taxed if column in rows]
    return rows.assign(**{column: rows[column] / (1 + rate) for column in taxed})


def _added_up(rows: pd.DataFrame, verb: Aggregate) -> pd.DataFrame:
    how = dict.fromkeys(verb.sum, "sum") | dict.fromkeys(verb.first, "first")
    return rows.groupby(verb.by, sort=False, dropna=False, as_index=False).agg(how)
