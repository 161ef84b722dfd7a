"""What is not in order, each breach by one deal that makes it and one that does not."""

import pandas as pd
import pytest

from ltvlab.metrics.pipeline_forecasts import open_deals
from ltvlab.metrics.pipeline_hygiene import (
    alike_products,
    breach_list,
    breaches_by_owner,
    deal_counts,
    stale_deals,
)
from ltvlab.metrics.stage_odds import stage_odds

DAY = pd.Timestamp("2026-09-30")
STEPS = ["機会認識", "ニーズ確認", "提案", "受注"]
WON = {"is_won": True, "close_date": "2026-04-01", "stage": "受注"}


def _passed(deal, *steps):
    return [(deal, step, f"2026-0{n + 1}-01") for n, step in enumerate(steps)]


def _breaches(view):
    book, history = view
    found = breach_list(book, history, stage_odds(book, history), as_of=DAY)
    return list(zip(found["deal_id"], found["breach"], strict=True))


def _orderly():
    """Return three won deals that passed every stage."""
    return dict.fromkeys("XYZ", WON), [change for name in "XYZ" for change in _passed(name, *STEPS)]


@pytest.mark.parametrize(
    ("deal", "steps", "breach"),
    [
        ({"stage": "提案"}, ["機会認識", "提案"], "skipped"),
        ({"stage": "提案"}, ["機会認識", "ニーズ確認", "提案"], None),
        ({"stage": "機会認識"}, ["機会認識", "ニーズ確認", "機会認識"], "backwards"),
        (WON, ["機会認識", "ニーズ確認", "受注"], "won_past_a_stage"),
        (WON, STEPS, None),
    ],
)
def test_a_stage_passed_by_or_entered_backwards_is_a_breach(deal_view, deal, steps, breach):
    rows, changes = _orderly()

    found = _breaches(deal_view({**rows, "A": deal}, *changes, *_passed("A", *steps)))

    assert found == ([("A", breach)] if breach else [])


def test_a_stage_most_deals_leave_out_may_be_left_out(deal_view):
    """One of three entered ニーズ確認: it is optional."""
    changes = [
        *_passed("X", *STEPS),
        *_passed("Y", "機会認識", "提案", "受注"),
        *_passed("Z", "機会認識", "提案", "受注"),
    ]

    assert _breaches(deal_view(dict.fromkeys("XYZ", WON), *changes)) == []


def test_an_open_deal_after_its_planned_day_is_a_breach_and_on_that_day_is_not(deal_view):
    rows = {"A": {"close_date": "2026-09-29"}, "B": {"close_date": "2026-09-30"}}

    assert _breaches(deal_view(rows)) == [("A", "past_close_date")]


def test_no_amount_is_a_breach_from_the_proposal_on(deal_view):
    rows = {
        "A": {"stage": "提案", "amount": None},
        "B": {"stage": "機会認識", "amount": None},
        "C": {"stage": "提案"},
    }

    assert _breaches(deal_view(rows)) == [("A", "no_amount")]


def test_where_no_open_deal_has_an_amount_it_is_nobody_s_breach(deal_view):
    assert _breaches(deal_view({"A": {"stage": "提案", "amount": None}})) == []


def test_breaches_are_counted_by_owner_the_most_first(deal_view):
    rows = {
        "A": {"close_date": "2026-09-01", "owner": "Sato"},
        **{name: {"close_date": "2026-09-01"} for name in "BC"},
    }
    book, history = deal_view(rows)

    table = breaches_by_owner(breach_list(book, history, stage_odds(book, history), as_of=DAY))

    assert table[["owner", "deals", "amount"]].to_numpy().tolist() == [
        ["Ito", 2, 200.0],
        ["Sato", 1, 100.0],
    ]


def test_stale_deals_stand_with_their_days_the_largest_first(deal_view):
    won = {f"W{n}": {"is_won": True, "close_date": "2026-01-11"} for n in range(5)}
    rows = {
        **won,
        "A": {"amount": 10.0},
        "B": {"amount": 900.0},
        "C": {"created_date": "2026-09-29"},
    }
    book, history = deal_view(rows)

    stale = stale_deals(open_deals(book, stage_odds(book, history)), book, as_of=DAY)

    assert stale["deal_id"].tolist() == ["B", "A"]
    assert stale["days"].tolist() == [272, 272]


def test_deals_without_a_customer_are_a_line_of_their_own(deal_view):
    rows = {"A": {"customer_id": None}, "B": {}, "C": {"is_won": False, "close_date": "2026-02-01"}}

    counts = deal_counts(deal_view(rows)[0]).set_index("group")

    assert counts.loc["without_customer", ["won", "lost", "open"]].tolist() == [0, 0, 1]
    assert counts.loc["with_customer", ["won", "lost", "open"]].tolist() == [0, 1, 1]


def test_a_product_spelled_two_ways_is_named_with_what_is_at_stake(deal_view):
    won = {"is_won": True, "close_date": "2026-02-01", "product": "GTXPro"}
    rows = {
        "A": {**won, "amount": 70.0},
        "B": {"product": "ＧＴＸ pro"},
        "C": {"product": "GTX Pro"},
        "D": {"product": "GTX"},
    }

    found = alike_products(deal_view(rows)[0], ("GTX Pro", "GTX"))

    assert found[["spelled", "like", "deals", "won_amount"]].to_numpy().tolist() == [
        ["GTXPro", "GTX Pro", 1, 70.0], ["ＧＴＸ pro", "GTX Pro", 1, 0.0],
    ]  # fmt: skip


def test_without_a_product_list_the_more_frequent_spelling_counts(deal_view):
    rows = {"A": {"product": "A-1"}, "B": {"product": "A1"}, "C": {"product": "A1"}}

    assert alike_products(deal_view(rows)[0], ())["spelled"].tolist() == ["A-1"]
