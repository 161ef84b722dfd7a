"""Whether customers that bought more left more often than matched ones that did not (I13)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.reasons import GROUPS
from ltvlab.metrics.selling.followed import BESIDE, followed, verdict, with_enough
from ltvlab.months import YEAR
from ltvlab.statistics.matching import matched_difference

QUARTER = 3
# A customer of a year bought and decided otherwise than one of its first months.
AGE_BANDS = (12, 24)
THIRDS = (1 / 3, 2 / 3)
MOSTLY = 0.5
MATCHED_ON = ["quarter", "size", "age_band", "mrr_band", "bound"]
COLUMNS = [
    "outcome", "after_upsell", "other", "difference", "low", "high", "n_upsold", "n_other",
    "customers", "rarer", "verdict",
]  # fmt: skip


def churn_after_upsell(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    reasons: pd.DataFrame,
    dues: pd.DataFrame,
    *,
    last_quarter: pd.Period,
) -> pd.DataFrame:
    """Return losses after an upsell or cross-sell against matched customers without one (COLUMNS).

    By quarter, up to the one that ends with `last_quarter`: bought more in it, against no such
    movement in the twelve months up to its end; both paid at its start and its end, and are alike
    in quarter, size, age and MRR at its start, and in whether they began on annual terms. `within_a_year`: a month end without pay in the
    twelve months after it. `next_renewal`: the next contract that came due within a year was
    lost, against matched ones that came due in the same half of it; it is what is judged, and the
    year stands beside it, unless too few renewals say anything.
    """
    if mrr.attrs.get("basis") == "orders" or mrr.shape[1] <= QUARTER:
        return pd.DataFrame(columns=COLUMNS)
    cases = _cases(mrr, customers, reasons, last_quarter)
    after = followed(mrr, cases["customer_id"], cases["quarter"], months=YEAR)
    renewal = _next_renewal(cases, dues)
    rows = [
        _row("within_a_year", cases, after["left"], MATCHED_ON),
        _row("next_renewal", cases.assign(half=renewal["half"]), renewal["lost"], [*MATCHED_ON, "half"]),
    ]  # fmt: skip
    judged = "next_renewal" if rows[1]["verdict"] != "insufficient" else "within_a_year"
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(verdict=table["verdict"].where(table["outcome"] == judged, BESIDE))


def _cases(
    mrr: pd.DataFrame, customers: pd.DataFrame, reasons: pd.DataFrame, last_quarter: pd.Period
) -> pd.DataFrame:
    """Return one row per quarter's end and customer: what it was like at its start, and `upsold`."""
    first = mrr.columns[0].ordinal + QUARTER
    ends = range(last_quarter.ordinal, first - 1, -QUARTER)
    sold = reasons[reasons["reason"].isin(GROUPS["sales"])]
    parts = [_of_quarter(mrr, customers, sold, end) for end in ends]
    if not parts:
        columns = ["customer_id", "upsold", *MATCHED_ON]
        return pd.DataFrame(columns=columns).astype({"quarter": "int64"})
    return pd.concat(parts, ignore_index=True)


def _of_quarter(
    mrr: pd.DataFrame, customers: pd.DataFrame, sold: pd.DataFrame, end: int
) -> pd.DataFrame:
    place = end - mrr.columns[0].ordinal
    opening, closing = mrr.iloc[:, place - QUARTER], mrr.iloc[:, place]
    there = mrr.index[(opening > 0) & (closing > 0)]
    newest = sold[sold["month"] <= end].groupby("customer_id")["month"].max().reindex(there)
    upsold = (newest > end - QUARTER).to_numpy()
    rows = pd.DataFrame(
        {
            "customer_id": there,
            "upsold": upsold,
            "quarter": end,
            "size": _sizes(customers, there),
            "age_band": _age_bands(customers, there, end - QUARTER),
            "mrr_band": _thirds(opening[there]),
            "bound": _bound(customers, there),
        }
    )
    # Whoever bought more earlier in the year is neither.
    return rows[upsold | ~(newest > end - YEAR).to_numpy()]


def _sizes(customers: pd.DataFrame, there: pd.Index) -> np.ndarray:
    return customers["size"].astype("str").reindex(there).to_numpy()


def _age_bands(customers: pd.DataFrame, there: pd.Index, month: int) -> np.ndarray:
    start = customers["start_month"].reindex(there)
    known = start.notna().to_numpy()
    began = pd.PeriodIndex(start, freq="M").astype("int64").to_numpy()
    return np.where(known, np.searchsorted(AGE_BANDS, month - began, side="right"), -1)


def _bound(customers: pd.DataFrame, there: pd.Index) -> np.ndarray:
    """Return who began on annual terms: those buy at other times, and leave at others."""
    share = customers.get("annual_share", pd.Series(np.nan, index=customers.index))
    return (share.reindex(there) >= MOSTLY).to_numpy()


def _thirds(opening: pd.Series) -> np.ndarray:
    cuts = np.quantile(opening, THIRDS) if len(opening) else np.zeros(2)
    return np.searchsorted(cuts, opening.to_numpy(), side="right")


def _next_renewal(cases: pd.DataFrame, dues: pd.DataFrame) -> pd.DataFrame:
    """Return, per case, whether the next contract due within a year was lost, and in which half."""
    settled = dues[dues["status"] != "pending"]
    by_month = pd.DataFrame(
        {
            "customer_id": settled["customer_id"],
            "due": pd.PeriodIndex(settled["month"], freq="M").astype("int64"),
            "lost": settled["status"].eq("lost").astype("float64"),
        }
    )
    by_month = by_month.groupby(["customer_id", "due"], as_index=False)["lost"].max()
    by_month = by_month.astype({"customer_id": "str"})
    asked = cases.assign(
        customer_id=cases["customer_id"].astype("str"),
        row=cases.index,
        after=cases["quarter"].astype("int64") + 1,
    )
    found = pd.merge_asof(
        asked.sort_values("after", kind="stable"),
        by_month.sort_values("due", kind="stable"),
        left_on="after",
        right_on="due",
        by="customer_id",
        direction="forward",
        tolerance=YEAR - 1,
    ).set_index("row")
    half = (found["due"] - found["after"]) // (YEAR // 2)
    return pd.DataFrame({"lost": found["lost"], "half": half}).reindex(cases.index)


def _row(
    outcome: str, cases: pd.DataFrame, lost: pd.Series, matched_on: list[str]
) -> dict[str, object]:
    stratum = cases.groupby(matched_on, dropna=False).ngroup()
    found = with_enough(matched_difference(cases["upsold"], lost, stratum, cases["customer_id"]))
    return {
        "outcome": outcome, "after_upsell": found.mean_first, "other": found.mean_second,
        "difference": found.difference, "low": found.low, "high": found.high,
        "n_upsold": found.n_first, "n_other": found.n_second, "customers": found.customers,
        "rarer": found.events, "verdict": verdict(found.low, found.high, found.events),
    }  # fmt: skip
