"""The first 90 days: what counts, for whom, and by which day it was known."""

import pandas as pd
import pytest

from ltvlab.metrics.early_traits import early_traits
from ltvlab.metrics.trait_levels import starting_traits


def _ranked(*starts, watched=True):
    started = pd.to_datetime(list(starts))
    index = pd.Index([f"C{n}" for n in range(len(starts))], name="customer_id")
    columns = {
        "started_at": started, "landmark": started + pd.Timedelta(days=90), "watched": watched,
        "first_amount": 100.0,
    }  # fmt: skip
    return pd.DataFrame(columns, index=index)


def _events(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "at", "kind"])
    return frame.assign(at=pd.to_datetime(frame["at"], format="mixed"))


def _levels(rows, trait):
    part = rows[rows["trait"] == trait]
    return dict(zip(part["customer_id"], part["level"], strict=True))


OLD = ("C9", "2023-01-01", "mail")


@pytest.mark.parametrize(
    ("done", "level"), [("2024-01-30", "yes"), ("2024-01-30 23:00", "yes"), ("2024-01-31", "no")]
)
def test_onboarding_counts_within_30_days(done, level):
    """From 1 January the thirtieth day is 30 January."""
    rows = early_traits(_ranked("2024-01-01"), events=_events(OLD, ("C0", done, "onboarding_done")))

    assert _levels(rows, "onboarded_in_30_days") == {"C0": level}


@pytest.mark.parametrize(("at", "level"), [("2024-03-30", "yes"), ("2024-03-31", "no")])
def test_a_ticket_counts_within_90_days(at, level):
    rows = early_traits(_ranked("2024-01-01"), events=_events(OLD, ("C0", at, "ticket")))

    assert _levels(rows, "early_tickets") == {"C0": level}


def test_who_started_before_events_are_recorded_is_not_asked():
    events = _events(("C1", "2024-02-01", "ticket"), ("C0", "2024-02-02", "ticket"))

    rows = early_traits(_ranked("2024-01-01", "2024-02-01"), events=events)

    assert set(rows["customer_id"]) == {"C1"}


def test_whose_first_days_are_not_over_is_not_asked():
    rows = early_traits(
        _ranked("2024-01-01", watched=False), events=_events(OLD, ("C0", "2024-01-02", "ticket"))
    )

    assert rows.empty


def test_everything_is_known_by_the_landmark():
    ranked = _ranked("2024-01-01", "2024-02-01")
    events = _events(OLD, ("C0", "2024-01-03", "mail"), ("C1", "2024-09-01", "mail"))

    rows = early_traits(ranked, events=events)

    assert (rows["known_at"] <= rows["customer_id"].map(ranked["landmark"])).all()


def test_the_first_touch_is_the_earliest_one_also_before_the_purchase():
    events = _events(OLD, ("C0", "2023-12-20", "seminar"), ("C0", "2024-01-03", "mail"))

    rows = early_traits(_ranked("2024-01-01"), events=events)

    assert _levels(rows, "first_touch") == {"C0": "seminar"}
    assert _levels(rows, "met_before_purchase") == {"C0": "yes"}


def test_a_deal_closed_after_the_landmark_did_not_win_the_customer():
    deals = pd.DataFrame(
        {
            "customer_id": ["C0", "C1", "C2"], "pipeline": "new", "is_won": True,
            "created_date": pd.to_datetime(["2023-12-01", "2023-10-01", "2024-05-01"]),
            "close_date": pd.to_datetime(["2023-12-31", "2023-12-31", "2024-06-01"]),
        }
    )  # fmt: skip

    rows = early_traits(_ranked(*["2024-01-01"] * 3), deals=deals)

    assert _levels(rows, "long_sales_cycle") == {"C0": "no", "C1": "yes"}


def test_without_tables_there_are_no_early_traits():
    assert early_traits(_ranked("2024-01-01")).empty


def _features(ranked, *, first_paid="2024-01", basket="A + B"):
    month = pd.Period(first_paid, "M").ordinal
    columns = {
        "industry": "Unknown", "size": ["1–49", "300+"], "first_paid_month": month,
        "starting_mrr": 100.0, "first_basket": basket, "product": basket, "families": 2.0,
        "last_paid_month": pd.Period("2025-01", "M").ordinal,
    }  # fmt: skip
    return pd.DataFrame(columns, index=ranked.index)


def test_a_first_basket_counts_as_a_whole_by_family_and_by_number():
    ranked = _ranked("2024-01-01", "2024-01-01")

    rows = starting_traits(_features(ranked), ranked)

    families = rows[rows["trait"] == "first_family"]
    assert families.groupby("customer_id")["level"].agg(set).tolist() == [{"A", "B"}] * 2
    assert _levels(rows, "two_families") == {"C0": "yes", "C1": "yes"}
    assert "industry" not in set(rows["trait"]) and "size" in set(rows["trait"])


def test_a_basket_the_records_show_too_late_is_no_trait():
    """Started in January, first seen paying in June: what it bought first nobody knows."""
    ranked = _ranked("2024-01-01", "2024-01-01")

    rows = starting_traits(_features(ranked, first_paid="2024-06"), ranked)

    assert not {"first_basket", "first_family", "two_families", "first_price"} & set(rows["trait"])


def test_families_held_today_carry_todays_date():
    ranked = _ranked("2024-01-01", "2024-01-01")

    rows = starting_traits(_features(ranked), ranked)

    today = rows[rows["trait"] == "families_today"]
    assert (today["known_at"] > today["customer_id"].map(ranked["landmark"])).all()
