"""Odds that were stated, and odds that deals which stood in a stage have had (D39)."""

import numpy as np
import pytest

from ltvlab.metrics.stage_odds import article_odds, stage_odds

END = {"close_date": "2026-05-01"}


def _odds(view):
    return stage_odds(*view).set_index("stage")


@pytest.mark.parametrize(
    ("name", "odds"),
    [("機会認識 Identified", 0.10), ("Need confirmed", 0.25), ("提案", 0.50), ("Negotiation", 0.75), ("受注", 1.0)],
)  # fmt: skip
def test_the_articles_odds_are_read_from_a_stage_s_name(name, odds):
    assert article_odds(name) == odds


def test_a_stage_named_like_none_of_theirs_has_no_odds():
    assert np.isnan(article_odds("Engaging"))


def test_calibrated_odds_count_deals_that_ever_entered_and_closed_and_the_stated_as_two(deal_view):
    """Three entered, two closed, one won, 50 % stated: (1 + 2 × 0.5) ÷ (2 + 2) = 50 %; 20 % → 35 %."""
    rows = {"A": {"is_won": True, "stage": "Won", **END}, "B": {"is_won": False, "stage": "Lost", **END},
            "C": {"stage": "Talk", "probability": 0.2}}  # fmt: skip
    changes = [(name, "Talk", "2026-02-01") for name in "ABC"]
    changes += [("A", "Won", "2026-05-01"), ("B", "Lost", "2026-05-01")]

    talk = _odds(deal_view(rows, *changes)).loc["Talk"]

    assert talk[["entered", "resolved", "won"]].tolist() == [3, 2, 1]
    assert talk["odds_source"] == "crm"
    assert talk["calibrated_odds"] == pytest.approx((1 + 2 * 0.2) / (2 + 2))


def test_the_crm_s_odds_are_the_median_of_open_deals_whether_in_percent_or_not(deal_view):
    rows = {str(n): {"stage": "Talk", "probability": p} for n, p in enumerate((20.0, 30.0, 90.0))}

    assert _odds(deal_view(rows)).at["Talk", "stated_odds"] == pytest.approx(0.3)


def test_without_stated_odds_the_pipeline_s_win_rate_stands_in(deal_view):
    """One won and one lost passed Talk: (1 + 2 × 0.5) ÷ 4."""
    rows = {
        "A": {"is_won": True, "stage": "Won", **END},
        "B": {"is_won": False, "stage": "Lost", **END},
        "C": {},
    }
    changes = [(name, "Talk", "2026-02-01") for name in "ABC"]
    changes += [("A", "Won", "2026-05-01"), ("B", "Lost", "2026-05-01")]

    assert _odds(deal_view(rows, *changes)).at["Talk", "calibrated_odds"] == pytest.approx(0.5)


def test_a_stage_no_closed_deal_passed_has_no_odds_of_its_own(deal_view):
    """The pipeline's rate would give a first contact the odds of a deal in hand."""
    rows = {"A": {"is_won": True, "stage": "Won", **END}, "C": {"stage": "Hello"}}

    odds = _odds(deal_view(rows, ("A", "Talk", "2026-02-01"), ("A", "Won", "2026-05-01")))

    assert np.isnan(odds.at["Hello", "calibrated_odds"])
    assert odds.at["Hello", "place"] < odds.at["Talk", "place"]


def test_stages_stand_in_the_order_of_their_odds_else_in_that_in_which_deals_enter_them(deal_view):
    rows = {
        "A": {"stage": "交渉"},
        "B": {"stage": "提案"},
        "X": {"pipeline": "own", "stage": "Alpha"},
    }
    changes = [("X", "Zulu", "2026-02-01"), ("X", "Alpha", "2026-03-01")]

    odds = stage_odds(*deal_view(rows, *changes))

    assert odds["stage"].tolist() == ["提案", "交渉", "Zulu", "Alpha"]
