"""Where the year lands: by months like the last twelve, and how often the range holds it."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.landings import landing, year_start

MONTHS = pd.period_range("2025-04", "2026-09", freq="M")
START = pd.Period("2026-04", "M")


def steady(step: float, *, first: float = 100.0) -> pd.Series:
    return pd.Series(first + step * np.arange(len(MONTHS)), index=MONTHS)


@pytest.mark.parametrize(
    ("month", "first", "start"),
    [("2026-09", 4, "2026-04"), ("2026-04", 4, "2026-04"), ("2026-03", 4, "2025-04"),
     ("2026-03", 1, "2026-01"), ("2020-05", 7, "2019-07")],
)  # fmt: skip
def test_the_fiscal_year_begins_in_its_first_month(month, first, start):
    assert str(year_start(pd.Period(month, "M"), fiscal_first_month=first)) == start


def test_a_level_goes_on_by_its_mean_change():
    """September stands at 117 · 10; six months of 10 more make 60."""
    found = landing(steady(10.0), course="level", start=START, seed=1)

    assert found.value == steady(10.0).iloc[-1] + 60.0
    # Twelve changes alike say nothing of how far another could be off.
    assert np.isnan(found.low) and np.isnan(found.high)


def test_months_that_would_use_up_the_book_cannot_go_on():
    """117 left and 30 lost a month: six more such months are more than there is."""
    falling = steady(-30.0, first=627.0)

    assert np.isnan(landing(falling, course="level", start=START, seed=1, least=0.0).value)
    assert landing(falling, course="level", start=START, seed=1).value == 117.0 - 180.0


def test_no_range_reaches_below_nothing():
    uneven = steady(-10.0, first=300.0) + 40.0 * (np.arange(len(MONTHS)) % 2)

    found = landing(uneven, course="level", start=START, seed=1, least=0.0)

    assert found.low == 0.0 < found.value


def test_a_sum_adds_months_like_the_last_twelve_to_the_year_to_date():
    found = landing(pd.Series(50.0, index=MONTHS), course="sum", start=START, seed=1)

    assert found.value == 6 * 50.0 + 6 * 50.0


def test_an_average_is_the_mean_of_the_whole_year():
    """Six months at 2 % so far; the last twelve hold six at 1 % and six at 2 %."""
    churn = pd.Series(np.where(MONTHS >= START, 0.02, 0.01), index=MONTHS)

    found = landing(churn, course="average", start=START, seed=1, share=True)

    assert found.value == pytest.approx((6 * 0.02 + 6 * 0.015) / 12)
    assert 0 <= found.low < found.value < found.high <= 1


def test_a_share_stays_between_nothing_and_all():
    rising = pd.Series(0.9 + 0.02 * np.arange(len(MONTHS)) % 0.1, index=MONTHS)

    assert landing(rising, course="level", start=START, seed=1, share=True).high <= 1.0


def test_in_the_last_month_the_landing_is_what_came():
    found = landing(steady(10.0), course="level", start=pd.Period("2025-10", "M"), seed=1)

    assert found.value == steady(10.0).iloc[-1]
    assert np.isnan(found.low) and np.isnan(found.high)


@pytest.mark.parametrize("course", ["level", "sum", "average"])
def test_fewer_than_twelve_months_say_nothing_of_the_year(course):
    short = steady(1.0).tail(11)

    assert np.isnan(landing(short, course=course, start=START, seed=1).value)


def test_what_is_asked_in_waves_has_no_landing():
    assert np.isnan(landing(steady(1.0), course="wave", start=START, seed=1).value)


def test_the_same_seed_gives_the_same_range():
    noisy = steady(10.0) + np.arange(len(MONTHS)) % 5

    assert landing(noisy, course="level", start=START, seed=7) == landing(
        noisy, course="level", start=START, seed=7
    )


@pytest.mark.slow
@pytest.mark.parametrize("left", [1, 6, 11])
def test_ranges_hold_the_year_end_at_nearly_their_nominal_rate(left, capsys):
    """Of 600 books whose monthly change is drawn alike; printed, and stated in GLOSSARY D42."""
    rng, inside = np.random.default_rng(20260411), 0
    start = MONTHS[-1] - (11 - left)
    for _ in range(600):
        changes = rng.normal(10.0, 25.0, len(MONTHS) + left)
        level = 1000.0 + changes.cumsum()
        found = landing(
            pd.Series(level[: len(MONTHS)], index=MONTHS), course="level", start=start, seed=1
        )
        inside += found.low <= level[-1] <= found.high
    with capsys.disabled():
        print(f"\nlanding, {left} months left: {inside / 600:.1%} of ranges hold the year's end")

    # One month drawn from twelve cannot be further out than the furthest of them.
    assert (0.88 if left == 1 else 0.92) <= inside / 600 <= 0.98
