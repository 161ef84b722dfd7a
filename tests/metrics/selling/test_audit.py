"""Offers to customers that should have been left alone: how many, whose, and what followed."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.gates import GATES
from ltvlab.metrics.selling.audit import followed_offers, gate_audit, left_alone, scores_after

AS_OF = pd.Timestamp("2025-12-31")
JANUARY = pd.Period("2024-01", "M").ordinal


def _made(customers, blocked, *, at="2025-06-10", responsible="East", gate="unhappy"):
    count = len(customers)
    flags = {name: np.zeros(count, dtype=bool) for name in GATES} | {gate: np.asarray(blocked)}
    day = pd.to_datetime(pd.Series([at] * count if isinstance(at, str) else at))
    table = {
        "case_id": [f"deal-{n}" for n in range(count)], "customer_id": list(customers),
        "pitched_at": day, "day": day - pd.Timedelta(days=1), "source": "deal",
        "responsible": responsible, "blocked": np.asarray(blocked),
    }  # fmt: skip
    return pd.DataFrame({**table, **flags})


def test_offers_of_the_last_year_are_counted_by_gate_and_team():
    made = pd.concat(
        [
            _made("AAB", [True, True, False]),
            _made("C", [True], responsible="West", gate="severe_ticket"),
            _made("D", [True], at="2024-12-31"),
        ]
    )

    table = gate_audit(made, as_of=AS_OF).set_index(["responsible", "gate"])

    assert table.loc[("everyone", "any"), ["offers", "blocked", "customers"]].tolist() == [4, 3, 2]
    assert table.loc[("East", "unhappy"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("West", "any"), "blocked"] == 1
    assert ("East", "severe_ticket") not in table.index
    assert table.index[0] == ("everyone", "any")


def test_what_followed_is_seen_from_the_month_before_the_offer(matrix):
    """Six of ten blocked customers leave within the year, one of ten free ones."""
    leaves = [1] * 6 + [0] * 4 + [1] + [0] * 9
    amounts = {
        f"C{n:02}": [10.0] * 6 + [0.0 if gone else 10.0] * 12 for n, gone in enumerate(leaves)
    }
    made = _made(list(amounts), np.repeat([True, False], 10), at="2024-02-10")

    table = followed_offers(made, matrix(amounts)).set_index(["gate", "outcome", "months"])

    row = table.loc[("any", "left", 12)]
    assert row[["while_blocked", "other", "n_blocked", "n_other"]].tolist() == pytest.approx(
        [0.6, 0.1, 10, 10]
    )
    assert row["rarer"] == 7 and row["verdict"] == "insufficient"
    assert table.loc[("any", "left", 6), "verdict"] == "beside"
    assert table.loc[("unhappy", "left", 12), "while_blocked"] == 0.6


def test_orders_have_no_end_to_follow(matrix):
    made = _made("AB", [True, False], at="2024-02-10")
    mrr = matrix({"A": [1.0] * 20, "B": [1.0] * 20}, basis="orders")
    standing = pd.DataFrame({"customer_id": ["A"], "list": [JANUARY], "size": "s", "blocked_by": "unhappy"})  # fmt: skip

    assert followed_offers(made, mrr).empty
    assert left_alone(standing, made, mrr).empty


def test_blocked_customers_offered_more_are_held_against_blocked_ones_of_the_same_quarter(matrix):
    """Listed in January; A to E were offered more in February, F to J were not. K had left by April."""
    offered, alone = list("ABCDE"), list("FGHIJ")
    amounts = {name: [10.0] * 6 + [0.0] * 12 for name in offered} | {
        name: [10.0] * 18 for name in alone
    }
    amounts["K"] = [10.0, 10.0, 0.0] + [0.0] * 15
    standing = pd.DataFrame(
        {"customer_id": list(amounts), "list": JANUARY, "size": "small", "blocked_by": "unhappy"}
    )
    free = pd.DataFrame({"customer_id": ["Z"], "list": JANUARY, "size": "small", "blocked_by": ""})
    made = _made([*offered, "Z"], [True] * 6, at="2024-02-10")

    table = left_alone(pd.concat([standing, free]), made, matrix(amounts | {"Z": [1.0] * 18}))

    row = table.set_index("months").loc[12]
    assert row[["while_blocked", "other", "n_blocked", "n_other"]].tolist() == pytest.approx(
        [1, 0, 5, 5]
    )


@pytest.mark.parametrize(("at", "offered"), [("2024-01-31", 0), ("2024-02-01", 5), ("2024-04-30", 5), ("2024-05-01", 0)])  # fmt: skip
def test_the_three_months_after_a_quarters_end_are_its_own(matrix, at, offered):
    amounts = {name: [10.0] * 20 for name in "ABCDEFGHIJ"}
    standing = pd.DataFrame(
        {"customer_id": list(amounts), "list": JANUARY, "size": "s", "blocked_by": "unhappy"}
    )
    table = left_alone(standing, _made("ABCDE", [True] * 5, at=at), matrix(amounts))

    assert table["n_blocked"].tolist() == [offered, offered]


def test_scores_are_compared_within_the_score_before():
    """Blocked fours rise by themselves; there is no free four to hold them against."""
    scores = [("A", "2025-01-10", 4), ("A", "2025-07-01", 8)]
    scores += [(f"B{n}", "2025-01-10", 8) for n in range(10)]
    scores += [(f"B{n}", "2025-07-01", 8 + (n >= 5)) for n in range(10)]
    surveys = pd.DataFrame(scores, columns=["customer_id", "date", "score"])
    surveys = surveys.assign(date=pd.to_datetime(surveys["date"]), type="nps")
    made = _made(["A", *(f"B{n}" for n in range(10))], [True] * 6 + [False] * 5)

    row = scores_after(made, surveys, as_of=AS_OF).set_index("months").loc[6]

    assert row[["while_blocked", "other", "n_blocked", "n_other"]].tolist() == pytest.approx(
        [0, 1, 5, 5]
    )
