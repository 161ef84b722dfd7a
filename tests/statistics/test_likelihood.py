"""The search on a likelihood with a known answer: counts that are Poisson, λ̂ = k / n ± √k / n."""

import numpy as np
import pytest

from ltvlab.statistics.likelihood import distinct_rows, maximum_likelihood


def poisson(count, customers):
    """Return the log likelihood of `count` events among `customers`, with its slope."""
    return lambda rate: (
        float(count * np.log(rate[0]) - customers * rate[0]),
        count / rate - customers,
    )


def test_estimate_and_standard_error_are_the_textbooks():
    best = maximum_likelihood(poisson(36, 100), parameters=1, events=36, total=100)

    assert best.parameters == pytest.approx([0.36])
    assert best.standard_errors == pytest.approx([0.06])
    assert best.log_covariance == pytest.approx(np.array([[1 / 36]]))
    assert best.log_likelihood == pytest.approx(36 * np.log(0.36) - 36)
    assert (best.converged, best.on_bound, best.reason) == (True, False, "")


@pytest.mark.parametrize(
    ("log_likelihood", "events", "reason"),
    [
        (poisson(9, 100), 9, "too few events: fewer than 10"),
        (poisson(20, 100_000), 20, "the best fit lies on a bound"),
        (poisson(20, 0.001), 20, "the best fit lies on a bound"),
        (lambda _: (0.0, np.zeros(1)), 20, "the data do not determine the parameters"),
        (lambda rate: (poisson(20, 30)(rate)[0], np.ones(1)), 20, "the fit did not converge"),
    ],
    ids=["nine events", "too low", "too high", "flat", "slope that leads nowhere"],
)
def test_a_maximum_that_means_nothing_is_withheld(log_likelihood, events, reason):
    best = maximum_likelihood(log_likelihood, parameters=1, events=events, total=30)

    assert best.reason == reason
    assert np.isnan([*best.parameters, *best.standard_errors, best.log_likelihood]).all()


def test_equal_rows_are_counted_once_with_their_weight():
    first, second, weight = distinct_rows([2, 1, 2], [5, 5, 5], weights=[0.5, 1.0, 3.0])

    assert (first.tolist(), second.tolist(), weight.tolist()) == ([1, 2], [5, 5], [1.0, 3.5])
    assert distinct_rows([2, 1, 2], weights=None)[1].tolist() == [1.0, 2.0]
