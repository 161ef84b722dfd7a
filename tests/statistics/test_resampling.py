"""Weights that every range is made from: seeded, complete, and the same in blocks."""

import numpy as np

from ltvlab.statistics import resampling
from ltvlab.statistics.resampling import resampled_mean, resampled_sums, resampling_weights


def test_every_draw_has_as_many_customers_as_there_are():
    weights = resampling_weights(30, draws=100, seed=1)

    assert weights.shape == (100, 30)
    assert (weights.sum(axis=1) == 30).all()


def test_the_same_seed_gives_the_same_weights():
    first, again, other = (resampling_weights(30, draws=50, seed=seed) for seed in (1, 1, 2))

    assert (first == again).all()
    assert (first != other).any()


def test_customers_are_drawn_equally_often():
    counts = resampling_weights(10, draws=20_000, seed=3).mean(axis=0)

    assert np.abs(counts - 1).max() < 0.03


def test_blocks_change_nothing(monkeypatch):
    """Large books are drawn block by block; a limit of memory must not move a number."""
    values = np.random.default_rng(4).lognormal(size=(30, 2))
    whole = resampled_sums(values, draws=70, seed=5)
    monkeypatch.setattr(resampling, "WEIGHTS_PER_BLOCK", 300)

    in_blocks = resampled_sums(values, draws=70, seed=5)
    assert np.allclose(in_blocks, whole, rtol=1e-14)
    assert np.allclose(resampling_weights(30, draws=70, seed=5) @ values, whole, rtol=1e-14)


def test_draws_of_a_mean_are_what_the_weights_say():
    values = np.random.default_rng(6).lognormal(size=25) * 1e6
    drawn = resampled_mean(values, seed=7, draws=3)
    weights = resampling_weights(25, draws=3, seed=7).astype(int)
    sample = np.repeat(values, weights[1])

    assert np.isclose(drawn.draw_estimates[1, 0], sample.mean())
    assert np.isclose(drawn.draw_standard_errors[1, 0], sample.std() / np.sqrt(24))


def test_no_customers_give_no_weights():
    assert resampling_weights(0, draws=4, seed=1).shape == (4, 0)
    assert resampled_sums(np.zeros((0, 2)), draws=4, seed=1).tolist() == [[0.0, 0.0]] * 4
