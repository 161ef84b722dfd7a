"""Customers drawn again with replacement, thousands of times, as weights for matrix products."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

DRAWS = 2000
# 4 million weights are 32 MB: large enough for BLAS, small enough for any machine.
WEIGHTS_PER_BLOCK = 4_000_000


class Resampled(NamedTuple):
    """An estimate with its standard error, and both again for every draw (axis 0)."""

    estimate: np.ndarray
    standard_error: np.ndarray
    draw_estimates: np.ndarray
    draw_standard_errors: np.ndarray


def resampling_weights(customers: int, *, draws: int = DRAWS, seed: int) -> np.ndarray:
    """Return draws × customers: how often each customer is drawn; every row sums to `customers`.

    The same seed gives the same weights, so callers put customers in a fixed order first.
    """
    blocks = list(_weight_blocks(customers, draws=draws, seed=seed))
    return np.concatenate(blocks) if blocks else np.zeros((draws, customers))


def resampled_sums(values: np.ndarray, *, draws: int = DRAWS, seed: int) -> np.ndarray:
    """Return draws × columns: the sums of `values` (customers × columns) over each draw.

    `resampling_weights(...) @ values` without holding all weights at once.
    """
    blocks = [weights @ values for weights in _weight_blocks(len(values), draws=draws, seed=seed)]
    return np.concatenate(blocks) if blocks else np.zeros((draws, values.shape[1]))


def _weight_blocks(customers: int, *, draws: int, seed: int) -> Iterator[np.ndarray]:
    if customers == 0:
        return
    generator = np.random.default_rng(seed)
    rows = max(1, WEIGHTS_PER_BLOCK // customers)
    for first in range(0, draws, rows):
        yield _counted(generator, customers, min(rows, draws - first))


def _counted(generator: np.random.Generator, customers: int, rows: int) -> np.ndarray:
    # Counting drawn positions is several times faster than Generator.multinomial.
    drawn = generator.integers(0, customers, size=(rows, customers))
    drawn += np.arange(rows)[:, None] * customers
    counts = np.bincount(drawn.ravel(), minlength=rows * customers)
    return counts.reshape(rows, customers).astype("float64")


def resampled_mean(values: np.ndarray, *, seed: int, draws: int = DRAWS) -> Resampled:
    """Return the mean of `values` (customers, or customers × columns) with its draws."""
    values = np.asarray(values, dtype="float64")
    customers = len(values)
    columns = values.reshape(customers, math.prod(values.shape[1:]))
    if customers < 2:
        return _unknown(
            columns.sum(axis=0) if customers else np.full(columns.shape[1], np.nan), draws
        )
    mean = columns.mean(axis=0)
    # Centred first, so that squares of large amounts do not cancel.
    centred = columns - mean
    sums = resampled_sums(np.hstack([centred, centred**2]), draws=draws, seed=seed) / customers
    shift, square = np.split(sums, 2, axis=1)
    error = np.sqrt((centred**2).mean(axis=0) / (customers - 1))
    draw_errors = np.sqrt(np.maximum(square - shift**2, 0.0) / (customers - 1))
    return Resampled(mean, error, mean + shift, draw_errors)


def _unknown(estimate: np.ndarray, draws: int) -> Resampled:
    unknown = np.full((draws, len(estimate)), np.nan)
    return Resampled(estimate, np.full(len(estimate), np.nan), unknown, unknown)
