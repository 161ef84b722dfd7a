"""Who says yes after what, and what the best fifth brings, on books one can count by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.claim_sales import (
    _without_each,
    top_fifth_claim,
    top_share,
    usage_claim,
    win_claims,
)

PAY = {f"C{n}": [10] * 14 for n in range(40)}


def _closed(count, won, *, pipeline="upsell", trigger="usage_alert", start=0):
    return {
        f"{pipeline}{trigger}{n}": {
            "customer_id": f"C{start + n}", "pipeline": pipeline, "created_date": "2026-07-05",
            "close_date": "2026-08-01", "is_won": n < won, "source_trigger": trigger,
        }
        for n in range(count)
    }  # fmt: skip


def test_alerts_count_the_deals_they_began_and_healthy_ones_those_free_of_trouble(records):
    deals = _closed(20, 4) | _closed(10, 9, trigger="talk", start=20)
    known = {"2026-06": {f"C{n}": {"nps": 2.0 if n < 10 else 9.0} for n in range(40)}}

    found = win_claims(records(PAY, deals, known=known), alert="usage_alert", seed=1)

    assert (found["alert_wins"].value, found["alert_wins"].n) == (0.2, 20)
    # Of C0–C9 unhappy: 10 alerted deals of C10–C19, none won, and 9 of 10 talks.
    assert (found["healthy_wins"].value, found["healthy_wins"].n) == (0.45, 20)


def test_expansion_against_new_counts_the_rarer_wins_as_events(records):
    deals = _closed(20, 10) | _closed(20, 5, pipeline="new", trigger="")

    found = win_claims(records(PAY, deals), alert="usage_alert", seed=1)["expansion_wins"]

    assert (found.value, found.n, found.events) == (2.0, 40, 5)


def test_what_is_not_recorded_is_named(records):
    nothing = win_claims(records(PAY), alert="usage_alert", seed=1)
    bare = win_claims(records(PAY, _closed(8, 4, trigger="")), alert="usage_alert", seed=1)
    talks = win_claims(records(PAY, _closed(8, 4, trigger="talk")), alert="usage_alert", seed=1)

    assert {each.lacking for each in nothing.values()} == {"no_deals"}
    assert (bare["alert_wins"].lacking, bare["healthy_wins"].lacking) == (
        "no_triggers",
        "no_health",
    )
    assert talks["alert_wins"].lacking == "no_alerts"


def _reasons(*rows):
    columns = ["customer_id", "month", "movement", "reason", "amount"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(month=[pd.Period(month, "M").ordinal for month in table["month"]])


def test_upsell_after_use_over_the_threshold_is_counted_by_the_quarter(records):
    """Over: C0–C9, 5 bought; at 80 % or under: 30, 3 bought; too late, lower or cross-sell buy nothing."""
    known = {"2026-06": {f"C{n}": {"usage_share": 0.81 if n < 10 else 0.8} for n in range(40)}}
    sold = [
        (f"C{n}", "2026-09", "expansion", "upsell_seats", 5.0) for n in (0, 1, 2, 3, 4, 10, 11, 12)
    ]
    others = [
        ("C20", "2026-06", "expansion", "upsell_seats", 5.0), ("C21", "2026-08", "expansion", "cross_sell", 5.0),
        ("C22", "2026-08", "expansion", "price", 5.0),
    ]  # fmt: skip

    found = usage_claim(records(PAY, known=known, reasons=_reasons(*sold, *others)), seed=1)

    assert found.value == pytest.approx((5 / 10) / (3 / 30))
    assert (found.n, found.events) == (40, 3)


def test_a_quarter_not_over_yet_or_longer_than_a_year_ago_is_not_counted(records):
    known = {month: {"C0": {"usage_share": 0.9}} for month in ("2025-06", "2026-07", "2026-09")}

    found = usage_claim(records(PAY, known=known, reasons=_reasons()), seed=1)

    assert found.lacking == "no_usage"


def test_nobody_over_the_threshold_is_said_so(records):
    known = {"2026-06": {"C0": {"usage_share": 0.5}}}
    reasons = _reasons(("C0", "2026-08", "expansion", "upsell_seats", 5.0))

    assert usage_claim(records(PAY, known=known, reasons=reasons), seed=1).lacking == "nobody_over"


def test_the_best_of_five_customers_brings_its_share(records):
    """50 of 100 a month; the next customer counts in part where a fifth is no whole number."""
    rows = {"A": [50] * 12, "B": [20] * 12, "C": [10] * 12, "D": [10] * 12, "E": [10] * 12}

    assert top_fifth_claim(records(rows), seed=1).value == pytest.approx(0.5)
    amounts = np.array([6.0, 4.0])
    assert top_share(amounts, np.ones((1, 2)))[0] == pytest.approx(0.4 * 6 / 10)


def test_leaving_each_customer_out_is_what_leaving_it_out_by_hand_gives():
    amounts = np.sort(np.random.default_rng(1).lognormal(0, 1, 23))[::-1]

    by_hand = [
        top_share(rest, np.ones((1, 22)))[0]
        for rest in (np.delete(amounts, place) for place in range(23))
    ]

    assert _without_each(amounts) == pytest.approx(by_hand)


def test_under_a_year_or_without_profit_there_is_no_share(records):
    losses = {"A": [-5] * 12, "B": [1] * 12}

    assert top_fifth_claim(records({"A": [1] * 11}), seed=1).lacking == "too_short"
    assert top_fifth_claim(records(losses), seed=1).lacking == "no_profit"


def test_one_customer_or_all_alike_have_a_share_without_a_range(records):
    for rows in ({"A": [5] * 12}, {name: [5] * 12 for name in "ABCDE"}):
        found = top_fifth_claim(records(rows), seed=1)
        assert np.isfinite(found.value) and np.isnan(found.low)
