"""What past offers led to: settled ones only, and blocked customers apart."""

import pandas as pd

from ltvlab.metrics.opportunities.outcomes import (
    answered_actions,
    earlier,
    gate_audit,
)

HOLDS = [("A", "Mail", -12, 0, 1.0, 1), ("B", "Mail", -12, 0, 1.0, 1)]
DEALS = pd.DataFrame(
    {
        "deal_id": ["D1", "D2", "D3", "D4", "D5"],
        "customer_id": ["A", "A", "B", "B", "B"],
        "pipeline": ["upsell", "upsell", "cross_sell", "new", "upsell"],
        "is_won": [True, False, False, True, True],
        "created_date": pd.to_datetime(["2025-01-05", "2025-01-06", "2025-03-31", "2025-02-01", "2024-12-31"]),
        "close_date": pd.to_datetime(["2025-02-01", "2025-02-01", "2025-03-31", "2025-02-01", "2025-04-01"]),
        "source_trigger": ["alert", "alert", "talk", "alert", "alert"],
    }
)  # fmt: skip


def test_an_offer_to_a_customer_that_was_unhappy_then_is_told_apart(book):
    before = pd.DataFrame({"nps": [9.0, 2.0]}, index=["A", "B"])

    table = gate_audit(book(HOLDS, deals=DEALS), before, "2024-12").set_index("standing")

    assert table[["won", "closed"]].to_dict("index") == {
        "blocked_then": {"won": 0, "closed": 1}, "free_then": {"won": 1, "closed": 2}, "all": {"won": 1, "closed": 3},
    }  # fmt: skip


def test_an_action_counts_once_its_outcome_is_known(book):
    actions = pd.DataFrame(
        {
            "play": ["call", "call", "mail"],
            "outcome": ["Won", "lost", "won"],
            "outcome_at": pd.to_datetime(["2025-03-01", "2025-03-31", "2025-04-01"]),
        }
    )

    table = answered_actions(book(HOLDS, actions=actions)).set_index("play")

    assert table.loc[["call", "all"], "closed"].tolist() == [2, 2]
    assert "mail" not in table.index


def test_a_company_without_deals_and_actions_has_no_rows(book):
    known = book(HOLDS)

    assert len(answered_actions(known)) == 0
    assert len(gate_audit(known, known.features, earlier("2025-03"))) == 0
