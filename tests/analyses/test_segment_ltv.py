"""The value chapter: contrasts and components by hand, and every sentence they can lead to."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses._value_facts import DEFINITIONS
from ltvlab.analyses.segment_ltv import (
    conclude,
    ltv_components,
    ltv_methods,
    segment_contrasts,
)
from ltvlab.metrics.purchase_value import SPEND_RELATED
from ltvlab.metrics.renewal_fits import CONSTANT, NONE_DUE
from ltvlab.metrics.segment_values import NOT_ADMITTED, ORDER_METHODS, SUBSCRIPTION_METHODS
from ltvlab.statistics.likelihood import FEW_EVENTS, NOT_CONVERGED, ON_BOUND, UNDETERMINED
from ltvlab.statistics.spending import NO_MEAN
from ltvlab.tables import COLUMNS as TABLE_COLUMNS
from ltvlab.text import known

ALL = ("all", "all", 900.0, 40, 50.0)
# 30 customers worth 1,000 against 30 worth 700, each known to within 30 and 40: 300 ± 50.
CLEAR = (ALL, ("industry", "Retail", 1000.0, 30, 30.0), ("industry", "Food", 700.0, 30, 40.0))
ALIKE = (ALL, ("industry", "Retail", 1000.0, 30, 300.0), ("industry", "Food", 990.0, 30, 300.0))
ONE_WORSE = (
    ALL,
    *(("industry", f"Trade {number}", 900.0 + number, 100, 60.0) for number in range(4)),
    ("industry", "Food", 100.0, 20, 20.0),
)


def _ltv(*rows, method="survival", margin_source="params", currency="JPY", **columns):
    table = pd.DataFrame(rows, columns=["axis", "segment", "value", "n", "standard_error"])
    reach = 1.96 * table["standard_error"]
    table = table.assign(
        month=pd.Period("2026-09", "M"), method=method, headline=True, low=table["value"] - reach,
        high=table["value"] + reach, horizon_months=24.0, margin_source=margin_source, status="ok",
        comparable=True, unit=f"{currency} per customer",
    )  # fmt: skip
    table.attrs = {"currency": currency, "basis": "contracts", "margin_source": margin_source}
    return table.assign(**columns)


def _conclude(*rows, language="en", **given):
    return conclude(_ltv(*rows, **given), pd.DataFrame(), language=language)


def test_a_segment_is_held_against_the_rest_of_its_axis():
    contrasts = segment_contrasts(_ltv(*CLEAR)).set_index("segment")

    assert contrasts["difference"].to_dict() == {"Retail": 300.0, "Food": -300.0}
    assert contrasts.loc["Retail", "low"] == pytest.approx(300 - 1.959964 * 50, rel=1e-6)
    assert contrasts.loc["Retail", "high"] == pytest.approx(300 + 1.959964 * 50, rel=1e-6)
    # Two-sided normal p of 6 standard errors, 1.973e-9, times two looks (Holm).
    assert contrasts.loc["Retail", "p_value"] == pytest.approx(2 * 1.973175e-9, rel=1e-4)


def test_the_rest_is_weighted_by_its_customers():
    """The rest of Retail: 10 at 400 and 30 at 800 are worth 700 each; error (10·8)² + (30·4)² over 40²."""
    rows = (
        ALL,
        ("industry", "Retail", 1000.0, 10, 4.0),
        ("industry", "Food", 400.0, 10, 8.0),
        ("industry", "IT", 800.0, 30, 4.0),
    )

    retail = segment_contrasts(_ltv(*rows)).set_index("segment").loc["Retail"]

    assert retail["difference"] == pytest.approx(300.0)
    error = np.sqrt(4**2 + (80**2 + 120**2) / 40**2)
    assert retail["high"] - retail["difference"] == pytest.approx(1.959964 * error, rel=1e-6)


def test_only_comparable_headline_segments_of_axes_with_two_are_compared():
    ltv = _ltv(
        *CLEAR,
        ("size", "1–49", 500.0, 9, 1.0),
        ("channel", "Web", 1.0, 9, 1.0),
        ("channel", "Fair", 9.0, 9, 1.0),
    )
    ltv.loc[ltv["segment"] == "Web", "comparable"] = False
    other_method = ltv[ltv["axis"] == "industry"].assign(method="cohort", headline=False, value=1.0)

    contrasts = segment_contrasts(pd.concat([ltv, other_method], ignore_index=True))

    assert sorted(contrasts["segment"]) == ["Food", "Retail"]


def test_what_differs_least_by_chance_comes_first():
    rows = (*CLEAR, ("size", "1–49", 900.0, 20, 100.0), ("size", "50+", 880.0, 20, 100.0))

    p_values = segment_contrasts(_ltv(*rows))["p_value"].tolist()

    assert p_values == sorted(p_values)


def test_looking_at_more_segments_asks_more_of_each():
    few = segment_contrasts(_ltv(*CLEAR)).set_index("segment")
    many = segment_contrasts(
        _ltv(*CLEAR, *(("size", f"{n}", 900.0, 20, 50.0) for n in range(4)))
    ).set_index("segment")

    assert many.loc["Retail", "p_value"] == pytest.approx(3 * few.loc["Retail", "p_value"])


def test_the_methods_are_the_rows_of_all_customers_headline_first():
    ltv = pd.concat([_ltv(ALL, method="basic", headline=False), _ltv(*CLEAR)], ignore_index=True)

    assert ltv_methods(ltv)["method"].tolist() == ["survival", "basic"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_segment_worth_clearly_more_is_named_and_put_to_a_test(english_left, language):
    finding = _conclude(*CLEAR, language=language)

    assert finding.status == "good"
    shown = {
        "en": ("¥900 of gross margin over 24 months", "40 customers", "Most apart is industry Retail: ¥1k, ¥300 more than the rest (range ¥202 – ¥398)."),
        "ja": ("24か月の粗利で900円", "40社", "業種「Retail」で、1,000円、他より300円高くなっています(範囲 202円 – 398円)"),
    }  # fmt: skip
    assert all(part in finding.answer for part in shown[language])
    assert (
        "give industry Retail a larger share"
        if language == "en"
        else "業種「Retail」に獲得の配分を増やし"
    ) in finding.decision
    if language == "ja":
        assert english_left(finding, data=["Retail"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_where_only_a_worse_segment_is_clear_it_is_named_with_a_positive_difference(
    english_left, language
):
    finding = _conclude(*ONE_WORSE, language=language)

    assert finding.status == "good"
    assert (
        "industry Food: ¥100, ¥802 less than the rest (range ¥"
        if language == "en"
        else "業種「Food」で、100円、他より802円低く"
    ) in finding.answer
    assert (
        "ask more of industry Food" if language == "en" else "業種「Food」の獲得条件"
    ) in finding.decision
    assert "-" not in finding.answer
    if language == "ja":
        assert english_left(finding, data=["Food"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_clear_contrast_no_segment_is_named(english_left, language):
    finding = _conclude(*ALIKE, language=language)

    assert finding.status == "watch"
    assert "Retail" not in finding.answer + finding.decision
    assert (
        "No segment stands apart"
        if language == "en"
        else "偶然を超えて他と異なるセグメントはありません"
    ) in finding.answer
    assert finding.decision.startswith("Hold" if language == "en" else "現状を維持します")
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_a_value_the_answer_says_so_and_keeps_no_number(english_left, language):
    nothing = _ltv(("all", "all", np.nan, 3, np.nan), status="insufficient", comparable=False)

    finding = conclude(nothing, pd.DataFrame(), language=language)

    assert finding.status == "insufficient"
    assert not any(digit in finding.answer for digit in "0123456789")
    assert ("at least five customers" if language == "en" else "5社以上") in finding.decision
    assert finding.facts == ()
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("method", ["survival", "cohort"])
@pytest.mark.parametrize("margin_source", ["products", "none"])
def test_without_a_margin_the_value_is_called_revenue(
    english_left, method, margin_source, language
):
    finding = _conclude(*CLEAR, method=method, margin_source=margin_source, language=language)

    revenue, margin = ("of revenue", "of gross margin") if language == "en" else ("売上", "粗利")
    right, wrong = (revenue, margin) if margin_source == "none" else (margin, revenue)
    assert right in finding.answer
    assert wrong not in finding.answer
    assert any("LTV/CAC" in caveat for caveat in finding.caveats) == (margin_source == "none")
    first = (
        ("in its first 24 months", "最初の24か月")
        if method == "cohort"
        else ("over 24 months", "24か月の")
    )
    assert first[language == "ja"] in finding.answer
    if language == "ja":
        assert english_left(finding, data=["Retail"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_caveats_say_what_the_method_and_the_thin_rows_ask_for(english_left, language):
    ltv = _ltv(
        *CLEAR,
        ("size", "1–49", 500.0, 9, 1.0),
        ("start_year", "FY2026", 500.0, 9, 1.0),
        status="indicative",
    )
    ltv.loc[ltv["axis"].isin(["size", "start_year"]), "comparable"] = False

    survival = conclude(ltv, pd.DataFrame(), language=language)
    cohort = conclude(ltv.assign(method="cohort"), pd.DataFrame(), language=language)

    count = "Segments too small" if language == "en" else "小さすぎるか"
    indicative = "Indicative only" if language == "en" else "参考値です"
    assert any(caveat.startswith(count) and "1" in caveat for caveat in survival.caveats)
    assert any(caveat.startswith(indicative) for caveat in survival.caveats)
    assert len(survival.caveats) == len(cohort.caveats) + 2
    if language == "ja":
        assert english_left(survival, data=["Retail"]) == []


def test_names_of_ours_are_translated_and_names_of_theirs_are_not():
    rows = (ALL, ("industry", "Unknown", 1000.0, 30, 30.0), ("industry", "卸売", 700.0, 30, 40.0))

    assert "業種「不明」" in _conclude(*rows, language="ja").answer
    assert "industry Unknown" in _conclude(*rows).answer


def test_every_value_and_clear_contrast_is_a_fact_with_its_definition():
    finding = _conclude(*CLEAR)

    facts = {(fact.id, fact.segment): fact for fact in finding.facts}
    assert {key: (fact.value, fact.n, fact.definition) for key, fact in facts.items()} == {
        ("ltv.survival.all", "all"): (900.0, 40, "D18"),
        ("ltv.new_customer", "all"): (900.0, 40, "D18"),
        ("ltv.survival.industry", "Retail"): (1000.0, 30, "D18"),
        ("ltv.survival.industry", "Food"): (700.0, 30, "D18"),
        ("ltv.contrast.industry", "Retail"): (300.0, 30, "D33"),
        ("ltv.contrast.industry", "Food"): (-300.0, 30, "D33"),
    }
    assert all(fact.currency == "JPY" and fact.month == "2026-09" for fact in finding.facts)
    assert all(fact.low < fact.value < fact.high for fact in finding.facts)


def test_every_method_has_a_definition():
    assert {*SUBSCRIPTION_METHODS, *ORDER_METHODS} == set(DEFINITIONS)


def test_no_fact_comes_from_a_segment_that_is_hidden():
    ltv = _ltv(*CLEAR, ("size", "1–49", np.nan, 3, np.nan))
    ltv.loc[ltv["segment"] == "1–49", ["status", "comparable"]] = ["insufficient", False]

    assert "1–49" not in {fact.segment for fact in conclude(ltv, pd.DataFrame()).facts}


def test_the_components_of_a_subscription_multiply_to_its_value(matrix):
    """Three products at 100 a month over two customers, 80 % of it margin, 20 months: 2,400."""
    revenue = matrix({"A": [200, 200], "B": [100, 100], "Z": [999, 999]})
    customers = pd.DataFrame(
        {
            "opening": [False, False, True], "industry": ["Retail", "Retail", "Retail"],
            "starting_mrr": [200.0, 100.0, 999.0], "starting_margin": [160.0, 80.0, 9.0], "products_held": [2, 1, 9],
        },
        index=revenue.index,
    )  # fmt: skip

    components = ltv_components(
        _ltv(("all", "all", 2400.0, 2, 1.0), ("industry", "Retail", 2400.0, 2, 1.0)),
        revenue,
        customers,
        orders=revenue,
    )

    assert components["unit_price"].tolist() == [100.0, 100.0]
    assert components["frequency"].tolist() == [1.5, 1.5]
    assert components["gross_margin"].tolist() == [0.8, 0.8]
    assert components["lifetime_months"].tolist() == pytest.approx([20.0, 20.0])


def test_the_components_of_orders_multiply_to_the_value_at_the_common_age(matrix, people):
    """A orders twice and B once in two months, 100 each; 60 % margin is 90 per customer."""
    revenue = matrix({"A": [200, 0, 0], "B": [0, 100, 0], "Y": [0, 0, 500]}, basis="orders")
    orders = matrix({"A": [2, 0, 0], "B": [0, 1, 0], "Y": [0, 0, 1]}, basis="orders")
    ltv = _ltv(("all", "all", 90.0, 2, 1.0), method="cohort", horizon_months=2.0)

    row = ltv_components(ltv, revenue, people(revenue), orders=orders).iloc[0]

    assert (row["unit_price"], row["frequency"], row["lifetime_months"]) == (100.0, 0.75, 2.0)
    assert row["gross_margin"] == pytest.approx(0.6)
    assert row["unit_price"] * row["frequency"] * row["lifetime_months"] * row[
        "gross_margin"
    ] == pytest.approx(90.0)


def test_hidden_values_have_no_components(matrix, people):
    revenue = matrix({"A": [1, 1]})
    hidden = _ltv(("all", "all", np.nan, 1, np.nan))

    components = ltv_components(hidden, revenue, people(revenue), orders=revenue)

    assert components.empty
    assert list(components) == [*TABLE_COLUMNS["ltv_components"], "horizon_months"]


def test_a_handful_of_customers_on_either_side_proves_nothing():
    """Nine against many, and many against a rest of 29, get no p value (D34)."""
    nine = _ltv(ALL, ("industry", "A", 9.0, 9, 0.1), ("industry", "B", 1.0, 90, 0.1))
    thin_rest = _ltv(ALL, ("industry", "A", 9.0, 90, 0.1), ("industry", "B", 1.0, 29, 0.1))

    assert segment_contrasts(nine)["p_value"].isna().all()
    assert segment_contrasts(thin_rest).set_index("segment")["p_value"].isna().to_dict() == {
        "A": True, "B": False,
    }  # fmt: skip


def _model(method, **columns):
    return _ltv(*CLEAR, method=method, share_beyond=0.42, note=None, **columns)


def _today(method="renewal_model", total=5e9):
    table = pd.DataFrame(
        {
            "month": [pd.Period("2026-09", "M")], "axis": "all", "segment": "all", "method": method,
            "customers": 297, "total": total, "low": 4e9, "high": 6e9,
        }
    )  # fmt: skip
    table.attrs = {"currency": "JPY"}
    return table


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("note", [None, "a note"])
@pytest.mark.parametrize("method", ["renewal_model", "purchase_model"])
def test_a_model_as_headline_says_what_it_rests_on(english_left, method, note, language):
    finding = conclude(_model(method).assign(note=note), pd.DataFrame(), language=language)

    facts = {fact.id: fact.value for fact in finding.facts}
    assert facts["ltv.new_customer"] == 900.0
    assert (
        "A new customer is worth ¥900" if language == "en" else "新規顧客一社の価値"
    ) in finding.answer
    assert (facts.get("ltv.renewal_model.beyond") == 0.42) == (method == "renewal_model")
    assert any("42" in caveat for caveat in finding.caveats) == (method == "renewal_model")
    assert len(finding.caveats) == 2 + (method == "renewal_model") + (note is not None)
    if language == "ja":
        assert english_left(finding, data=["Retail"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("not_applicable", ("No back-test has found", "検証結果がないため")),
        ("insufficient", ("has too little to stand on", "根拠となる解約が足りないため")),
        ("ok", ("less than half of MRR", "半分に満たないため")),
    ],
)
def test_survival_as_headline_says_why_it_is_not_the_renewal_model(
    english_left, status, said, language
):
    model = _ltv(ALL, method="renewal_model", headline=False, status=status)
    ltv = pd.concat([_ltv(*CLEAR), model], ignore_index=True)
    ltv.attrs = {"currency": "JPY"}

    finding = conclude(ltv, pd.DataFrame(), language=language)

    assert said[language == "ja"] in " ".join(finding.caveats)
    if language == "ja":
        assert english_left(finding, data=["Retail"]) == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("method", ["renewal_model", "survival"])
def test_what_todays_customers_bring_is_a_fact_and_a_floor_by_survival(
    english_left, method, language
):
    finding = conclude(
        _ltv(*CLEAR), pd.DataFrame(), beside={"existing_value": _today(method)}, language=language
    )

    fact = next(fact for fact in finding.facts if fact.id == "ltv.existing.total")
    assert (fact.value, fact.n, fact.definition) == (5e9, 297, "D19")
    floor = "at least" if language == "en" else "少なくとも"
    assert (floor in finding.answer) == (method == "survival")
    assert "297" in finding.answer
    assert "existing_value" in finding.tables
    if language == "ja":
        assert english_left(finding, data=["Retail"]) == []


def test_without_a_figure_for_todays_customers_nothing_is_said_of_them():
    hidden = conclude(_ltv(*CLEAR), pd.DataFrame(), beside={"existing_value": _today(total=np.nan)})
    empty = conclude(_ltv(*CLEAR), pd.DataFrame(), beside={"existing_value": _today().head(0)})

    assert "Today's" not in hidden.answer + empty.answer


def test_every_note_on_a_model_has_a_translation():
    notes = (FEW_EVENTS, NOT_CONVERGED, ON_BOUND, UNDETERMINED, NO_MEAN, CONSTANT, NONE_DUE)

    assert {*notes, SPEND_RELATED, NOT_ADMITTED} <= known("ja")
