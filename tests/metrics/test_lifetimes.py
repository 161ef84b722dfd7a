"""One spell per customer, with late entry where history starts late."""

import pandas as pd
import pytest

from ltvlab.metrics.lifetimes import lifetimes, log_rank_by_axis, survival_by_segment


def test_a_spell_runs_from_the_start_to_the_first_month_without_mrr(matrix, people):
    mrr = matrix({"left": [1, 1, 0, 0], "returned": [1, 0, 1, 1], "stays": [0, 1, 1, 1]})

    spells = lifetimes(mrr, people(mrr))

    assert spells["duration"].to_dict() == {"left": 2, "returned": 1, "stays": 2}
    assert spells["event"].to_dict() == {"left": True, "returned": True, "stays": False}


def test_a_customer_from_before_enters_at_the_age_it_had(matrix, people):
    """V17: two of four are first watched at age 8."""
    mrr = matrix({"A": [1, 1, 0], "B": [1, 1, 1]})
    customers = people(
        mrr, opening=True, start_month=pd.PeriodIndex(["2023-05", "2023-05"], freq="M")
    )

    spells = lifetimes(mrr, customers)

    assert spells["entry"].tolist() == [8, 8]
    assert spells["duration"].tolist() == [10, 10]
    assert spells["event"].tolist() == [True, False]


def test_who_had_left_before_losses_were_recorded_is_out(matrix, people):
    """D24: the date from which losses are complete is declared."""
    mrr = matrix({"gone": [0, 0, 5], "there": [5, 5, 5]})

    assert lifetimes(mrr, people(mrr, opening=True)).index.tolist() == ["there"]


def test_curves_stand_for_all_customers_and_each_segment(matrix, people):
    rows = {f"A{i}": [1, 1, 1] for i in range(6)} | {f"B{i}": [1, 0, 0] for i in range(6)}
    mrr = matrix(rows)
    table = survival_by_segment(mrr, people(mrr, kind=["x"] * 6 + ["y"] * 6), axes=("kind",))

    at_one = table[table["age"] == 1].set_index("segment")["survival"]
    assert at_one["all"] == pytest.approx(0.5)
    assert at_one["x"] == 1.0


def test_segments_of_a_handful_are_no_side_of_a_log_rank(matrix, people):
    """Four customers have no curve that five others could differ from; two fives are compared."""
    rows = {f"A{i}": [1, 1, 1] for i in range(5)} | {f"B{i}": [1, 0, 0] for i in range(5)}
    mrr = matrix(rows | {f"C{i}": [1, 0, 0] for i in range(4)})
    customers = people(mrr, pair=["x"] * 5 + ["y"] * 5 + ["z"] * 4, lone=["x"] * 10 + ["z"] * 4)

    tests = log_rank_by_axis(mrr, customers, axes=("pair", "lone")).set_index("axis")

    assert tests["segments"].to_dict() == {"pair": 2, "lone": 1}
    assert tests.loc["pair", "p_value"] < 0.05
    assert pd.isna(tests.loc["lone", "p_value"])


def test_who_left_before_the_first_months_end_left_at_age_zero(matrix, people):
    """D12: joined and left inside January, back in March; the first spell is the one that counts."""
    mrr = matrix({"A": [0, 0, 5], "B": [5, 5, 5]})
    customers = people(mrr, start_month=pd.PeriodIndex(["2024-01", "2024-01"], freq="M"))

    spells = lifetimes(mrr, customers)

    assert spells.loc["A", ["duration", "event"]].tolist() == [0, True]
