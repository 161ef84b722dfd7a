"""Words: the catalogues of both languages, months in words, and text made safe for a page."""

import html
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltvlab import text

PLACE = re.compile(r"\{(\w+)\}")


def test_english_spells_out_codes_and_leaves_sentences_as_they_are():
    say = text.translator("en")

    assert say("start_quarter") == "Start quarter"
    assert (
        say("No finding has been recorded for this month yet.")
        == "No finding has been recorded for this month yet."
    )


def test_a_message_without_a_translation_is_an_error_of_ours():
    with pytest.raises(KeyError, match=r"locale/ja.po has no translation of 'Nobody said this\.'"):
        text.translator("ja")("Nobody said this.")


def test_a_message_reads_in_the_language_asked_for():
    assert text.translator("ja")("Decision") == "判断"
    assert text.translator("en")("Decision") == "Decision"


def test_every_translation_keeps_the_places_that_figures_go_to():
    """A lost {range} would drop a figure, a misspelt one would stop the run."""
    say = text.translator("ja")

    changed = {
        m for m in text.known("ja") if sorted(PLACE.findall(m)) != sorted(PLACE.findall(say(m)))
    }

    assert changed == set()


def test_every_code_that_english_spells_out_has_a_japanese_word():
    assert text.known("en") - text.known("ja") == set()


def test_inside_a_sentence_a_label_loses_its_capital_but_an_abbreviation_keeps_it():
    assert text.in_sentence("churn", "en") == "churn"
    assert text.in_sentence("start_year", "en") == text.translator("en")("start_year").lower()
    assert text.in_sentence("nrr", "en") == "NRR"
    assert text.in_sentence("churn", "ja") == "喪失"


def test_only_the_names_we_give_segments_are_translated():
    assert text.segment_label("Unknown", "ja") == "不明"
    assert text.segment_label("Other", "ja") == "その他"
    assert text.segment_label("all", "en") == "All customers"
    assert text.segment_label("Retail", "ja") == "Retail"
    assert text.segment_label("churn", "en") == "churn"


@pytest.mark.parametrize(("language", "shown"), [("en", "September 2026"), ("ja", "2026年9月")])
def test_a_month_is_written_as_the_language_writes_it(language, shown):
    assert text.month_label(pd.Period("2026-09", "M"), language) == shown


@pytest.mark.parametrize(
    ("words", "en", "ja"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a、b"),
        (["a", "b", "c"], "a, b and c", "a、b、c"),
    ],
)
def test_words_are_listed_in_one_phrase(words, en, ja):
    assert text.listed(words, "en") == en
    assert text.listed(iter(words), "ja") == ja


@pytest.mark.parametrize(
    "name",
    ["<script>", "</td>", '"><svg/onload=x>', "{{< env X >}}", "$x$", "`raw`{=html}", "a & b", "'"],
)
def test_no_reader_takes_a_customers_name_for_markup(name):
    safe = text.escaped(name)

    assert not set("<>\"'{}$`") & set(safe)
    assert html.unescape(safe) == name


@given(st.text())
def test_an_escaped_text_reads_as_the_text_itself(name):
    name = name.replace("\r", "").replace("\0", "")

    assert not set("<>\"'{}$`") & set(text.escaped(name))
    assert html.unescape(text.escaped(name)) == html.unescape(html.escape(name))


def test_what_is_no_text_is_escaped_as_it_prints():
    assert text.escaped(None) == "None"
    assert text.escaped(3.5) == "3.5"


def test_sentences_run_on_with_a_space_in_english_and_none_in_japanese():
    assert text.paragraph(["One.", "Two."], "en") == "One. Two."
    assert text.paragraph(["一。", "二。"], "ja") == "一。二。"
