"""What customers hold and pay, and what they have paid so far."""

from __future__ import annotations

import pandas as pd

from ltvlab.months import YEAR


def holdings(panel: pd.DataFrame, *, month: pd.Period) -> pd.DataFrame:
    """Return one row per customer and product family ever paid for up to `month`.

    Columns customer_id, family, amount and seats in `month` (0 where no longer held), plan (of the
    newest month), first_month and last_month (numbers) with pay. Money in minor units.
    """
    paid = panel[(panel["amount"] > 0) & (panel["month"] <= month.ordinal)]
    keys = ["customer_id", "family"]
    spans = paid.groupby(keys)["month"].agg(first_month="min", last_month="max")
    now = paid[paid["month"] == month.ordinal].groupby(keys)
    held = now["amount"].sum().to_frame()
    if "seats" in paid:
        held["seats"] = now["seats"].sum()
    newest = paid.sort_values([*keys, "month", "amount"]).groupby(keys)["plan"].last()
    table = spans.join(held).fillna({"amount": 0.0, "seats": 0.0}).join(newest)
    return table.reset_index()


def holding_features(panel: pd.DataFrame, *, month: pd.Period) -> pd.DataFrame:
    """Return one row per customer_id that ever paid up to `month`.

    `mrr` (orders: revenue) of the month, `mrr_year_ago`, `seats`, `families_held` (names joined),
    `families` (how many), `margin_12` and `margin_total` realised in twelve months and in all,
    `active_months` with pay, `last_paid_month` (a number). Money in minor units.
    """
    paid = panel[(panel["amount"] != 0) & (panel["month"] <= month.ordinal)]
    months, by_customer = paid["month"], paid.groupby("customer_id")
    year = paid[months > month.ordinal - YEAR].groupby("customer_id")
    features = pd.DataFrame(
        {
            "mrr": _amount(paid[months == month.ordinal]),
            "mrr_year_ago": _amount(paid[months == month.ordinal - YEAR]),
            "margin_12": year["margin"].sum(),
            "revenue_12": year["amount"].sum(),
            "margin_total": by_customer["margin"].sum(),
            "active_months": by_customer["month"].nunique(),
            "last_paid_month": by_customer["month"].max(),
        }
    )
    held = holdings(panel, month=month)
    held = held[held["amount"] > 0]
    names = held.groupby("customer_id")["family"].agg(lambda names: " + ".join(sorted(names)))
    features = features.join(names.rename("families_held"))
    features = features.join(held.groupby("customer_id").size().rename("families"))
    if "seats" in held:
        features = features.join(held.groupby("customer_id")["seats"].sum())
    zero = ["mrr", "mrr_year_ago", "margin_12", "revenue_12", "families", "seats"]
    empty = {name: 0.0 for name in zero if name in features}
    return features.fillna({**empty, "families_held": ""}).rename_axis("customer_id")


def families_bought(panel: pd.DataFrame, *, month: pd.Period) -> pd.Series:
    """Return how many product families each customer_id bought in the twelve months to `month`."""
    year = panel["month"].between(month.ordinal - YEAR + 1, month.ordinal)
    bought = panel[year & (panel["amount"] > 0)]
    return bought.groupby("customer_id")["family"].nunique().astype("float64")


def _amount(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("customer_id")["amount"].sum()
