"""Quadrants quarter by quarter: who is active, who is held, and the matrix of moves."""

import pandas as pd

from ltvlab.metrics.quadrant_history import latest_moves, moves_matrix, quadrant_history

FIRST, SECOND = pd.Period("2024-03", "M"), pd.Period("2024-06", "M")


def _features(mrr, margin, employees):
    return pd.DataFrame(
        {
            "mrr": mrr, "revenue_12": margin, "margin_12": margin, "employees": employees,
            "annual_revenue": None, "industry": "IT", "families": 1.0,
        },
        index=pd.Index(list("PQRS")[: len(mrr)], name="customer_id"),
    )  # fmt: skip


def _book(matrix):
    return matrix({name: [10.0] * 6 for name in "PQRS"})


def test_the_four_corners_by_hand_and_what_the_score_lacks_is_named(matrix):
    features = _features([9, 9, 9, 9], [40, 30, 20, 10], [40, 10, 30, 20])

    table = quadrant_history({FIRST: features}, _book(matrix)).set_index("customer_id")

    assert table["quadrant"].to_dict() == {"P": "A", "Q": "B", "R": "C", "S": "D"}
    assert table["potential"].tolist() == [87.5, 12.5, 62.5, 37.5]
    assert set(table["missing"]) == {"industry, room, engagement"}


def test_who_does_not_pay_at_the_quarter_end_is_in_no_quadrant(matrix):
    features = _features([9, 0, 9], [40, 30, 20], [40, 10, 30])

    table = quadrant_history({FIRST: features}, _book(matrix))

    assert table["customer_id"].tolist() == ["P", "R"]


def test_orders_count_as_active_for_a_year_after_buying(matrix):
    features = _features([0, 0], [40, 30], [40, 10])
    book = matrix({"P": [1.0], "Q": [1.0]}, basis="orders")

    assert len(quadrant_history({FIRST: features}, book)) == 2


def test_a_small_step_is_held_by_the_quarter_before(matrix):
    """Q's margin crosses the median by two ranks of many, within 5 points, and stays."""
    ids = [f"C{i:02}" for i in range(40)]
    then = pd.DataFrame(
        {
            "mrr": 1.0, "revenue_12": 1.0, "margin_12": [float(i) for i in range(40)],
            "employees": 1.0, "annual_revenue": 1.0, "industry": "IT", "families": 1.0,
            "inquiry_90": [0.0, 1.0] * 20,
        },
        index=pd.Index(ids, name="customer_id"),
    )  # fmt: skip
    now = then.assign(margin_12=then["margin_12"].mask(then.index == "C19", 20.5))
    book = matrix({name: [1.0] for name in ids})

    table = quadrant_history({FIRST: then, SECOND: now}, book)
    alone = quadrant_history({SECOND: now}, book)

    held = table[(table["month"] == SECOND) & (table["customer_id"] == "C19")]["quadrant"]
    assert held.tolist() == ["C"]
    assert alone.set_index("customer_id").loc["C19", "quadrant"] == "A"


def test_the_matrix_of_moves_sums_to_everyone_there_in_either_quarter():
    rows = [(FIRST, "P", "A"), (FIRST, "Q", "B"), (SECOND, "P", "A"), (SECOND, "R", "D")]
    standings = pd.DataFrame(rows, columns=["month", "customer_id", "quadrant"])

    wide = moves_matrix(latest_moves(standings)).set_index("quadrant_before")

    assert wide.loc["A", "A"] == wide.loc["B", "gone"] == wide.loc["new", "D"] == 1
    assert wide.to_numpy().sum() == 3


def test_one_quarter_end_alone_shows_no_moves():
    standings = pd.DataFrame({"month": [FIRST], "customer_id": ["P"], "quadrant": ["A"]})

    assert moves_matrix(latest_moves(standings)).empty
