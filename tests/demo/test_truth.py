"""True values follow from first price, margin, survival and discount alone."""

from __future__ import annotations

import numpy as np
import pytest

from ltvlab.demo.company import stream
from ltvlab.demo.customers import draw_companies, draw_customers
from ltvlab.demo.truth import first_amounts, true_values


def test_value_of_one_customer_is_the_sum_a_spreadsheet_gives():
    company = draw_companies(stream(1, "one"), 1, 660, 660).assign(
        annual=False, hazard=0.02, exit=10_000, customer_id="1"
    )
    margin = first_amounts(company)["margin"].iloc[0]
    calendar = (30 + 6 * 2.4) / 36
    by_hand = sum(margin * np.exp(-0.02 * calendar * age) / 1.1 ** (age / 12) for age in range(60))
    listed = true_values(company).query("axis == 'all'")["listed_value"].iloc[0]

    assert listed == pytest.approx(by_hand)


def test_segments_of_an_axis_hold_every_listed_customer_once():
    values = true_values(draw_customers(seed=4, customers=200))

    assert (values.groupby("axis")["listed_customers"].sum() == 200).all()


def test_planted_differences_point_the_way_they_are_told(planted):
    for name in ("two_families", "onboarding", "referral", "finance", "size"):
        expected = planted[f"trait_{name}"]["expected"]

        assert expected["value_ratio"] > 1.15
        assert expected["hazard_ratio"] < 0.75
