"""NPS by wave: three ways to weigh, who answered, and whose score fell."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.nps_waves import nps_by_wave, score_drops

AS_OF = pd.Timestamp("2024-06-30")


@pytest.fixture
def surveys():
    rows = [
        ("A", "2024-05-01", 9, "a1"), ("A", "2024-05-02", 10, "a2"), ("A", "2024-05-03", 3, "a3"),
        ("B", "2024-05-04", 9, "b1"), ("B", "2024-05-05", None, "b2"),
        ("B", "2024-07-01", 0, "b2"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["customer_id", "date", "score", "person_id"])
    dates = pd.to_datetime(table["date"])
    return table.assign(date=dates, type="nps", wave="spring", invited=True)


def test_persons_accounts_and_money_are_weighed_apart(matrix, surveys):
    """Persons 9, 10, 3, 9: +50. A's mean 7.3 is passive, B promotes: +50. B pays 30 of 40: +75."""
    mrr = matrix({"A": [10.0] * 6, "B": [30.0] * 6})

    waves = nps_by_wave(surveys, mrr, as_of=AS_OF, seed=1).set_index("weighting")

    assert waves["nps"].to_dict() == {"person": 50, "account": 50, "money": 75}
    assert waves["answers"].to_dict() == {"person": 4, "account": 2, "money": 2}


def test_the_response_counts_persons_asked_and_nothing_after_the_date(matrix, surveys):
    waves = nps_by_wave(surveys, matrix({"A": [1.0], "B": [1.0]}), as_of=AS_OF, seed=1)

    assert waves["invited"].tolist() == [5, 5, 5]
    assert waves["response"].tolist() == [0.8] * 3


def test_a_file_that_does_not_say_whom_it_asked_has_no_response_rate(matrix, surveys):
    asked_unknown = surveys.drop(columns=["invited", "wave"])

    waves = nps_by_wave(asked_unknown, matrix({"A": [1.0], "B": [1.0]}), as_of=AS_OF, seed=1)

    assert waves["wave"].unique().tolist() == ["2024Q2"]
    assert waves["response"].isna().all()


def test_no_answers_are_no_rows(matrix, surveys):
    assert nps_by_wave(surveys.iloc[:0], matrix({"A": [1.0]}), as_of=AS_OF, seed=1).empty


@pytest.mark.parametrize(
    ("before", "now", "falls"),
    [
        (9, 8, True), (10, 9, False), (8, 7, False), (7, 6, True), (6, 5, False), (6, 4, True),
        (10, 8, True), (9, 9, False), (np.nan, 3, False), (7, 9, False),
    ],
)  # fmt: skip
def test_a_drop_is_two_points_or_a_lower_band(before, now, falls):
    features = pd.DataFrame({"nps": [now], "nps_before": [before]}, index=["A"], dtype="float64")

    assert len(score_drops(features)) == falls
