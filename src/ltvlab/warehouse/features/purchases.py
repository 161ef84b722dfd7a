"""What customers chose to buy, and when: won deals and orders, not automatic invoices (D30)."""

from __future__ import annotations

import pandas as pd

WINDOW_MONTHS = 24
NO_PURCHASES = pd.DataFrame(
    {
        "customer_id": pd.Series(dtype="str"),
        "day": pd.to_datetime([]),
        "amount": pd.Series(dtype="float64"),
    }
)


def chosen_purchases(
    deals: pd.DataFrame | None, orders: pd.DataFrame | None, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return one row per customer and day with a chosen purchase up to `as_of`: date, amount.

    Orders where the company brings them, else won deals that are no renewals. Purchases of one
    day are one (D32); amounts are in major units.
    """
    if orders is not None:
        bought = orders.rename(columns={"date": "day"})
    elif deals is not None and {"is_won", "close_date"} <= set(deals):
        # A renewal is no choice to buy something more.
        won = deals["is_won"].fillna(False).astype("bool") & ~deals["pipeline"].eq("renewal")
        bought = deals[won].rename(columns={"close_date": "day"})
    else:
        bought = NO_PURCHASES
    bought = bought[bought["customer_id"].notna() & (bought["day"] <= as_of)]
    bought = bought.assign(day=bought["day"].dt.normalize())
    days = bought.groupby(["customer_id", "day"], as_index=False)["amount"].sum()
    # A day whose amounts sum to less than nothing is a return.
    return days[days["amount"] > 0].reset_index(drop=True)


def purchase_features(purchases: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return per customer_id: last_purchase_at, purchases (in 24 months), usual_gap_days, gap_p90_days.

    `usual_gap_days` is the median of a customer's own gaps, with at least three (D32).
    """
    days = purchases.sort_values(["customer_id", "day"])
    gap = days.groupby("customer_id")["day"].diff().dt.days
    gaps = gap.groupby(days["customer_id"])
    enough = gaps.count() >= 3
    recent = days[days["day"] > as_of - pd.DateOffset(months=WINDOW_MONTHS)]
    return pd.DataFrame(
        {
            "last_purchase_at": days.groupby("customer_id")["day"].max(),
            "purchases": recent.groupby("customer_id").size(),
            "usual_gap_days": gaps.median().where(enough),
            "gap_p90_days": gaps.quantile(0.9).where(enough),
        }
    ).rename_axis("customer_id")
