"""Features at quarter ends: which ends, and that each is what was known then."""

import pandas as pd

from ltvlab import load_feature_history, load_features

PARAMS = "params/demo.yml"


def test_a_history_holds_the_last_quarter_ends_up_to_the_month(in_demo):
    history = load_feature_history(PARAMS, "2026-09", quarters=3)

    assert [str(month) for month in history] == ["2026-03", "2026-06", "2026-09"]
    pd.testing.assert_frame_equal(
        history[pd.Period("2026-06", "M")], load_features(PARAMS, "2026-09", at="2026-06")
    )


def test_nothing_before_the_first_month_of_the_book_is_asked_for(in_demo):
    history = load_feature_history(PARAMS, "2026-09", quarters=40)

    assert str(min(history)) == "2023-09"
    assert str(max(history)) == "2026-09"
