"""Steps agreed at the start of a term, told from renewals and from changes in mid-term."""

import pytest

HEADER = "contract_id,customer_id,product,start_date,end_date,original_end_date,term_months,seats,amount,billing_period\n"
# A term of three years signed at once, 100, 120 and 150 a month; then a renewal at 160.
DEAL = """\
K1,C1,P,2022-01-01,2022-12-31,,36,10,100,month
K2,C1,P,2023-01-01,2023-12-31,,36,10,120,month
K3,C1,P,2024-01-01,2024-12-31,,36,10,150,month
K4,C1,P,2025-01-01,2025-12-31,,36,10,160,month
"""


def _steps(found):
    return [(reason, amount) for _, movement, reason, amount in found if movement == "expansion"]


def test_steps_inside_a_signed_term_are_ramps_and_a_step_at_its_renewal_is_a_price(
    reasons_from_csv,
):
    found = reasons_from_csv({"contracts": HEADER + DEAL}, month="2025-06")

    assert _steps(found) == [("ramp", 20), ("ramp", 30), ("price", 10)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A renewal: the term is the line's own.
        ("2024-01-01,2024-12-31,,12,10,100", "2025-01-01,2025-12-31,,12,10,120"),
        # Signed for longer, changed in mid-term, the rest of the term on a line of its own.
        ("2024-01-01,2024-12-31,2025-12-31,24,10,100", "2025-01-01,2025-12-31,,24,10,120"),
        # A month lies between them.
        ("2024-01-01,2024-12-31,,24,10,100", "2025-02-01,2025-12-31,,24,10,120"),
    ],
)
def test_other_steps_stay_prices(reasons_from_csv, first, second):
    lines = f"K1,C1,P,{first},month\nK2,C1,P,{second},month\n"

    assert _steps(reasons_from_csv({"contracts": HEADER + lines}, month="2025-06")) == [
        ("price", 20)
    ]
