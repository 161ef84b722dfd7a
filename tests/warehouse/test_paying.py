"""From CSV text to MRR: dates, free months, coupons, pauses, notices, use, and rates."""

import pytest

from ltvlab import load_matrix, load_tables

LINE = "contract_id,customer_id,product,start_date,amount,billing_period"


def test_an_inclusive_contract_renewed_the_next_day_never_stops(paid_from_csv):
    """V01, from text: 100 at the ends of February, March and April; misread, March is empty."""
    lines = f"""\
{LINE},end_date
K1,C1,P,2024-04-01,100,month,2025-03-31
K2,C1,P,2025-04-01,100,month,2026-03-31
"""
    months = {"month": "2025-04", "last": 3}

    assert paid_from_csv({"contracts": lines}, **months) == [100, 100, 100]
    misread = {"end_date_convention": "exclusive", "gap_days": 0}
    assert paid_from_csv({"contracts": lines}, **months, **misread) == [100, 0, 100]


def test_a_free_month_inside_a_paid_term_is_spread(paid_from_csv):
    """V02, from text: 1,200,000 for thirteen months, as contract and as invoice."""
    contract = f"{LINE},end_date\nK1,C1,P,2026-01-01,1200000,term,2027-01-31\n"
    invoice = "customer_id,month,amount,service_start,service_end\nC1,2026-01,1200000,2026-01-01,2027-01-31\n"
    expected = [pytest.approx(92307.69, abs=0.005)]

    assert paid_from_csv({"contracts": contract}, last=1) == expected
    assert paid_from_csv({"contracts": None, "invoices": invoice}, last=1) == expected


def test_exchange_rates_stand_on_their_own_line(write_company):
    """V16, from text: 1,000 dollars at 160, then 1,100 at 165: 16,000 and 5,500."""
    lines = f"""\
{LINE},end_date,currency
K1,C1,P,2026-08-01,1000,month,2026-08-31,USD
K2,C1,P,2026-09-01,1100,month,,USD
"""
    rates = "month,currency,rate\n2026-08,USD,160\n2026-09,USD,165\n"
    tables = {"customers": "customer_id\nC1\n", "contracts": lines, "fx_rates": rates}
    params = write_company(tables)

    assert load_matrix(params, "2026-09").loc["C1"].tolist() == [160_000, 181_500]
    assert load_matrix(params, "2026-09", value="fx").loc["C1"].tolist() == [0, 5_500]


@pytest.mark.parametrize(
    ("billing", "until", "paid"),
    [
        # One bill of one month, or of a quarter, is a coupon; two months, or a year, are a price.
        ("month", "2026-06-30", [100, 100, 100, 100]),
        ("month", "2026-07-31", [80, 80, 100, 100]),
        ("quarter", "2026-08-31", [100, 100, 100, 100]),
        ("year", "2027-05-31", [80, 80, 80, 80]),
    ],
)
def test_a_discount_for_one_bill_is_a_gift_and_a_longer_one_a_price(
    paid_from_csv, billing, until, paid
):
    months = {"month": 1, "quarter": 3, "year": 12}[billing]
    header = f"{LINE},list_amount,discount_end_date"
    line = f"K1,C1,P,2026-06-01,{80 * months},{billing},{100 * months},{until}"
    tables = {"contracts": f"{header}\n{line}\n"}

    assert paid_from_csv(tables) == paid
    assert paid_from_csv(tables, value="list_amount") == [100] * 4


def test_a_line_that_is_discounted_to_its_end_has_that_price(paid_from_csv):
    lines = f"""\
{LINE},end_date,list_amount,discount_end_date
K1,C1,P,2026-08-01,80,month,2026-08-31,100,2026-08-31
K2,C1,P,2026-09-01,80,month,2026-09-30,100,2026-09-30
"""

    assert paid_from_csv({"contracts": lines}, last=2) == [80, 80]


@pytest.mark.parametrize(("switch", "paid"), [("churn", [100, 0, 0, 100]), ("kept", [100] * 4)])
def test_a_pause_leaves_mrr_or_is_kept_in_it(paid_from_csv, switch, paid):
    lines = f"{LINE},pause_start,pause_end\nK1,C1,P,2026-01-01,100,month,2026-07-05,2026-08-31\n"

    assert paid_from_csv({"contracts": lines}, paused=switch) == paid


@pytest.mark.parametrize(
    ("timing", "paid"), [("service_end", [100, 100, 100, 0]), ("notice", [100, 0, 0, 0])]
)
def test_churn_is_dated_to_the_end_of_service_or_to_the_notice(paid_from_csv, timing, paid):
    lines = f"""\
{LINE},end_date,cancel_notice_date,auto_renew,cancel_effective_date
K1,C1,P,2026-01-01,60,month,2026-08-31,2026-07-10,false,
K2,C1,P,2025-09-01,40,month,2025-09-30,2026-07-10,true,2026-08-31
"""

    assert paid_from_csv({"contracts": lines}, churn_timing=timing) == paid


def test_a_notice_before_a_change_of_contract_is_no_loss(paid_from_csv):
    """Given notice in July, ended in August, and the next line starts the day after."""
    lines = f"""\
{LINE},end_date,cancel_notice_date
K1,C1,P,2026-01-01,100,month,2026-08-31,2026-07-10
K2,C1,P,2026-09-01,70,month,,
"""

    assert paid_from_csv({"contracts": lines}, churn_timing="notice") == [100, 100, 100, 70]


USED = f"""\
{LINE},end_date,kind
K1,C1,P,2026-01-01,100,month,,recurring
K2,C1,P,2026-08-01,30,month,2026-08-31,usage
K3,C1,P,2026-09-01,60,month,2026-09-30,usage
K4,C1,P,2026-08-01,500,term,2026-08-31,one_time
K5,C1,P,2026-01-01,9,month,,trial
"""


def test_use_stands_beside_mrr_and_what_happens_once_is_counted(paid_from_csv, write_company):
    """D06: 30 in August and 60 in September are no MRR; nor are a fee and a trial."""
    tables = {"contracts": USED}

    assert paid_from_csv(tables, last=3) == [100, 100, 100]
    assert paid_from_csv(tables, last=3, value="usage") == [0, 30, 60]
    params = write_company({"customers": "customer_id\nC1\n"} | tables)
    warned = load_tables(params, "2026-09", names=["intake_warnings"])["intake_warnings"]
    counts = warned.set_index("id")["rows"]
    assert (counts["W217"], counts["W216"]) == (2, 2)


def test_without_lines_billed_by_use_there_is_no_row_of_them(small):
    assert load_matrix(small, "2026-09", value="usage").empty
