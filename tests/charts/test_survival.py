"""Steps go where the table says, and counts at risk stand under their ages."""

import pandas as pd

from ltvlab import charts


def survival(segments: int) -> pd.DataFrame:
    curve = pd.DataFrame({"age": [0, 1, 2], "survival": [1.0, 0.8, 0.6], "axis": "industry"})
    curve = curve.assign(low=[1.0, 0.4, 0.3], high=[1.0, 0.95, 0.9])
    return pd.concat(
        [curve.assign(segment=f"S{s}", at_risk=[20 + s, 18, 9]) for s in range(segments)],
        ignore_index=True,
    )


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_a_curve_is_a_step_line_of_the_table():
    (line,) = charts.curves(survival(1), language="en", axis="industry").lines

    assert line.get_drawstyle() == "steps-post"
    assert line.get_ydata().tolist() == [1.0, 0.8, 0.6]


def test_customers_at_risk_stand_below():
    assert texts(charts.curves(survival(1), language="en", axis="industry")) == [
        "S0",
        "Customers at risk",
        "20",
        "18",
        "9",
    ]


def test_a_curve_that_ends_at_its_start_is_not_drawn_as_an_empty_frame():
    """Three customers: nothing is carried past the months five were watched for (D18)."""
    axes = charts.curves(survival(2).query("age == 0"), language="en", axis="industry")

    assert texts(axes) == ["Nothing to show yet"]


def test_six_curves_are_drawn_those_of_most_customers():
    drawn = texts(charts.curves(survival(8), language="en", axis="industry"))

    assert [f"S{s}" for s in range(8) if f"S{s}" in drawn] == ["S2", "S3", "S4", "S5", "S6", "S7"]
