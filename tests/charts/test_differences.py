"""Dots and ranges of traits."""

import numpy as np
import pandas as pd

from ltvlab import charts


def _table(rows=3):
    return pd.DataFrame(
        {
            "trait": "size", "level": [f"L{n}" for n in range(rows)], "effect": 0.2, "low": 0.1,
            "high": 0.3, "n": 7, "verdict": ["found", *["not_found"] * (rows - 1)],
        }
    )  # fmt: skip


def test_differences_put_the_first_row_on_top_with_its_customers():
    axes = charts.differences(_table(), language="en")

    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "Size: L0 (n=7)"


def test_differences_draw_fourteen_rows_at_most_and_none_without_a_range():
    table = _table(20)
    table.loc[0, ["effect", "low", "high"]] = np.nan

    axes = charts.differences(table, language="ja")

    assert len(axes.get_yticks()) == 14
    assert "L1 (n=7)" in axes.get_yticklabels()[-1].get_text()


def test_differences_of_nothing_say_so():
    axes = charts.differences(_table().iloc[:0], language="en")

    assert axes.texts[0].get_text() == "Nothing to show yet"


def test_comparisons_are_drawn_filled_where_they_are_clear_of_zero():
    table = pd.DataFrame(
        {
            "comparison": ["after_upsell", "acted_on_renewal"], "difference": [0.1, 0.2],
            "low": [-0.1, 0.1], "high": [0.3, 0.3], "n_first": 10, "n_other": 5,
            "verdict": ["not_clear", "higher"],
        }
    )  # fmt: skip

    axes = charts.compared(table, language="en")

    assert [label.get_text() for label in axes.get_yticklabels()] == ["Renewal acted on (n=15)", "After an upsell (n=15)"]  # fmt: skip
    assert axes.collections[1].get_offsets()[:, 0].tolist() == [0.2]


def test_comparisons_of_nothing_say_so():
    empty = pd.DataFrame(columns=["comparison", "difference", "low", "high", "n_first", "n_other", "verdict"])  # fmt: skip

    assert charts.compared(empty, language="en").texts[0].get_text() == "Nothing to show yet"
