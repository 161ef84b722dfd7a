"""Findings: facts that are stored exactly, and words that no segment's name can bend."""

import json

import numpy as np
import pandas as pd
import pytest

from ltvlab.findings import Fact, Finding
from ltvlab.tables import COLUMNS

LIVE = "*x* <b> {{< >}} [a](b) `c`{=html} $d$ @e #f ~~g~~ ^h^ _i_ \\j |"


def _fact(value=1234.5, unit="money", **given):
    usual = {
        "id": "mrr.closing",
        "definition": "D06",
        "month": "2026-09",
        "currency": "JPY" if unit == "money" else "",
    }
    return Fact(value=value, unit=unit, **usual | given)


def _survival():
    row = {
        "axis": "all",
        "segment": "all",
        "age": 12,
        "survival": 0.5,
        "low": np.nan,
        "high": np.nan,
        "at_risk": 9,
    }
    return pd.DataFrame([row])


def _finding(**given):
    usual = {
        "slug": "cohort_curves", "question": "How long?", "answer": "Half stay.", "decision": "Wait.",
        "status": "watch", "evidence": pd.DataFrame(), "tables": {"survival": _survival()},
        "facts": (_fact(),), "language": "en",
    }  # fmt: skip
    return Finding(**usual | given)


def test_odds_are_stored_as_the_rate_they_are_and_never_shown_as_certain():
    sure = _fact(1.0, "odds")

    assert (sure.record()["value"], sure.record()["unit"]) == (1.0, "rate")
    assert (sure.shown("en"), sure.shown("ja")) == ("over 99%", "99%超")


@pytest.mark.parametrize(
    ("value", "currency", "stored"),
    [
        (1234.5, "JPY", "1234.5"),
        (123456.0, "USD", "1234.56"),
        (1 / 1024, "JPY", "0.0009765625"),
        (-1e12, "JPY", "-1000000000000"),
    ],
)
def test_money_is_stored_as_an_exact_decimal_in_major_units(value, currency, stored):
    record = _fact(value, low=value, currency=currency).record()

    assert (record["value"], record["low"], record["high"], record["unit"]) == (
        stored,
        stored,
        None,
        currency,
    )


def test_other_figures_are_stored_to_ten_digits_with_everything_they_rest_on():
    record = _fact(2 / 3, "rate", low=0.5, high=np.nan, n=12, segment="Retail").record()

    assert record == {
        "id": "mrr.closing", "value": 0.6666666667, "low": 0.5, "high": None, "unit": "rate", "n": 12,
        "definition": "D06", "month": "2026-09", "segment": "Retail",
    }  # fmt: skip


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_a_figure_that_is_none_is_stored_as_null(nothing):
    assert json.loads(json.dumps(_fact(nothing, "rate").record(), allow_nan=False))["value"] is None


def test_a_fact_without_a_value_cannot_enter_a_sentence():
    with pytest.raises(ValueError, match=r"fact mrr\.closing has no value to put into a sentence"):
        _fact(None).shown("en")


@pytest.mark.parametrize("unit", ["money", "rate", "count", "months", "number"])
def test_a_value_that_is_no_number_cannot_enter_a_sentence(unit):
    with pytest.raises(ValueError, match="has no value"):
        _fact(float("nan"), unit).shown("ja")


@pytest.mark.parametrize(
    ("value", "unit", "en", "ja"),
    [
        (1_230_000.0, "money", "¥1.23M", "123万円"),
        (0.953, "rate", "95.3%", "95.3%"),
        (1234, "count", "1,234", "1,234"),
        (17.6, "months", "18", "18"),
        (2.345, "number", "2.3", "2.3"),
    ],
)
def test_a_fact_is_shown_in_its_unit(value, unit, en, ja):
    assert _fact(value, unit).shown("en") == en
    assert _fact(value, unit).shown("ja") == ja


@pytest.mark.parametrize(("value", "shown"), [(2000.0, "+¥2k"), (-2000.0, "-¥2k"), (0.0, "¥0")])
def test_a_change_is_shown_with_its_sign(value, shown):
    assert _fact(value).shown_signed("en") == shown


def test_a_range_is_shown_whole_or_not_at_all():
    assert _fact(0.9, "rate", low=0.8, high=1.0).shown_range("en") == "80.0% – 100.0%"
    assert _fact(0.9, "rate", low=0.8).shown_range("en") == ""
    assert _fact(0.9, "rate", low=0.8, high=float("nan")).shown_range("en") == ""


def test_showing_a_finding_records_its_words_and_facts():
    words, metadata = _finding(caveats=("Few.",))._repr_mimebundle_()

    assert set(words) == {"text/html", "text/markdown", "text/plain"}
    assert words["text/plain"] == "Half stay."
    assert metadata["ltvlab"]["finding"] == {
        "slug": "cohort_curves", "question": "How long?", "answer": "Half stay.", "decision": "Wait.",
        "status": "watch", "caveats": ["Few."], "task": "Wait.", "who": "", "stake": "", "stake_is": "", "odds": "",
    }  # fmt: skip
    assert metadata["ltvlab"]["facts"] == [_fact().record()]
    assert json.dumps(metadata, allow_nan=False)


@pytest.mark.parametrize(
    ("status", "callout", "en", "ja"),
    [
        ("good", "tip", "Good", "良好"),
        ("watch", "warning", "Watch", "注意"),
        ("act", "important", "Act", "要対応"),
        ("insufficient", "note", "Not enough data", "データ不足"),
    ],
)
def test_a_status_chooses_its_callout_and_title(status, callout, en, ja):
    english, japanese = (
        _finding(status=status, language=language)._repr_mimebundle_()[0]
        for language in ("en", "ja")
    )

    assert f'<div class="callout callout-{callout} ' in english["text/html"]
    assert english["text/markdown"].startswith(f'::: {{.callout-{callout} title="')
    assert f'title="{ja}"' in japanese["text/markdown"]
    assert f'title="{en}"' in english["text/markdown"]


@pytest.mark.parametrize("place", ["answer", "decision", "caveats"])
def test_a_segments_name_is_live_in_neither_html_nor_markdown(place):
    words, _ = _finding(**{place: (LIVE,) if place == "caveats" else LIVE})._repr_mimebundle_()
    plain, _ = _finding(**{place: ("Same",) if place == "caveats" else "Same"})._repr_mimebundle_()

    for mark in "*`[]$@~^_\\|{}<>":
        assert words["text/markdown"].count(mark) == plain["text/markdown"].count(mark), mark
    assert "<b>" not in words["text/html"]
    assert "{" not in words["text/html"]


def test_a_line_break_in_a_name_opens_no_new_block():
    """After a blank line, `:::` would close the callout and `# x` open a heading."""
    markdown = _finding(answer="a\n\n:::\n\n# b")._repr_mimebundle_()[0]["text/markdown"]

    assert markdown.splitlines().count(":::") == 1
    assert not any(line.startswith("#") for line in markdown.splitlines())


def test_the_decision_is_named_in_the_reports_language():
    assert "判断: " in _finding(language="ja")._repr_mimebundle_()[0]["text/html"]
    assert "Decision: " in _finding(language="en")._repr_mimebundle_()[0]["text/html"]


def test_without_caveats_no_empty_list_is_shown():
    words, _ = _finding()._repr_mimebundle_()

    assert "<ul>" not in words["text/html"]
    assert "\n- " not in words["text/markdown"]


def test_inside_a_run_the_tables_are_written_to_the_run_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LTVLAB_RUN_DIR", str(tmp_path))

    _finding()._repr_mimebundle_()

    file = tmp_path / "internal" / "tables" / "survival.csv"
    assert file.read_text().splitlines() == [",".join(COLUMNS["survival"]), "all,all,12,0.5,,,9"]


def test_outside_a_run_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("LTVLAB_RUN_DIR", raising=False)
    monkeypatch.chdir(tmp_path)

    _finding()._repr_mimebundle_()

    assert list(tmp_path.iterdir()) == []
