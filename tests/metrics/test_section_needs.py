"""Sections lock and unlock exactly where the data begin to carry them."""

import pandas as pd
import pytest

from ltvlab.metrics.section_needs import NEEDS, held, section_states


@pytest.fixture
def states(company_data):
    """Return the function from what differs from a full company to the state of each section."""
    return lambda **changes: section_states(company_data(**changes)).set_index("section")


def test_with_everything_brought_every_section_is_shown(states):
    assert set(states()["state"]) == {"shown"}


@pytest.mark.parametrize(
    ("count", "enough", "section", "below"),
    [
        ("customers", 50, "mrr_movements", "stamped"),
        ("customers", 50, "value_models", "refused"),
        ("months", 12, "cohort_curves", "stamped"),
        ("months", 12, "customer_cost", "refused"),
        ("months", 13, "retention", "refused"),
        ("months", 12, "mrr_scenarios", "refused"),
        ("customers", 50, "mrr_scenarios", "refused"),
        ("months", 24, "season", "refused"),
        ("customers", 50, "season", "refused"),
        ("losses", 10, "value_models", "refused"),
        ("months", 12, "value_models", "refused"),
        ("losses", 10, "survival_curves", "stamped"),
        ("renewals", 5, "renewals", "refused"),
        ("renewals", 30, "renewals", "stamped"),
        ("closed_deals", 5, "sales_pipeline", "refused"),
        ("ranked", 30, "ltv_traits", "refused"),
        ("months", 7, "loss_rule", "refused"),
        ("losses", 12, "loss_rule", "stamped"),
        ("months", 13, "spend_returns", "refused"),
        ("customers", 50, "spend_split", "refused"),
        ("months", 12, "spend_split", "refused"),
    ],
)
def test_a_section_unlocks_at_its_number_and_not_one_before(states, count, enough, section, below):
    short = states(**{count: enough - 1}).loc[section]
    reached = states(**{count: enough}).loc[section]

    assert short["state"] == below
    assert short["lacks"] == ((count, 1),)
    assert reached["state"] != below or count not in dict(reached["lacks"])


@pytest.mark.parametrize("section", NEEDS)
def test_bringing_exactly_what_is_named_unlocks_the_section(states, company_data, section):
    """From nothing at all, each answer is followed until nothing is lacking."""
    counts, tables = dict.fromkeys(company_data().counts, 0), set()
    rest = {"basis": "orders", "margin": False}
    for _ in range(3):
        state = states(**counts, tables=tables, **rest).loc[section]
        for what, number in state["lacks"]:
            if isinstance(what, tuple):
                tables.add(what[-1])
            elif what in counts:
                counts[what] += number
            else:
                rest |= {"recurring": {"basis": "contracts"}, "margin": {"margin": True}}[what]

    assert states(**counts, tables=tables, **rest).loc[section, "state"] == "shown"


def test_counts_are_read_from_the_book(matrix, people, crm_deals, crm_stages):
    """Of three that paid, one left in the last month, and one is new in it; one deal was won lately."""
    months = 14
    mrr = matrix(
        {"A": [10] * months, "B": [10] * (months - 1) + [0], "C": [0] * (months - 1) + [10]}
    )
    files = pd.DataFrame({"table": ["contracts", "deals"], "rows_used": [3, 0]})
    deals = crm_deals(
        {
            "D1": {"is_won": True, "created_date": "2024-02-01", "close_date": "2024-08-01"},
            "D2": {"is_won": True, "created_date": "2023-02-01", "close_date": "2023-08-01"},
            "D3": {"created_date": "2025-01-10"},
        }
    )
    data = held(mrr, people(mrr), renewals=pd.DataFrame(), deals=(deals, crm_stages()), files=files)

    assert data.counts == {
        "months": 14, "customers": 2, "ranked": 2, "losses": 1, "renewals": 0, "closed_deals": 1,
    }  # fmt: skip
    assert data.tables == {"contracts"}
