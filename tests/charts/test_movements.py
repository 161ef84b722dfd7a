"""Bars are as high as the table says, and the bridge arrives where it should."""

import pytest

from ltvlab import charts


def heights(axes) -> list[float]:
    return [bar.get_height() for bar in axes.patches]


def test_a_bridge_steps_by_the_sums_of_its_months(movements):
    axes = charts.bridge(movements, language="en")

    assert heights(axes) == [1000, 400, 50, 200, -100, -100, 1450]
    assert [bar.get_y() for bar in axes.patches] == [0, 1000, 1400, 1450, 1650, 1550, 0]


def test_a_bridge_takes_only_the_months_it_is_asked_for(movements):
    axes = charts.bridge(movements, language="en", months=1)

    assert heights(axes) == [1350, 100, 50, 50, 0, -100, 1450]
    assert "2026-08" in axes.get_xticklabels()[0].get_text()


def test_a_bridge_labels_amounts_with_their_sign(movements):
    texts = [text.get_text() for text in charts.bridge(movements, language="ja").texts]

    assert texts == ["1,000円", "+400円", "+50円", "+200円", "-100円", "-100円", "1,450円"]


def test_exchange_rates_take_a_step_only_where_there_are_any(movements):
    moved = movements.assign(fx=[-50.0, 0.0])

    assert len(heights(charts.bridge(movements, language="en"))) == 7
    assert heights(charts.bridge(moved, language="en"))[6] == -50


def test_gains_stack_up_and_losses_down(movements):
    axes = charts.movement_bars(movements, language="en")
    ends = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in axes.patches[1::2]]

    assert ends == [(0, 100), (100, 150), (150, 200), (0, 0), (0, -100)]


def test_the_line_above_the_bars_is_the_closing_mrr(movements):
    upper = charts.movement_bars(movements, language="en").figure.axes[0]

    assert upper.lines[0].get_ydata().tolist() == [1350, 1450]


@pytest.mark.parametrize("months", [1, 7, 36, 130])
def test_the_last_month_always_has_its_label(movements, months):
    long = movements.iloc[[0] * months].reset_index(drop=True)
    long["month"] = [movements["month"].iloc[-1] - back for back in range(months - 1, -1, -1)]
    axes = charts.movement_bars(long.assign(), language="en")

    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[-1] == "2026-09"
    assert len(labels) <= 11
