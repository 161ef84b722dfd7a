"""Cross-sell: holds one, lacks another, of fitting size, or asked for it by name."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.cross_sell import affinities, cross_sell, fits_size
from ltvlab.metrics.opportunities.known import Rules

BOTH = [
    (f"B{n}", family, first, 0, 100.0, 1)
    for n in range(5)
    for family, first in (("Mail", -24), ("Desk", -6))
]
ONLY = ("A", "Mail", -24, 0, 100.0, 1)
SIZES = {name: {"employees": 50.0} for name in ["A", *(f"B{n}" for n in range(5))]}


def _listed(found):
    return found.rows["customer_id"].tolist()


def test_who_holds_one_is_offered_what_most_of_its_holders_hold_too(book):
    found = cross_sell(book([*BOTH, ONLY], SIZES), Rules())

    assert found.rows[["customer_id", "product"]].values.tolist() == [["A", "Desk"]]


def test_the_change_is_what_others_began_with_when_they_added_it(book):
    row = cross_sell(book([*BOTH, ONLY], SIZES), Rules()).rows.iloc[0]

    assert (row["mrr_delta"], row["delta_basis"]) == (100.0, "others_start")


@pytest.mark.parametrize(("ended", "listed"), [(-12, []), (-13, ["A"])])
def test_a_family_that_ended_in_the_last_twelve_months_is_not_offered_again(book, ended, listed):
    had = ("A", "Desk", -20, ended, 100.0, 1)

    assert _listed(cross_sell(book([*BOTH, ONLY, had], SIZES), Rules())) == listed


def test_a_pair_that_fewer_than_five_hold_is_no_habit(book):
    assert _listed(cross_sell(book([*BOTH[2:], ONLY], SIZES), Rules())) == []


def test_a_company_of_another_size_than_the_best_is_left_out_unless_it_asks_by_name(book):
    sizes = {**SIZES, "A": {"employees": 5000.0}}
    asks = pd.DataFrame(
        {"customer_id": ["A"], "at": pd.to_datetime(["2025-03-02"]), "kind": ["inquiry"], "subject": ["About Desk"]}
    )  # fmt: skip

    assert _listed(cross_sell(book([*BOTH, ONLY], sizes), Rules())) == []
    asked = cross_sell(book([*BOTH, ONLY], sizes, events=asks), Rules()).rows.iloc[0]
    assert asked["play"] == "answer_question"
    assert asked["evidence"][1].at == pd.Timestamp("2025-03-02")


@pytest.mark.parametrize(("day", "play"), [("2025-01-01", "answer_question"), ("2024-12-31", "introduce_family"), ("2025-04-01", "introduce_family")])  # fmt: skip
def test_a_question_counts_for_ninety_days_and_never_before_it_was_asked(book, day, play):
    """1 January is 89 days before 31 March, the ninetieth day counting today."""
    asks = pd.DataFrame(
        {
            "customer_id": ["A"],
            "at": pd.to_datetime([day]),
            "kind": ["inquiry"],
            "subject": ["Desk"],
        }
    )

    assert cross_sell(book([*BOTH, ONLY], SIZES, events=asks), Rules()).rows["play"].tolist() == [play]  # fmt: skip


def test_without_company_sizes_none_are_filtered_by_them(book):
    assert _listed(cross_sell(book([*BOTH, ONLY]), Rules())) == ["A"]


def test_affinity_is_the_share_of_holders_that_hold_the_other_too_with_its_range():
    held = pd.DataFrame({"customer_id": list("AABC"), "family": ["Mail", "Desk", "Mail", "Mail"]})

    mail = affinities(held).set_index("has").loc["Mail"]

    assert (mail["both"], mail["holders"]) == (1, 3)
    assert mail["affinity"] == pytest.approx(1 / 3)
    assert mail["low"] < 1 / 3 < mail["high"]


def test_ties_at_the_cut_are_all_among_the_best():
    """V15: of five customers one is the best fifth; two tied at its cut count both."""
    features = pd.DataFrame(
        {"margin_12": [9.0, 9.0, 5.0, 5.0, 1.0], "employees": [10.0, 110.0, 60.0, 500.0, 60.0]}
    )

    assert fits_size(features, share=0.2).tolist() == [False, False, True, False, True]
