"""What open deals foretell, in MRR: yearly amounts are found out, stale deals bring nothing."""

import pandas as pd
import pytest

from ltvlab.metrics.scenarios.pipeline import open_business

CUSTOMERS = pd.DataFrame({"starting_mrr": 100.0}, index=[f"C{n}" for n in range(12)])


@pytest.fixture
def foretold(crm_deals, crm_stages):
    """Return the function from open deals, beside ten closed ones of 1,200 a year, to the forecast.

    Five of the ten were won, each within 61 days; every deal passed the stage Talk.
    """

    def build(rows, *, closed=10, customers=CUSTOMERS, amount=1200.0):
        past = {
            f"P{n}": {
                "customer_id": f"C{n}", "amount": amount, "created_date": "2026-03-01",
                "close_date": "2026-05-01", "is_won": n % 2 == 0, "stage": "End", "pipeline": "new",
            }
            for n in range(closed)
        }  # fmt: skip
        usual = {"amount": amount, "pipeline": "new", "stage": "Talk", "created_date": "2026-09-01"}
        here = {name: {**usual, **given} for name, given in rows.items()}
        changes = [(name, "Talk", "2026-03-02") for name in past]
        changes += [(name, "Talk", "2026-09-02") for name in here]
        return open_business(crm_deals({**past, **here}), crm_stages(*changes), customers)

    return build


def test_open_deals_are_weighted_turned_into_mrr_and_spread_over_the_usual_months(foretold):
    """Two deals of 1,200 a year are 200 a month; half of such are won; two months to a yes: 50 a month."""
    found = foretold({"A": {}, "B": {}})

    assert (found.months, found.deals, found.amount_per_mrr) == (2, 2, 12.0)
    assert found.mrr_per_month == pytest.approx(2 * 1200 / 12 * 0.5 / 2)


def test_a_crm_of_monthly_amounts_is_found_out_too(foretold):
    found = foretold({"A": {}}, amount=100.0)

    assert found.amount_per_mrr == 1.0
    assert found.mrr_per_month == pytest.approx(100 * 0.5 / 2)


def test_a_deal_that_stands_twice_as_long_as_usual_brings_nothing(foretold):
    found = foretold({"A": {}, "B": {"created_date": "2026-05-01"}})

    assert found.deals == 1


def test_deals_with_customers_one_has_are_no_new_business(foretold):
    assert foretold({"A": {}, "B": {"pipeline": "upsell"}}).deals == 1


def test_with_four_won_deals_of_known_customers_nobody_can_tell_what_an_amount_means(foretold):
    assert foretold({"A": {}}, closed=8) is None
    assert foretold({"A": {}}, customers=CUSTOMERS.iloc[:4]) is None
