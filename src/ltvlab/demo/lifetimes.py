"""When a customer leaves, drawn from its hazard, and the survival curve that follows from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    EXPORT_FROM,
    FIRST_MONTH,
    LAST_MONTH,
    OPEN,
    REPORT_MONTH,
    STRETCH,
    STRETCH_HAZARD,
)


def calendar_hazard(months: np.ndarray) -> np.ndarray:
    """Return what the calendar multiplies every hazard by: the stretch of heavy churn."""
    return np.where((months >= STRETCH[0]) & (months <= STRETCH[1]), STRETCH_HAZARD, 1.0)


def mean_calendar_hazard() -> float:
    """Return the calendar's multiplier averaged over the months of the export."""
    return float(calendar_hazard(np.arange(EXPORT_FROM, REPORT_MONTH + 1)).mean())


def draw_exits(companies: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the first unpaid month of each company.

    The month in which a company makes up its mind is drawn from its hazard. A monthly customer
    leaves the month after; an annual one at the end of the term it is in.
    """
    months = np.arange(FIRST_MONTH, LAST_MONTH + 1)
    start = companies["start"].to_numpy()
    hazard = companies["hazard"].to_numpy()[:, None] * calendar_hazard(months)
    spent = np.cumsum(np.where(months >= start[:, None], hazard, 0.0), axis=1)
    decided = FIRST_MONTH + (spent < rng.exponential(size=len(start))[:, None]).sum(axis=1)
    terms = np.where(companies["annual"], 12, 1)
    exits = start + terms * (-(-(decided + 1 - start) // terms))
    return np.where(decided > LAST_MONTH, OPEN, exits)


def true_survival(companies: pd.DataFrame, *, horizon_months: int, calendar: float) -> np.ndarray:
    """Return the exact probability that each company still pays at ages 0 to `horizon_months` − 1."""
    ages = np.arange(horizon_months)
    could_leave = np.where(companies["annual"].to_numpy()[:, None], ages // 12 * 12, ages)
    return np.exp(-companies["hazard"].to_numpy()[:, None] * calendar * could_leave)
