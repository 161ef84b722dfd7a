"""How much of what they pay for customers use, and whether it falls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.months import month_number

# Files stay where they are when people stop working with them: no sign of life.
STOCKS = ("storage",)
MONTHS_BEFORE = 3
FEWEST_BEFORE = 2


def usage_features(usage: pd.DataFrame, *, month: pd.Period, threshold: float) -> pd.DataFrame:
    """Return one row per customer_id with what the usage of `month`, a complete one, says (D36, D29).

    `usage_share` is the largest used ÷ limit of any metric, with its `usage_metric`,
    `usage_product`, `usage_used` and `usage_limit`; without a limit there is no share.
    `months_over` counts the last three months with a share above `threshold`. `usage_change` is
    the median over metrics of used ÷ own mean of the three months before, less one;
    `usage_change_in_book` sets it against the median customer of the same month, since holidays
    move everyone.
    """
    last = month.ordinal
    numbered = usage.assign(month=month_number(usage["month"]))
    recent = numbered[numbered["month"].between(last - MONTHS_BEFORE, last)]
    recent = recent.assign(limit=recent.get("limit", np.nan))
    keys = ["customer_id", "product", "metric", "month"]
    recent = recent.assign(product=recent.get("product", ""))
    sums = recent.groupby(keys, as_index=False)[["used", "limit"]].sum(min_count=1)
    return _shares(sums, last, threshold).join(_changes(sums, last), how="outer")


def _shares(sums: pd.DataFrame, last: int, threshold: float) -> pd.DataFrame:
    limited = sums[sums["limit"] > 0]
    limited = limited.assign(share=limited["used"] / limited["limit"])
    order = ["share", "metric", "product"]
    now = limited[limited["month"] == last].sort_values(order, ascending=[False, True, True])
    highest = now.drop_duplicates("customer_id").set_index("customer_id")
    names = ["share", "metric", "product", "used", "limit"]
    shown = highest[names].add_prefix("usage_")
    lately = limited[limited["month"] > last - MONTHS_BEFORE]
    by_month = lately.groupby(["customer_id", "month"])["share"].max() > threshold
    return shown.join(by_month.groupby(level="customer_id").sum().rename("months_over"))


def _changes(sums: pd.DataFrame, last: int) -> pd.DataFrame:
    alive = sums[~sums["metric"].isin(STOCKS)]
    keys = ["customer_id", "metric"]
    used = alive.groupby([*keys, "month"])["used"].sum().unstack("month")
    used = used.reindex(columns=range(last - MONTHS_BEFORE, last + 1))
    before = used.iloc[:, :-1]
    usual = before.mean(axis=1).where(before.notna().sum(axis=1) >= FEWEST_BEFORE)
    change = (used.iloc[:, -1] / usual).where(usual > 0) - 1.0
    own = change.groupby(level="customer_id").median().dropna()
    in_book = (1.0 + own) / (1.0 + own.median()) - 1.0 if len(own) and own.median() > -1 else own
    return pd.DataFrame({"usage_change": own, "usage_change_in_book": in_book})
