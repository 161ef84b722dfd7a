"""What the company plans and spends: price list, plans, spend by channel, targets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    EXPORT_FROM,
    PRODUCTS,
    REPORT_MONTH,
    SEAT_LIMIT,
    SEAT_PRICE,
    STORAGE,
    STORAGE_LIMIT,
    STORAGE_OPTION_GB,
    TIERS,
    first_days,
    trait_levels,
)
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.holdings import OPTION_TIER

# Yen per newly won customer: paid web costs most and brings customers that leave soonest.
CAC = {
    "紹介 Referral": 0.9e6, "代理店 Partner": 1.7e6, "展示会 Trade show": 2.5e6,
    "Web広告 Paid web": 3.3e6, "架電 Outbound": 2.8e6,
}  # fmt: skip
EXISTING = {"expansion": 3.2e6, "retention": 4.6e6}
YEN_PER_HOUR = 6000
# A name of the finance team's own: no figure here is called so.
UNKNOWN_KPI = "demo_count"
LARGE = "300+"
TARGET_MONTHS = np.arange(663, 687)  # fiscal years 2025 and 2026: April 2025 to March 2027


def price_list() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (products with family and gross margin, plans with tier, list price and limits)."""
    seats = PRODUCTS.iloc[:STORAGE].merge(pd.DataFrame({"place": range(len(TIERS))}), how="cross")
    tier = seats["place"].to_numpy()
    option = PRODUCTS.iloc[[STORAGE]].assign(place=OPTION_TIER)
    rows = pd.concat([seats, option], ignore_index=True)
    plans = rows.assign(
        plan=[
            plan_name(*pair) for pair in zip(rows.index // len(TIERS), rows["place"], strict=True)
        ],
        tier=rows["place"] + 1,
        list_price=np.rint(SEAT_PRICE[rows["place"]] * rows["price_level"]),
        limits=[*_limits(tier), f"{STORAGE_OPTION_GB:.0f} GB"],
        is_option=["×"] * len(seats) + ["○"],
    )
    return PRODUCTS[["product", "family", "gross_margin"]], plans


def _limits(tier: np.ndarray) -> list[str]:
    pairs = zip(SEAT_LIMIT[tier], STORAGE_LIMIT[tier], strict=True)
    return [f"{seats} seats / {storage:.0f} GB" for seats, storage in pairs]


def plan_name(product: int, tier: int) -> str:
    """Return the name of a plan, one per product and tier."""
    if product == STORAGE:
        return f"Storage +{STORAGE_OPTION_GB:.0f} GB"
    return f"{PRODUCTS['family'][product]} {TIERS[tier]}"


def draw_spend(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return spend and hours per month, purpose and channel.

    Acquisition spend of a channel comes to its planted CAC times its share of new customers.
    """
    months = np.arange(EXPORT_FROM, REPORT_MONTH + 1)
    won = int((customers["start"] >= EXPORT_FROM).sum())
    per_month = trait_levels("channel", "share") * pd.Series(CAC) * won / len(months)
    usual = [("acquisition", channel, per_month[channel]) for channel in CAC]
    usual += [(purpose, "既存 Existing customers", amount) for purpose, amount in EXISTING.items()]
    rows = pd.DataFrame(usual, columns=["purpose", "channel", "amount"])
    rows = rows.merge(pd.DataFrame({"paid": months}), how="cross").sort_values(
        "paid", kind="stable"
    )
    growth = np.where(
        rows["purpose"] == "acquisition", 1.0, 0.8 + 0.02 * (rows["paid"] - EXPORT_FROM)
    )
    amount = np.rint(rows["amount"] * growth * rng.lognormal(0, 0.08, len(rows)) / 1000) * 1000
    hours = np.rint(amount * 0.45 / YEN_PER_HOUR)
    return rows.assign(amount=amount, hours=hours, month=first_days(rows["paid"])).reset_index(
        drop=True
    )


def targets(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the plan as the finance team keeps it: one row per KPI and segment, one column per month."""
    booked = paid_months(lines).groupby("paid")["amount"].sum()
    into_year = (TARGET_MONTHS - 3) % 12 + 1
    opening = booked.reindex(TARGET_MONTHS - into_year).to_numpy()
    plan = {
        "mrr": np.rint(opening * 1.0175**into_year / 1e5) * 1e5,
        "nrr": np.full(len(TARGET_MONTHS), 1.04),
        "grr": np.full(len(TARGET_MONTHS), 0.90),
        "logo_churn": np.full(len(TARGET_MONTHS), 0.011),
        "arpa": np.rint(opening * 1.006**into_year / 250 / 1e3) * 1e3,
        "nps": np.full(len(TARGET_MONTHS), 10.0),
        "renewal_rate": np.full(len(TARGET_MONTHS), 0.82),
        "upsell_rate": np.full(len(TARGET_MONTHS), 0.24),
        "ltv": np.full(len(TARGET_MONTHS), 9.0e6),
        UNKNOWN_KPI: np.full(len(TARGET_MONTHS), 12.0),
    }
    header = [f"{month // 12 + 1970}年{month % 12 + 1}月" for month in TARGET_MONTHS]
    whole = pd.DataFrame(plan, index=header).T.rename_axis("kpi").reset_index()
    # Large customers are to leave half as often as all.
    large = whole[whole["kpi"] == "logo_churn"].set_index("kpi") / 2
    whole.insert(1, "segment", "")
    return pd.concat([whole, large.reset_index().assign(segment=LARGE)], ignore_index=True)
