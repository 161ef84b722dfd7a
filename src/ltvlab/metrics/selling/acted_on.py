"""Opportunities that were acted on, against those held back on purpose or matched ones left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.opportunities.known import KINDS
from ltvlab.metrics.selling.followed import BESIDE, verdict, with_enough
from ltvlab.metrics.selling.past_lists import MATCHED_ON
from ltvlab.statistics.matching import Matched, matched_difference

# With fewer held back, a kind is compared with matched rows instead.
FEWEST_HELD_BACK = 10
ASSIGNED_ON = ["kind", "list"]
COLUMNS = [
    "kind", "compared_with", "acted_on", "other", "difference", "low", "high", "n_acted", "n_other",
    "customers", "rarer", "verdict",
]  # fmt: skip


def taken(
    rows: pd.DataFrame,
    mrr: pd.DataFrame,
    panel: pd.DataFrame,
    reasons: pd.DataFrame,
    *,
    months: int,
) -> pd.DataFrame:
    """Return the offers with `taken` (1 or 0) and `mrr_change` (minor units) within `months`.

    Taken: an upsell by any upsell movement of the customer; cross-sell, win-back and repeat by
    the family paid for in any of the months; a renewal by its product, or a smaller plan by the
    customer, still paid for at the last of them. Both are empty until the months are over.
    """
    last = mrr.columns[-1].ordinal
    over = rows["list"].astype("int64") + months <= last
    bought = _within(rows, _paid_cells(panel), months)
    kept = _within(rows.assign(list=rows["list"] + months - 1), _paid_cells(panel), 1)
    sold = reasons[reasons["reason"].str.startswith("upsell")].assign(product="")
    upsold = _within(rows.assign(product=""), sold[["customer_id", "product", "month"]], months)
    pays = _amounts(rows, mrr, months) > 0
    by_kind = [rows["kind"] == "upsell", rows["kind"] == "renewal", rows["kind"] == "downsell"]
    is_taken = np.select(by_kind, [upsold, kept, pays], default=bought).astype("float64")
    change = _amounts(rows, mrr, months) - _amounts(rows, mrr, 0)
    return rows.assign(
        taken=pd.Series(is_taken, rows.index).where(over), mrr_change=change.where(over)
    )


def _paid_cells(panel: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, product, month of what was paid for, families beside products."""
    paid = panel[panel["amount"] > 0]
    both = [
        paid[["customer_id", name, "month"]].rename(columns={name: "product"})
        for name in ("product", "family")
    ]
    return pd.concat(both, ignore_index=True).drop_duplicates()


def _within(rows: pd.DataFrame, cells: pd.DataFrame, months: int) -> np.ndarray:
    """Return which rows have a cell of their customer and product in the months after their list."""
    keys = ["customer_id", "product"]
    asked = rows[[*keys, "list"]].assign(row=np.arange(len(rows)))
    pairs = asked.merge(cells, on=keys, validate="many_to_many")
    inside = (pairs["month"] > pairs["list"]) & (pairs["month"] <= pairs["list"] + months)
    return np.isin(np.arange(len(rows)), pairs.loc[inside, "row"])


def _amounts(rows: pd.DataFrame, mrr: pd.DataFrame, months: int) -> pd.Series:
    """Return what each row's customer pays a month so many months after the list, 0 for nobody.

    Orders come when they come: theirs is the mean of the six months up to then.
    """
    if mrr.attrs.get("basis") == "orders":
        mrr = mrr.T.rolling(6, min_periods=1).mean().T
    place = mrr.index.get_indexer(rows["customer_id"])
    column = rows["list"].to_numpy(dtype="int64") + months - mrr.columns[0].ordinal
    inside = (place >= 0) & (column >= 0) & (column < mrr.shape[1])
    found = np.zeros(len(rows))
    found[inside] = mrr.to_numpy()[place[inside], column[inside]]
    return pd.Series(found, index=rows.index)


def effects(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return one row per kind acted on: acted on less held back, or less matched (COLUMNS).

    `outcome` is taken or mrr_change. With ten held back or more they are the others, within list;
    else rows left alone of the same kind, play, list, standing, size and worth. What is judged is
    whether offers were taken; the change of MRR stands beside it.
    """
    settled = rows[rows[outcome].notna()]
    acted = settled.loc[settled["treatment"] == "acted_on", "kind"].unique()
    parts = [_effect(kind, settled[settled["kind"] == kind], outcome) for kind in KINDS if kind in acted]  # fmt: skip
    return pd.DataFrame(parts, columns=COLUMNS)


def _effect(kind: str, rows: pd.DataFrame, outcome: str) -> dict[str, object]:
    held = int((rows["treatment"] == "held_back").sum()) >= FEWEST_HELD_BACK
    other, on = ("held_back", ASSIGNED_ON) if held else ("left_alone", MATCHED_ON)
    both = rows[rows["treatment"].isin(["acted_on", other])]
    found = with_enough(
        matched_difference(
            both["treatment"] == "acted_on", both[outcome], _strata(both, on), both["customer_id"]
        )
    )
    judged = verdict(found.low, found.high, found.events) if outcome == "taken" else BESIDE
    return {"kind": kind, "compared_with": other, **_row(found), "verdict": judged}


def _strata(rows: pd.DataFrame, names: list[str]) -> pd.Series:
    return rows.groupby(names, dropna=False).ngroup()


def _row(found: Matched) -> dict[str, object]:
    return {
        "acted_on": found.mean_first,
        "other": found.mean_second,
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "n_acted": found.n_first,
        "n_other": found.n_second,
        "customers": found.customers,
        "rarer": found.events,
    }
