"""Discounting against V07 of the definitions: 100 a month, margin 75 %, churn 4 %, 10 % a year."""

import numpy as np
import pytest

from ltvlab.statistics.discounting import month_weights, monthly_discount


def test_ten_percent_a_year_is_0_797414_percent_a_month():
    assert monthly_discount(0.10) == pytest.approx(0.00797414, abs=5e-9)
    assert (1 + monthly_discount(0.10)) ** 12 == pytest.approx(1.10)


@pytest.mark.parametrize(("rate", "value"), [(0.0, 1713.09), (0.10, 1491.32)])
def test_sixty_month_value_counts_the_first_month_in_full(rate, value):
    ages = np.arange(200)
    weights = month_weights(ages, horizon_months=60, monthly_discount=monthly_discount(rate))

    assert 75.0 * (0.96**ages @ weights) == pytest.approx(value, abs=0.01)
    assert weights[0] == 1.0
    assert weights[60] == 0.0
