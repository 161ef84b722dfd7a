"""What holds for every shape: both languages, awkward names, the same bytes, and nothing for nothing."""

import io

import numpy as np
import pandas as pd
import pytest

from ltvlab import charts
from ltvlab.text import known, translator

NAMES = ["髙﨑①㈱", r"$\foo$ <b>*", "Unknown"]


def segment_values() -> pd.DataFrame:
    table = pd.DataFrame(
        {"axis": "industry", "segment": NAMES, "headline": True, "value": [300.0, 500.0, np.nan]}
    ).assign(low=lambda t: t["value"] * 0.8, high=lambda t: t["value"] * 1.3, n=[12, 40, 3])
    table = table.assign(horizon_months=36, status=["indicative", "ok", "insufficient"])
    table.attrs["currency"] = "JPY"
    return table


def survival() -> pd.DataFrame:
    ages = pd.DataFrame({"age": [0, 1, 2], "survival": [1.0, 0.8, 0.8], "at_risk": [10, 10, 7]})
    ages = ages.assign(axis="industry", low=[1.0, 0.4, 0.4], high=[1.0, 0.95, 0.95])
    return pd.concat([ages.assign(segment=name) for name in NAMES], ignore_index=True)


def retention() -> pd.DataFrame:
    table = pd.DataFrame({"month": pd.period_range("2026-06", periods=3, freq="M")})
    rates = {"nrr": 1.05, "nrr_low": 0.99, "nrr_high": 1.1, "grr": 0.93, "grr_low": 0.9}
    return table.assign(**rates, grr_high=0.95)


def cohorts() -> pd.DataFrame:
    values = [1.0, 0.8, 1.0, np.nan]
    rows = {"cohort": ["2026-08", "2026-08", "2026-09", "2026-09"], "age": [0, 1, 0, 1]}
    return pd.DataFrame(rows).assign(value=values, base=10, complete=True)


def won_deals() -> pd.DataFrame:
    counts = {"pipeline": ["new", *NAMES[:2]], "won": [6, 3, 1], "lost": [9, 3, 1]}
    return pd.DataFrame(counts).assign(rate=[0.4, 0.5, np.nan], low=0.2, high=0.64)


def values_over_time() -> pd.DataFrame:
    months = pd.period_range("2026-06", periods=3, freq="M")
    rows = pd.DataFrame({"month": months, "value": [1e6, 1.1e6, 1.2e6], "n": 40, "status": "ok"})
    rows = rows.assign(low=0.9e6, high=1.4e6)
    segments = [rows.assign(axis="industry", segment=name) for name in NAMES[:2]]
    table = pd.concat([rows.assign(axis="all", segment="all"), *segments], ignore_index=True)
    table.attrs["currency"] = "JPY"
    return table


def forecasts() -> pd.DataFrame:
    months = pd.period_range("2025-03", periods=3, freq="Q").asfreq("M")
    rows = pd.DataFrame({"month": months, "forecast": [1e6, 2e6, 2e6], "actual": [1e6, 1.5e6, 2e6]})
    kinds = {"survival": "model", "last_value": "baseline"}
    parts = [rows.assign(model=name, kind=kind) for name, kind in kinds.items()]
    table = pd.concat(parts, ignore_index=True)
    table.attrs["currency"] = "JPY"
    return table


def scenarios() -> pd.DataFrame:
    rows = pd.DataFrame(
        {"month": pd.period_range("2026-10", periods=3, freq="M"), "mrr": [1e3, 1.1e3, 1.3e3]}
    )
    bands = {"low": 900.0, "low_80": 950.0, "high_80": 1400.0, "high": 1500.0}
    names = ["base", "retention_push", *NAMES[:2]]
    table = pd.concat([rows.assign(scenario=name, **bands) for name in names], ignore_index=True)
    table.attrs["currency"] = "JPY"
    return table


def ratios() -> pd.DataFrame:
    months = pd.period_range("2026-06", periods=3, freq="M")
    rates = {"value": [0.2, np.nan, 0.5], "low": 0.1, "high": 0.9, "threshold": 0.3}
    return pd.DataFrame({"month": months} | rates)


def ratio_line(language: str, *, rows: int = 3):
    shown = ratios().iloc[:rows]
    return charts.ratio_line(shown, label="Churned against new MRR", language=language)


def traits() -> pd.DataFrame:
    rows = pd.DataFrame({"level": NAMES[:2], "effect": [0.3, -0.1], "low": [0.1, -0.2]})
    return rows.assign(trait="industry", high=[0.5, 0.1], verdict=["found", "not_found"], n=40)


def planned() -> tuple[pd.DataFrame, pd.DataFrame]:
    months = pd.DataFrame({"month": pd.period_range("2026-07", periods=6, freq="M")})
    months = months.assign(
        kpi="mrr", segment="all", team="all", owner="all", partial=False,
        actual=[100.0, 110.0, 120.0, np.nan, np.nan, np.nan], target=[100.0, 115, 130, 145, 160, 175],
    )  # fmt: skip
    row = {"landing": 150.0, "landing_low": 140.0, "landing_high": 165.0}
    ends = months.iloc[[2]].assign(**row)
    months.attrs, ends.attrs = {"currency": "JPY"}, {"currency": "JPY", "year_end": "2026-12"}
    return months, ends


def plan_course(language: str, *, rows: int = 6):
    months, ends = planned()
    shown = months.iloc[:rows]
    shown.attrs = months.attrs
    return charts.plan_course(shown, ends, kpi="mrr", language=language)


def calendar() -> pd.DataFrame:
    table = pd.DataFrame({"month": pd.period_range("2026-09", periods=3, freq="M")})
    table = table.assign(
        due=[50.0, 0.0, 90.0], auto_renewing=[20.0, 0, 60], notice_given=[10.0, 0, 0]
    )
    table.attrs["currency"] = "JPY"
    return table


def comparisons() -> pd.DataFrame:
    rows = traits().rename(columns={"effect": "difference", "n": "n_first"})
    return rows.assign(
        comparison=["after_upsell", "acted_on_renewal"], n_other=5, verdict=["higher", "not_clear"]
    )


DRAWN = {
    "bridge": lambda movements, language: charts.bridge(movements, language=language),
    "movement_bars": lambda movements, language: charts.movement_bars(movements, language=language),
    "rates": lambda _, language: charts.rates(retention(), language=language),
    "ratio_line": lambda _, language: ratio_line(language),
    "trend": lambda movements, language: charts.trend(
        movements, "closing", language=language, label="Closing MRR"
    ),
    "intervals": lambda _, language: charts.intervals(segment_values(), language=language),
    "triangle": lambda _, language: charts.triangle(cohorts(), language=language),
    "same_age": lambda _, language: charts.same_age(cohorts().dropna(), language=language),
    "curves": lambda _, language: charts.curves(survival(), language=language, axis="industry"),
    "win_rates": lambda _, language: charts.win_rates(won_deals(), language=language),
    "values_by_month": lambda _, language: charts.values_by_month(
        values_over_time(), language=language
    ),
    "forecasts_by_origin": lambda _, language: charts.forecasts_by_origin(
        forecasts(), language=language
    ),
    "scenario_lines": lambda movements, language: charts.scenario_lines(
        scenarios(), movements, language=language
    ),
    "differences": lambda _, language: charts.differences(traits(), language=language),
    "plan_course": lambda _, language: plan_course(language),
    "renewal_wall": lambda _, language: charts.renewal_wall(calendar(), language=language),
    "compared": lambda _, language: charts.compared(comparisons(), language=language),
}

EMPTY = {
    "bridge": lambda movements: charts.bridge(movements.iloc[:0], language="ja"),
    "movement_bars": lambda movements: charts.movement_bars(movements.iloc[:0], language="ja"),
    "rates": lambda _: charts.rates(retention().iloc[:0], language="ja"),
    "ratio_line": lambda _: ratio_line("ja", rows=0),
    "trend": lambda movements: charts.trend(
        movements.iloc[:0], "closing", language="ja", label="Closing MRR"
    ),
    "intervals": lambda _: charts.intervals(segment_values().iloc[:0], language="ja"),
    "triangle": lambda _: charts.triangle(cohorts().iloc[:0], language="ja"),
    "same_age": lambda _: charts.same_age(cohorts().iloc[:0], language="ja"),
    "curves": lambda _: charts.curves(survival(), language="ja", axis="size"),
    "win_rates": lambda _: charts.win_rates(won_deals().iloc[:0], language="ja"),
    "values_by_month": lambda _: charts.values_by_month(values_over_time().iloc[:0], language="ja"),
    "forecasts_by_origin": lambda _: charts.forecasts_by_origin(
        forecasts().iloc[:0], language="ja"
    ),
    "scenario_lines": lambda movements: charts.scenario_lines(
        scenarios().iloc[:0], movements, language="ja"
    ),
    "differences": lambda _: charts.differences(traits().iloc[:0], language="ja"),
    "plan_course": lambda _: plan_course("ja", rows=1),
    "renewal_wall": lambda _: charts.renewal_wall(calendar().iloc[:0], language="ja"),
    "compared": lambda _: charts.compared(comparisons().iloc[:0], language="ja"),
}


def svg(axes) -> str:
    written = io.BytesIO()
    axes.figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue().decode()


def words(axes) -> list[str]:
    """Return every text of the figure that a reader sees."""
    axes.figure.canvas.draw()
    texts = axes.figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return [text.get_text() for text in texts if text.get_visible() and text.get_text()]


def test_every_shape_is_tested_here():
    assert set(DRAWN) == set(EMPTY) == set(charts.__all__)


@pytest.mark.parametrize("shape", DRAWN)
def test_a_chart_draws_twice_to_the_same_bytes(shape, movements, language):
    """Also: no glyph is missing and no name is read as a formula, since warnings are errors."""
    assert svg(DRAWN[shape](movements, language)) == svg(DRAWN[shape](movements, language))


@pytest.mark.parametrize("shape", DRAWN)
def test_a_japanese_chart_has_no_english_words_of_ours(shape, movements):
    drawn = set(words(DRAWN[shape](movements, "ja")))

    assert drawn & known("ja") <= {"MRR"}


@pytest.mark.parametrize("shape", EMPTY)
def test_an_empty_table_draws_a_note_and_nothing_else(shape, movements):
    assert words(EMPTY[shape](movements)) == [translator("ja")("Nothing to show yet")]


def test_names_are_written_as_they_are(language):
    drawn = words(charts.intervals(segment_values(), language=language))

    assert [name for name in NAMES[:2] if any(text.startswith(name) for text in drawn)] == NAMES[:2]
