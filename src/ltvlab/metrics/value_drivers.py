"""Why one value differs from another: unit price, frequency, lifetime and gross margin, exactly."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

FACTORS = ("unit_price", "frequency", "lifetime_months", "gross_margin")
EFFECTS = tuple(f"by_{name}" for name in ("price", "frequency", "lifetime", "margin"))


def driver_effects(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return what each factor adds to the product's change from `before` to `after`.

    Both are rows × factors. Each effect is the factor's Shapley value: its mean addition over
    every order in which the factors could have changed. Effects sum to the whole change, do not
    depend on an order, and hold for negative margins, where logarithms would not.
    """
    factors = after.shape[1]
    effects = np.zeros_like(after, dtype="float64")
    for factor in range(factors):
        others = [other for other in range(factors) if other != factor]
        for size in range(factors):
            weight = factorial(size) * factorial(factors - size - 1) / factorial(factors)
            for changed in combinations(others, size):
                mixed = before.copy()
                mixed[:, list(changed)] = after[:, list(changed)]
                rest = np.delete(mixed, factor, axis=1).prod(axis=1)
                effects[:, factor] += weight * rest * (after[:, factor] - before[:, factor])
    return effects


def value_drivers(components: pd.DataFrame) -> pd.DataFrame:
    """Return, per segment, how much each factor lifts its value above that of all customers.

    Columns axis, segment, difference, by_price, by_frequency, by_lifetime, by_margin, in minor
    units; the four effects sum to the difference (D17). Segments watched for fewer months than
    all customers are left out: their values are sums over another span.
    """
    nothing = pd.DataFrame(columns=["axis", "segment", "difference", *EFFECTS])
    if components.empty:
        return nothing
    everyone = components[components["axis"] == "all"]
    alike = components["horizon_months"].isin(everyone["horizon_months"])
    rows = components[alike & (components["axis"] != "all")].reset_index(drop=True)
    if everyone.empty or rows.empty:
        return nothing
    after = rows[list(FACTORS)].to_numpy(dtype="float64")
    before = np.repeat(everyone[list(FACTORS)].to_numpy(dtype="float64")[:1], len(rows), axis=0)
    effects = pd.DataFrame(driver_effects(before, after), columns=list(EFFECTS))
    table = rows[["axis", "segment"]].assign(difference=after.prod(axis=1) - before.prod(axis=1))
    table = table.join(effects)
    table.attrs = dict(components.attrs)
    return table
