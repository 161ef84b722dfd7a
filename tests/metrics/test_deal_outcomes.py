"""Where and why deals were lost, and what set off those that were won (D5, I8)."""

import numpy as np
import pandas as pd

from ltvlab.metrics.deal_outcomes import deal_outcomes, deal_reasons, trigger_yield

DAY = pd.Timestamp("2026-09-30")
LOST = {"is_won": False, "close_date": "2026-06-01", "stage": "Lost"}
WON = {"is_won": True, "close_date": "2026-06-01", "stage": "Won"}


def test_losses_stand_by_reason_and_by_the_stage_they_had_reached(deal_view):
    rows = {
        "A": {**LOST, "reason": "Price"},
        "B": {**LOST, "reason": "Price", "amount": 50.0},
        "C": LOST,
        "D": WON,
    }
    changes = [*((name, "Talk", "2026-02-01") for name in "ABCD"), ("B", "Offer", "2026-03-01")]
    changes += [(name, "Won" if name == "D" else "Lost", "2026-06-01") for name in "ABCD"]

    table = deal_outcomes(*deal_view(rows, *changes), as_of=DAY).set_index(["axis", "segment"])

    assert table.loc[("reason", "Price"), ["lost", "lost_amount"]].tolist() == [2, 150.0]
    assert table.loc[("reason", "Unknown"), "lost"] == 1
    assert table.loc[("stage_reached", "Talk"), "lost"] == 2
    assert table.loc[("stage_reached", "Offer"), "lost"] == 1


def test_reasons_stand_by_pipeline_and_end_with_what_is_at_stake(deal_view):
    """Nobody says why a deal was won: then no row of unknown reasons says so either."""
    rows = {
        "A": {**LOST, "reason": "Price"}, "B": {**LOST, "reason": "Price", "amount": 50.0},
        "C": {**LOST, "pipeline": "upsell", "reason": "Timing"}, "D": WON, "E": LOST,
        "F": {**LOST, "reason": "Old", "close_date": "2025-09-30"},
    }  # fmt: skip
    book, _ = deal_view(rows)

    table = deal_reasons(book, as_of=DAY)

    assert table[["pipeline", "reason", "deals", "amount"]].to_numpy().tolist() == [
        ["new", "Price", 2, 150.0], ["new", "Unknown", 1, 100.0], ["upsell", "Timing", 1, 100.0],
    ]  # fmt: skip
    assert table["share"].tolist() == [2 / 3, 1 / 3, 1.0]


def test_reasons_of_wins_are_told_apart_from_those_of_losses(deal_view):
    book, _ = deal_view({"A": {**WON, "reason": "Fit"}, "B": {**LOST, "reason": "Price"}})

    table = deal_reasons(book, as_of=DAY)

    assert table[["ended", "reason", "share"]].to_numpy().tolist() == [
        ["lost", "Price", 1.0], ["won", "Fit", 1.0],
    ]  # fmt: skip


def test_a_size_has_a_rate_from_five_closed_deals_on(deal_view):
    big = {f"B{n}": {**(WON if n < 3 else LOST), "size": "300+"} for n in range(5)}
    small = {f"S{n}": {**WON, "size": "1–49"} for n in range(4)}

    table = deal_outcomes(*deal_view({**big, **small}), as_of=DAY).set_index(["axis", "segment"])

    assert table.at[("size", "300+"), "rate"] == 0.6
    assert np.isnan(table.at[("size", "1–49"), "rate"])


def test_a_trigger_s_yield_is_that_of_expansion_deals(deal_view):
    alert = {"pipeline": "upsell", "source_trigger": "alert"}
    rows = {
        f"A{n}": {**(WON if n < 2 else LOST), **alert, "customer_id": f"C{n}"} for n in range(5)
    }
    rows |= {"open": alert, "other": {**WON, "source_trigger": "alert"}}

    table = trigger_yield(deal_view(rows)[0], as_of=DAY, seed=1)

    assert table[["trigger", "open", "won", "lost", "rate"]].to_numpy().tolist() == [
        ["alert", 1, 2, 3, 0.4]
    ]


def test_without_triggers_or_closed_deals_the_tables_are_empty(deal_view):
    view = deal_view({"A": {}})

    assert trigger_yield(view[0], as_of=DAY, seed=1).empty
    assert deal_outcomes(*view, as_of=DAY).empty
