"""Losses after an upsell: who is compared with whom, and what must not decide it."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.due_contracts import due_contracts
from ltvlab.metrics.selling.after_upsell import churn_after_upsell

NO_DUES = due_contracts(
    pd.DataFrame(
        {"first_due": pd.to_datetime([]), "term": [], "end": pd.to_datetime([])}
    ).assign(customer_id=[]),
    as_of=pd.Period("2026-12", "M"),
    gap_days=31,
)  # fmt: skip
JANUARY = pd.Period("2024-01", "M")
MARCH = JANUARY.ordinal + 2


def _table(matrix, people, upsold, lost, *, dues=NO_DUES, last="2024-06", size=None, when=4):
    """Customers pay from January 2024; quarters end in March and June, upsells come in May."""
    count = len(lost)
    amounts = {f"C{n:03}": [10.0] * 8 + [0.0 if gone else 10.0] * 12 for n, gone in enumerate(lost)}
    mrr = matrix(amounts)
    ids = np.array(list(amounts))
    reasons = pd.DataFrame(
        {"customer_id": ids[np.asarray(upsold)], "month": JANUARY.ordinal + when, "reason": "upsell_seats"}
    )  # fmt: skip
    customers = people(mrr, size=size if size is not None else ["small"] * count, annual_share=1.0)
    return churn_after_upsell(
        mrr, customers, reasons, dues, last_quarter=pd.Period(last, "M")
    ).set_index("outcome")


def test_losses_of_a_year_after_the_quarter_are_held_against_those_without_an_upsell(
    matrix, people
):
    upsold = np.arange(40) < 20
    lost = [*([True] * 10 + [False] * 10), *([True] * 4 + [False] * 16)]

    row = _table(matrix, people, upsold, lost).loc["within_a_year"]

    assert row[["after_upsell", "other", "n_upsold", "n_other"]].tolist() == pytest.approx(
        [0.5, 0.2, 20, 20]
    )
    assert row["rarer"] == 14 and row["verdict"] in ("higher", "not_clear")


def test_only_customers_of_the_same_size_are_compared(matrix, people):
    upsold = np.arange(30) < 10
    lost = [False] * 20 + [True] * 10
    size = ["small"] * 20 + ["large"] * 10

    row = _table(matrix, people, upsold, lost, size=size).loc["within_a_year"]

    assert (row["n_upsold"], row["n_other"], row["difference"]) == (10, 10, 0)


def test_whoever_bought_more_earlier_in_the_year_is_on_neither_side(matrix, people):
    """Upsold in February, seen in June: neither upsold in the quarter nor without an upsell."""
    upsold = np.arange(20) < 10

    table = _table(matrix, people, upsold, [False] * 20, when=1, last="2024-06")

    assert table.loc["within_a_year", "n_upsold"] == 0


def test_the_next_renewal_is_judged_where_enough_came_due(matrix, people):
    ids = [f"C{n:03}" for n in range(40)]
    status = ["lost"] * 8 + ["renewed"] * 12 + ["lost"] * 5 + ["renewed"] * 15
    dues = pd.DataFrame({"customer_id": ids, "month": pd.Period("2024-09", "M"), "status": status})
    late = pd.DataFrame({"customer_id": ids, "month": pd.Period("2024-11", "M"), "status": "renewed"})  # fmt: skip

    table = _table(matrix, people, np.arange(40) < 20, [False] * 40, dues=pd.concat([dues, late]))

    assert table.loc["next_renewal", ["after_upsell", "other"]].tolist() == pytest.approx(
        [0.4, 0.25]
    )
    assert table.loc["next_renewal", "verdict"] == "not_clear"
    assert table.loc["within_a_year", "verdict"] == "beside"


def test_without_renewals_the_year_is_judged(matrix, people):
    lost = [*([True] * 18 + [False] * 2), *([True] * 2 + [False] * 18)]

    table = _table(matrix, people, np.arange(40) < 20, lost)

    assert table.loc["within_a_year", "verdict"] == "higher"
    assert table.loc["next_renewal", "verdict"] == "beside"


@pytest.mark.parametrize("months", [1, 3])
def test_a_book_shorter_than_a_quarter_compares_nobody(matrix, people, months):
    mrr = matrix({"A": [1.0] * months})
    reasons = pd.DataFrame({"customer_id": [], "month": [], "reason": []})

    assert churn_after_upsell(
        mrr, people(mrr, size="s"), reasons, NO_DUES, last_quarter=JANUARY
    ).empty
