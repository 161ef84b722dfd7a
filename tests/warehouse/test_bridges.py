"""Late renewals: which gaps are carried, which of them nobody has confirmed, and the list of both."""

import pytest

from ltvlab import load_tables

HEADER = (
    "contract_id,customer_id,product,start_date,end_date,amount,billing_period,cancel_notice_date\n"
)
LATE = (
    HEADER
    + """\
K1,C1,P,2026-01-01,2026-05-20,100,month,
K2,C1,P,2026-06-10,,120,month,
K3,C1,Q,2026-01-01,,5,month,
"""
)
# Ended on 20 September; on the 30th ten days of the gap have passed.
ENDED = (
    HEADER
    + """\
K1,C1,P,2026-01-01,2026-09-20,100,month,{notice}
K3,C1,Q,2026-01-01,,5,month,
"""
)
DEALS = """\
deal_id,customer_id,pipeline,stage,amount,created_date,close_date,is_won,product
D1,C1,{pipeline},提案,1200,2026-08-01,{close},{won},{product}
"""


def _open(*, notice="", pipeline="renewal", close="2026-10-31", won="false", product="P"):
    deals = DEALS.format(pipeline=pipeline, close=close, won=won, product=product)
    return {"contracts": ENDED.format(notice=notice), "deals": deals}


def test_every_bridged_gap_is_listed(write_company):
    """D11: 21 May to 9 June at the old 100."""
    params = write_company({"customers": "customer_id\nC1\n", "contracts": LATE})

    gaps = load_tables(params, "2026-09", names=["bridged"])["bridged"]

    assert gaps.astype(str).to_numpy().tolist() == [
        ["C1", "P", "2026-05-21", "2026-06-10", "100.0", "True"]
    ]


def test_without_gap_days_every_gap_is_a_loss_and_a_return(paid_from_csv, write_company):
    """The strict mode of D11."""
    assert paid_from_csv({"contracts": LATE}, month="2026-06", last=3) == [105, 105, 125]
    strict = paid_from_csv({"contracts": LATE}, month="2026-06", last=3, gap_days=0)
    assert strict == [105, 5, 125]


def test_an_ended_contract_with_an_open_renewal_is_carried_as_unconfirmed(
    paid_from_csv, write_company
):
    assert paid_from_csv(_open(), last=2) == [105, 105]
    assert paid_from_csv(_open(), last=2, value="unconfirmed") == [0, 100]
    params = write_company({"customers": "customer_id\nC1\n"} | _open())
    gaps = load_tables(params, "2026-09", names=["bridged"])["bridged"]
    assert gaps.astype(str).to_numpy().tolist() == [
        ["C1", "P", "2026-09-21", "2026-10-01", "100.0", "False"]
    ]


@pytest.mark.parametrize(
    "deal",
    [
        {"won": "true"},
        {"close": "2026-09-15"},
        {"pipeline": "upsell"},
        {"product": "Q"},
        {"notice": "2026-08-01"},
    ],
)
def test_a_closed_deal_another_pipeline_or_product_or_a_notice_carries_nothing(paid_from_csv, deal):
    assert paid_from_csv(_open(**deal), last=2) == [105, 5]


def test_past_the_limit_the_churn_is_dated_to_the_contracts_end(paid_from_csv):
    """A month later the gap is over 31 days long: September falls too."""
    tables = _open(close="2026-12-31")

    assert paid_from_csv(tables, month="2026-10", last=3) == [105, 5, 5]
    assert paid_from_csv(tables, month="2026-10", last=3, gap_days=60) == [105, 105, 105]
