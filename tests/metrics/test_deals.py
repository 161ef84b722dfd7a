"""What a deal was on a day: open until it was closed, in the stage it had reached by then."""

import pandas as pd
import pytest

from ltvlab.metrics.deals import cycle_days, is_stale

DAY = pd.Timestamp("2026-09-30")
WON = {"is_won": True, "close_date": "2026-03-01"}


def test_a_deal_closed_after_the_day_is_open_in_the_stage_it_had_then(deal_view):
    """The export of October knows the yes of October; the report of September must not."""
    late = {"is_won": True, "close_date": "2026-10-05", "stage": "Won", "probability": 1.0}

    book, history = deal_view({"A": late}, ("A", "Talk", "2026-09-01"), ("A", "Won", "2026-10-05"))

    assert book[["outcome", "stage"]].iloc[0].tolist() == ["open", "Talk"]
    assert pd.isna(book.at[0, "closed"]) and pd.isna(book.at[0, "probability"])
    assert history["stage"].tolist() == ["Talk"]


def test_an_open_deal_moved_on_later_stands_where_it_stood(deal_view):
    book, _ = deal_view({"A": {"stage": "Offer"}}, ("A", "Talk", "2026-09-01"))

    assert book.at[0, "stage"] == "Talk"


def test_a_deal_created_after_the_day_is_not_there_and_one_without_a_date_is(deal_view):
    book, _ = deal_view({"A": {"created_date": "2026-10-01"}, "B": {"created_date": None}})

    assert book["deal_id"].tolist() == ["B"]


def test_without_a_word_on_winning_the_stage_says_it(deal_view):
    names = ["Closed Won", "失注 Lost", "受注", "提案", "Wonder talk"]
    rows = {str(n): {"stage": name, "close_date": "2026-05-01"} for n, name in enumerate(names)}

    book, _ = deal_view(rows)

    assert book["outcome"].tolist() == ["won", "lost", "won", "open", "open"]


def test_a_stage_is_an_end_only_if_nothing_goes_on_from_it(deal_view):
    """提案 holds only a lost deal now, but another went on from there to its yes."""
    rows = {
        "A": {**WON, "stage": "Won"},
        "B": {"is_won": False, "close_date": "2026-03-01", "stage": "Offer"},
    }

    _, history = deal_view(rows, ("A", "Offer", "2026-02-01"), ("A", "Won", "2026-03-01"), ("B", "Offer", "2026-02-01"))  # fmt: skip

    assert history[["deal_id", "stage"]].to_numpy().tolist() == [["A", "Offer"], ["B", "Offer"]]


def test_a_deal_without_an_amount_is_valued_at_the_median_won_amount_of_its_product(deal_view):
    won = {str(n): {**WON, "amount": amount} for n, amount in enumerate((100.0, 200.0, 900.0))}

    book, _ = deal_view({**won, "A": {"amount": 0.0}, "B": {"amount": 50.0}})
    still = book[book["outcome"] == "open"]

    assert still["value"].tolist() == [200.0, 50.0]
    assert still["guessed"].tolist() == [True, False]


def test_where_amounts_are_written_on_winning_only_an_open_deal_never_counts_its_own(deal_view):
    """Else the amounts of those that will be won would tell them from the others."""
    rows = {"A": {**WON, "amount": 100.0}, "B": {**WON, "amount": 300.0}, "C": {"amount": None}}

    book, _ = deal_view(rows)

    assert book["value_open"].tolist() == [200.0, 200.0, 200.0]


def test_stale_is_older_than_twice_the_median_days_to_a_yes(deal_view):
    """Five won in 10 days each: day 20 is not stale, day 21 is."""
    won = {str(n): {"is_won": True, "created_date": "2026-01-01", "close_date": "2026-01-11"} for n in range(5)}  # fmt: skip
    rows = {**won, "A": {"created_date": "2026-09-10"}, "B": {"created_date": "2026-09-09"}}

    book, _ = deal_view(rows)

    assert cycle_days(book)["new"] == 10
    assert book.loc[is_stale(book, as_of=DAY), "deal_id"].tolist() == ["B"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_changes_nothing(crm_deals, crm_stages, order):
    from ltvlab.metrics.deals import deal_book

    deals = crm_deals({"A": WON, "B": {}})

    book = deal_book(deals.iloc[::order], crm_stages(), as_of=DAY)

    assert book["deal_id"].tolist() == ["A", "B"]
