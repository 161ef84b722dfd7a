"""Each dot at its value, hollow where thin, and segments too small for a value still named."""

import numpy as np
import pandas as pd

from ltvlab import charts
from ltvlab.text import translator


def values(**columns) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "axis": ["industry"] * 3 + ["all"],
            "segment": ["Retail", "Software", "Farms", "all"],
            "headline": True,
            "value": [300.0, 500.0, np.nan, 400.0],
            "low": [200.0, 450.0, np.nan, 350.0],
            "high": [450.0, 560.0, np.nan, 450.0],
            "n": [12, 40, 3, 55],
            "horizon_months": 36,
            "status": ["indicative", "ok", "insufficient", "ok"],
        }
    ).assign(**columns)
    table.attrs["currency"] = "USD"
    return table


def names(axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def test_the_most_valuable_segment_is_on_top_with_its_count():
    axes = charts.intervals(values(), language="en")

    assert names(axes) == ["Farms (n=3)", "Retail (n=12)", "Software (n=40)"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]


def test_firm_values_are_filled_and_indicative_ones_hollow():
    ranges, firm, hollow, *_ = charts.intervals(values(), language="en").collections

    assert firm.get_offsets().tolist() == [[500.0, 2.0]]
    assert hollow.get_offsets()[-1].tolist() == [300.0, 1.0]
    assert [[end[0] for end in path] for path in ranges.get_segments() if len(path)] == [
        [200, 450],
        [450, 560],
    ]


def test_the_legend_gives_hollow_marks_no_reason_they_may_not_have():
    """Forty customers watched for ten months are indicative as well."""
    (legend,) = charts.intervals(values(), language="en").figure.legends

    assert [text.get_text() for text in legend.get_texts()] == ["Value and 95% range", "Indicative"]


def test_a_segment_too_small_for_a_value_says_so():
    texts = [text.get_text() for text in charts.intervals(values(), language="ja").texts]

    assert translator("ja")("too few customers to show") in texts


def test_other_methods_and_segments_without_meaning_stay_out():
    table = values(headline=[True, False, True, True])

    assert names(charts.intervals(table, language="en")) == ["Farms (n=3)", "Retail (n=12)"]


def test_a_single_segment_is_nothing_to_compare():
    table = values(headline=[True, False, False, True])

    (words,) = charts.intervals(table, language="en").texts

    assert words.get_text() == "There is one segment only: nothing to compare"


def test_a_range_far_beyond_every_value_is_cut_with_an_arrow():
    """One thin segment would press all others into a corner."""
    axes = charts.intervals(values(high=[90_000.0, 560.0, np.nan, 450.0]), language="en")

    assert axes.get_xlim()[1] == 2.5 * 500
    assert axes.collections[3].get_offsets().tolist() == [[2.5 * 500, 1.0]]


def test_months_stand_beside_segments_where_they_differ():
    axes = charts.intervals(values(horizon_months=[12, 36, np.nan, 36]), language="en")

    assert names(axes)[1:] == ["Retail (n=12, 12 months)", "Software (n=40)"]
    assert axes.get_xlabel() == "Value of a customer over 36 months"


def test_the_horizon_stands_at_the_axis():
    label = charts.intervals(values(), language="en").get_xlabel()

    assert label == "Value of a customer over 36 months"


def test_all_customers_far_beyond_the_chart_leave_it_as_it_is():
    """A giant in a segment too small to show once pressed the axes to nothing."""
    table = values(value=[300.0, 500.0, np.nan, 1e9], high=[450.0, 560.0, np.nan, 2e9])

    axes = charts.intervals(table, language="en")
    axes.figure.canvas.draw()

    assert axes.get_window_extent().width > 100
    assert "All customers" not in [text.get_text() for text in axes.texts]
