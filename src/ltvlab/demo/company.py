"""Who the demo company is, what it sells, and the parameters every planted answer comes from."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Months are integers since January 1970 throughout this package.
FIRST_MONTH = 588  # January 2019: the oldest customer
EXPORT_FROM = 645  # October 2023: losses are completely recorded from here on
REPORT_MONTH = 680  # September 2026
LAST_MONTH = 719  # December 2029: the hazard is drawn this far, so that open lives have an end
OPEN = 10_000  # the exit month of a customer that never leaves
EXPORT_DAY = np.datetime64("2026-10-05")  # the exports were taken on this day

MONTHLY_HAZARD = 0.0120
SATISFACTION_HAZARD = -0.30  # on the log of the hazard, per standard deviation
STRETCH = (660, 665)  # January to June 2025: a competitor undercuts us
STRETCH_HAZARD = 2.4
CAMPAIGN = (657, 659)  # October to December 2024: the half-price trade-show campaign
CAMPAIGN_HAZARD = 1.8
CAMPAIGN_DISCOUNT = 0.20
DISCOUNT_PER_YEAR = 0.10
HORIZON_MONTHS = 60


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of a trait: its share of new customers, its pull on hazard and on first price."""

    share: float
    hazard: float = 1.0
    price: float = 1.0


TRAITS: dict[str, dict[str, Level]] = {
    "industry": {
        "製造 Manufacturing": Level(share=0.24, hazard=0.75, price=1.05),
        "IT": Level(share=0.22, hazard=1.00, price=1.00),
        "小売 Retail": Level(share=0.18, hazard=1.55, price=0.90),
        "人材 Staffing": Level(share=0.14, hazard=1.25, price=0.95),
        "金融 Finance": Level(share=0.10, hazard=0.70, price=1.30),
        "不動産 Real estate": Level(share=0.12, hazard=1.10, price=1.00),
    },
    "size": {
        "small": Level(share=0.36, hazard=1.45),
        "middle": Level(share=0.44, hazard=1.00),
        "large": Level(share=0.20, hazard=0.60),
    },
    "channel": {
        "紹介 Referral": Level(share=0.20, hazard=0.65, price=1.10),
        "代理店 Partner": Level(share=0.18, hazard=0.95, price=1.05),
        "展示会 Trade show": Level(share=0.22, hazard=1.15),
        "Web広告 Paid web": Level(share=0.24, hazard=1.40, price=0.90),
        "架電 Outbound": Level(share=0.16, hazard=1.10),
    },
    "first_basket": {
        "Marketing": Level(share=0.34),
        "Sales": Level(share=0.30),
        "Analytics": Level(share=0.10, hazard=1.20),
        "Marketing + Sales": Level(share=0.15, hazard=0.60),
        "Analytics + Sales": Level(share=0.06, hazard=0.70),
        "Analytics + Marketing": Level(share=0.05, hazard=0.70),
    },
    "onboarded_in_30_days": {
        "yes": Level(share=0.62, hazard=0.65),
        "no": Level(share=0.38, hazard=1.75),
    },
}
EMPLOYEES = {"small": (5, 50), "middle": (50, 300), "large": (300, 2500)}
ANNUAL_SHARE = {"small": 0.45, "middle": 0.65, "large": 0.80}
REGIONS = {"関東 Kanto": 0.48, "関西 Kansai": 0.22, "中部 Chubu": 0.15, "九州 Kyushu": 0.15}
OWNERS = {
    "Sato 佐藤": "East", "Suzuki 鈴木": "East", "Takahashi 高橋": "East", "Tanaka 田中": "West",
    "Ito 伊藤": "West", "Watanabe 渡辺": "West", "Kobayashi 小林": "Key", "Nakamura 中村": "Key",
}  # fmt: skip

PRODUCTS = pd.DataFrame(
    [
        ["Nagisa Marketing", "Marketing", 0.78, 1.00],
        ["Nagisa Sales", "Sales", 0.83, 0.90],
        ["Nagisa Analytics", "Analytics", 0.72, 0.75],
        ["Nagisa Storage", "Marketing", 0.70, 0.25],
    ],
    columns=["product", "family", "gross_margin", "price_level"],
)
STORAGE = 3  # the position of the option among PRODUCTS
TIERS = ("Light", "Standard", "Pro")
SEAT_PRICE = np.array([4200.0, 6800.0, 10400.0])  # list price per seat and month, by tier
SEAT_LIMIT = np.array([80, 500, 5000])
STORAGE_LIMIT = np.array([50.0, 200.0, 500.0])  # GB, by tier
STORAGE_OPTION_GB = 500.0
TIER_SHARES = {
    "small": (0.60, 0.34, 0.06),
    "middle": (0.24, 0.54, 0.22),
    "large": (0.08, 0.47, 0.45),
}


def stream(seed: int, topic: str) -> np.random.Generator:
    """Return the random numbers of one topic, which no change in another topic disturbs."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode())])


def first_days(months: np.ndarray) -> np.ndarray:
    """Return the first day of each month number."""
    return np.asarray(months, dtype="int64").astype("datetime64[M]").astype("datetime64[D]")


def days_in(months: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return the given day of each month number."""
    return first_days(months) + (np.asarray(days, dtype="int64") - 1)


def month_of(dates: np.ndarray) -> np.ndarray:
    """Return the month number of each date."""
    return np.asarray(dates, dtype="datetime64[M]").astype("int64")


def trait_levels(trait: str, column: str) -> pd.Series:
    """Return one planted parameter of a trait, by level."""
    return pd.Series({name: getattr(level, column) for name, level in TRAITS[trait].items()})
