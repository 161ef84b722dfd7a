"""Draw companies with their traits: when they start, what they buy first, how likely they leave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    ANNUAL_SHARE,
    CAMPAIGN,
    CAMPAIGN_HAZARD,
    EMPLOYEES,
    EXPORT_FROM,
    FIRST_MONTH,
    MONTHLY_HAZARD,
    OWNERS,
    REGIONS,
    REPORT_MONTH,
    SATISFACTION_HAZARD,
    SEAT_LIMIT,
    STRETCH,
    TIER_SHARES,
    TIERS,
    TRAITS,
    stream,
    trait_levels,
)
from ltvlab.demo.lifetimes import draw_exits

OLD_SHARE = 0.44  # of the customers in the export, those that started before it begins
DRAWN_PER_OLD = 4  # so many are drawn per survivor wanted; the rest left before the export begins


def draw_customers(*, seed: int, customers: int) -> pd.DataFrame:
    """Return the paying companies of the export, one row each, in order of their start.

    Companies that started before `EXPORT_FROM` are drawn with the same hazards as the others,
    and only those still alive then are kept: the export knows nothing of the lost ones.
    """
    old = round(OLD_SHARE * customers)
    before = _with_exits(
        draw_companies(stream(seed, "old"), old * DRAWN_PER_OLD, FIRST_MONTH, EXPORT_FROM - 1),
        stream(seed, "old exits"),
    )
    survivors = before[before["exit"] > EXPORT_FROM].head(old)
    new = _with_exits(
        draw_companies(stream(seed, "new"), customers - len(survivors), EXPORT_FROM, REPORT_MONTH),
        stream(seed, "new exits"),
    )
    drawn = pd.concat([survivors, new]).sort_values(
        ["start", "day"], kind="stable", ignore_index=True
    )
    return drawn.assign(customer_id=customer_ids(len(drawn), first=1))


def draw_companies(
    rng: np.random.Generator, count: int, first_month: int, last_month: int
) -> pd.DataFrame:
    """Return `count` companies acquired between two months, with traits and monthly hazard."""
    companies = pd.DataFrame({trait: _draw_levels(rng, trait, count) for trait in TRAITS})
    companies = companies.assign(
        start=_draw_starts(rng, count, first_month, last_month),
        day=rng.choice([1, 10, 15, 20], size=count, p=[0.82, 0.06, 0.06, 0.06]),
        employees=_draw_employees(rng, companies["size"]),
        satisfaction=rng.standard_normal(count),
        tier=_draw_tiers(rng, companies["size"]),
    )
    companies = companies.assign(**_draw_terms(rng, companies), **_draw_facts(rng, count))
    companies = companies.assign(seats=_draw_seats(rng, companies))
    # Half a tier's limit is left to grow into.
    needed = np.searchsorted(SEAT_LIMIT / 2, companies["seats"].to_numpy())
    return companies.assign(
        tier=np.maximum(companies["tier"], needed),
        campaign=companies["start"].between(*CAMPAIGN),
        hazard=_hazard,
    )


def customer_ids(count: int, *, first: int) -> pd.Index:
    """Return ids as the CRM writes them, five digits with leading zeros."""
    return pd.Index(np.arange(first, first + count)).astype(str).str.zfill(5)


def _with_exits(companies: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return companies.assign(exit=draw_exits(companies, rng))


def _draw_terms(rng: np.random.Generator, companies: pd.DataFrame) -> dict[str, np.ndarray]:
    count = len(companies)
    return {
        "annual": rng.random(count) < companies["size"].map(ANNUAL_SHARE).to_numpy(),
        "explicit": rng.random(count) < 0.45,
        "billed_yearly": rng.random(count) < 0.6,
        "discount": rng.choice([0.0, 0.05, 0.10, 0.15], size=count, p=[0.5, 0.2, 0.2, 0.1]),
    }


def _draw_facts(rng: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Return what the CRM knows of a company and nothing else depends on."""
    return {
        "region": rng.choice(list(REGIONS), size=count, p=list(REGIONS.values())),
        "owner": rng.choice(list(OWNERS), size=count),
        "fiscal_year_end_month": rng.choice([3, 12, 6, 9], size=count, p=[0.64, 0.18, 0.09, 0.09]),
        "revenue_per_employee": rng.lognormal(np.log(16e6), 0.5, count),
    }


def _draw_levels(rng: np.random.Generator, trait: str, count: int) -> np.ndarray:
    shares = trait_levels(trait, "share")
    return rng.choice(shares.index.to_numpy(dtype=object), size=count, p=shares.to_numpy())


def _draw_starts(
    rng: np.random.Generator, count: int, first_month: int, last_month: int
) -> np.ndarray:
    months = np.arange(first_month, last_month + 1)
    weight = np.select([months % 12 == 3, months % 12 == 9], [2.8, 1.4], default=1.0)
    weight = weight * (1 + 0.012 * (months - first_month))
    # The campaign wins many, which is why its cohort is watched.
    weight = np.where((months >= CAMPAIGN[0]) & (months <= CAMPAIGN[1]), weight * 2.2, weight)
    weight = np.where((months >= STRETCH[0]) & (months <= STRETCH[1]), weight * 0.8, weight)
    return rng.choice(months, size=count, p=weight / weight.sum())


def _draw_employees(rng: np.random.Generator, size: pd.Series) -> np.ndarray:
    low = np.log(size.map({band: ends[0] for band, ends in EMPLOYEES.items()}))
    high = np.log(size.map({band: ends[1] for band, ends in EMPLOYEES.items()}))
    # The last whole number of a band stays below the next band's first.
    return np.exp(low + (high - low) * rng.random(len(size)) * 0.999).astype("int64").to_numpy()


def _draw_tiers(rng: np.random.Generator, size: pd.Series) -> np.ndarray:
    upper = np.cumsum(np.array([TIER_SHARES[band] for band in size]), axis=1)
    return (rng.random(len(size))[:, None] > upper[:, : len(TIERS) - 1]).sum(axis=1)


def _draw_seats(rng: np.random.Generator, companies: pd.DataFrame) -> np.ndarray:
    price = companies["industry"].map(trait_levels("industry", "price"))
    price = price * companies["channel"].map(trait_levels("channel", "price"))
    typical = 1.9 * companies["employees"] ** 0.55 * price
    drawn = np.rint(typical * rng.lognormal(0.0, 0.3, len(companies)))
    return drawn.clip(lower=3).astype("int64").to_numpy()


def _hazard(companies: pd.DataFrame) -> pd.Series:
    """Return the monthly hazard of each company outside the stretch: a product over its traits."""
    levels = [companies[trait].map(trait_levels(trait, "hazard")) for trait in TRAITS]
    campaign = np.where(companies["campaign"], CAMPAIGN_HAZARD, 1.0)
    satisfaction = np.exp(SATISFACTION_HAZARD * companies["satisfaction"])
    return MONTHLY_HAZARD * np.prod(levels, axis=0) * campaign * satisfaction
