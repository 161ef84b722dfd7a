"""The cohort chapter: what is left after a year, who differs, and when nothing can be said."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.cohort_curves import AXES, conclude, curve_differences, survival
from ltvlab.statistics.intervals import wilson
from ltvlab.tables import COLUMNS

STATUS = {"good": (0.95, 0.9, 0.98), "watch": (0.8, 0.7, 0.9), "act": (0.5, 0.4, 0.6)}


def _triangle(value=np.nan, *, base=20):
    rows = [
        ("all", 0, 1.0, base, True),
        ("all", 12, value, base, True),
        ("2025-Q3", 12, 0.1, 5, True),
    ]
    return pd.DataFrame(rows, columns=["cohort", "age", "value", "base", "complete"])


def _curve(*ages, axis="all", segment="all"):
    rows = [(axis, segment, *age) for age in ages]
    return pd.DataFrame(
        rows, columns=["axis", "segment", "age", "survival", "low", "high", "at_risk"]
    )


def _differences(**p_values):
    rows = [(axis, 2, 1.0, p_value) for axis, p_value in p_values.items()]
    return pd.DataFrame(rows, columns=["axis", "segments", "chi_square", "p_value"])


def _a_year(share=0.8, low=0.7, high=0.9):
    return _curve((0, 1.0, np.nan, np.nan, 40), (12, share, low, high, 30))


def _conclude(curves, *, logos=None, revenue=None, differences=None, language="en"):
    logos = _triangle(0.8) if logos is None else logos
    revenue = _triangle(0.75) if revenue is None else revenue
    differences = _differences(industry=0.2) if differences is None else differences
    return conclude(logos, revenue, logos, curves, differences, month="2026-09", language=language)


def _paid(numbers, months=13):
    return {f"C{number}": [100.0] * months for number in numbers}


def test_the_answer_says_what_is_left_of_customers_and_their_revenue():
    finding = _conclude(_a_year())

    assert finding.answer == (
        "80.0% of customers are still there after twelve months (range 70.0% – 90.0%). "
        "Of a cohort's first MRR, 75.0% is paid a year later. No axis separates the curves beyond chance."
    )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("status", STATUS)
def test_the_range_of_the_first_year_decides_between_good_watch_and_act(
    english_left, status, language
):
    share, low, high = STATUS[status]

    finding = _conclude(_a_year(share, low, high), language=language)

    said = {
        "good": ("Hold: at least nine in ten", "10社中9社以上"),
        "watch": ("Look at the steepest step", "最も急に下がる時期"),
        "act": ("Fix the first year", "最初の1年を立て直してください"),
    }[status]
    assert finding.status == status
    assert said[language == "ja"] in finding.decision
    assert f"{share:.1%}" in finding.answer
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (0.9, 0.95, "good"),
        (0.899, 0.95, "watch"),
        (0.5, 2 / 3, "watch"),
        (0.5, 0.66, "act"),
        (np.nan, np.nan, "watch"),
    ],
)
def test_a_verdict_needs_the_whole_range_on_one_side(low, high, status):
    """The booked share alone decides nothing: a range that is unknown settles nothing."""
    assert _conclude(_a_year(0.6, low, high)).status == status


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_year_of_history_nothing_is_judged(english_left, language):
    finding = _conclude(
        _curve((0, 1.0, np.nan, np.nan, 40), (6, 0.9, 0.8, 0.95, 30)),
        revenue=_triangle(),
        logos=_triangle(),
        language=language,
    )

    assert finding.status == "insufficient"
    assert finding.answer == {
        "en": "Too few customers have been watched for a year.", "ja": "1年間観察できた顧客がまだ足りません。"
    }[language]  # fmt: skip
    assert all(fact.value is None for fact in finding.facts)
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize(
    ("language", "answer", "decision"),
    [
        ("en", "100.0% of customers are still there after twelve months (range 88.6% – 100.0%).", "nobody"),
        ("ja", "12か月後も残っている顧客は100.0%です(範囲 88.6% – 100.0%)。", "まだいません"),
    ],
)  # fmt: skip
def test_while_nobody_has_left_the_count_gives_the_range(language, answer, decision):
    """Greenwood is silent at 100 %: thirty of thirty are at least 88.6 % (Wilson)."""
    finding = _conclude(_a_year(1.0, np.nan, np.nan), language=language)

    assert finding.answer.startswith(answer)
    assert finding.status == "watch"
    assert decision in finding.decision


def test_once_all_are_gone_within_the_year_the_count_calls_for_action():
    finding = _conclude(_a_year(0.0, np.nan, np.nan))

    assert finding.status == "act"
    assert (
        "0.0% of customers are still there after twelve months (range 0.0% – 11.4%)"
        in finding.answer
    )


def test_a_curve_that_starts_late_says_nothing_of_the_first_year():
    """Customers watched only from their third year on know nothing of the first (D24)."""
    finding = _conclude(_curve((24, 0.9, 0.8, 1.0, 40), (36, 0.4, 0.3, 0.5, 30)))

    assert finding.status == "insufficient"
    assert {fact.value for fact in finding.facts if fact.id.startswith("survival")} == {None}


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Half are gone by month 18."), ("ja", "18か月目までに半数が離れます。")],
)
def test_the_month_by_which_half_are_gone_is_named_once_it_is_reached(language, said):
    curve = _curve(
        (0, 1.0, np.nan, np.nan, 80),
        (12, 0.6, 0.5, 0.7, 60),
        (18, 0.5, 0.4, 0.6, 30),
        (24, 0.3, 0.2, 0.4, 9),
    )
    thin = curve.assign(at_risk=curve["at_risk"].replace(30, 29))

    assert said in _conclude(curve, language=language).answer
    # One loss among the last few would name any month.
    assert said not in _conclude(thin, language=language).answer
    assert said not in _conclude(_a_year(), language=language).answer


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_axis_that_separates_the_curves_most_is_named(english_left, language):
    differences = _differences(industry=0.04, channel=0.001, size=0.3)

    finding = _conclude(_a_year(), differences=differences, language=language)

    named = {
        "en": "Curves differ most by channel",
        "ja": "曲線の違いが最も大きい軸は獲得チャネルです",
    }
    assert named[language] in finding.answer
    if language == "ja":
        assert english_left(finding) == []


def test_an_axis_without_a_test_is_no_difference():
    assert (
        "No axis separates"
        in _conclude(_a_year(), differences=_differences(industry=np.nan, size=0.05)).answer
    )


def test_facts_agree_with_the_tables_and_name_their_definitions():
    curve = _curve((0, 1.0, np.nan, np.nan, 40), (12, 0.8, 0.7, 0.9, 30), (24, 0.5, 0.4, 0.6, 30))
    finding = _conclude(curve, logos=_triangle(0.85, base=20))

    facts = {fact.id: fact for fact in finding.facts}
    assert {name: (fact.value, fact.n, fact.definition) for name, fact in facts.items()} == {
        "cohort.logos_12": (0.85, 20, "D21"), "cohort.revenue_12": (0.75, 20, "D21"),
        "survival.12": (0.8, 30, "D18"), "survival.24": (0.5, 30, "D18"), "survival.36": (None, None, "D18"),
        "survival.median": (24.0, None, "D18"),
    }  # fmt: skip
    assert (facts["survival.12"].low, facts["survival.12"].high) == (0.7, 0.9)
    assert (facts["cohort.logos_12"].low, facts["cohort.logos_12"].high) == pytest.approx(
        wilson(17, 20)
    )
    assert {fact.month for fact in finding.facts} == {"2026-09"}
    assert list(finding.tables) == ["cohort_logos", "cohort_revenue", "cohort_margin", "survival"]


def test_curves_of_one_axis_are_never_read_as_those_of_all():
    curves = pd.concat(
        [
            _curve((0, 1.0, 1.0, 1.0, 9), (12, 0.1, 0.0, 0.2, 9), axis="industry", segment="all"),
            _a_year(),
        ]
    )

    assert next(fact.value for fact in _conclude(curves).facts if fact.id == "survival.12") == 0.8


@pytest.mark.parametrize("language", ["en", "ja"])
def test_with_orders_the_answer_counts_who_bought_again(english_left, language):
    none = survival(_orders(), pd.DataFrame())

    finding = _conclude(none, logos=_triangle(0.25, base=20), language=language)

    assert finding.status == "watch"
    assert all(part in finding.answer for part in ("25.0%", "20"))
    assert list(finding.tables) == ["cohort_logos", "cohort_revenue", "cohort_margin"]
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_with_orders_of_less_than_a_year_the_answer_waits(english_left, language):
    finding = _conclude(
        survival(_orders(), pd.DataFrame()),
        logos=_triangle(),
        revenue=_triangle(),
        language=language,
    )

    assert finding.status == "insufficient"
    assert (
        finding.answer
        == {"en": "No cohort is a year old yet.", "ja": "1年たったコホートがまだありません。"}[
            language
        ]
    )
    if language == "ja":
        assert english_left(finding) == []


def _orders():
    frame = pd.DataFrame(columns=pd.period_range("2026-01", periods=3, freq="M"), dtype="float64")
    frame.attrs = {"basis": "orders"}
    return frame


def test_orders_have_no_curves_but_their_tables_have_the_fixed_columns():
    assert list(survival(_orders(), pd.DataFrame())) == list(COLUMNS["survival"])
    assert list(curve_differences(_orders(), pd.DataFrame())) == list(COLUMNS["curve_differences"])


def test_curves_differ_only_on_the_axis_that_separates_them(matrix, people):
    """Ten leave after three months, ten stay: one industry each, sizes mixed."""
    book = {f"L{n}": [100] * 3 + [0] * 10 for n in range(10)} | {
        f"S{n}": [100] * 13 for n in range(10)
    }
    mrr = matrix(book)
    customers = people(
        mrr,
        industry=["Retail"] * 10 + ["Food"] * 10,
        size=["small", "large"] * 10,
        product="P",
        channel="Web",
        start_year="FY2025",
    )

    differences = curve_differences(mrr, customers).set_index("axis")

    assert list(differences.index) == list(AXES)
    assert differences.loc["industry", "segments"] == 2
    assert differences.loc["industry", "p_value"] < 0.001
    assert not (differences.drop("industry")["p_value"] < 0.05).any()


def test_the_curve_of_all_falls_by_those_who_left(matrix, people):
    """Five of ten leave after three months."""
    book = {f"L{n}": [100] * 3 + [0] * 10 for n in range(5)} | {
        f"S{n}": [100] * 13 for n in range(5)
    }
    mrr = matrix(book)
    one = dict.fromkeys(AXES, "x")

    curve = survival(mrr, people(mrr, **one))
    overall = curve[curve["axis"] == "all"].set_index("age")["survival"]

    assert overall.loc[2] == 1.0
    assert overall.loc[3] == 0.5
    assert list(curve) == list(COLUMNS["survival"])
