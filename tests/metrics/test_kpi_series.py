"""Each KPI at each month end, from books one can add up by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.kpi_series import KpiBook, among, kpi_series

SOLD = ["customer_id", "month", "reason", "amount"]
HELD = ["customer_id", "family"]


@pytest.fixture
def book(matrix, people):
    """Return the function from rows of amounts to a book; tables not given have no rows."""

    def build(rows, *, first="2025-09", basis="contracts", **tables):
        mrr = matrix(rows, first=first, basis=basis)
        held = mrr.iloc[:0].set_axis(pd.MultiIndex.from_arrays([[], []], names=HELD))
        nothing = {
            "sold": pd.DataFrame(columns=SOLD), "lines": pd.DataFrame(columns=["customer_id"]),
            "deals": pd.DataFrame(columns=["customer_id", "outcome"]), "answers": pd.DataFrame(),
        }  # fmt: skip
        given = {"mrr": mrr, "customers": people(mrr), "at_then": mrr, "fx": mrr * 0, "held": held}
        return KpiBook(**given, **nothing | tables)

    return build


def at_end(book, kpi):
    return kpi_series(book)[kpi].iloc[-1]


def test_the_book_is_told_by_its_sum_its_mean_and_who_stayed(book):
    """A pays 100, later 150; B 100 and leaves in the last month; C joined half way at 50."""
    found = book({"A": [100] * 12 + [150], "B": [100] * 12 + [0], "C": [0] * 6 + [50] * 7})

    assert at_end(found, "mrr") == 200.0
    assert at_end(found, "arpa") == 100.0
    assert at_end(found, "nrr") == 150.0 / 200.0
    assert at_end(found, "grr") == 100.0 / 200.0
    assert at_end(found, "logo_churn") == pytest.approx(1 / 3)
    assert at_end(found, "arpa_growth") == 0.0
    assert np.isnan(at_end(found, "revenue"))


def test_upsell_counts_customers_of_a_year_ago_once_however_often_they_bought(book):
    """Of A, B and C, there a year ago, A bought twice; D came since and does not count."""
    sold = pd.DataFrame(
        [("A", "2026-01", "upsell_seats", 10.0), ("A", "2026-03", "upsell_plan", 10.0),
         ("B", "2026-04", "cross_sell", 10.0), ("C", "2026-04", "price", 10.0),
         ("D", "2026-05", "upsell_seats", 10.0)],
        columns=SOLD,
    )  # fmt: skip
    sold["month"] = [pd.Period(month, "M").ordinal for month in sold["month"]]
    rows = {name: [100] * 13 for name in "ABC"} | {"D": [0] * 6 + [100] * 7}

    found = book(rows, sold=sold)

    assert at_end(found, "upsell_rate") == pytest.approx(1 / 3)
    assert at_end(found, "cross_sell_rate") == pytest.approx(1 / 3)


def test_a_sale_of_more_than_twelve_months_ago_does_not_count(book):
    """The first month of thirteen is where the base stands, not part of the year after it."""
    sold = pd.DataFrame(
        [("A", pd.Period("2025-09", "M").ordinal, "upsell_seats", 10.0)], columns=SOLD
    )

    assert at_end(book({"A": [100] * 13}, sold=sold), "upsell_rate") == 0.0


def test_rates_of_a_year_are_empty_before_thirteen_months(book):
    found = kpi_series(book({"A": [100] * 12})).iloc[-1]

    assert found[["nrr", "grr", "upsell_rate", "arpa_growth"]].isna().all()


def closed(outcomes, *, pipeline="upsell", day="2026-08-10"):
    table = pd.DataFrame({"outcome": outcomes, "pipeline": pipeline, "customer_id": "A"})
    return table.assign(closed=pd.Timestamp(day).as_unit("us"))


def test_offers_answered_are_those_won_and_lost(book):
    """Three of five; the open one is not answered."""
    old = closed(["lost"], day="2024-10-01")
    deals = pd.concat([closed(["won"] * 3 + ["lost"] * 2), old], ignore_index=True)
    deals.loc[len(deals)] = ["open", "upsell", "A", pd.NaT]

    assert at_end(book({"A": [1] * 13}, deals=deals), "upsell_rate_of_proposed") == 0.6


def test_under_five_answers_an_offer_rate_is_empty(book):
    deals = pd.concat([closed(["won"] * 4), closed(["lost"], day="2024-10-01")], ignore_index=True)

    assert np.isnan(at_end(book({"A": [1] * 13}, deals=deals), "upsell_rate_of_proposed"))


def test_a_wave_counts_from_its_last_answer_for_a_year(book):
    """Four promoters and one detractor: 80 - 20."""
    days = pd.to_datetime(["2025-10-03"] * 4 + ["2025-11-02"])
    answers = pd.DataFrame(
        {"wave": "H2", "date": days, "score": [9, 10, 9, 9, 2], "customer_id": "A"}
    )

    found = kpi_series(book({"A": [1] * 15}, answers=answers))["nps"]

    assert found.isna().tolist() == [True] * 2 + [False] * 12 + [True]
    assert found.iloc[2] == pytest.approx(60.0)


def test_orders_have_revenue_and_nothing_recurring(book):
    found = kpi_series(book({"A": [100, 0, 30]}, basis="orders")).iloc[-1]

    assert found["revenue"] == 30.0
    assert found.drop("revenue").isna().all()


def test_a_part_of_the_book_has_figures_of_its_own(book):
    whole = book({"A": [100] * 13, "B": [50] * 12 + [0]})

    part = among(whole, pd.Index(["B"]))

    assert (at_end(part, "mrr"), at_end(part, "logo_churn")) == (0.0, 1.0)
    assert at_end(whole, "mrr") == 100.0
