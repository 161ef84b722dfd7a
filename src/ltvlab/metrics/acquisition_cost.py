"""What a new customer costs against what one is worth: CAC, LTV/CAC and the rule of 3 (D20)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.acquisition_odds import Sums, acquisition_sums, judged_value
from ltvlab.money import to_minor
from ltvlab.months import YEAR
from ltvlab.text import UNKNOWN

DAYS_PER_MONTH = 365.25 / 12
# A median of fewer won deals is no cycle to move spend by.
FEWEST_DEALS = 5
# Fewer new customers say little about what the next one costs.
FEWEST_NEW = 10
FIRM_NEW = 30
FEWEST_ACTIVE = 5
COLUMNS = (
    "channel", "spend", "new_customers", "cac", "ltv", "ltv_cac", "low", "high", "probability",
    "payback_months", "horizon_value", "events", "status", "verdict",
)  # fmt: skip
FIGURES = ("cac", "ltv", "ltv_cac", "low", "high", "probability", "payback_months", "horizon_value")
VERDICTS = ("at_least_3", "below_3", "undecided")
# Why a row has no cost per new customer, and why it has one without a verdict on it.
WITHOUT_COST = ("too_short", "no_channel", "no_spend", "no_customers")
NOT_APPLICABLE = (*WITHOUT_COST[1:], "no_margin", "not_recurring")


class SalesCycle(NamedTuple):
    """The median new-business sales cycle in whole months, and the won deals it rests on."""

    months: int
    deals: int


def sales_cycle(deals: pd.DataFrame | None, month: pd.Period) -> SalesCycle:
    """Return the median time from created to won of new-business deals closed by `month`'s end.

    Without deals, or with fewer than five, it is 0 months of 0 deals.
    """
    if deals is None or not {"is_won", "close_date"} <= set(deals.columns):
        return SalesCycle(0, 0)
    won = deals["pipeline"].eq("new") & deals["is_won"].eq(True)
    won &= deals["close_date"] <= month.end_time
    days = (deals["close_date"] - deals["created_date"])[won].dt.days.dropna()
    days = days[days >= 0]
    if len(days) < FEWEST_DEALS:
        return SalesCycle(0, 0)
    return SalesCycle(int(np.rint(days.median() / DAYS_PER_MONTH)), len(days))


def acquisition_table(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    ltv: pd.DataFrame | None,
    *,
    spend: pd.DataFrame | None,
    deals: pd.DataFrame | None = None,
    seed: int,
) -> pd.DataFrame:
    """Return one row for all customers and one per channel of spend or customers (D20).

    CAC = acquisition spend of twelve months, each a sales cycle earlier, ÷ the new customers
    (D07) of the last twelve. `ltv` = D17b, margin per active customer ÷ pooled churn, no
    discount and no horizon; with fewer than ten losses a lower bound. `low`, `high` (BCa) and
    `probability` (that LTV/CAC is 3 or more) are from resampled customers. `payback_months` =
    CAC ÷ starting monthly margin of the new customers (not for orders); `horizon_value` = the headline of the
    `ltv` table, where one is given. `events` = losses. Money in minor units; the verdict says what is missing where
    there is none. Spend of no channel counts in `all`; channels on one side only keep a row.

    Empty without a table of spend. The attrs say the lag and which months of spend count.
    """
    cycle = sales_cycle(deals, mrr.columns[-1])
    window = mrr.columns[-YEAR:] - cycle.months
    attrs = dict(mrr.attrs) | {
        "month": str(mrr.columns[-1]),
        "lag_months": cycle.months,
        "lag_deals": cycle.deals,
        "spend_from": str(window[0]),
        "spend_to": str(window[-1]),
    }
    if spend is None:
        table = pd.DataFrame(columns=list(COLUMNS))
    else:
        spent = _spent(spend, window, mrr.attrs["currency"])
        complete = mrr.shape[1] > YEAR and spent.index.get_level_values("month").nunique() == YEAR
        rows = _rows(mrr, margin, customers, ltv, spent, complete=complete, seed=seed)
        table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.attrs = attrs
    return table


def _spent(spend: pd.DataFrame, window: pd.PeriodIndex, currency: str) -> pd.Series:
    """Return acquisition spend in minor units by channel and month, of the window's months."""
    bought = spend[spend["purpose"].eq("acquisition")].reset_index(drop=True)
    month = bought["month"].dt.to_period("M").rename("month")
    channel = bought["channel"] if "channel" in bought else pd.Series(UNKNOWN, index=bought.index)
    amounts = pd.Series(to_minor(bought["amount"], currency), index=bought.index)
    inside = month.isin(window)
    return amounts[inside].groupby([channel.rename("channel"), month]).sum()


def _rows(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    ltv: pd.DataFrame | None,
    spent: pd.Series,
    *,
    complete: bool,
    seed: int,
) -> list[dict]:
    sums = acquisition_sums(mrr, margin, customers)
    by_channel = spent.groupby(level="channel").sum()
    headline = _headline(ltv)
    held = customers["channel"].reindex(sums.index)
    channels = sorted({*by_channel.index, *held}, key=lambda name: (name == UNKNOWN, name))
    chosen = [("all", sums, by_channel.sum(), headline.get(("all", "all"), np.nan))] + [
        (name, sums[held == name], by_channel.get(name, 0.0), headline.get(("channel", name), np.nan))
        for name in channels
    ]  # fmt: skip
    common = {"complete": complete, "attrs": mrr.attrs, "seed": seed}
    return [_row(*place, **common) for place in chosen]


def _headline(ltv: pd.DataFrame | None) -> pd.Series:
    if ltv is None:
        return pd.Series(dtype="float64")
    return ltv[ltv["headline"]].set_index(["axis", "segment"])["value"]


def _row(
    channel: str,
    sums: pd.DataFrame,
    spend: float,
    horizon_value: float,
    *,
    complete: bool,
    attrs: dict,
    seed: int,
) -> dict:
    total = Sums(*sums.sum())
    recurring = attrs["basis"] != "orders"
    row = dict.fromkeys(FIGURES, np.nan) | {
        "channel": channel,
        "spend": spend,
        "new_customers": int(total.new),
        "events": int(total.lost) if recurring else np.nan,
    }
    verdict = _lacking(channel, total, spend, complete=complete, attrs=attrs)
    if verdict not in WITHOUT_COST:
        row["cac"] = spend / total.new
    if verdict in ("", "not_recurring"):
        row["horizon_value"] = horizon_value
        # A first order is no monthly margin.
        row["payback_months"] = _payback(row["cac"], total) if recurring else np.nan
    row |= judged_value(sums, spend=spend, seed=seed)._asdict() if not verdict else {}
    verdict = row.setdefault("verdict", verdict)
    return row | {"status": _status(row, verdict)}


def _payback(cac: float, total: Sums) -> float:
    monthly = total.starting_margin / total.new
    return cac / monthly if monthly > 0 else np.nan


def _lacking(channel: str, total: Sums, spend: float, *, complete: bool, attrs: dict) -> str:
    """Return why a row has no verdict on LTV/CAC, or an empty text; the first reason that holds."""
    reasons = {
        "too_short": not complete,
        "no_channel": channel == UNKNOWN,
        "no_spend": spend <= 0,
        "no_customers": total.new == 0,
        "no_margin": attrs["margin_source"] == "none",
        "not_recurring": attrs["basis"] == "orders",
        "few_customers": total.new < FEWEST_NEW or total.active < FEWEST_ACTIVE,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _status(row: dict, verdict: str) -> str:
    if verdict in NOT_APPLICABLE:
        return "not_applicable"
    if verdict not in VERDICTS:
        return "insufficient"
    thin = row["new_customers"] < FIRM_NEW or np.isnan(row["low"])
    return "indicative" if thin else "ok"
