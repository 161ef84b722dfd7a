"""Whether an offer came off, by kind, and whether acting on it made the difference."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.selling.acted_on import effects, taken

JANUARY = pd.Period("2024-01", "M").ordinal
NO_REASONS = pd.DataFrame({"customer_id": [], "month": [], "reason": pd.Series(dtype="str")})


def _panel(*rows):
    cells = [
        (customer, product, product, JANUARY + month, 1.0)
        for customer, product, months in rows
        for month in months
    ]
    return pd.DataFrame(cells, columns=["customer_id", "product", "family", "month", "amount"])


def _rows(*rows):
    table = pd.DataFrame(rows, columns=["kind", "customer_id", "product"])
    return table.assign(list=JANUARY)


def _taken(matrix, rows, panel, amounts, reasons=NO_REASONS, months=2):
    return taken(rows, matrix(amounts), panel, reasons, months=months).set_index("customer_id")


def test_a_renewal_comes_off_if_its_product_is_still_paid_for_at_the_end(matrix):
    """B drops the product in between and pays for another."""
    panel = _panel(("A", "Mail", [0, 1, 2]), ("B", "Mail", [0, 1]), ("B", "Desk", [0, 1, 2]))
    rows = _rows(("renewal", "A", "Mail"), ("renewal", "B", "Mail"))

    found = _taken(matrix, rows, panel, {"A": [5, 5, 5], "B": [5, 5, 4]})

    assert found["taken"].to_dict() == {"A": 1, "B": 0}
    assert found["mrr_change"].to_dict() == {"A": 0, "B": -1}


def test_a_family_comes_off_if_it_is_paid_for_in_any_month_of_the_window_and_not_later(matrix):
    panel = _panel(("A", "Desk", [1]), ("B", "Desk", [3]), ("C", "Desk", [0]))
    rows = _rows(*(("cross_sell", name, "Desk") for name in "ABC"))

    found = _taken(matrix, rows, panel, {name: [1, 1, 1, 1] for name in "ABC"})

    assert found["taken"].to_dict() == {"A": 1, "B": 0, "C": 0}


def test_an_upsell_comes_off_by_an_upsell_and_not_by_a_price_rise(matrix):
    reasons = pd.DataFrame(
        {
            "customer_id": ["A", "B", "C"],
            "month": [JANUARY + 2, JANUARY + 1, JANUARY],
            "reason": ["upsell_seats", "price", "upsell_plan"],
        }
    )
    rows = _rows(*(("upsell", name, "Mail") for name in "ABC"))

    found = _taken(matrix, rows, _panel(), {name: [1, 1, 2] for name in "ABC"}, reasons)

    assert found["taken"].to_dict() == {"A": 1, "B": 0, "C": 0}


def test_a_smaller_plan_comes_off_if_the_customer_stays(matrix):
    rows = _rows(("downsell", "A", "Mail"), ("downsell", "B", "Mail"))

    found = _taken(matrix, rows, _panel(), {"A": [5, 3, 3], "B": [5, 5, 0]})

    assert found["taken"].to_dict() == {"A": 1, "B": 0}


def test_nothing_is_said_before_the_window_is_over(matrix):
    rows = _rows(("downsell", "A", "Mail"))

    found = _taken(matrix, rows, _panel(), {"A": [5, 5]}, months=2)

    assert found[["taken", "mrr_change"]].isna().all(axis=None)


def _offers(treatment, came_off, **more):
    count = len(treatment)
    return pd.DataFrame(
        {
            "kind": "renewal", "play": "talk", "list": 1, "standing": "free", "size": "small",
            "worth": "more", "customer_id": np.arange(count).astype("str"),
            "treatment": treatment, "taken": came_off, **more,
        }
    )  # fmt: skip


def test_with_ten_held_back_they_are_the_others():
    """40 acted on, 30 came off; 10 held back, 2 came off; 50 left alone do not count."""
    treatment = np.repeat(["acted_on", "held_back", "left_alone"], [40, 10, 50])
    came_off = np.concatenate([np.repeat([1, 0], [30, 10]), np.repeat([1, 0], [2, 8]), np.ones(50)])

    row = effects(_offers(treatment, came_off), "taken").iloc[0]

    assert (row["compared_with"], row["n_acted"], row["n_other"]) == ("held_back", 40, 10)
    assert row["difference"] == pytest.approx(0.75 - 0.2)
    assert row["verdict"] == "higher"


def test_with_nine_held_back_matched_rows_are_the_others_and_only_alike_ones():
    """The rows left alone of another size would say the opposite."""
    treatment = np.repeat(["acted_on", "held_back", "left_alone"], [40, 9, 60])
    came_off = np.concatenate([np.repeat([1, 0], [20, 20]), np.ones(9), np.zeros(30), np.ones(30)])
    size = np.repeat(["small", "large"], [79, 30])

    row = effects(_offers(treatment, came_off, size=size), "taken").iloc[0]

    assert (row["compared_with"], row["n_acted"], row["n_other"]) == ("left_alone", 40, 30)
    assert row["difference"] == pytest.approx(0.5)


def test_the_change_of_mrr_stands_beside_and_is_not_judged():
    treatment = np.repeat(["acted_on", "held_back"], [20, 20])
    rows = _offers(treatment, np.ones(40), mrr_change=np.repeat([100.0, 0.0], 20))

    assert effects(rows, "mrr_change")["verdict"].tolist() == ["beside"]


def test_a_kind_nobody_acted_on_has_no_row():
    assert effects(_offers(["left_alone"] * 20, np.ones(20)), "taken").empty
