"""Plan beside actual up to the year's end, and the wall split into what stays, waits and leaves."""

import numpy as np
import pandas as pd

from ltvlab import charts

MONTHS = pd.DataFrame(
    {
        "month": pd.period_range("2026-07", periods=7, freq="M"),
        "actual": [100.0, 110.0, 120.0, np.nan, np.nan, np.nan, np.nan],
        "target": [100.0, 115.0, 130.0, 145.0, 160.0, 175.0, 999.0],
    }
).assign(kpi="mrr", segment="all", team="all", owner="all", partial=False)
MONTHS.attrs["currency"] = "JPY"
STANDING = MONTHS.iloc[[2]].assign(landing=150.0, landing_low=140.0, landing_high=165.0)
STANDING.attrs = {"currency": "JPY", "year_end": "2026-12"}


def test_the_plan_ends_with_the_fiscal_year():
    """January's target belongs to a year that nobody is in yet."""
    axes = charts.plan_course(MONTHS, STANDING, kpi="mrr", language="en")

    assert list(axes.lines[0].get_ydata()) == [100.0, 115.0, 130.0, 145.0, 160.0, 175.0]


def test_the_landing_is_written_beside_the_last_month():
    texts = [
        text.get_text()
        for text in charts.plan_course(MONTHS, STANDING, kpi="mrr", language="en").texts
    ]

    assert texts == ["¥120", "¥150"]


def test_a_sum_of_some_peoples_targets_is_not_drawn():
    part = MONTHS.assign(partial=MONTHS["month"] <= pd.Period("2026-08", "M"))
    part.attrs = MONTHS.attrs

    target = charts.plan_course(part, STANDING, kpi="mrr", language="en").lines[0].get_ydata()

    assert np.isnan(target[:2]).all() and target[2] == 130.0


def test_the_wall_stacks_what_renews_waits_and_leaves_to_what_is_due():
    table = pd.DataFrame({"month": pd.period_range("2026-09", periods=2, freq="M")})
    table = table.assign(due=[50.0, 90.0], auto_renewing=[20.0, 60.0], notice_given=[10.0, 0.0])
    table.attrs["currency"] = "JPY"

    heights = [bar.get_height() for bar in charts.renewal_wall(table, language="ja").patches]

    assert heights == [20.0, 60.0, 20.0, 30.0, 10.0, 0.0]
