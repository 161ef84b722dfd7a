"""When customers could decide to leave, and when they did."""

import pandas as pd

from ltvlab.metrics.leaving_months import leaving_months


def _months(frame, customer):
    return [str(month) for month in frame.columns[frame.loc[customer]]]


def _contract(customer, notice, effective):
    return pd.DataFrame(
        {
            "customer_id": [customer],
            "cancel_notice_date": [pd.Timestamp(notice)],
            "cancel_effective_date": [pd.Timestamp(effective)],
        }
    )


def _line(customer, start, due, term, end=None):
    return pd.DataFrame(
        {
            "customer_id": [customer], "start": [pd.Timestamp(start)], "end": [pd.Timestamp(end) if end else pd.NaT],
            "first_due": [pd.Timestamp(due) if due else pd.NaT], "term": [float(term)], "repeats": [True],
        }
    )  # fmt: skip


def test_without_a_notice_the_loss_is_the_decision(matrix):
    leaving = leaving_months(matrix({"P": [1, 1, 1, 0, 0]}))

    assert _months(leaving.left, "P") == ["2024-04"]
    assert _months(leaving.could, "P") == ["2024-02", "2024-03", "2024-04"]


def test_a_notice_dates_the_decision_and_what_follows_it_does_not_count(matrix):
    """Use collapses after a notice: those months would make any signal look prophetic."""
    told = _contract("P", "2024-02-10", "2024-03-31")

    leaving = leaving_months(matrix({"P": [1, 1, 1, 0, 0]}), told)

    assert _months(leaving.left, "P") == _months(leaving.could, "P") == ["2024-02"]


def test_a_notice_of_another_loss_is_not_taken_for_this_one(matrix):
    told = _contract("P", "2024-01-10", "2024-01-31")

    leaving = leaving_months(matrix({"P": [1, 1, 1, 0, 0]}), told)

    assert _months(leaving.left, "P") == ["2024-04"]


def test_a_notice_whose_end_lies_ahead_ends_the_watch(matrix):
    told = _contract("P", "2024-03-10", "2024-12-31")

    leaving = leaving_months(matrix({"P": [1, 1, 1, 1, 1]}), told)

    assert _months(leaving.could, "P") == ["2024-02"]
    assert not leaving.left.any(axis=None)


def test_a_yearly_term_binds_until_three_months_before_its_end(matrix):
    """Due on 1 July: decided in April, May, June, or at the end of it all in July."""
    lines = _line("P", "2023-07-01", "2024-07-01", 12)

    leaving = leaving_months(matrix({"P": [1] * 9}), None, lines)

    assert _months(leaving.could, "P") == ["2024-04", "2024-05", "2024-06", "2024-07"]


def test_a_monthly_term_binds_nobody_and_terms_come_again(matrix):
    lines = pd.concat(
        [_line("P", "2023-07-01", None, 1), _line("Q", "2022-05-01", "2023-05-01", 12)]
    )

    leaving = leaving_months(matrix({"P": [1] * 4, "Q": [1] * 4}), None, lines)

    assert len(_months(leaving.could, "P")) == 3
    assert _months(leaving.could, "Q") == ["2024-02", "2024-03", "2024-04"]


def test_a_first_month_knows_no_decision(matrix):
    leaving = leaving_months(matrix({"P": [1]}))

    assert not leaving.could.any(axis=None)
