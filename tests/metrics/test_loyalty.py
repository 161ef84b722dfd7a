"""Loyal, stable, at risk: the articles' bands at their edges, and who wins a tie."""

import pandas as pd
import pytest

from ltvlab.metrics.loyalty import loyalty_table, nps_band, risk_signals


def _customers(**columns):
    return pd.DataFrame(columns, index=[f"C{i}" for i in range(len(next(iter(columns.values()))))])


def test_the_bands_meet_at_six_seven_eight_and_nine():
    bands = nps_band(pd.Series([0.0, 6, 6.5, 7, 8, 8.5, 9, 10, None]))

    assert bands.tolist() == ["detractor"] * 2 + ["passive"] * 4 + ["promoter"] * 2 + [""]


@pytest.mark.parametrize(
    ("score", "change", "tickets", "share", "expected"),
    [
        (9.0, 0.0, 0, 0.60, "loyal"),
        (9.0, 0.0, 0, 0.59, "stable"),
        (8.0, 0.0, 0, 0.90, "stable"),
        (9.0, -0.30, 0, 0.90, "at_risk"),
        (9.0, -0.29, 1, 0.90, "loyal"),
        (9.0, 0.0, 2, 0.90, "at_risk"),
        (6.0, 0.0, 0, 0.90, "at_risk"),
        (7.0, 0.0, 0, 0.90, "stable"),
    ],
)
def test_the_first_match_wins_and_every_edge_belongs_to_one_side(
    score, change, tickets, share, expected
):
    table = loyalty_table(
        _customers(nps=[score], usage_change_in_book=[change], negative_tickets_90=[tickets], usage_share=[share])
    )  # fmt: skip

    assert table["loyalty"].tolist() == [expected]


def test_without_a_score_use_and_tickets_decide_and_it_is_said():
    table = loyalty_table(_customers(nps=[None, None], usage_change_in_book=[-0.5, 0.1]))

    assert table["loyalty"].tolist() == ["at_risk", "stable"]
    assert table["reason"].tolist() == ["usage_falls", ""]
    assert not table["scored"].any()


def test_where_nothing_is_limited_the_score_alone_makes_loyal():
    assert loyalty_table(_customers(nps=[10.0]))["loyalty"].tolist() == ["loyal"]


def test_a_company_that_brings_nothing_has_stable_customers_and_no_signal():
    features = pd.DataFrame(index=["A"])

    assert not risk_signals(features).to_numpy().any()
    assert loyalty_table(features)["loyalty"].tolist() == ["stable"]
