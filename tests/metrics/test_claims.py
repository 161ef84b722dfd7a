"""Claims of articles against own figures: the rule of the verdict, at its edges."""

import numpy as np
import pytest

from ltvlab.metrics.claims import CLAIMS, Claim, Measured, claims_table, verdict

FIVE_TO_SEVEN = Claim(5.0, 7.0, "number")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (5.0, 7.0, "supported"), (5.5, 6.5, "supported"), (4.9, 6.0, "cannot_tell"), (6.0, 7.1, "cannot_tell"),
        (4.0, 8.0, "cannot_tell"), (1.0, 4.9, "contradicted"), (7.1, 9.0, "contradicted"), (1.0, 5.0, "cannot_tell"),
    ],
)  # fmt: skip
def test_a_range_inside_supports_one_outside_contradicts_and_a_line_crossed_tells_nothing(
    low, high, said
):
    assert verdict(FIVE_TO_SEVEN, Measured(6.0, low, high, 50, 50)) == said


@pytest.mark.parametrize(("events", "said"), [(11, "cannot_tell"), (12, "supported")])
def test_fewer_than_twelve_events_tell_nothing(events, said):
    assert verdict(FIVE_TO_SEVEN, Measured(6.0, 5.5, 6.5, 50, events)) == said


def test_without_a_range_nothing_can_be_told():
    assert verdict(FIVE_TO_SEVEN, Measured(6.0, np.nan, np.nan, 50, 50)) == "cannot_tell"


def test_at_least_has_no_upper_end_and_a_range_may_have_none_either():
    assert verdict(CLAIMS["top_fifth"], Measured(0.6, 0.5, 0.7, 50, 50)) == "supported"
    assert verdict(CLAIMS["five_points_for_life"], Measured(1.0, 0.3, np.inf, 9, 12)) == "supported"


def test_a_claim_of_one_figure_is_met_within_a_fifth_of_it():
    claim = CLAIMS["alert_wins"]

    assert (claim.low, claim.high) == (0.12, 0.18)


def test_the_register_leaves_bounds_that_are_none_empty_and_says_why_a_row_is_open():
    table = claims_table(
        {
            "five_points_for_life": Measured(1.0, 0.3, np.inf, 90, 20),
            "expansion_wins": Measured(2.5, 2.1, 2.9, 30, 11),
            "alert_wins": Measured(lacking="no_deals"),
            "ltv_cac": Measured(2.0, 1.0, 3.5, 40, 15, verdict="contradicted"),
        }
    ).set_index("claim")

    assert table["verdict"].tolist() == ["supported", "cannot_tell", "cannot_tell", "contradicted"]
    assert table["lacking"].tolist() == ["", "few_events", "no_deals", ""]
    assert table.loc["five_points_for_life", ["claim_high", "high"]].isna().all()
    assert not np.isinf(table.select_dtypes("number").to_numpy()).any()
