"""The expansion pipeline as it stood at each week's end."""

import pandas as pd

from ltvlab.metrics.pipeline_weeks import pipeline_weeks, week_changes, week_ends, week_label

DAY = pd.Timestamp("2026-09-30")  # a Wednesday


def test_a_week_ends_on_its_sunday_and_one_not_over_is_left_out():
    ends = week_ends(DAY)

    assert len(ends) == 8
    assert (str(ends[-1].date()), week_label(ends[-1])) == ("2026-09-27", "2026-W39")
    assert week_ends(pd.Timestamp("2026-09-27"))[-1] == pd.Timestamp("2026-09-27")


def test_the_first_days_of_january_belong_to_the_iso_week_of_the_old_year():
    assert week_label(pd.Timestamp("2027-01-03")) == "2026-W53"


def test_a_deal_stands_each_week_in_the_stage_it_had_then(deal_view):
    rows = {"A": {"pipeline": "upsell", "stage": "Offer"}, "N": {"pipeline": "new"}}
    view = deal_view(rows, ("A", "Talk", "2026-08-01"), ("A", "Offer", "2026-09-22"))

    weeks = pipeline_weeks(*view, as_of=DAY).set_index("week")["stage"]

    assert weeks[["2026-W38", "2026-W39"]].tolist() == ["Talk", "Offer"]


def test_opening_plus_created_less_won_and_lost_is_closing(deal_view):
    """One there before, one created and one won in the last week."""
    made = {"pipeline": "upsell"}
    rows = {"A": made, "B": {**made, "created_date": "2026-09-21"},
            "C": {**made, "is_won": True, "close_date": "2026-09-27"}}  # fmt: skip

    weeks = week_changes(deal_view(rows)[0], as_of=DAY)
    last = weeks.iloc[-1]

    assert last[["opening_deals", "created", "won", "lost", "closing_deals"]].tolist() == [
        2,
        1,
        1,
        0,
        2,
    ]
    moved = weeks["opening_deals"] + weeks["created"] - weeks["won"] - weeks["lost"]
    assert (moved == weeks["closing_deals"]).all()


def test_a_company_without_an_expansion_pipeline_sees_all_its_deals(deal_view):
    view = deal_view({"A": {"pipeline": "sales"}})

    assert pipeline_weeks(*view, as_of=DAY)["deals"].tolist() == [1] * 8
