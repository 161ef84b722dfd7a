"""Ten thousand ways the months ahead could go: how sure the rates are, and what chance adds (D43).

Three things differ from path to path. The rates: 2,000 draws with customers drawn again, each
used by five paths. Who leaves: the largest customers one by one, each with its own luck, the
others by cell with the spread of a binomial whose weights are what they pay. What sales bring:
new MRR of a month is a gamma with the mean and spread of a compound Poisson, and growth of those
who stay has, per month and size stratum, the spread seen between customers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ltvlab.metrics.scenarios.engine import Curves, Engine, curves, inflow, since_joined
from ltvlab.metrics.scenarios.evidence import OLDEST
from ltvlab.metrics.scenarios.levers import BASE, Levers
from ltvlab.metrics.scenarios.rates import Rates, drawn
from ltvlab.statistics.resampling import DRAWS

PATHS_PER_DRAW = 5
# One by one as long as it is worth it: beyond these a single customer moves nothing to be seen.
LARGEST = 200
QUANTILES = {"low": 0.025, "low_80": 0.1, "high_80": 0.9, "high": 0.975}


class Lumps(NamedTuple):
    """The customers too small to follow one by one: MRR per stratum and age, and how uneven it is."""

    held: np.ndarray
    unevenness: np.ndarray


def simulated_mrr(
    engine: Engine, levers: Levers = BASE, *, seed: int, draws: int = DRAWS
) -> np.ndarray:
    """Return paths × months of MRR in minor units; the same seed gives the same luck to each scenario."""
    rates = drawn(engine.seen, seed=seed, draws=draws)
    ahead = curves(engine, rates, levers)
    generator = np.random.default_rng([seed, 2])
    held = _held(engine, ahead, generator)
    sold = _sold(engine, rates, ahead, levers, generator)
    return (held + sold).reshape(-1, engine.horizon)


def bands(paths: np.ndarray) -> dict[str, np.ndarray]:
    """Return the 95 % and 80 % bands of each month: low, low_80, high_80, high.

    In whole minor units: what is beyond differs from machine to machine.
    """
    found = np.rint(np.quantile(paths, list(QUANTILES.values()), axis=0))
    return dict(zip(QUANTILES, found, strict=True))


def _held(engine: Engine, ahead: Curves, generator: np.random.Generator) -> np.ndarray:
    """Return what today's customers pay: draws × paths × months."""
    seen, (draws, strata) = engine.seen, ahead.stays.shape[:2]
    order = np.argsort(-seen.held, kind="stable")
    large, small = order[:LARGEST], order[LARGEST:]
    of_stratum = (seen.stratum[large, None] == np.arange(strata)) * seen.held[large, None]
    lumps = _lumps(engine, small, strata)
    luck = generator.random((draws, PATHS_PER_DRAW, len(large)), dtype="float32")
    chance = generator.standard_normal((draws, PATHS_PER_DRAW, *lumps.held.shape), dtype="float32")
    noise = _growth_noise(engine, generator, draws)
    at = (slice(None), seen.stratum[large], seen.age[large])
    months = []
    # Month by month, since all months of all paths at once would take gigabytes.
    for month in range(engine.horizon):
        stays, grows = ahead.stays[..., month], ahead.grows[..., month]
        here = (luck < stays[at][:, None]).astype("float64")
        each = here @ (grows[at][:, :, None] * of_stratum)
        spread = np.sqrt(stays * (1.0 - stays)) * lumps.unevenness
        share = np.clip(stays[:, None] + chance * spread[:, None], 0.0, 1.0)
        rest = (share * (lumps.held * grows)[:, None]).sum(axis=-1)
        months.append(((each + rest) * noise[..., month]).sum(axis=-1))
    return np.stack(months, axis=-1)


def _lumps(engine: Engine, small: np.ndarray, strata: int) -> Lumps:
    seen = engine.seen
    held, square = (np.zeros((strata, OLDEST + 1)) for _ in range(2))
    place = (seen.stratum[small], seen.age[small])
    np.add.at(held, place, seen.held[small])
    np.add.at(square, place, seen.held[small] ** 2)
    uneven = np.divide(np.sqrt(square), held, out=np.zeros_like(held), where=held > 0)
    return Lumps(held, uneven)


def _growth_noise(engine: Engine, generator: np.random.Generator, draws: int) -> np.ndarray:
    """Return the factor that chance puts on growth: draws × paths × strata × months, its mean one."""
    seen = engine.seen
    stayed = seen.stayed.sum(axis=2)
    moved = (seen.up - seen.down).sum(axis=2)
    total = stayed.sum(axis=0)
    rate = np.divide(moved.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    # Customers differ by their whole year, so that what repeats with one customer counts.
    square = ((moved - rate * stayed) ** 2).sum(axis=0)
    per_month = np.sqrt(square * seen.months)
    size = np.divide(per_month, total, out=np.zeros_like(total), where=total > 0)
    shape = (draws, PATHS_PER_DRAW, len(total), engine.horizon)
    steps = generator.standard_normal(shape, dtype="float32") * size[:, None]
    return np.exp(np.cumsum(steps - size[:, None] ** 2 / 2, axis=-1))


def _sold(
    engine: Engine, rates: Rates, ahead: Curves, levers: Levers, generator: np.random.Generator
) -> np.ndarray:
    """Return what customers yet to join pay: draws × paths × months."""
    joining = inflow(engine, rates, levers)
    per_customer = engine.seen.new.sum(axis=1) + engine.seen.returned
    total = per_customer.sum(axis=0)
    # Of a compound Poisson sum, variance ÷ mean is the mean amount weighted by the amounts.
    one = np.divide((per_customer**2).sum(axis=0), total, out=np.ones_like(total), where=total > 0)
    one = one[:, None] * max(1.0 + levers.first_price, 1e-9)
    shape = np.repeat((joining / one)[:, None], PATHS_PER_DRAW, axis=1)
    brought = generator.standard_gamma(shape) * one
    kept = since_joined(ahead.keeps)
    # A matrix product per draw and stratum: paths × month joined, times month joined × month.
    return np.matmul(brought.swapaxes(1, 2), kept).sum(axis=1)
