"""Survival against V08 and V17, Freireich's leukaemia trial, statsmodels, and its own laws."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from ltvlab.statistics.discounting import monthly_discount
from ltvlab.statistics.intervals import resampled_interval
from ltvlab.statistics.resampling import resampling_weights
from ltvlab.statistics.survival import (
    log_rank,
    observed_months,
    resampled_counts,
    resampled_curves,
    resampled_restricted_mean,
    restricted_mean,
    restricted_mean_standard_error,
    survival_curve,
)

TREATED = "6* 6 6 6 7 9* 10* 10 11* 13 16 17* 19* 20* 22 23 25* 32* 32* 34* 35*"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def arm(written: str) -> tuple[np.ndarray, np.ndarray]:
    """Return durations and events of a textbook row, where * is censored."""
    duration = np.array([int(text.strip("*")) for text in written.split()])
    return duration, np.array([not text.endswith("*") for text in written.split()])


def at(curve, *ages: int) -> list[float]:
    return curve.set_index("age")["survival"].loc[list(ages)].tolist()


def median(curve) -> int:
    return int(curve.loc[curve["survival"] <= 0.5, "age"].iloc[0])


lives = st.lists(
    st.tuples(st.integers(0, 30), st.booleans(), st.integers(0, 12)), min_size=1, max_size=60
)


def test_treated_arm_agrees_with_the_textbook():
    curve = survival_curve(*arm(TREATED), minimum_at_risk=1)

    expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert at(curve, 6, 7, 10, 13, 16, 22, 23) == pytest.approx(expected, abs=0.0005)
    assert median(curve) == 23


def test_placebo_arm_agrees_with_the_textbook():
    assert median(survival_curve(*arm(PLACEBO), minimum_at_risk=1)) == 8


def test_log_rank_of_both_arms_is_16_79():
    (first, first_event), (second, second_event) = arm(TREATED), arm(PLACEBO)
    groups = np.repeat(["treated", "placebo"], [len(first), len(second)])

    chi_square, p_value = log_rank(
        np.concatenate([first, second]), np.concatenate([first_event, second_event]), groups
    )

    assert chi_square == pytest.approx(16.79, abs=0.005)
    assert p_value < 1e-4


def test_log_rank_tells_clear_differences_from_clearer_ones():
    """Two p values of zero would tie, and the first axis by name would be said to differ most."""
    sizes = (100, 200)
    clear, clearer = (
        log_rank(np.repeat([1, 30], n), np.ones(2 * n), np.repeat(["a", "b"], n))[1] for n in sizes
    )

    assert 0 < clearer < clear < 1e-15


@pytest.mark.parametrize(
    ("durations", "events", "groups"),
    [
        ([3, 5], [True, True], ["a", "a"]),
        ([3, 5], [False, False], ["a", "b"]),
        ([3, 5], [False, True], ["a", "b"]),
        ([], [], []),
    ],
)
def test_nothing_to_compare_has_no_log_rank(durations, events, groups):
    assert np.isnan(log_rank(np.array(durations), np.array(events), np.array(groups))).all()


def test_late_entry_counts_a_customer_only_while_watched():
    """V17: naively 3/4 and 3/8; with entry 1/2 and 1/4."""
    duration, entry = np.array([5, 10, 12, 6]), np.array([0, 8, 8, 0])
    event = np.array([True, True, False, False])

    assert at(survival_curve(duration, event, minimum_at_risk=1), 5, 10) == [3 / 4, 3 / 8]
    assert at(survival_curve(duration, event, entry, minimum_at_risk=1), 5, 10) == [1 / 2, 1 / 4]


def test_mixed_book_lasts_26_months_not_12_and_a_half():
    """V08: half leave at 1 % and half at 15 % a month; 1/churn of the first month says 12.5."""
    ages = np.arange(1, 61)
    alive = np.rint(1e6 * (0.5 * 0.99 ** np.arange(61) + 0.5 * 0.85 ** np.arange(61))).astype(int)
    duration = np.repeat(np.append(ages, 60), np.append(-np.diff(alive), alive[-1]))
    event = np.repeat([True, False], [alive[0] - alive[-1], alive[-1]])

    assert restricted_mean(survival_curve(duration, event), 60) == pytest.approx(25.98, abs=0.005)


def test_late_entry_agrees_with_statsmodels():
    generator = np.random.default_rng(1)
    entry = generator.integers(0, 10, 400)
    duration = entry + generator.integers(1, 40, 400)
    event = generator.random(400) < 0.7
    peer = SurvfuncRight(duration, event.astype(int), entry=entry)

    curve = survival_curve(duration, event, entry, minimum_at_risk=1).set_index("age")

    shared = np.intersect1d(peer.surv_times, curve.index)
    expected = dict(zip(peer.surv_times, peer.surv_prob, strict=True))
    assert len(shared) > 25
    assert curve.loc[shared, "survival"].tolist() == pytest.approx(
        [expected[age] for age in shared], abs=1e-12
    )


def test_bounds_are_log_log_greenwood():
    """At 22 months of the treated arm: .538, Greenwood .1282 (textbook), log-log .268 to .747."""
    curve = survival_curve(*arm(TREATED), minimum_at_risk=1).set_index("age")

    assert curve.loc[22, ["low", "high"]].tolist() == pytest.approx([0.268, 0.747], abs=0.0005)


def test_a_curve_starts_and_stops_where_enough_are_at_risk():
    duration = np.array([20] * 6 + [3, 4, 22, 25])
    entry = np.array([8] * 6 + [0, 0, 10, 10])
    event = np.array([True] + [False] * 5 + [True, True, True, True])

    curve = survival_curve(duration, event, entry)

    assert (curve["age"].iloc[0], curve["survival"].iloc[0]) == (8, 1.0)
    assert curve["age"].iloc[-1] == 20
    assert at(curve, 20) == [7 / 8]


def test_two_early_leavers_do_not_end_a_curve_of_many():
    """A thin age at which everyone leaves would leave survival at 0 whatever comes after."""
    duration = np.array([1] * 5 + [2] + [30] * 20)
    entry = np.array([0] * 6 + [10] * 20)
    event = np.array([False] * 5 + [True] + [False] * 20)

    curve = survival_curve(duration, event, entry)

    assert curve["age"].tolist() == [0, 1]
    assert curve["survival"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("customers", [0, 1, 4])
def test_fewer_than_five_customers_have_no_curve(customers):
    curve = survival_curve(np.full(customers, 9), np.ones(customers, dtype=bool))

    assert curve[["age", "survival", "at_risk"]].to_numpy().tolist() == [[0, 1, customers]]


def test_everybody_churned_ends_at_zero_and_stays_there():
    curve = survival_curve(np.array([2] * 6), np.ones(6, dtype=bool))

    assert curve["survival"].tolist() == [1, 1, 0]
    assert restricted_mean(curve, 60) == 2


def test_nobody_churned_stays_at_one_without_claiming_a_range():
    curve = survival_curve(np.array([12] * 6), np.zeros(6, dtype=bool))

    assert set(curve["survival"]) == {1.0}
    assert curve[["low", "high"]].iloc[1:].isna().all(axis=None)


def test_a_horizon_past_the_curve_has_no_value():
    """A number that was cut short would read as a short life."""
    curve = survival_curve(np.array([12] * 6), np.zeros(6, dtype=bool))

    assert observed_months(curve) == 13
    assert restricted_mean(curve, 13) == 13
    assert np.isnan(restricted_mean(curve, 14))


def test_discounting_lowers_a_sure_year_to_its_annuity():
    curve = survival_curve(np.array([12] * 6), np.zeros(6, dtype=bool))
    rate = monthly_discount(0.10)

    annuity = (1 - 1.10**-1) / rate * (1 + rate)
    assert restricted_mean(curve, 12, monthly_discount=rate) == pytest.approx(annuity)


def test_the_standard_error_agrees_with_simple_arithmetic():
    """2 of 10 leave at age 1: two months are worth 1 + .8, and .8 varies by .8 × .2 / 10."""
    at_risk, events = np.array([10, 10, 8]), np.array([0, 2, 0])

    error = restricted_mean_standard_error(at_risk, events, np.arange(3), horizon_months=2)

    assert error == pytest.approx(np.sqrt(0.8 * 0.2 / 10))


def test_the_standard_error_predicts_the_spread_of_draws():
    generator = np.random.default_rng(2)
    life, seen = generator.geometric(0.05, 300), generator.integers(10, 60, 300)
    drawn = resampled_restricted_mean(
        np.minimum(life, seen), life <= seen, horizon_months=36, seed=3
    )
    low, high = resampled_interval(drawn)

    assert drawn.draw_estimates.std() == pytest.approx(drawn.standard_error[0], rel=0.1)
    assert low < (1 - 0.95**36) / 0.05 < high


@settings(max_examples=40, deadline=None)
@given(lives)
def test_survival_never_rises(rows):
    duration, event, entry = (np.array(column) for column in zip(*rows, strict=True))

    curve = survival_curve(duration, event, entry, minimum_at_risk=1)

    assert (curve["survival"].diff().dropna() <= 0).all()
    assert curve["survival"].between(0, 1).all()
    assert not (curve["low"] > curve["survival"]).any()
    assert not (curve["high"] < curve["survival"]).any()


@settings(max_examples=40, deadline=None)
@given(lives)
def test_entry_at_zero_is_no_late_entry(rows):
    duration, event, _ = (np.array(column) for column in zip(*rows, strict=True))

    plain = survival_curve(duration, event, minimum_at_risk=1)

    assert plain.equals(survival_curve(duration, event, np.zeros(len(rows)), minimum_at_risk=1))


@settings(max_examples=40, deadline=None)
@given(lives, st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = (
        survival_curve(*(np.array(column) for column in zip(*each, strict=True)), minimum_at_risk=1)
        for each in (rows, shuffled)
    )

    assert first.equals(second)


@settings(max_examples=40, deadline=None)
@given(lives)
def test_drawing_everyone_once_is_the_curve_itself(rows):
    duration, event, entry = (np.array(column) for column in zip(*rows, strict=True))
    curve = survival_curve(duration, event, entry, minimum_at_risk=1)
    once = np.ones((1, len(rows)))

    drawn = resampled_curves(duration, event, entry, once, curve["age"].to_numpy())

    assert drawn[0].tolist() == pytest.approx(curve["survival"].tolist(), abs=1e-12)


def test_drawing_a_customer_twice_is_having_two_of_them():
    duration, event = arm(TREATED)
    weights = resampling_weights(21, draws=3, seed=4)
    ages = np.arange(36)
    again = np.repeat(np.arange(21), weights[2].astype(int))

    at_risk, events = resampled_counts(duration, event, None, weights, ages)
    longhand = survival_curve(duration[again], event[again], minimum_at_risk=1)

    assert events[2].sum() == event[again].sum()
    assert at_risk[2, 1] == 21
    survival = resampled_curves(duration, event, None, weights, ages)[2]
    assert survival[: len(longhand)].tolist() == pytest.approx(longhand["survival"].tolist())
