"""What the lists are made from, the thresholds, and the form of a candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known

KINDS = ("upsell", "cross_sell", "downsell", "renewal", "win_back", "repeat")
# A list sells more only of these; a renewal and a smaller plan are what an unhappy customer needs.
GATED = ("upsell", "cross_sell", "win_back", "repeat")
CANDIDATE = (
    "customer_id", "product", "play", "mrr_delta", "delta_basis", "months", "needed_by", "evidence",
)  # fmt: skip
# By which day a row of a table became known.
DATED = {
    "events": "at", "surveys": "date", "deals": "created_date", "deal_stages": "entered_at",
    "orders": "date", "contracts": "start_date", "usage": "month",
}  # fmt: skip


class Rules(NamedTuple):
    """The thresholds of the lists; defaults are the articles', or ours where they name none.

    `deal_months` is how many months the amount of a deal covers; `negotiation` and `no_answer`
    are the company's own words for the stage of approval and for a contact without an answer.
    """

    usage_over: float = 0.8
    usage_under: float = 0.4
    top_share: float = 0.2
    horizon_months: int = 36
    upsell_trigger: str = "usage_alert"
    negotiation: str = "交渉|negotiation"
    no_answer: str = "なし|無|no|none|false|0"
    lost_for_good: str = "価格|事業撤退|廃業|倒産|price|closed|bankrupt|out of business"


class Known(NamedTuple):
    """All that the lists read: features, term ends, tables, panel, matrix and contract lines.

    `month` is the last complete month: use and holdings are of it, events run up to `as_of`.
    """

    features: pd.DataFrame
    terms: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    panel: pd.DataFrame
    mrr: pd.DataFrame
    lines: pd.DataFrame
    as_of: pd.Timestamp
    month: pd.Period

    @property
    def basis(self) -> str:
        """Return contracts, invoices or orders."""
        return str(self.mrr.attrs["basis"])


class Evidence(NamedTuple):
    """One reason for a row: a code that words are made from, the day it was seen, figures, a name."""

    code: str
    at: pd.Timestamp | None = None
    figure: float | None = None
    other: float | None = None
    name: str = ""


class Listed(NamedTuple):
    """The candidates of a kind (columns CANDIDATE) and the funnel that left them: step → customers."""

    rows: pd.DataFrame
    funnel: Mapping[str, int]


def paying(book: Known) -> pd.DataFrame:
    """Return the features of present customers: paying in the month, or with orders in twelve."""
    features = book.features
    amount = known(features, "revenue_12" if book.basis == "orders" else "mrr")
    return features[amount > 0]


def candidates(
    rows: pd.DataFrame, evidence: Iterable[tuple[Evidence, ...]], **columns: Any
) -> pd.DataFrame:
    """Return rows with the columns CANDIDATE, missing ones empty."""
    empty = {"mrr_delta": np.nan, "delta_basis": "unknown", "months": np.nan, "needed_by": pd.NaT}
    given = rows.reset_index() if "customer_id" not in rows else rows
    blank = {name: value for name, value in empty.items() if name not in given}
    table = given.assign(**{**blank, **columns}).reset_index(drop=True)
    return table.assign(evidence=pd.Series(list(evidence), dtype="object"))[list(CANDIDATE)]


def nothing(funnel: Mapping[str, int]) -> Listed:
    """Return a kind for which nobody is listed."""
    return Listed(pd.DataFrame(columns=list(CANDIDATE)), funnel)


def days_between(later: pd.Series | pd.Timestamp, earlier: pd.Series | pd.Timestamp) -> pd.Series:
    """Return whole days from one calendar day to another."""
    return (_day(later) - _day(earlier)).dt.days


def _day(moment: pd.Series | pd.Timestamp) -> pd.Series | pd.Timestamp:
    return moment.dt.normalize() if isinstance(moment, pd.Series) else moment.normalize()


def known_book(
    features: pd.DataFrame,
    terms: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    panel: pd.DataFrame,
    mrr: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    as_of: str,
) -> Known:
    """Return the book as of a month (YYYY-MM, its last day) or a day (YYYY-MM-DD).

    Inside a month use and holdings are those of the month before, the last complete one. Rows
    that are dated later are left out, so that a list of an earlier day is what it was then.
    """
    month = pd.Period(as_of[:7], freq="M")
    last = month.end_time.normalize()
    day = last if len(as_of) == 7 else pd.Timestamp(as_of)
    complete = month if day == last else month - 1
    shown = mrr.loc[:, mrr.columns <= complete]
    shown.attrs = dict(mrr.attrs)
    paid = panel[panel["month"] <= complete.ordinal] if len(panel) else panel
    begun = lines[lines["start"] <= day] if len(lines) else lines
    begun.attrs = dict(lines.attrs)
    dated = {name: _until(rows, DATED.get(name, ""), day) for name, rows in tables.items()}
    return Known(features, terms, dated, paid, shown, begun, day, complete)


def _until(rows: pd.DataFrame, date: str, day: pd.Timestamp) -> pd.DataFrame:
    return rows[~(rows[date] >= day + pd.Timedelta(days=1))] if date in rows else rows
