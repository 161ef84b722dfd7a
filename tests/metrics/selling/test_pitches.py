"""What counts as an offer of more, whose it is, and how the customer stood the day before."""

import numpy as np
import pandas as pd

from ltvlab.metrics.selling.pitches import pitches, with_gates

AS_OF = pd.Timestamp("2025-03-31")
CUSTOMERS = pd.DataFrame({"team": ["East", "West"], "owner": ["Ito", np.nan]}, index=["A", "B"])


def _deal(name, customer, pipeline="upsell", created="2025-03-10", team=None):
    return {
        "deal_id": name, "customer_id": customer, "pipeline": pipeline, "team": team,
        "created_date": pd.Timestamp(created),
    }  # fmt: skip


def _talk(customer, at="2025-03-05 10:00", direction="outbound", purpose="sales"):
    return {
        "customer_id": customer, "at": pd.Timestamp(at), "kind": "call", "direction": direction,
        "purpose": purpose,
    }  # fmt: skip


def test_offers_are_expansion_deals_and_outbound_talks_for_a_sale():
    tables = {
        "deals": pd.DataFrame(
            [
                _deal("D1", "A"), _deal("D2", "A", "new"), _deal("D3", "Z"),
                _deal("D4", "B", created="2025-04-01"), _deal("D5", "B", "cross_sell", team="Key"),
            ]
        ),
        "events": pd.DataFrame(
            [
                _talk("A"), _talk("A", "2025-03-05 15:00"), _talk("B", direction="inbound"),
                _talk("B", purpose="support"),
            ]
        ),
    }  # fmt: skip

    made = pitches(tables, CUSTOMERS, as_of=AS_OF)

    assert made["case_id"].tolist() == ["talk-A-20250305", "deal-D1", "deal-D5"]
    assert made["responsible"].tolist() == ["East", "East", "Key"]
    assert made["day"].astype("str").tolist() == ["2025-03-04", "2025-03-09", "2025-03-09"]


def test_by_owner_what_nobody_owns_is_unknown():
    tables = {"deals": pd.DataFrame([_deal("D1", "A"), _deal("D2", "B")])}

    made = pitches(tables, CUSTOMERS, as_of=AS_OF, audit_by="owner")

    assert made["responsible"].tolist() == ["Ito", "Unknown"]


def test_without_deals_and_talks_nothing_was_offered():
    assert pitches({}, CUSTOMERS, as_of=AS_OF).empty


def test_each_offer_is_judged_by_its_own_day():
    """The same customer was called 20 days before the first offer, 60 before the second."""
    made = pd.DataFrame({"case_id": ["talk-1", "talk-2"], "source": "talk"})
    then = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-03-21", "2025-04-30"]),
            "sales_contact_at": pd.to_datetime(["2025-03-01", "2025-03-01"]),
        },
        index=["talk-1", "talk-2"],
    )

    assert with_gates(made, then)["contacted_lately"].tolist() == [True, False]


def test_a_talk_before_a_deal_is_how_it_came_about():
    made = pd.DataFrame({"case_id": ["deal-1"], "source": "deal"})
    then = pd.DataFrame(
        {"day": pd.to_datetime(["2025-03-21"]), "sales_contact_at": pd.to_datetime(["2025-03-20"])},
        index=["deal-1"],
    )

    assert not with_gates(made, then)["blocked"].any()
