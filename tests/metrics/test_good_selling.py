"""Where offers start, how often we talk, and how scores move after an offer."""

import pandas as pd
import pytest

from ltvlab.metrics.good_selling import good_selling

PAY = {f"C{n}": [10] * 14 for n in range(40)}


def _offers(customers, won=(), *, created="2026-06-20", closed="2026-08-20"):
    return {
        f"D{n}": {"customer_id": f"C{n}", "pipeline": "upsell", "created_date": created, "close_date": closed, "is_won": n in won}
        for n in customers
    }  # fmt: skip


def _events(*rows, kind="inquiry", direction="inbound"):
    table = pd.DataFrame(rows, columns=["customer_id", "at"]).assign(kind=kind, direction=direction)
    return table.assign(at=pd.to_datetime(table["at"]).astype("datetime64[us]"))


def _row(records, view):
    return good_selling(records, seed=1).set_index("view").loc[view]


@pytest.mark.parametrize(
    ("at", "needed"),
    [("2026-06-20 09:00", 1), ("2026-03-22 23:00", 1), ("2026-03-21 23:00", 0), ("2026-06-21 00:00", 0)],
)  # fmt: skip
def test_a_need_shows_in_the_90_days_up_to_the_day_of_the_offer(records, at, needed):
    """20 June less 90 days is 22 March."""
    row = _row(records(PAY, _offers(range(20)), events=_events(("C0", at))), "without_need")

    assert row["value"] == pytest.approx(1 - needed / 20)


def test_use_over_the_limit_is_a_need_once_its_month_is_over(records):
    usage = pd.DataFrame(
        {"customer_id": ["C0", "C1", "C2"], "month": pd.to_datetime(["2026-05-01", "2026-06-01", "2026-05-01"]),
         "used": [9.0, 9.0, 8.0], "limit": [10.0, 10.0, 10.0]}
    )  # fmt: skip

    row = _row(records(PAY, _offers(range(20)), usage=usage), "without_need")

    assert row["value"] == pytest.approx(19 / 20)


def test_contacts_before_lost_deals_are_held_against_those_before_won_ones(records):
    """Lost: 15 deals with two contacts each, won: 15 with one; inbound and older ones do not count."""
    ours = [
        (f"C{n}", f"2026-08-{day}")
        for n in range(30)
        for day in (["01", "02"] if n < 15 else ["01"])
    ]
    talks = _events(*ours, kind="call", direction="outbound")
    others = [_events(("C20", "2026-08-03"), kind="mail"), _events(("C20", "2026-05-21"), kind="mail", direction="outbound")]  # fmt: skip

    book = records(
        PAY, _offers(range(30), won=set(range(15, 30))), events=pd.concat([talks, *others])
    )
    row = _row(book, "contacts_before_lost")

    assert (row["value"], row["cases"]) == (2.0, 30)


def test_scores_that_fall_after_an_offer_are_held_against_those_without_one(records):
    """Offered C0–C19: ten fall; the others: five fall. An answer before the offer counts as without."""
    known = {
        "2026-09": {
            f"C{n}": {"nps_at": pd.Timestamp("2026-08-30"), "nps_change": -2.0 if n < 10 or 20 <= n < 25 else -1.0}
            for n in range(40)
        }
    }  # fmt: skip
    row = _row(records(PAY, _offers(range(20)), known=known), "score_falls_after")
    late = _row(records(PAY, _offers(range(20), created="2026-08-31"), known=known), "score_falls_after")  # fmt: skip

    assert (row["value"], row["cases"]) == (2.0, 40)
    assert late["status"] == "insufficient"


def test_without_offers_events_or_scores_each_view_says_what_is_lacking(records):
    bare = good_selling(records(PAY), seed=1)
    offered = good_selling(records(PAY, _offers(range(20), won={1})), seed=1)

    assert bare["lacking"].tolist() == ["no_offers", "no_offers", "no_scores"]
    assert offered["lacking"].tolist() == ["no_needs", "no_contacts_recorded", "no_scores"]
    assert set(bare["status"]) | set(offered["status"]) == {"insufficient"}
