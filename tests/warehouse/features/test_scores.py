"""NPS by account: who decides, one answer per person and wave, and how it moved."""

import pandas as pd

from ltvlab.warehouse.features.scores import score_features

AS_OF = pd.Timestamp("2026-09-30")


def _features(*rows):
    columns = ["customer_id", "date", "score", "person_id", "person_role"]
    frame = pd.DataFrame(rows, columns=columns).assign(type="nps")
    return score_features(frame.assign(date=pd.to_datetime(frame["date"])), as_of=AS_OF).loc["A"]


def test_the_lowest_decision_maker_speaks_for_the_company():
    row = _features(
        ("A", "2026-09-01", 9, "1", "決裁者 Decision maker"),
        ("A", "2026-09-02", 6, "2", "決裁者 Decision maker"),
        ("A", "2026-09-03", 0, "3", "担当者 User"),
    )

    assert row["nps"] == 6


def test_without_roles_it_is_the_mean():
    row = _features(("A", "2026-09-01", 9, "1", None), ("A", "2026-09-02", 6, "2", None))

    assert row["nps"] == 7.5


def test_a_person_speaks_once_per_wave_the_last_time():
    row = _features(("A", "2026-09-01", 2, "1", None), ("A", "2026-09-20", 8, "1", None))

    assert row["nps"] == 8


def test_the_change_is_against_the_wave_before():
    row = _features(("A", "2026-05-20", 8, "1", None), ("A", "2026-08-20", 2, "1", None))

    assert (row["nps"], row["nps_before"], row["nps_change"]) == (2, 8, -6)


def test_answers_after_the_date_or_over_a_year_old_say_nothing():
    row = _features(
        ("A", "2025-09-30", 1, "1", None),
        ("A", "2026-08-20", 7, "1", None),
        ("A", "2026-10-01", 0, "1", None),
    )

    assert row["nps"] == 7
    assert pd.isna(row["nps_before"])


def test_half_points_and_other_surveys_are_no_nps():
    frame = pd.DataFrame(
        {
            "customer_id": ["A", "A"], "date": pd.to_datetime(["2026-09-01", "2026-09-02"]),
            "score": [7.5, 3.0], "type": ["nps", "csat"],
        }
    )  # fmt: skip

    assert score_features(frame, as_of=AS_OF).empty
