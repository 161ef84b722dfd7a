"""What the last twelve months say about the months to come, customer by customer (D43).

A forecast may rest only on what was complete by its month, so everything here is worked out from
the columns of the matrix it is given; cut the matrix, and it is the forecast of an earlier month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.customer_ledger import LEDGER_CUSTOMERS
from ltvlab.metrics.movements import KINDS, Changes, changes
from ltvlab.metrics.scenarios.season import season_factors
from ltvlab.months import YEAR
from ltvlab.text import OTHER, UNKNOWN

# Fewer complete months carry no forecast, nor does a book that is read by its names (D34).
FEWEST_MONTHS = 12
# A size stratum or an age band must have so many losses to expect to differ from the others.
EXPECTED_LOSSES = 5
# Size strata and age bands, the finest first; the first that the losses carry is taken.
GROUPINGS = ((3, 3), (2, 3), (3, 2), (2, 2), (3, 1), (1, 3), (2, 1), (1, 2), (1, 1))
OLDEST = 2 * YEAR
MOST_CHANNELS = 8


class Evidence(NamedTuple):
    """The window's sums per customer (axis 0), and what is held at its end.

    `at_risk` (customer-months), `lost` (customers), and of those who stayed `stayed`, `up`, `down`
    (minor units) are customers × strata × bands; `new` and `joined` (customers) are customers ×
    channels × strata, `returned` customers × strata. `held` is the MRR of each paying customer,
    beside its `stratum` and `age` in months (24 and more are one). `season` has a factor per
    month of the year, `edges` the sizes at which strata part.
    """

    month: pd.Period
    months: int
    at_risk: np.ndarray
    lost: np.ndarray
    stayed: np.ndarray
    up: np.ndarray
    down: np.ndarray
    new: np.ndarray
    joined: np.ndarray
    returned: np.ndarray
    held: np.ndarray
    stratum: np.ndarray
    age: np.ndarray
    channels: tuple[str, ...]
    edges: np.ndarray
    season: np.ndarray

    @property
    def churn(self) -> float:
        """Return the share of paying customers lost in a month, over the window."""
        return float(self.lost.sum() / self.at_risk.sum()) if self.at_risk.sum() else 0.0


def lacking(mrr: pd.DataFrame) -> tuple[int, int]:
    """Return how many customers and complete months are missing for a forecast; 0, 0 for none."""
    paying = int((mrr.iloc[:, -1] > 0).sum()) if mrr.shape[1] else 0
    return max(LEDGER_CUSTOMERS - paying, 0), max(FEWEST_MONTHS - mrr.shape[1], 0)


def evidence(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, fx: pd.DataFrame | None = None
) -> Evidence:
    """Return what the last twelve months of `mrr` say, at constant currency (D07, D10).

    A month counts where the one before it is known, so twelve columns give eleven. A customer's
    size is what it paid first in the window. `customers` give `start_month`, `opening` and `channel`.
    """
    known = mrr[(mrr > 0).any(axis=1)]
    about = customers.reindex(known.index)
    step = changes(known, about["opening"], fx=fx)
    window = min(YEAR, mrr.shape[1] - 1)
    recent = Changes(*(part[:, -window:] for part in step))
    start = pd.PeriodIndex(about["start_month"]).astype("int64").to_numpy()
    months = known.columns[-window:].astype("int64").to_numpy()
    age = np.maximum(months - start[:, None], 0)
    size, held = _size(recent), known.iloc[:, -1].to_numpy()
    strata, bands, edges = _grouping(recent, size, age, held)
    stratum = np.searchsorted(edges, size, side="left")
    channel, channels = _channels(about, recent)
    paying = held > 0
    return Evidence(
        mrr.columns[-1],
        window,
        **_by_cell(recent, stratum, age, strata=strata, bands=bands),
        **_joiners(recent, stratum, channel, strata=strata, channels=len(channels)),
        held=held[paying],
        stratum=np.searchsorted(edges, held[paying], side="left"),
        age=np.minimum(age[paying, -1], OLDEST),
        channels=channels,
        edges=edges,
        season=season_factors(step, known.columns),
    )


def band_of(age: np.ndarray, bands: int) -> np.ndarray:
    """Return the age band: first year, second year, later; with fewer bands the later ones as one."""
    return np.minimum(age // YEAR, bands - 1)


def _of_kind(step: Changes, name: str) -> np.ndarray:
    return step.kind == KINDS.index(name)


def _size(step: Changes) -> np.ndarray:
    amounts = np.hstack([step.before[:, :1], step.now])
    return amounts[np.arange(len(amounts)), (amounts > 0).argmax(axis=1)]


def _grouping(
    step: Changes, size: np.ndarray, age: np.ndarray, held: np.ndarray
) -> tuple[int, int, np.ndarray]:
    at_risk, lost = step.before > 0, _of_kind(step, "churn")
    rate = lost.sum() / max(at_risk.sum(), 1)
    for strata, bands in GROUPINGS:
        edges = _edges(held, strata)
        of_size = np.searchsorted(edges, size, side="left")
        by_size = np.bincount(of_size, at_risk.sum(axis=1), minlength=strata)
        by_age = np.bincount(band_of(age, bands)[at_risk], minlength=bands)
        if (np.append(by_size, by_age) * rate >= EXPECTED_LOSSES).all():
            break
    return strata, bands, edges


def _edges(held: np.ndarray, strata: int) -> np.ndarray:
    paying = held[held > 0]
    return np.quantile(paying if len(paying) else np.zeros(1), np.arange(1, strata) / strata)


def _by_cell(
    step: Changes, stratum: np.ndarray, age: np.ndarray, *, strata: int, bands: int
) -> dict[str, np.ndarray]:
    moved = step.now - step.fx - step.before
    at_risk, lost = step.before > 0, _of_kind(step, "churn")
    parts = {
        "at_risk": at_risk.astype("float64"),
        "lost": lost.astype("float64"),
        "stayed": step.before * (at_risk & ~lost),
        "up": moved * _of_kind(step, "expansion"),
        "down": -moved * _of_kind(step, "contraction"),
    }
    of_band = band_of(age, bands)[:, :, None] == np.arange(bands)
    of_stratum = stratum[:, None] == np.arange(strata)
    return {
        name: np.einsum("cm,cmb,cs->csb", part, of_band, of_stratum, optimize=True)
        for name, part in parts.items()
    }


def _channels(about: pd.DataFrame, step: Changes) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each customer's place among the channels, the eight largest by new customers."""
    named = about.get("channel", pd.Series(UNKNOWN, index=about.index)).fillna(UNKNOWN).astype(str)
    joined = named[_of_kind(step, "new").any(axis=1)]
    counts = joined.value_counts().rename_axis("channel").reset_index(name="joined")
    ordered = counts.sort_values(["joined", "channel"], ascending=[False, True])["channel"]
    shown = list(ordered.iloc[:MOST_CHANNELS]) or [UNKNOWN]
    kept = shown if named.isin(shown).all() else [*(n for n in shown if n != OTHER), OTHER]
    return pd.Index(kept).get_indexer(named.where(named.isin(kept), OTHER)), tuple(kept)


def _joiners(
    step: Changes, stratum: np.ndarray, channel: np.ndarray, *, strata: int, channels: int
) -> dict[str, np.ndarray]:
    first = (step.now * _of_kind(step, "new")).sum(axis=1)
    back = (step.now * _of_kind(step, "reactivation")).sum(axis=1)
    of_stratum = (stratum[:, None] == np.arange(strata)).astype("float64")
    of_channel = (channel[:, None] == np.arange(channels)).astype("float64")
    place = of_channel[:, :, None] * of_stratum[:, None, :]
    return {
        "new": first[:, None, None] * place,
        "joined": (first > 0)[:, None, None] * place,
        "returned": back[:, None] * of_stratum,
    }
