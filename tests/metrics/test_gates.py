"""Gates: each blocks for its own reason, at its own edge, and a missing answer blocks nobody."""

import pandas as pd
import pytest

from ltvlab.metrics.gates import GATES, GateRules, blocked_by, gate_shares, gate_table

AS_OF = pd.Timestamp("2025-03-02")


def _gates(loyal=False, rules=None, **known):
    features = pd.DataFrame({name: [value] for name, value in known.items()}, index=["A"])
    for name in features:
        if name.endswith(("_at", "_since")):
            features[name] = pd.to_datetime(features[name])
    return gate_table(
        features, as_of=AS_OF, loyal=pd.Series([loyal], index=["A"]), rules=rules or GateRules()
    )


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"nps": 4.0}, "unhappy"),
        ({"nps": 5.0}, ""),
        ({"nps": 8.0, "nps_change": -2.0}, "unhappy"),
        ({"nps": 8.0, "nps_change": -1.0}, ""),
        ({"severe_ticket_at": "2025-03-01"}, "severe_ticket"),
        ({"negative_tickets_90": 2.0}, "negative_tickets"),
        ({"usage_change_in_book": -0.3}, "usage_falls"),
        ({"overdue_since": "2025-02-28"}, "overdue_invoice"),
        # 30 days ago the quiet time is over.
        ({"sales_contact_at": "2025-02-01 15:00"}, "contacted_lately"),
        ({"sales_contact_at": "2025-01-31 09:00"}, ""),
        ({"notice_given_at": "2025-02-01"}, "leaving"),
        # V13: 31 May lies 90 days ahead, 1 June 91.
        ({"renewal_at": "2025-05-31"}, "renewal_first"),
        ({"renewal_at": "2025-06-01"}, ""),
        ({}, ""),
    ],
)
def test_a_gate_blocks_for_its_reason_and_not_a_step_earlier(known, reason):
    assert blocked_by(_gates(**(known or {"nps": None}))).tolist() == [reason]


def test_a_loyal_customer_may_be_offered_more_before_its_renewal():
    assert blocked_by(_gates(loyal=True, renewal_at="2025-05-01")).tolist() == [""]


def test_the_articles_reading_of_unhappy_is_a_switch():
    assert blocked_by(_gates(nps=6.0, rules=GateRules(lowest_score=6))).tolist() == ["unhappy"]


def test_every_reason_is_named_the_gravest_first():
    blocked = blocked_by(_gates(nps=2.0, overdue_since="2025-02-01"))

    assert blocked.tolist() == ["unhappy, overdue_invoice"]


def test_the_share_of_the_base_that_each_gate_blocks_is_counted():
    gates = pd.DataFrame(False, index=list("ABCD"), columns=list(GATES))
    gates.loc["A", ["unhappy", "leaving"]] = True
    gates.loc["B", "unhappy"] = True

    shares = gate_shares(gates).set_index("gate")["share"]
    assert (shares["unhappy"], shares["leaving"], shares["any"]) == (0.5, 0.25, 0.5)


def test_nobody_is_no_share():
    assert gate_shares(pd.DataFrame(columns=list(GATES), dtype="bool"))["share"].isna().all()
