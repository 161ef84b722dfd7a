"""Who is ranked, who is best, and by which day a trait must be known."""

import pandas as pd
import pytest

from ltvlab.metrics.trait_outcomes import trait_outcomes


def _features(margins, *, start="2024-01", year="FY2023", months=6, **columns):
    index = pd.Index([f"C{n}" for n in range(len(margins))], name="customer_id")
    start_month = pd.PeriodIndex([start] * len(margins), freq="M")
    given = {
        "margin_total": [float(m) for m in margins], "active_months": months, "mrr": 1.0,
        "start_month": start_month, "start_year": year, "start_quarter": "2024-Q1",
        "starting_mrr": 1.0, "opening": False,
    }  # fmt: skip
    return pd.DataFrame(given | columns, index=index)


def test_the_best_are_the_top_fifth_of_their_start_year():
    """Of ten the two largest, of five the largest: a later year is not beaten by its age."""
    old, new = _features(range(10, 110, 10)), _features(range(1, 6), year="FY2024")
    both = pd.concat([old, new.set_axis([f"N{n}" for n in range(5)])])

    ranked = trait_outcomes(both, month="2025-12")

    assert ranked.index[ranked["top"]].tolist() == ["C8", "C9", "N4"]
    assert ranked.index[ranked["top_overall"]].tolist() == ["C7", "C8", "C9"]


def test_under_three_months_and_in_a_year_of_four_nobody_is_ranked():
    young = _features([1, 2], months=2).set_axis(["Y1", "Y2"])
    few = _features([1, 2, 3, 4], year="FY2020").set_axis(list("abcd"))

    ranked = trait_outcomes(pd.concat([_features([1, 2, 3, 4, 5]), young, few]), month="2025-12")

    assert len(ranked) == 5
    assert ranked.attrs["too_young"] == 2 and ranked.attrs["in_small_year"] == 4


@pytest.mark.parametrize(("month", "watched"), [("2024-02", False), ("2024-03", True)])
def test_the_first_days_must_be_over(month, watched):
    """From 1 January 2024 day 90 is 31 March."""
    ranked = trait_outcomes(_features([1, 2, 3, 4, 5]), month=month)

    assert (ranked["landmark"] == pd.Timestamp("2024-03-31")).all()
    assert (ranked["watched"] == watched).all()


def test_a_start_date_counts_where_it_lies_in_the_start_month():
    dates = pd.to_datetime(["2024-01-20", "2023-05-01", None, "2024-01-01", "2024-01-31"])

    ranked = trait_outcomes(_features([1, 2, 3, 4, 5], start_date=dates), month="2025-12")

    assert ranked["started_at"].dt.day.tolist() == [20, 1, 1, 1, 31]


def test_customers_from_before_the_records_are_ranked_and_not_watched():
    ranked = trait_outcomes(_features([1, 2, 3, 4, 5], opening=True), month="2025-12")

    assert len(ranked) == 5 and not ranked["watched"].any()


def test_nobody_gives_an_empty_table():
    assert trait_outcomes(_features([]), month="2025-12").empty
