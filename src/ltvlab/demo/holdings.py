"""What each customer holds: first products, cross-sold ones, options, and what came back later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    CAMPAIGN_DISCOUNT,
    EXPORT_FROM,
    OPEN,
    PRODUCTS,
    REPORT_MONTH,
    SEAT_PRICE,
    STORAGE,
)

CROSS_SELL_HAZARD = 0.0055
# Marketing customers take Sales far more often than any other pair.
AFFINITY = {("Marketing", "Sales"): 2.2}
OPTION_HAZARD = 0.004
OPTION_TIER = 1  # the option costs the same whatever tier it is added to
DROP_PER_YEAR = 0.06
RETURN_SHARE = 0.12
FAMILIES = tuple(PRODUCTS["family"].iloc[:STORAGE])
COLUMNS = [
    "customer", "product", "role", "start", "exit", "day", "anniversary", "tier", "seats",
    "discount", "annual", "explicit", "billed_yearly", "campaign",
]  # fmt: skip


def draw_holdings(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per customer, product and unbroken spell of holding it.

    Everything a customer holds ends at the latest when the customer leaves, and all annual
    terms of a customer end on its anniversary.
    """
    first = first_holdings(customers)
    later = [_cross_sold(customers, rng), _options(customers, rng), _returned(customers, rng)]
    held = pd.concat([first, *later], ignore_index=True)
    held = held.sort_values(["customer", "start", "product"], kind="stable", ignore_index=True)
    return held.assign(exit=_with_drops(held, rng))[COLUMNS]


def first_holdings(companies: pd.DataFrame) -> pd.DataFrame:
    """Return the products each company starts with, and their monthly amount (`mrr`)."""
    baskets = companies["first_basket"].str.split(" + ", regex=False)
    held = baskets.rename("family").explode().rename_axis("customer").reset_index()
    position = held["family"].map({family: place for place, family in enumerate(FAMILIES)})
    held = _of_customers(companies.reset_index(drop=True), held["customer"], position, "first")
    return held.assign(mrr=monthly_amount(held, held["seats"], held["tier"]))


def monthly_amount(held: pd.DataFrame, seats: pd.Series, tier: pd.Series) -> np.ndarray:
    """Return what holdings cost per month at the given seats and tier, after discount."""
    listed = list_amount(held["product"], seats, tier)
    return np.rint(listed * (1 - held["discount"]) / 100) * 100


def list_amount(product: pd.Series, seats: pd.Series, tier: pd.Series) -> np.ndarray:
    """Return the list price per month of products with seats in a tier, in hundreds of yen."""
    level = PRODUCTS["price_level"].to_numpy()[product]
    return np.rint(SEAT_PRICE[tier] * level * seats / 100) * 100


def _of_customers(
    customers: pd.DataFrame, places: pd.Series, product: pd.Series, role: str
) -> pd.DataFrame:
    """Return holdings over the whole life of the customers at `places`."""
    rows = customers.iloc[places.to_numpy()].reset_index(drop=True)
    if "exit" not in rows:
        rows = rows.assign(exit=OPEN)
    discount = np.where(rows["campaign"], CAMPAIGN_DISCOUNT, rows["discount"])
    return rows.assign(
        customer=places.to_numpy(),
        product=product.to_numpy(dtype="int64"),
        role=role,
        discount=discount,
        anniversary=rows["start"] % 12,
    )[COLUMNS]


def _cross_sold(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return families added later, each waiting a geometric time from the start on."""
    shape = (len(customers), len(FAMILIES))
    holds = np.column_stack([customers["first_basket"].str.contains(name) for name in FAMILIES])
    boost = np.ones(shape)
    for (having, wanted), factor in AFFINITY.items():
        boost[holds[:, FAMILIES.index(having)], FAMILIES.index(wanted)] = factor
    pull = np.exp(0.3 * customers["satisfaction"].to_numpy())[:, None]
    wait = rng.geometric(np.minimum(CROSS_SELL_HAZARD * boost * pull, 0.5), size=shape) + 3
    begins = customers["start"].to_numpy()[:, None] + wait
    place, product = np.nonzero(~holds & _in_life(begins, customers))
    return _begun_at(customers, place, product, begins[place, product], "cross_sold")


def _options(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    begins = customers["start"].to_numpy() + 5 + rng.geometric(OPTION_HAZARD, len(customers))
    fits = customers["first_basket"].str.contains("Marketing").to_numpy()
    place = np.flatnonzero(fits & _in_life(begins[:, None], customers)[:, 0])
    return _begun_at(
        customers, place, np.full(len(place), STORAGE), begins[place], "option"
    ).assign(tier=OPTION_TIER)


def _returned(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the first product of customers that come back four to nine months after leaving."""
    begins = customers["exit"].to_numpy() + rng.integers(4, 10, len(customers))
    returns = (rng.random(len(customers)) < RETURN_SHARE) & (begins <= REPORT_MONTH)
    place = np.flatnonzero(returns)
    family = customers["first_basket"].iloc[place].str.split(" + ", regex=False).str[0]
    product = family.map(FAMILIES.index).to_numpy()
    held = _begun_at(customers, place, product, begins[place], "returned")
    seats = np.maximum((held["seats"] * 0.8).astype("int64"), 3)
    return held.assign(exit=OPEN, anniversary=held["start"] % 12, seats=seats, campaign=False)


def _in_life(begins: np.ndarray, customers: pd.DataFrame) -> np.ndarray:
    """Say which months lie in the export and at least three months before the customer leaves."""
    exits = customers["exit"].to_numpy()[:, None]
    return (begins >= EXPORT_FROM) & (begins <= REPORT_MONTH) & (begins < exits - 3)


def _begun_at(
    customers: pd.DataFrame, place: np.ndarray, product: np.ndarray, begins: np.ndarray, role: str
) -> pd.DataFrame:
    held = _of_customers(customers, pd.Series(place), pd.Series(product), role)
    return held.assign(start=begins, campaign=False, discount=np.minimum(held["discount"], 0.1))


def _with_drops(held: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the exits, some products other than a customer's first given up at an anniversary."""
    since = (held["anniversary"] - held["start"]) % 12
    years = rng.geometric(DROP_PER_YEAR, len(held))
    dropped = held["start"] + since + 12 * years
    spare = held.duplicated("customer") & (held["role"] != "returned") & (dropped >= EXPORT_FROM)
    return np.where(spare & (dropped < held["exit"]), dropped, held["exit"])
