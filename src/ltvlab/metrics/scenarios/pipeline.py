"""New business as the open deals foretell it, in MRR (D39, D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import FEWEST_CLOSED, cycle_days, deal_book, is_stale, stage_history
from ltvlab.metrics.pipeline_forecasts import open_deals
from ltvlab.metrics.stage_odds import stage_odds

DAYS_PER_MONTH = 365.25 / 12
MOST_MONTHS = 12


class OpenBusiness(NamedTuple):
    """What open deals for new business are expected to bring: MRR a month (minor units) for `months`.

    `deals` counts them; `amount_per_mrr` is what a won deal was booked at per yen of the
    customer's first MRR: 12 where the CRM writes yearly amounts.
    """

    months: int
    mrr_per_month: float
    deals: int
    amount_per_mrr: float


def open_business(
    deals: pd.DataFrame, stages: pd.DataFrame, customers: pd.DataFrame
) -> OpenBusiness | None:
    """Return what open deals of the pipeline `new` will bring; None where it cannot be told.

    Values are weighted by calibrated odds and spread over the usual months to a yes; deals that
    stand twice as long bring nothing. A CRM does not say whether an amount is a month's or a
    year's, so won deals are compared with their customers' first MRR: at least five are needed.
    """
    as_of = deals.attrs["as_of"]
    book = deal_book(deals, stages, as_of=as_of)
    new = book[book["pipeline"] == "new"] if len(book) else book
    per_mrr = _amount_per_mrr(new, customers) if len(new) else np.nan
    if not np.isfinite(per_mrr):
        return None
    odds = stage_odds(book, stage_history(book, stages, as_of=as_of))
    standing = open_deals(new[~is_stale(new, as_of=as_of)], odds)
    expected = (standing["value"] * standing["calibrated_odds"]).sum()
    days = cycle_days(new).get("new", np.nan)
    if not np.isfinite(days):
        return None
    months = int(np.clip(np.rint(days / DAYS_PER_MONTH), 1, MOST_MONTHS))
    return OpenBusiness(months, float(expected / per_mrr / months), len(standing), float(per_mrr))


def _amount_per_mrr(new: pd.DataFrame, customers: pd.DataFrame) -> float:
    won = new[(new["outcome"] == "won") & (new["amount"] > 0)].drop_duplicates("customer_id")
    first = won["customer_id"].map(customers["starting_mrr"]).to_numpy(float)
    ratio = won["amount"].to_numpy(float) / np.where(first > 0, first, np.nan)
    known = ratio[np.isfinite(ratio)]
    return float(np.median(known)) if len(known) >= FEWEST_CLOSED else np.nan
