"""Expected MRR of the months ahead under given rates and levers, in well under a millisecond (D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.evidence import OLDEST, Evidence, band_of, evidence
from ltvlab.metrics.scenarios.levers import BASE, Levers
from ltvlab.metrics.scenarios.pipeline import OpenBusiness
from ltvlab.metrics.scenarios.rates import Rates, estimated
from ltvlab.metrics.scenarios.spending import Moved
from ltvlab.money import on_grid
from ltvlab.months import YEAR

HORIZON = 24
# Rates that multiply a book so often within the horizon are not kept up by anyone.
MOST_GROWTH = 3.0


class Engine(NamedTuple):
    """All that a forecast needs: what was seen, its rates, and how many months are shown.

    `moved` says what moving spend between channels brings, `open_business` what open deals will;
    None where the company brings no such tables.
    """

    seen: Evidence
    rates: Rates
    horizon: int
    moved: Moved | None
    open_business: OpenBusiness | None
    attrs: dict

    @property
    def months(self) -> pd.PeriodIndex:
        """Return the months ahead, the first after the report month."""
        return pd.period_range(self.seen.month + 1, periods=self.horizon, freq="M", name="month")


class Curves(NamedTuple):
    """What becomes of a yen, per draw and size stratum, over the months ahead.

    `stays` and `grows` (draws × strata × ages × months): the share of customers of an age today
    that still pays, and what those pay against today. `keeps` (draws × strata × months): what is
    left of a yen newly sold, so many months later.
    """

    stays: np.ndarray
    grows: np.ndarray
    keeps: np.ndarray


def scenario_engine(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    fx: pd.DataFrame | None = None,
    moved: Moved | None = None,
    open_business: OpenBusiness | None = None,
) -> Engine:
    """Return the engine of the book as it stands in the last column of `mrr`.

    Months are shown until the base has tripled, at most 24: rates that multiply a book like that
    are not kept up. Raises nothing on a small book; `lacking` says whether it carries a forecast.
    """
    seen = evidence(mrr, customers, fx=fx)
    whole = Engine(seen, estimated(seen), HORIZON, moved, open_business, dict(mrr.attrs))
    beyond = expected_mrr(whole) > MOST_GROWTH * seen.held.sum()
    shown = int(beyond.argmax()) if beyond.any() else HORIZON
    return whole._replace(horizon=max(shown, 1))


def expected_mrr(engine: Engine, levers: Levers = BASE) -> np.ndarray:
    """Return expected MRR of each month ahead in minor units, on the money grid."""
    ahead = curves(engine, engine.rates, levers)
    months = base_by_month(engine, ahead) + new_by_month(
        ahead, inflow(engine, engine.rates, levers)
    )
    return on_grid(months[0])


def curves(engine: Engine, rates: Rates, levers: Levers) -> Curves:
    """Return what becomes of a yen under the rates, each turned by its levers."""
    ages, months = np.arange(OLDEST + 1)[:, None], np.arange(1, engine.horizon + 1)
    bands = rates.churn.shape[2]
    churn = _churn(engine, rates, levers)
    growth = _growth(rates, levers)
    first_year = months <= YEAR
    answer = 1.0 + levers.price_response * levers.price_rise * first_year
    band = band_of(ages + months, bands)
    leaves = np.clip(churn[:, :, band] * answer, 0.0, 1.0)
    price = 1.0 + levers.price_rise * np.minimum(months, YEAR) / YEAR
    later = band_of(months[:-1], bands)
    step = ((1.0 - churn) * growth)[:, :, later]
    sold = np.ones((*step.shape[:2], 1))
    return Curves(
        stays=np.cumprod(1.0 - leaves, axis=-1),
        grows=np.cumprod(growth[:, :, band], axis=-1) * price,
        keeps=np.concatenate([sold, np.cumprod(step, axis=-1)], axis=-1),
    )


def _churn(engine: Engine, rates: Rates, levers: Levers) -> np.ndarray:
    usual = engine.seen.churn
    if not usual:
        return np.clip(rates.churn * (1.0 + levers.churn) + levers.churn_points, 0.0, 1.0)
    return np.clip(rates.churn * (1.0 + levers.churn + levers.churn_points / usual), 0.0, 1.0)


def _growth(rates: Rates, levers: Levers) -> np.ndarray:
    gained = rates.expansion * max(1.0 + levers.expansion, 0.0)
    shrunk = np.minimum(rates.contraction * max(1.0 + levers.contraction, 0.0), 1.0)
    return 1.0 + gained - shrunk


def inflow(engine: Engine, rates: Rates, levers: Levers) -> np.ndarray:
    """Return MRR that joins or comes back in each month ahead: draws × strata × months."""
    usual = rates.new.sum(axis=1)
    joined = rates.joined.sum(axis=1)[:, None]
    one = np.divide(usual, joined, out=_usual_customer(engine, usual), where=joined > 0)
    new = usual * (1.0 + levers.win_rate) + one * levers.new_customers
    if engine.moved is not None and levers.moved_spend:
        new = new + engine.moved.gained(rates.new) * levers.moved_spend
    new = np.maximum(new * (1.0 + levers.first_price), 0.0)
    by_month = new[:, :, None] * _calendar(engine)
    if engine.open_business is not None and levers.open_deals:
        by_month = _from_deals(by_month, engine.open_business, levers)
    return by_month + rates.returning[:, :, None]


def _usual_customer(engine: Engine, like: np.ndarray) -> np.ndarray:
    """Return the mean MRR of today's customers by stratum: what one more brings where nobody joined."""
    seen = engine.seen
    held = np.bincount(seen.stratum, seen.held, minlength=like.shape[1])
    return np.broadcast_to(held / max(len(seen.held), 1), like.shape).copy()


def _calendar(engine: Engine) -> np.ndarray:
    return engine.seen.season[engine.months.month.to_numpy() - 1]


def _from_deals(by_month: np.ndarray, found: OpenBusiness, levers: Levers) -> np.ndarray:
    """Return the inflow with its first months drawn towards what open deals are expected to bring."""
    first = np.arange(by_month.shape[2]) < found.months
    total = by_month.sum(axis=1, keepdims=True)
    expected = found.mrr_per_month * (1.0 + levers.win_rate) * (1.0 + levers.first_price)
    scale = np.divide(expected, total, out=np.ones_like(total), where=total > 0)
    return by_month * np.where(first, 1.0 + levers.open_deals * (scale - 1.0), 1.0)


def base_by_month(engine: Engine, ahead: Curves) -> np.ndarray:
    """Return what today's customers are expected to pay: draws × months."""
    seen = engine.seen
    strata = ahead.stays.shape[1]
    held = np.zeros((strata, OLDEST + 1))
    np.add.at(held, (seen.stratum, seen.age), seen.held)
    return np.einsum("sa,dsam,dsam->dm", held, ahead.stays, ahead.grows, optimize=True)


def new_by_month(ahead: Curves, joining: np.ndarray) -> np.ndarray:
    """Return what customers yet to join are expected to pay: draws × months."""
    return np.einsum("dsj,dsjm->dm", joining, since_joined(ahead.keeps), optimize=True)


def since_joined(keeps: np.ndarray) -> np.ndarray:
    """Return draws × strata × month joined × month: what is left of a yen sold, nothing before."""
    months = np.arange(keeps.shape[2])
    passed = months - months[:, None]
    return np.where(passed >= 0, keeps[:, :, np.maximum(passed, 0)], 0.0)
