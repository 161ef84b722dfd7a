"""Which method heads the report: the rule, its slowness, and that no model slips in unproved."""

import numpy as np
import pytest

from ltvlab.metrics.headline import annual_share, headline_method, is_annual

RENEWALS = frozenset({"renewal_model"})


@pytest.fixture
def shares(matrix):
    """Return the function from monthly annual shares to the two matrices of one customer."""

    def build(*monthly, basis="contracts"):
        paid = matrix({"A": [100.0] * len(monthly)}, basis=basis)
        return paid, matrix({"A": 100.0 * np.array(monthly)}, basis=basis)

    return build


def test_the_share_is_the_mean_of_the_last_twelve_months(shares):
    share = annual_share(*shares(*[0.2] * 6, *[0.8] * 6, *[0.8] * 6))

    assert share.tolist() == pytest.approx([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8])


def test_half_is_enough_at_first(shares):
    assert is_annual(*shares(*[0.5] * 12))
    assert not is_annual(*shares(*[0.49] * 12))


def test_once_chosen_it_changes_only_below_forty_or_above_sixty_percent(shares):
    """Yearly means of 0.55, then 0.45 stays annual; 0.45, then 0.55 stays as it was too."""
    assert is_annual(*shares(*[0.55] * 12, *[0.45] * 12))
    assert not is_annual(*shares(*[0.45] * 12, *[0.55] * 12))
    assert not is_annual(*shares(*[0.55] * 12, *[0.39] * 12))
    assert is_annual(*shares(*[0.45] * 12, *[0.61] * 12))


def test_a_later_month_does_not_change_what_an_earlier_one_decided(shares):
    """Down to 0.35 and back to 0.5: replayed, it stays below until it passes 0.6."""
    assert not is_annual(*shares(*[0.8] * 12, *[0.35] * 12, *[0.5] * 12))


def test_without_a_year_of_history_no_book_is_annual(shares):
    assert not is_annual(*shares(*[1.0] * 11))


def test_months_without_revenue_hold_no_share(matrix):
    nothing = matrix({"A": [0.0] * 12})

    assert not is_annual(nothing, nothing)


def test_a_model_heads_the_report_only_where_it_fits_and_was_admitted(shares):
    mrr, annual = shares(*[0.8] * 12)
    monthly = shares(*[0.2] * 12)

    assert headline_method(mrr, annual=annual, admitted=RENEWALS) == "renewal_model"
    assert headline_method(mrr, annual=annual) == "survival"
    assert headline_method(mrr, admitted=RENEWALS) == "survival"
    assert headline_method(monthly[0], annual=monthly[1], admitted=RENEWALS) == "survival"


def test_orders_are_headed_by_the_cohort_value_until_a_purchase_model_is_admitted(shares):
    orders, _ = shares(*[0.0] * 12, basis="orders")

    assert headline_method(orders) == "cohort"
    assert headline_method(orders, admitted=RENEWALS) == "cohort"
    assert headline_method(orders, admitted=frozenset({"purchase_model"})) == "purchase_model"
