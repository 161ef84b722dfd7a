"""Gaps between tools: the parts sum to the gap, whatever the book, and nothing moves without cause."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltvlab.metrics.convention_figures import FIGURES, headline
from ltvlab.metrics.convention_gaps import COLUMNS, SINGLE, convention_gaps, single_effects
from ltvlab.metrics.convention_moves import monthly_moves
from ltvlab.metrics.convention_presets import CHARTMOGUL, DBT, PRESETS
from ltvlab.metrics.convention_views import view
from ltvlab.metrics.conventions import OURS, Conventions
from ltvlab.metrics.movements import MOVEMENTS, movement_table
from ltvlab.metrics.retention import retention_table

MONTHS = 16
DAYS = st.dates(
    min_value=pd.Timestamp("2022-11-01").date(), max_value=pd.Timestamp("2024-06-01").date()
)
LINE = st.tuples(
    st.sampled_from("ABCDEFGH"), DAYS, st.integers(1, 500), st.sampled_from([0, 1, 7, 50, 1000])
)
FEW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def books(draw):
    """Draw lines with discounts, pauses, notices and bridges, as (lines, columns)."""
    lines = draw(st.lists(LINE, min_size=1, max_size=14))
    rows = [
        (c, str(day), str(day + pd.Timedelta(days=length)), amount)
        for c, day, length, amount in lines
    ]
    size = {"min_size": len(rows), "max_size": len(rows)}
    days = st.lists(st.one_of(st.none(), DAYS.map(str)), **size)
    columns = {
        "discount_end": draw(days), "pause_start": draw(days), "notice": draw(days),
        "bridged": draw(st.lists(st.booleans(), **size)), "list_amount": 2000.0, "gross_margin": 0.7,
    }  # fmt: skip
    return rows, columns


@FEW
@given(drawn=books())
def test_parts_sum_to_the_gap_exactly_on_any_book(paid_book, drawn):
    lines, columns = drawn
    gaps = convention_gaps(paid_book(lines, first="2023-01", months=MONTHS, **columns))

    sums = gaps.groupby(["preset", "figure"]).agg(
        part=("part", "sum"), ours=("ours", "first"), theirs=("theirs", "first")
    )

    assert (sums["part"] == sums["theirs"] - sums["ours"]).all()


@FEW
@given(drawn=books())
def test_a_preset_with_our_switches_shows_our_figures(paid_book, drawn):
    lines, columns = drawn
    book = paid_book(lines, first="2023-01", months=MONTHS, **columns)
    alike = [preset._replace(conventions=OURS) for preset in PRESETS]

    gaps = convention_gaps(book, presets=alike)

    assert set(gaps["convention"]) <= {"none"}
    assert (gaps["part"] == 0).all()


@FEW
@given(drawn=books())
def test_our_conventions_are_the_bridge_and_the_rates_of_the_mrr_chapter(paid_book, drawn):
    lines, columns = drawn
    book = paid_book(lines, first="2023-01", months=MONTHS, **columns)
    seen = view(book, OURS)
    mrr = pd.DataFrame(seen.now, columns=book.months)
    mrr.attrs = {"currency": "JPY"}
    opening = pd.Series(False, index=mrr.index)

    moves = monthly_moves(book, seen, OURS)
    figures = headline(book, OURS)
    rates = retention_table(mrr, opening, seed=1).iloc[-1]

    bridge = movement_table(mrr, opening).set_index("month")
    assert (moves[list(MOVEMENTS)] == bridge[list(MOVEMENTS)]).all(axis=None)
    for name in ("logo_churn", "revenue_churn", "nrr", "grr"):
        assert figures[name] == pytest.approx(rates[name], abs=1e-11, nan_ok=True)


@FEW
@given(drawn=books(), preset=st.sampled_from(PRESETS))
def test_events_of_a_month_sum_to_its_net_movement(paid_book, drawn, preset):
    """However finely a tool books, what a month adds to MRR is the same."""
    lines, columns = drawn
    book = paid_book(lines, first="2023-01", months=MONTHS, **columns)
    seen = view(book, preset.conventions)

    net = monthly_moves(book, seen, preset.conventions._replace(netting="month"))
    gross = monthly_moves(book, seen, preset.conventions._replace(netting="event"))

    assert (gross[list(MOVEMENTS)].sum(axis=1) == net[list(MOVEMENTS)].sum(axis=1)).all()


def test_a_gap_has_one_part_per_convention_that_makes_it(paid_book):
    """A starts mid-month; the first of the month does not see it yet."""
    lines = [("A", "2024-02-15", None, 30), ("B", "2024-01-01", None, 70)]

    gaps = convention_gaps(paid_book(lines, months=2), presets=[DBT])

    assert list(gaps.columns) == COLUMNS
    mrr = gaps[gaps["figure"] == "mrr"].iloc[0]
    assert (mrr["ours"], mrr["theirs"], mrr["convention"], mrr["part"]) == (
        100,
        70,
        "snapshot",
        -30,
    )


def test_two_conventions_that_only_work_together_share_the_gap(paid_book):
    """A late renewal inside one month: only strict and by event is it a loss, of 10 in 40."""
    lines = [
        ("A", "2024-01-01", "2024-02-05", 10),
        ("A", "2024-02-20", None, 10),
        ("B", "2024-01-01", None, 30),
    ]
    book = paid_book(
        [*lines, ("A", "2024-02-05", "2024-02-20", 10)], months=2, bridged=[False] * 3 + [True]
    )

    gaps = convention_gaps(book, presets=[CHARTMOGUL])

    churned = gaps[gaps["figure"] == "churned_mrr"].set_index("convention")["part"]
    assert churned.to_dict() == {"late_renewals": -5, "netting": -5}


def test_figures_that_one_side_lacks_are_not_compared(paid_book):
    gaps = convention_gaps(paid_book([("A", "2024-01-01", None, 30)], months=1))

    assert set(gaps["figure"]) == {"mrr", "customers", "new_mrr", "churned_mrr"}
    assert np.isfinite(gaps[["ours", "theirs", "part"]].to_numpy()).all()


def test_a_switch_alone_is_shown_where_it_moves_a_figure(paid_book):
    book = paid_book([("A", "2024-01-01", None, 80)], months=2, notice="2024-02-10")

    effects = single_effects(book).set_index(["convention", "figure"])

    assert effects.loc[("churn_timing", "mrr"), ["ours", "theirs"]].tolist() == [80, 0]
    assert set(SINGLE) == set(Conventions._fields)
    assert set(effects.index.get_level_values("figure")) <= set(FIGURES)


def test_nobody_left_under_a_convention_is_a_gap_and_no_fault(paid_book):
    """The only customer comes and goes between two firsts of a month."""
    book = paid_book([("A", "2024-01-10", "2024-02-20", 80)], months=1)

    gaps = convention_gaps(book, presets=[DBT]).set_index("figure")

    assert gaps.loc["mrr", "theirs"] == 0
    assert gaps.loc["customers", "part"] == -1
