"""The account of an intake: rows and money per file, exclusions, rows set aside, columns."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.sources.drafts import Draft
from ltvlab.sources.faults import EXCLUSIONS
from ltvlab.sources.tables import TABLES

ROW_COLUMNS = ["rows_read", "rows_used", "rows_excluded", "rows_quarantined"]
AMOUNT_COLUMNS = ["amount_used", "amount_excluded", "amount_quarantined"]
FILE_COLUMNS = ["table", "file", "encoding", "separator", "sha256", *ROW_COLUMNS, "size"]


def file_account(drafts: Mapping[str, Draft]) -> pd.DataFrame:
    """Return one row per file: rows read, used, excluded and quarantined, and their amounts.

    Amounts are as written, in whatever currency, and empty for a table without an amount.
    """
    parts = [_account(draft) for draft in drafts.values()]
    files = pd.concat(parts, ignore_index=True)[[*FILE_COLUMNS, *AMOUNT_COLUMNS]]
    lost = files[files[ROW_COLUMNS[1:]].sum(axis="columns") != files["rows_read"]]
    if len(lost):
        raise AssertionError(f"rows read are not rows accounted for: {lost.to_dict('records')}")
    return files


def _account(draft: Draft) -> pd.DataFrame:
    account = draft.files.set_index("file", drop=False)
    before = account["left_out"].map(lambda reasons: sum(reasons.values()))
    broken = draft.broken["file"].value_counts().reindex(account.index, fill_value=0)
    fates = {
        "used": draft.sound,
        "excluded": draft.rows[draft.left_out != ""],
        "quarantined": draft.faulty,
    }
    for fate, rows in fates.items():
        groups = rows.groupby(draft.places["file"].astype("str").loc[rows.index])
        account[f"rows_{fate}"] = groups.size().reindex(account.index, fill_value=0)
        account[f"amount_{fate}"] = (
            groups["amount"].sum().reindex(account.index, fill_value=0.0)
            if "amount" in rows
            else np.nan
        )
    account["rows_excluded"] += before
    account["rows_quarantined"] += broken
    return account


def exclusions(drafts: Mapping[str, Draft]) -> pd.DataFrame:
    """Return how many rows each table left out, by reason."""
    rows = [
        (name, reason, count)
        for name, draft in drafts.items()
        for reason, count in _reasons(draft).items()
    ]
    frame = pd.DataFrame(rows, columns=["table", "reason", "rows"])
    return frame.astype({"table": "str", "reason": "str", "rows": "int64"})


def _reasons(draft: Draft) -> dict[str, int]:
    of_rows = draft.left_out[draft.left_out != ""].value_counts().to_dict()
    counted = [of_rows, *draft.files["left_out"]]
    found = {reason: sum(count.get(reason, 0) for count in counted) for reason in EXCLUSIONS}
    return {reason: int(rows) for reason, rows in found.items() if rows}


def set_aside(draft: Draft) -> list[dict[str, object]]:
    """Return the faulty rows with their place, the ids of what is wrong, and their text as JSON."""
    ids = draft.faults.groupby("row")["id"].agg(lambda found: " ".join(sorted(set(found))))
    texts = draft.texts.loc[ids.index].to_dict("records")
    faulty = draft.places.loc[ids.index, ["file", "record", "line"]].assign(
        problems=ids, row=[json.dumps(text, ensure_ascii=False) for text in texts]
    )
    broken = draft.broken.rename(columns={"id": "problems"})
    both = pd.concat([broken.astype("object"), faulty.astype("object")], ignore_index=True)
    ordered = both.sort_values(["file", "record"], kind="stable")
    return ordered.assign(table=draft.name).to_dict("records")


def column_account(drafts: Mapping[str, Draft]) -> pd.DataFrame:
    """Return every canonical column with its header and filled share, and headers not mapped."""
    rows = []
    for name, draft in drafts.items():
        rows += [(name, column, *_state(draft, column)) for column in TABLES[name].columns]
        rows += [(name, "", header, share, "unmapped") for header, share in draft.unmapped.items()]
    return pd.DataFrame(rows, columns=["table", "column", "header", "filled", "status"])


def _state(draft: Draft, column: str) -> tuple[str, float, str]:
    if column not in draft.rows:
        return "", 0.0, "missing"
    filled = draft.sound[column].notna()
    return draft.headers.get(column, ""), float(filled.mean()) if len(filled) else 0.0, "mapped"
