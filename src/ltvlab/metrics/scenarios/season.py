"""Which months of the year bring more new business; only with 24 months to tell it from chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import KINDS, Changes
from ltvlab.months import YEAR

FEWEST_MONTHS = 2 * YEAR


def season_factors(step: Changes, months: pd.PeriodIndex) -> np.ndarray:
    """Return a factor on new business per month of the year, January first; ones without a season.

    It needs 24 months and takes the last whole years, each month against the straight line
    through them, so that growth is no season. Two or three years are mostly chance: a factor is
    drawn towards one as if two more even years had been seen. The twelve factors sum to twelve,
    so that a season moves months and never years.
    """
    new = np.where(step.kind == KINDS.index("new"), step.now, 0.0).sum(axis=0)
    years = len(new) // YEAR
    recent = new[len(new) - years * YEAR :]
    if len(new) < FEWEST_MONTHS or not recent.sum():
        return np.ones(YEAR)
    of_month = months.month.to_numpy()[-len(recent) :] - 1
    against = np.bincount(of_month, recent / _line(recent), minlength=YEAR)
    return 1.0 + (against / against.mean() - 1.0) * years / (years + 2)


def _line(amounts: np.ndarray) -> np.ndarray:
    """Return the straight line through the amounts, nowhere below a twelfth of their mean."""
    places = np.arange(len(amounts))
    slope, level = np.polyfit(places, amounts, 1)
    return np.maximum(level + slope * places, amounts.mean() / YEAR)
