"""The monthly rates of the engine: one estimate, and draws of it with customers drawn again (D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ltvlab.metrics.scenarios.evidence import Evidence
from ltvlab.statistics.likelihood import FEWEST_EVENTS
from ltvlab.statistics.resampling import DRAWS, resampled_sums

# So often the factors of size and age are fitted to each other; they stand long before.
ROUNDS = 20


class Rates(NamedTuple):
    """Monthly rates; axis 0 counts draws, one for the estimate.

    `churn` (of customers), `expansion` and `contraction` (of what those who stay pay) are draws ×
    strata × bands; `new` is MRR a month, draws × channels × strata; `joined` new customers a month
    and `returning` MRR a month, draws × strata.
    """

    churn: np.ndarray
    expansion: np.ndarray
    contraction: np.ndarray
    new: np.ndarray
    joined: np.ndarray
    returning: np.ndarray


def estimated(seen: Evidence) -> Rates:
    """Return the rates of the window as they were: axis 0 is one long."""
    return _rates(seen, _per_customer(seen).sum(axis=0, keepdims=True))


def drawn(seen: Evidence, *, seed: int, draws: int = DRAWS) -> Rates:
    """Return `draws` sets of rates, each from as many customers drawn again at random.

    With fewer than ten losses (or joiners) the common rate is drawn from a gamma of half an
    event more, so that a book without losses is not taken for one that cannot lose.
    """
    rates = _rates(seen, resampled_sums(_per_customer(seen), draws=draws, seed=seed))
    generator = np.random.default_rng([seed, 1])
    lost, joined = seen.lost.sum(), seen.joined.sum()
    # Resampling cannot see what is rarer: a gamma with half an event more stands in for it.
    if lost < FEWEST_EVENTS:
        chance = generator.gamma(lost + 0.5, size=draws) / max(seen.at_risk.sum(), 1.0)
        flat = np.broadcast_to(chance[:, None, None], rates.churn.shape)
        rates = rates._replace(churn=np.minimum(flat, 1.0))
    if 0 < joined < FEWEST_EVENTS:
        scale = generator.gamma(joined + 0.5, size=draws) / joined
        mean = estimated(seen)
        rates = rates._replace(
            new=mean.new * scale[:, None, None], joined=mean.joined * scale[:, None]
        )
    return rates


def _per_customer(seen: Evidence) -> np.ndarray:
    parts = (
        seen.at_risk, seen.lost, seen.stayed, seen.up, seen.down, seen.new, seen.joined, seen.returned,
    )  # fmt: skip
    return np.hstack([part.reshape(len(part), -1) for part in parts])


def _rates(seen: Evidence, sums: np.ndarray) -> Rates:
    cells, places = seen.at_risk[0].size, seen.new[0].size
    ends = np.cumsum([cells] * 5 + [places] * 2)
    at_risk, lost, stayed, up, down, new, joined, returned = np.split(sums, ends, axis=1)
    shape = (len(sums), *seen.at_risk.shape[1:])
    churn, expansion, contraction = (
        by_size_and_age(above.reshape(shape), below.reshape(shape))
        for above, below in ((lost, at_risk), (up, stayed), (down, stayed))
    )
    new, joined = (x.reshape(len(sums), *seen.new.shape[1:]) / seen.months for x in (new, joined))
    return Rates(churn, expansion, contraction, new, joined.sum(axis=1), returned / seen.months)


def by_size_and_age(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return rates above ÷ below per stratum and band, as common rate × size factor × age factor.

    Arrays are draws × strata × bands. The factors are those under which each stratum and each
    band keeps its own sum: cells of few customers borrow from their row and column. A stratum
    or band that nobody was watched in has the factor one.
    """
    watched = below > 0
    size = np.ones((*above.shape[:2], 1))
    age = np.ones((above.shape[0], 1, above.shape[2]))
    for _ in range(ROUNDS):
        size = _ratio(above.sum(axis=2, keepdims=True), (below * age).sum(axis=2, keepdims=True))
        age = _ratio(above.sum(axis=1, keepdims=True), (below * size).sum(axis=1, keepdims=True))
    everyone = _ratio(above.sum(axis=(1, 2), keepdims=True), below.sum(axis=(1, 2), keepdims=True))
    unseen = ~(watched.any(axis=2, keepdims=True) & watched.any(axis=1, keepdims=True))
    return np.where(unseen, everyone, size * age)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
