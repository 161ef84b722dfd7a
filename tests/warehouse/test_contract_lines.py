"""From a contracts file to what came due, what was renewed, and at what amount."""

import pytest

from ltvlab.contract_loading import load_contract_lines
from ltvlab.loading import load_matrix
from ltvlab.metrics.renewal_rates import renewals_table

HEAD = "contract_id,customer_id,product,start_date,end_date,amount,billing_period"
CUSTOMERS = "customer_id\nC1\nC2\n"


@pytest.fixture
def renewals(write_company):
    """Return the function from contract lines to due, renewed, pending, lost by month."""

    def build(*lines, head=HEAD, month="2026-04", tables=None, **settings):
        given = {"customers": CUSTOMERS, "contracts": "\n".join([head, *lines]) + "\n"}
        params = write_company(given | (tables or {}), month=month, **settings)
        held = load_matrix(params, month, by=["customer_id", "family"])
        table = renewals_table(load_contract_lines(params, month), held)
        asked = table[table["due"] > 0]
        return {
            str(row.month): (row.due, row.renewed, row.pending, row.lost)
            for row in asked.itertuples(index=False)
        }

    return build


def test_a_contract_to_the_31st_is_due_in_that_month_however_ends_are_written(renewals):
    """31 March inclusive is 1 April exclusive."""
    after = "K2,C1,P,2026-04-01,,1200,year"

    assert renewals("K1,C1,P,2025-04-01,2026-03-31,1200,year", after) == {"2026-03": (1, 1, 0, 0)}
    exclusive = renewals(
        "K1,C1,P,2025-04-01,2026-04-01,1200,year", after, end_date_convention="exclusive"
    )
    assert exclusive == {"2026-03": (1, 1, 0, 0)}


def test_the_original_end_counts_not_the_early_one(renewals):
    due = renewals(
        "K1,C1,P,2025-03-01,2025-12-31,1200,year,2026-02-28",
        "K2,C1,P,2026-01-01,,2400,year,",
        head=HEAD + ",original_end_date",
    )

    assert due == {"2026-02": (1, 1, 0, 0)}


def test_a_line_that_renews_itself_is_renewed_at_each_term_until_it_is_cancelled(renewals):
    due = renewals(
        "K1,C1,P,2024-01-01,2024-12-31,1200,year,true,12,",
        "K2,C2,P,2024-01-01,2024-12-31,1200,year,true,12,2025-12-31",
        head=HEAD + ",auto_renew,term_months,cancel_effective_date",
    )

    assert due == {"2024-12": (2, 2, 0, 0), "2025-12": (2, 1, 0, 1)}


def test_an_auto_renewing_line_without_its_first_end_is_due_by_its_term(renewals):
    """Where the end stands for the cancellation, the twelve months say when it was due."""
    due = renewals(
        "K1,C1,P,2024-03-01,2025-09-30,100,month,true,12,2025-09-30",
        head=HEAD + ",auto_renew,term_months,cancel_effective_date",
    )

    assert due == {"2025-02": (1, 1, 0, 0), "2026-02": (1, 0, 0, 1)}


def test_products_of_one_family_are_one_contract(renewals):
    due = renewals(
        "K1,C1,P,2025-04-01,2026-03-31,1200,year",
        "K2,C1,Q,2025-04-01,2026-03-31,1200,year",
        "K3,C1,P,2026-04-01,,1200,year",
        tables={"products": "product,family\nP,F\nQ,F\n"},
    )

    assert due == {"2026-03": (1, 1, 0, 0)}


def test_another_currency_is_valued_at_one_rate_so_that_it_renews_nothing(write_company):
    lines = (
        "K1,C1,P,2025-04-01,2026-03-31,1200,year,USD\n"
        "K2,C1,P,2026-04-01,,1200,year,USD\n"
    )  # fmt: skip
    rates = "month,currency,rate\n2025-04,USD,100\n2026-03,USD,150\n2026-04,USD,160\n"
    params = write_company(
        {"customers": CUSTOMERS, "contracts": f"{HEAD},currency\n{lines}", "fx_rates": rates},
        month="2026-04",
    )
    held = load_matrix(params, "2026-04", by=["customer_id", "family"])

    table = renewals_table(load_contract_lines(params, "2026-04"), held)

    assert table.set_index("month").loc["2026-03", ["net", "price_change"]].tolist() == [1, 0]


def test_invoices_do_not_say_when_a_contract_ends(write_company):
    params = write_company(
        {"contracts": None, "invoices": "customer_id,month,amount\nC1,2026-04-01,5\n"}
    )

    assert load_contract_lines(params, "2026-04").empty
