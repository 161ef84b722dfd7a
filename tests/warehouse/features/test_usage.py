"""Usage: the share of a limit, how long it has been near it, and whether use falls."""

import pandas as pd
import pytest

from ltvlab.warehouse.features.usage import usage_features

MONTH = pd.Period("2026-09", "M")


def _usage(*rows):
    columns = ["customer_id", "month", "metric", "used", "limit", "product"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(month=pd.to_datetime(frame["month"]))


def _features(*rows):
    return usage_features(_usage(*rows), month=MONTH, threshold=0.8)


def test_the_share_is_of_the_fullest_metric_in_the_last_complete_month():
    """V14: 80 of 100 is not over 80 %, 81 is."""
    table = _features(
        ("A", "2026-09", "seats", 80, 100, "P"),
        ("A", "2026-09", "storage", 10, 100, "P"),
        ("B", "2026-09", "seats", 81, 100, "P"),
        ("B", "2026-10", "seats", 100, 100, "P"),
    )

    assert table["usage_share"].tolist() == [0.80, 0.81]
    assert table["months_over"].tolist() == [0, 1]
    assert table.loc["A", "usage_metric"] == "seats"


def test_without_a_limit_there_is_no_share():
    table = _features(("A", "2026-09", "seats", 500, None, "P"))

    assert table["usage_share"].dropna().empty


def test_months_over_the_limit_count_the_last_three():
    rows = [("A", f"2026-0{month}", "seats", 90, 100, "P") for month in (6, 7, 8, 9)]

    assert _features(*rows).loc["A", "months_over"] == 3


def test_a_fall_is_against_the_mean_of_the_customers_own_three_months_before():
    rows = [("A", f"2026-0{m}", "logins", used, None, "P") for m, used in ((6, 90), (7, 100), (8, 110), (9, 70))]  # fmt: skip

    assert _features(*rows).loc["A", "usage_change"] == pytest.approx(-0.30)


def test_storage_is_no_sign_of_life():
    logins = [("A", f"2026-0{m}", "logins", used, None, "P") for m, used in ((7, 100), (8, 100), (9, 50))]  # fmt: skip
    stored = [("A", f"2026-0{m}", "storage", 10, None, "P") for m in (7, 8, 9)]

    assert _features(*logins, *stored).loc["A", "usage_change"] == pytest.approx(-0.5)


def test_a_holiday_that_moves_everyone_is_taken_out_of_the_change_in_the_book():
    rows = [
        (customer, f"2026-0{m}", "logins", used, None, "P")
        for customer, last in (("A", 80), ("B", 80), ("C", 40))
        for m, used in ((7, 100), (8, 100), (9, last))
    ]

    assert _features(*rows)["usage_change_in_book"].round(6).tolist() == [0.0, 0.0, -0.5]


def test_one_month_before_is_too_little_to_see_a_change():
    rows = [("A", "2026-08", "logins", 100, None, "P"), ("A", "2026-09", "logins", 10, None, "P")]

    assert pd.isna(_features(*rows)["usage_change"]).all()
