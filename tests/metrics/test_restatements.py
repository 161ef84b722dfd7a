"""Changes of past figures by cause: the parts sum to the change, whatever is missing in between."""

import pandas as pd
import pytest

from ltvlab.metrics.restatements import RATIOS, figures_of, one_sided, past_figures, restated

MONTHS = pd.period_range("2026-07", "2026-08", freq="M", name="month")


def _figures(*values, figure="closing", unit="money"):
    rows = [
        {"table": "mrr_movements", "figure": figure, "month": str(month), "unit": unit, "value": v}
        for month, v in zip(MONTHS, values, strict=False)
    ]
    return pd.DataFrame(rows)


def _parts(said, *stages):
    table = restated(said, stages)
    return table[["month", "cause", "part"]].to_numpy().tolist()


def test_each_cause_takes_the_step_it_made():
    said, corrected, late = _figures(10.0, 20.0), _figures(10.0, 18.0), _figures(10.0, 25.0)

    table = restated(said, [("corrected_data", corrected), ("late_data", late)])

    assert table[["before", "after", "change"]].to_numpy().tolist() == [[20.0, 25.0, 5.0]] * 2
    assert table[["cause", "part"]].to_numpy().tolist() == [
        ["corrected_data", -2.0],
        ["late_data", 7.0],
    ]


def test_a_cause_that_comes_twice_is_one_part():
    """What today's code makes of either side otherwise than published is one cause."""
    steps = [("changed_code", _figures(11.0)), ("late_data", _figures(12.0))]

    assert _parts(_figures(10.0), *steps, ("changed_code", _figures(15.0))) == [
        ["2026-07", "changed_code", 4.0],
        ["2026-07", "late_data", 1.0],
    ]


def test_a_figure_that_a_step_does_not_have_is_changed_by_the_next():
    steps = [("corrected_data", _figures(float("nan"))), ("late_data", _figures(12.0))]

    assert _parts(_figures(10.0), *steps) == [["2026-07", "late_data", 2.0]]


def test_a_figure_that_one_end_lacks_is_counted_and_not_split():
    said, now = _figures(10.0, float("nan")), _figures(float("nan"), 20.0)

    assert _parts(said, ("late_data", now)) == []
    assert one_sided(said, now) == 2
    assert one_sided(_figures(10.0), _figures(10.0, 20.0)) == 0, "a month only one covers"


def test_parts_that_cancel_leave_a_figure_as_it_was():
    assert _parts(_figures(10.0), ("late_data", _figures(9.0)), ("settled", _figures(10.0))) == []


def test_newest_months_come_first_then_figures_as_published():
    said = pd.concat([_figures(1.0, 1.0, figure="churn"), _figures(1.0, 1.0, figure="new")])
    now = pd.concat([_figures(2.0, 2.0, figure="churn"), _figures(2.0, 2.0, figure="new")])

    table = restated(said, [("late_data", now)])

    assert table[["month", "figure"]].to_numpy().tolist() == [
        ["2026-08", "new"], ["2026-08", "churn"], ["2026-07", "new"], ["2026-07", "churn"],
    ]  # fmt: skip


def test_rates_are_compared_as_precisely_as_they_are_filed():
    """Ten digits are published; what the eleventh says was never said."""
    others = ("grr", "logo_churn", "revenue_churn", *RATIOS)
    rates = {"nrr": [0.12345678901], **{name: [0.5] for name in others}}
    table = pd.DataFrame({"month": MONTHS[:1], **rates})

    figures = figures_of({"retention": table}).set_index("figure")

    assert figures.loc["nrr", "value"] == 0.123456789


@pytest.mark.parametrize(
    ("basis", "tables"),
    [("contracts", {"mrr_movements", "retention"}), ("orders", {"revenue_by_month"})],
)
def test_a_book_has_the_figures_of_its_kind(basis, tables):
    mrr = pd.DataFrame([[10.0, 0.0]], index=pd.Index(["A"], name="customer_id"), columns=MONTHS)
    mrr.attrs = {"basis": basis, "currency": "JPY"}

    figures = past_figures(mrr, pd.Series([False], index=mrr.index))

    assert set(figures["table"]) == tables
    first = figures[figures["figure"].isin(["closing", "revenue"])]
    assert first["value"].tolist() == [10.0, 0.0]


def test_a_column_that_an_older_version_did_not_publish_was_not_said():
    older = pd.DataFrame({"month": MONTHS, "nrr": [1.0, 1.01], "grr": [0.9, 0.91]})

    figures = figures_of({"retention": older})

    assert set(figures["figure"]) == {"nrr", "grr"}
