"""What an opportunity is expected to bring: odds × change a month × margin × months (I12)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.opportunities.known import Known, Rules
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson

# What a smaller plan saves has no past to be read from.
WITHOUT_VALUE = ("downsell",)
# Offers whose odds are not those of their kind; of those who gave notice nothing is known.
OFFERS = {
    "remind_order": "repeat_due", "call_late_order": "repeat_late", "hear_why": "notice_given",
}  # fmt: skip


def with_worth(rows: pd.DataFrame, odds: pd.DataFrame, book: Known, rules: Rules) -> pd.DataFrame:
    """Return the rows with win_probability, n, expected_value, low and high (minor units).

    The range takes the odds' and the months' bounds together; where the past says nothing of the
    odds, or no change a month is known, there is no value.
    """
    offer = rows["kind"].where(~rows["play"].isin(list(OFFERS)), rows["play"].map(OFFERS))
    chance = odds.reindex(offer).set_axis(rows.index)
    months = pd.DataFrame([expected_months(book, rules)] * len(rows), rows.index)
    months = months.where(rows["months"].isna(), rows["months"], axis=0)
    margin = rows["mrr_delta"] * margin_shares(rows, book)
    margin = margin.mask(rows["kind"].isin(WITHOUT_VALUE))
    worth = {
        name: chance[column] * margin * months[place]
        for name, column, place in (
            ("expected_value", "probability", "months"),
            ("low", "low", "low"),
            ("high", "high", "high"),
        )
    }
    # Below cost the better odds are the greater loss.
    bounds = pd.DataFrame(worth)[["low", "high"]]
    worth |= {"low": bounds.min(axis=1, skipna=False), "high": bounds.max(axis=1, skipna=False)}
    return rows.assign(win_probability=chance["probability"], n=chance["n"], **worth)


def expected_months(book: Known, rules: Rules) -> dict[str, float]:
    """Return how many of the next `horizon_months` a customer of the book stays: months, low, high.

    From the losses of the last twelve months; with orders twelve months are taken as they are.
    """
    if book.basis == "orders":
        return dict.fromkeys(("months", "low", "high"), float(YEAR))
    paid = book.mrr.to_numpy()[:, -YEAR - 1 :] > 0
    held, lost = paid[:, :-1].sum(), (paid[:, :-1] & ~paid[:, 1:]).sum()
    if not held:
        return dict.fromkeys(("months", "low", "high"), np.nan)
    low, high = wilson(lost, held)
    stays = [_stays(float(churn), rules.horizon_months) for churn in (lost / held, high, low)]
    return dict(zip(("months", "low", "high"), stays, strict=True))


def _stays(churn: float, horizon: int) -> float:
    # Wilson's lower bound of no losses is zero but for the last bit, which a plain power would blow up.
    return float(horizon) if churn <= 0 else float(-np.expm1(horizon * np.log1p(-churn)) / churn)


def margin_shares(rows: pd.DataFrame, book: Known) -> pd.Series:
    """Return margin ÷ revenue of each row's product over twelve months, else of the whole book."""
    panel = book.panel[book.panel["month"] > book.month.ordinal - YEAR]
    sums = [panel.groupby(name)[["margin", "amount"]].sum() for name in ("family", "product")]
    named = pd.concat(sums)
    named = named[~named.index.duplicated(keep="last") & (named["amount"] > 0)]
    total = panel["amount"].sum()
    every = panel["margin"].sum() / total if total > 0 else np.nan
    return rows["product"].map(named["margin"] / named["amount"]).astype("float64").fillna(every)
