"""Exits are drawn from the hazards that the true values are computed with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ltvlab.demo.lifetimes import draw_exits, mean_calendar_hazard, true_survival

AFTER_THE_STRETCH = 670


def alike(count: int, *, annual: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {"start": AFTER_THE_STRETCH, "hazard": 0.02, "annual": annual}, index=range(count)
    )


@pytest.mark.parametrize("annual", [False, True])
@pytest.mark.parametrize("age", [1, 11, 12, 13, 24, 36])
def test_share_still_paying_agrees_with_the_exact_survival(annual, age):
    companies = alike(10_000, annual=annual)
    exits = draw_exits(companies, np.random.default_rng(5))
    exact = true_survival(companies.head(1), horizon_months=60, calendar=1.0)[0, age]

    # Four standard errors of a share among 10,000.
    assert (exits > AFTER_THE_STRETCH + age).mean() == pytest.approx(exact, abs=0.02)


def test_everybody_pays_for_the_first_month():
    exits = draw_exits(alike(5_000, annual=False).assign(hazard=0.9), np.random.default_rng(5))

    assert exits.min() == AFTER_THE_STRETCH + 1


def test_mean_calendar_hazard_counts_six_heavy_months_of_36():
    assert mean_calendar_hazard() == pytest.approx((30 + 6 * 2.4) / 36)
