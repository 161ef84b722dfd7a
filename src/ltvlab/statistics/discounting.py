"""Money later is worth less: yearly rates as monthly ones, and the weight of each month (D19)."""

from __future__ import annotations

import numpy as np


def monthly_discount(rate_per_year: float) -> float:
    """Return the monthly rate that compounds to `rate_per_year`: 10 % a year is 0.797414 %."""
    return (1.0 + rate_per_year) ** (1.0 / 12.0) - 1.0


def month_weights(ages: np.ndarray, *, horizon_months: int, monthly_discount: float) -> np.ndarray:
    """Return what one unit paid at the start of each age is worth today, zero from the horizon on."""
    ages = np.asarray(ages)
    return np.where(ages < horizon_months, (1.0 + monthly_discount) ** -ages.astype("float64"), 0.0)
