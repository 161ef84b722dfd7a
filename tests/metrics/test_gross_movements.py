"""What rose and fell again between two month ends, which the net bridge cannot see."""

import pandas as pd

from ltvlab.metrics.gross_movements import gross_movements


def _moves(mrr, *rows):
    first = mrr.columns[0].ordinal
    table = pd.DataFrame(rows, columns=["customer_id", "month", "up", "down"])
    return table.assign(month=table["month"] + first)


def test_ups_and_downs_of_those_that_stayed_sum_to_their_net_movement(matrix):
    """V04: 100 → 180 → 130 is 80 up and 50 down; the net bridge shows 30."""
    mrr = matrix({"A": [100, 130], "B": [50, 40]})

    table = gross_movements(_moves(mrr, ("A", 1, 80.0, -50.0), ("B", 1, 0.0, -10.0)), mrr)

    assert table[["gross_up", "gross_down", "net"]].values.tolist() == [[0, 0, 0], [80, -60, 20]]


def test_new_lost_and_passing_customers_are_no_expansion(matrix):
    """D joined and left between two month ends, so it is not in the matrix at all."""
    mrr = matrix({"N": [0, 70], "L": [90, 0], "S": [10, 10]})

    table = gross_movements(
        _moves(mrr, ("N", 1, 70.0, 0.0), ("L", 1, 0.0, -90.0), ("D", 1, 5.0, -5.0)), mrr
    )

    assert table[["gross_up", "gross_down", "net"]].to_numpy().sum() == 0


def test_moves_before_the_first_month_or_in_it_count_nothing(matrix):
    mrr = matrix({"A": [100, 100]})

    table = gross_movements(_moves(mrr, ("A", -3, 60.0, 0.0), ("A", 0, 40.0, 0.0)), mrr)

    assert table["gross_up"].tolist() == [0, 0]


def test_without_months_there_are_no_rows(matrix):
    mrr = matrix({"A": [100]})

    assert gross_movements(_moves(mrr), mrr.iloc[:, :0]).empty
