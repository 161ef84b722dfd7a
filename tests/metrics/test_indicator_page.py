"""Leading and lagging figures at three dates, side by side."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.indicator_page import indicator_page
from ltvlab.metrics.kpis import KPIS

NOW = "2026-09"


@pytest.fixture
def page(matrix, people):
    """Return the function from events and usage to the page of five customers since October 2025."""

    def build(**tables):
        mrr = matrix({name: [100] * 12 for name in "ABCDE"}, first="2025-10")
        customers = people(mrr, start_date=pd.to_datetime("2026-03-01"))
        series = pd.DataFrame(np.nan, index=mrr.columns, columns=list(KPIS))
        series["grr"] = np.linspace(0.9, 0.79, 12)
        series["nps"] = 20.0
        return indicator_page(series, tables, mrr, customers).set_index("indicator")

    return build


def events(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "at", "kind", "sentiment"])
    return table.assign(at=pd.to_datetime(table["at"]))


FIRST = ("A", "2025-10-02", "mail", None)


def test_leading_and_lagging_stand_apart_and_in_no_score(page):
    table = page()

    assert table.groupby("side").size().to_dict() == {"lagging": 1, "leading": 6}
    assert table.loc["grr", ["now", "quarter_ago"]].tolist() == pytest.approx([0.79, 0.82])
    assert np.isnan(table.loc["grr", "year_ago"])


def test_tickets_are_of_the_last_three_months_and_of_paying_customers(page):
    """Five in three months for five customers, three of them negative; June and Z do not count."""
    rows = [("A", "2026-07-01", "ticket", "negative")] * 3 + [
        ("B", "2026-09-30", "ticket", "neutral")
    ] * 2
    rows += [
        ("A", "2026-06-30", "ticket", "negative"),
        ("Z", "2026-08-01", "ticket", "negative"),
        FIRST,
    ]

    table = page(events=events(*rows))

    assert table.loc["tickets_per_customer", "now"] == 1.0
    assert table.loc["negative_ticket_share", "now"] == 0.6


def test_the_community_counts_customers_and_not_visits(page):
    rows = [("A", "2026-08-01", "community", None)] * 4 + [
        ("B", "2026-09-01", "community", None),
        FIRST,
    ]

    assert page(events=events(*rows)).loc["community_share", "now"] == 0.4


def test_onboarding_in_time_is_within_thirty_days_of_the_start(page):
    """Started on 1 March: 31 March is day 30, 1 April is late; three never were."""
    rows = [
        ("A", "2026-03-31", "onboarding_done", None),
        ("B", "2026-04-01", "onboarding_done", None),
        FIRST,
    ]

    assert page(events=events(*rows)).loc["onboarded_in_time", "now"] == 0.2


def test_use_is_the_key_features_alone_per_paying_customer(page):
    usage = pd.DataFrame(
        [("A", NOW, "key_feature", 30.0), ("B", NOW, "key_feature", 20.0), ("A", NOW, "logins", 99.0)],
        columns=["customer_id", "month", "metric", "used"],
    )  # fmt: skip
    usage["month"] = pd.to_datetime(usage["month"])

    table = page(usage=usage)

    assert table.loc["key_feature_use", "now"] == 10.0
    assert np.isnan(table.loc["key_feature_use", "quarter_ago"])


def test_before_three_months_of_records_silence_says_nothing(page):
    rows = [("A", "2026-08-01", "ticket", "negative")]

    assert np.isnan(page(events=events(*rows)).loc["tickets_per_customer", "now"])


def test_what_the_tables_do_not_tell_stays_empty_and_in_place(page):
    assert page()["now"].isna().sum() == 5
