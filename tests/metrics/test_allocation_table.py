"""All rules in one table: which window counts, what comes first, and what turns each verdict."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab.metrics.acquisition_cost import acquisition_table
from ltvlab.metrics.allocation_table import (
    NO_DUES,
    NO_REASONS,
    Book,
    allocation_tables,
    ltv_cac_row,
    split_of,
    turning_cost,
)

MONTHS = 14
PURPOSES = {"acquisition": 100.0, "expansion": 60.0, "retention": 40.0}


def _spend(last="2025-02"):
    months = pd.period_range(end=last, periods=12, freq="M").to_timestamp()
    rows = [pd.DataFrame({"month": months, "purpose": p, "amount": a}) for p, a in PURPOSES.items()]
    return pd.concat(rows, ignore_index=True)


def _book(matrix, people, *, lost, won, stay=60, annual=False, basis="contracts", sold=20):
    """Return a book in which `lost` leave and `won` join in month 12 of 14, at 10 each."""
    rows = {f"S{i:02d}": [10 + i % 3] * MONTHS for i in range(stay)}
    rows |= {f"L{i:02d}": [10 + i % 3] * 11 + [0] * 3 for i in range(lost)}
    rows |= {f"N{i:02d}": [0] * 11 + [10 + i % 3] * 3 for i in range(won)}
    mrr = matrix(rows, basis=basis)
    margin = mrr / 2
    margin.attrs = dict(mrr.attrs)
    customers = people(mrr, channel="Web").assign(opening=mrr.iloc[:, 0] > 0)
    buyers = [f"S{i:02d}" for i in range(sold)]
    reasons = pd.DataFrame({"customer_id": buyers, "month": mrr.columns[12].ordinal, "reason": "cross_sell", "amount": 30.0})  # fmt: skip
    reasons["amount"] += np.arange(sold) % 4
    return Book(mrr, margin, customers, reasons if sold else NO_REASONS, NO_DUES, annual, None)


def _tables(book, spend=None):
    acquired = acquisition_table(book.mrr, book.margin, book.customers, None, spend=spend, seed=1)
    return allocation_tables(book, acquired, spend, seed=1)


def _rows(book, spend=None):
    return _tables(book, spend)["allocation"].set_index(["rule", "window_months"])


@pytest.mark.parametrize(("annual", "window"), [(False, 6), (True, 12)])
def test_half_of_mrr_on_yearly_terms_makes_twelve_months_the_headline(
    matrix, people, annual, window
):
    rules = _tables(_book(matrix, people, lost=20, won=20, annual=annual))["allocation"]
    shown = rules[rules["headline"]].set_index("rule")["window_months"]

    assert shown["churn_to_new"] == window
    assert shown["stable_churn"] == (12 if annual else 3)
    assert {3, 6, 12} == set(rules.loc[rules["rule"] == "churn_to_new", "window_months"])


def test_losses_over_the_line_put_retention_first_and_ask_for_the_upper_half(matrix, people):
    table = _tables(_book(matrix, people, lost=30, won=20), _spend())["allocation"]

    assert table.attrs["first"] == "retention"
    assert (split_of(table).low, split_of(table).high) == (0.5, 0.6)
    assert table.attrs["spend"] == 2400.0


def test_where_growth_may_come_first_the_better_return_decides(matrix, people):
    many = _tables(_book(matrix, people, lost=14, won=200), _spend())["allocation"]
    few = _tables(_book(matrix, people, lost=14, won=200, sold=0), _spend())["allocation"]
    none = _tables(_book(matrix, people, lost=14, won=200))["allocation"]

    returns = many.set_index("rule").loc["expansion_to_new"]
    assert returns["value"] == pytest.approx((30 * 20 + 30) / 60 / ((10 * 200 + 199) / 100))
    assert many.attrs["first"] == "new"
    # Nobody bought more: nothing is settled, though new business alone came back.
    assert few.attrs["first"] == "hold"
    assert none.attrs["first"] == "hold" and split_of(none).reason == "no_spend"
    assert none.attrs["unbooked"] == tuple(PURPOSES)


def test_applying_the_flip_distance_to_the_book_turns_the_verdict(matrix, people):
    """One customer more, lost with exactly that MRR, is over the line; with one unit less it is not."""
    book = _book(matrix, people, lost=14, won=200)
    gap = _rows(book).loc[("churn_to_new", 6), "flip_distance"]

    def over(more):
        extra = pd.DataFrame([[more] * 11 + [0.0] * 3], index=["X"], columns=book.mrr.columns)
        mrr = pd.concat([book.mrr, extra])
        mrr.attrs = book.mrr.attrs
        known = book.customers.reindex(mrr.index).assign(opening=mrr.iloc[:, 0] > 0)
        rules = _tables(book._replace(mrr=mrr, margin=mrr / 2, customers=known))["allocation"]
        return rules.attrs["churned"] / rules.attrs["won"] > 0.3

    assert over(gap) and not over(gap - 1)


def test_the_last_month_of_the_course_is_the_rule_itself(matrix, people):
    tables = _tables(_book(matrix, people, lost=20, won=30))
    row = tables["allocation"].set_index(["rule", "window_months"]).loc[("churn_to_new", 6)]
    last = tables["allocation_months"].iloc[-1]

    ends = ["value", "low", "high"]
    assert last[ends].tolist() == pytest.approx(row[ends].tolist())
    assert len(tables["allocation_months"]) == MONTHS - 6


def test_orders_know_no_losses_but_their_split_of_spend(matrix, people):
    tables = _tables(_book(matrix, people, lost=5, won=5, basis="orders"), _spend())
    rules = tables["allocation"].set_index("rule")

    assert set(rules.loc[["churn_to_new", "stable_churn", "expansion_to_new", "ltv_cac"], "lacking"]) == {"not_recurring"}  # fmt: skip
    assert rules.loc["existing_share_cost", ["value", "verdict"]].tolist() == [0.5, "inside"]
    assert rules.attrs["first"] == tables["allocation"].attrs["first"] == "hold"
    assert tables["allocation_months"].empty


def test_without_a_movement_or_a_whole_window_nothing_comes_first(matrix, people):
    still = _tables(_book(matrix, people, lost=0, won=0, sold=0), _spend())["allocation"]
    short = _book(matrix, people, lost=5, won=5)
    mrr = short.mrr.iloc[:, -6:]
    mrr.attrs = short.mrr.attrs
    cut = _rows(short._replace(mrr=mrr))

    assert still.attrs["first"] == ""
    assert still.set_index("rule").loc["churn_to_new", "lacking"].tolist() == ["nothing_moved"] * 3
    assert cut.loc[("churn_to_new", 6), "lacking"] == "too_short"


@given(
    ltv=st.integers(1, 10**7), new=st.integers(1, 500), spend=st.integers(1, 10**9),
)  # fmt: skip
def test_the_flip_distance_of_ltv_cac_turns_it_and_one_unit_less_does_not(ltv, new, spend):
    def reached(cost, customers):
        return ltv * customers >= 3 * cost

    amount, customers = turning_cost(float(spend), float(new), float(ltv))
    sign, now = (1 if reached(spend, new) else -1), reached(spend, new)

    assert reached(spend + sign * amount, new) != now
    assert reached(spend + sign * (amount - 1), new) == now
    assert reached(spend, new - sign * customers) != now
    assert reached(spend, new - sign * (customers - 1)) == now


def test_the_rule_of_three_repeats_its_own_verdict_or_says_what_is_missing():
    row = {"spend": 100.0, "new_customers": 10, "ltv": 40.0, "ltv_cac": 4.0, "low": 2.0, "high": 6.0,
           "probability": 0.93, "events": 15, "verdict": "at_least_3"}  # fmt: skip
    judged = ltv_cac_row(pd.DataFrame([row]))
    thin = ltv_cac_row(pd.DataFrame([row | {"verdict": "few_customers"}]))

    # 133 of spend would still be 3; with 7 customers it is 2.8.
    assert (judged["verdict"], judged["flip_amount"], judged["flip_customers"]) == ("at_least_3", 34.0, 3.0)  # fmt: skip
    assert (thin["verdict"], thin["lacking"]) == ("insufficient", "few_customers")
    assert ltv_cac_row(pd.DataFrame())["lacking"] == "no_spend"
