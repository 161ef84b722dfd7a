"""Credit notes: those that cancel a service to come end it, all others move nothing."""

import pytest

CONTRACTS = """\
contract_id,customer_id,product,start_date,end_date,amount,billing_period
K1,C1,P,2026-01-01,2026-12-31,1200,year
K2,C1,Q,2026-01-01,,5,month
"""
YEAR = """\
customer_id,product,month,amount,kind,service_start,service_end
C1,P,2026-01,1200,charge,2026-01-01,2026-12-31
C1,Q,2026-01,60,charge,2026-01-01,2026-12-31
C1,P,{month},{amount},{kind},{start},{end}
"""


def _credit(month, amount, start, end="2026-12-31", kind="credit"):
    return YEAR.format(month=month, amount=amount, start=start, end=end, kind=kind)


CANCELLED = _credit("2026-06", -500, "2026-08-01")
NO_CANCELLATION = [
    # Money back for an outage in the month it was billed for.
    _credit("2026-06", -30, "2026-06-01", "2026-06-30"),
    # A credit on the whole invoice, long after its service began.
    _credit("2026-06", -120, "2026-01-01"),
    # No word of a service.
    _credit("2026-06", -500, "", ""),
]


@pytest.mark.parametrize("kind", ["credit", "refund"])
def test_a_credit_for_the_rest_of_the_service_ends_it_there(paid_from_csv, kind):
    """D13: five months of twelve, from August on."""
    invoices = _credit("2026-06", -500, "2026-08-01", kind=kind)

    assert paid_from_csv({"contracts": None, "invoices": invoices}) == [105, 105, 5, 5]
    assert paid_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [105, 105, 5, 5]


@pytest.mark.parametrize("invoices", NO_CANCELLATION)
def test_other_credits_move_nothing(paid_from_csv, invoices):
    assert paid_from_csv({"contracts": None, "invoices": invoices}) == [105] * 4
    assert paid_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [105] * 4


def test_a_credit_for_a_part_of_the_price_leaves_the_rest_of_an_invoice_and_a_contract_alone(
    paid_from_csv,
):
    """Two fifths of what August to December cost are given back."""
    invoices = _credit("2026-06", -200, "2026-08-01")

    assert paid_from_csv({"contracts": None, "invoices": invoices}) == [105, 105, 65, 65]
    assert paid_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [105] * 4


def test_a_contract_runs_on_where_the_service_is_charged_again(paid_from_csv):
    """A wrong bill, credited and written anew."""
    invoices = CANCELLED + "C1,P,2026-07,500,charge,2026-08-01,2026-12-31\n"

    assert paid_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [105] * 4


def test_a_contract_runs_on_where_a_credit_leaves_some_of_its_term(paid_from_csv):
    invoices = _credit("2026-06", -200, "2026-08-01", "2026-09-30")

    assert paid_from_csv({"contracts": CONTRACTS, "invoices": invoices}) == [105] * 4
