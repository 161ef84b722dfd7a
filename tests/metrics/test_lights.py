"""Traffic lights: lines, ranges, and which way is up."""

import numpy as np
import pytest

from ltvlab.metrics.claims import Measured
from ltvlab.metrics.lights import Light, light, lights_table

LESS = Light(0.05, 0.15, "rate")
MORE = Light(0.95, 0.80, "rate")


@pytest.mark.parametrize(
    ("line", "value", "low", "high", "status"),
    [
        (LESS, 0.05, 0.02, 0.15, "good"), (LESS, 0.05, 0.02, 0.16, "watch"), (LESS, 0.10, 0.02, 0.30, "watch"),
        (LESS, 0.15, 0.10, 0.20, "watch"), (LESS, 0.20, 0.06, 0.30, "act"), (LESS, 0.20, 0.05, 0.40, "watch"),
        (MORE, 0.95, 0.80, 1.00, "good"), (MORE, 0.95, 0.79, 1.00, "watch"), (MORE, 0.50, 0.30, 0.94, "act"),
        (MORE, 0.50, 0.30, 0.95, "watch"), (MORE, 0.20, np.nan, np.nan, "act"), (LESS, 0.01, np.nan, np.nan, "good"),
    ],
)  # fmt: skip
def test_good_stays_off_the_action_line_and_act_off_the_good_one(line, value, low, high, status):
    assert light(line, Measured(value, low, high, 50, 50)) == status


def test_eleven_cases_no_figure_or_a_reason_are_not_enough():
    for own in (Measured(0.9, 0.8, 1.0, 11, 11), Measured(n=50, events=50), Measured(0.9, n=50, events=50, lacking="no_deals")):  # fmt: skip
        assert light(MORE, own) == "insufficient"


def test_the_table_has_a_row_per_line_in_its_order_and_says_what_is_lacking():
    lines = {"b": LESS, "a": MORE}

    table = lights_table(
        "pattern", lines, {"a": Measured(1.0, 0.9, 1.0, 20, 20), "b": Measured(lacking="no_offers")}
    )

    assert table["pattern"].tolist() == ["b", "a"]
    assert table["status"].tolist() == ["insufficient", "good"]
    assert table["lacking"].tolist() == ["no_offers", ""]
