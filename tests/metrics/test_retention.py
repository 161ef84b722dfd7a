"""NRR, GRR, churn rates and the quick ratio on books one can add up by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.metrics.retention import ratios_in_words, retention_table


def _year(start_to_end, *, months=13):
    """Return rows that hold the first amount for twelve months and then the last."""
    return {name: [a] * (months - 1) + [b] for name, (a, b) in start_to_end.items()}


def _last(mrr, opening=True):
    started = pd.Series(opening, index=mrr.index)
    return retention_table(mrr, started, seed=1).iloc[-1]


def test_nrr_and_grr_compare_point_to_point(matrix):
    """V05: NRR 80 %, GRR 76 %; the new customer E and the returner F count for nothing."""
    rows = _year({"A": (100, 120), "B": (100, 0), "C": (200, 180), "D": (100, 100)})
    rows["E"] = [0] * 12 + [90]
    rows["F"] = [0] * 12 + [70]
    mrr = matrix(rows)

    last = _last(mrr)

    assert last["nrr"] == pytest.approx(0.80)
    assert last["grr"] == pytest.approx(0.76)


def test_logo_churn_counts_the_opening_customers_only(matrix):
    """V06: 6 of 100; the two that joined and left within the window count on neither side."""
    rows = {f"C{i}": [10, 0 if i < 6 else 10] for i in range(100)}
    rows |= {f"N{i}": [0, 10] for i in range(20)}

    assert _last(matrix(rows))["logo_churn"] == pytest.approx(0.06)


def test_revenue_churn_is_gross_of_expansion(matrix):
    """Start 100, churn 10, contraction 10, expansion 10: gross 20 % (ChartMogul's example)."""
    mrr = matrix({"A": [10, 0], "B": [30, 20], "C": [60, 70]})

    assert _last(mrr)["revenue_churn"] == pytest.approx(0.20)


def test_the_quick_ratio_sums_three_months_and_is_empty_without_losses(matrix):
    """V18: (50 + 30) / (10 + 30) = 2, reactivation left out."""
    mrr = matrix(
        {
            "N": [0, 50, 50, 50],
            "E": [100, 100, 130, 130],
            "C": [20, 20, 20, 10],
            "X": [30, 30, 0, 0],
            "R": [5, 0, 0, 20],
        }
    )
    started = pd.Series(mrr.iloc[:, 0] > 0, index=mrr.index)
    table = retention_table(mrr.drop("R"), started.drop("R"), seed=1)
    with_returner = retention_table(mrr, started, seed=1)

    assert table["quick_ratio"].iloc[-1] == pytest.approx(2.0)
    assert with_returner["quick_ratio"].iloc[-1] == pytest.approx(80 / 45)
    assert np.isnan(_last(matrix({"A": [1, 1, 2, 3]}))["quick_ratio"])


def test_the_variant_with_reactivation_adds_returners_to_the_gains(matrix):
    """V18: (50 + 30 + 20) / (10 + 30) = 2.5, where the returner's old loss lies before the window."""
    mrr = matrix(
        {
            "N": [0, 0, 50, 50, 50],
            "E": [100, 100, 100, 130, 130],
            "C": [20, 20, 20, 20, 10],
            "X": [30, 30, 30, 0, 0],
            "R": [5, 0, 0, 0, 20],
        }
    )

    last = retention_table(mrr, mrr.iloc[:, 0] > 0, seed=1).iloc[-1]

    assert last["quick_ratio"] == pytest.approx(2.0)
    assert last["quick_ratio_with_reactivation"] == pytest.approx(2.5)


def test_the_quick_ratio_of_twelve_months_sums_them(matrix):
    """One gains 1 a month, twelve in a year; the only loss, 4, is out of a quarter's sight."""
    mrr = matrix({"A": list(range(10, 24)), "L": [9, 9, 9, *[5] * 11]})

    last = retention_table(mrr, mrr.iloc[:, 0] > 0, seed=1).iloc[-1]

    assert last["quick_ratio_12"] == pytest.approx(12 / 4)
    assert np.isnan(last["quick_ratio"])


def test_without_losses_the_ratio_is_words_and_before_its_months_it_is_nothing(matrix):
    mrr = matrix({"A": [1, 1, 2, 3], "B": [4, 4, 4, 3]})
    rates = retention_table(mrr, mrr.iloc[:, 0] > 0, seed=1)

    shown = {
        language: ratios_in_words(rates, language=language)["quick_ratio"].fillna("").tolist()
        for language in ("en", "ja")
    }

    assert shown == {"en": ["", "", "no losses", "2.0"], "ja": ["", "", "損失なし", "2.0"]}
    assert ratios_in_words(rates, language="en")["quick_ratio_12"].isna().all()


def test_under_thirteen_months_there_is_no_yearly_rate(matrix):
    table = retention_table(matrix({"A": [1] * 12}), pd.Series([True], index=["A"]), seed=1)

    assert table[["nrr", "grr", "nrr_low"]].isna().all(axis=None)


def test_the_first_month_has_no_churn_rate(matrix):
    table = retention_table(matrix({"A": [1, 1]}), pd.Series([True], index=["A"]), seed=1)

    assert np.isnan(table["logo_churn"].iloc[0])


def test_ranges_hold_the_booked_rate_and_come_again_with_the_same_seed(matrix):
    generator = np.random.default_rng(4)
    sizes = (generator.lognormal(5, 1, 80)).round()
    ends = (sizes * generator.choice([0, 1, 1, 1.2], 80)).round()
    mrr = matrix(_year({f"C{i}": pair for i, pair in enumerate(zip(sizes, ends, strict=True))}))

    first, again = _last(mrr), _last(mrr)

    assert first["nrr_low"] < first["nrr"] < first["nrr_high"]
    pd.testing.assert_series_equal(first, again)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=12))
def test_grr_never_passes_nrr_nor_one(pairs):
    """D23; and doubling every amount changes no rate."""
    frame = pd.DataFrame(
        [[a] * 12 + [b] for a, b in pairs],
        columns=pd.period_range("2024-01", periods=13, freq="M"),
        dtype=float,
    )
    started = pd.Series(frame.iloc[:, 0] > 0, index=frame.index)
    last, doubled = (retention_table(f, started, seed=1).iloc[-1] for f in (frame, frame * 2))

    if frame.iloc[:, 0].sum() > 0:
        assert last["grr"] <= min(1, last["nrr"]) + 1e-12
        assert doubled["nrr"] == pytest.approx(last["nrr"], abs=1e-9)
    else:
        assert np.isnan(last["nrr"])


def test_each_rate_carries_the_number_of_customers_it_is_of(matrix):
    """NRR is of those who paid twelve months ago, churn of those who paid last month (D22, D25)."""
    rows = {"A": [1] * 13, "B": [1] * 12 + [0], "C": [0] * 11 + [1, 1], "D": [0] * 12 + [1]}
    table = retention_table(
        matrix(rows), pd.Series([True, True, False, False], index=list("ABCD")), seed=1
    )

    assert table["base_year"].tolist() == [0] * 12 + [2]
    assert table["base_month"].tolist() == [2] * 12 + [3]


def test_the_first_month_opens_with_who_is_known_to_have_paid_before_it(matrix):
    mrr = matrix({"old": [10, 10], "young": [10, 10], "gone": [0, 10]})
    started = pd.Series([True, False, True], index=mrr.index)

    assert retention_table(mrr, started, seed=1)["base_month"].tolist() == [1, 2]
