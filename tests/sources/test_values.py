"""Typed parsers: every safe spelling is read, every unsafe one is refused."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.sources.amounts import sign_fits
from ltvlab.sources.values import Reading, parse_column

TOKYO = Reading(time_zone="Asia/Tokyo")


def parse(text: str, kind: str, reading: Reading = TOKYO) -> tuple[object, str]:
    values, faults = parse_column(pd.Series([text, ""], dtype="str"), kind, reading)
    assert pd.isna(values.iloc[1])
    assert faults.iloc[1] == ""
    return values.iloc[0], faults.iloc[0]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234", 1234.0), ("1,234", 1234.0), ("1,234,567.89", 1234567.89), ("¥1,234", 1234.0),
        ("￥１，２３４", 1234.0), ("1,234円", 1234.0), ("１２３４円", 1234.0), ("JPY 1,234", 1234.0),
        ("1,234.56 USD", 1234.56), ("$12", 12.0), ("△500", -500.0), ("▲500", -500.0),
        ("(500)", -500.0), ("（５００）", -500.0), ("－500", -500.0), ("−500", -500.0),
        ("-¥500", -500.0), ("¥-500", -500.0), ("△¥1,000", -1000.0), (" 500 ", 500.0),
        (r"\1,234", 1234.0), (r"-\500", -500.0), ("0.1", 0.1), ("+5", 5.0), ("00123", 123.0),
    ],
)  # fmt: skip
def test_amounts_are_read_in_every_spelling_people_use(text, amount):
    assert parse(text, "money") == (amount, "")


@pytest.mark.parametrize("text", ["(500", "500)", "-(500)", "--5", "1 234", "1.2.3", "五百", "-"])
def test_what_only_looks_like_an_amount_is_refused(text):
    assert parse(text, "money")[1] == "E234"


def test_amounts_are_the_nearest_float_of_their_decimal_text():
    """Parsers that multiply digit by digit miss the last bit of such numbers."""
    texts = ["8409.29", "0.3", "123456789.123456789", "2.675"]
    values, _ = parse_column(pd.Series(texts, dtype="str"), "money", TOKYO)

    assert values.tolist() == [float(text) for text in texts]


def test_a_currency_sign_fits_only_its_currencies():
    assert sign_fits("¥", "JPY") and sign_fits("USD", "USD") and sign_fits("$", "CAD")
    assert not sign_fits("円", "USD") and not sign_fits("EUR", "JPY")


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01", "2026/4/1", "2026/04/01", "2026.4.1", "2026年4月1日", "２０２６年４月１日",
        "20260401", "2026-04-01T00:00:00", "2026-04-01 23:59", "2026-03-31T15:30:00Z",
        "2026-03-31 15:30:00 UTC", "2026-04-01T08:00:00+0900", "2026-03-31T23:00:00-01:00",
        "令和8年4月1日", "R8.4.1",
    ],
)  # fmt: skip
def test_dates_are_read_in_every_spelling_and_moved_to_the_report_time_zone(text):
    assert parse(text, "date") == (pd.Timestamp("2026-04-01"), "")


def test_a_column_in_utc_counts_on_the_day_of_the_report_time_zone():
    """31 March 15:30 UTC is 1 April in Tokyo: read as it stands, it lands in the wrong month."""
    stripe = Reading(time_zone="Asia/Tokyo", naive_zone="UTC")

    assert parse("2026-03-31 15:30", "month", stripe) == (pd.Timestamp("2026-04-01"), "")
    assert parse("2026-03-31", "date", stripe) == (pd.Timestamp("2026-03-31"), "")


@pytest.mark.parametrize(("order", "day"), [("dmy", "2026-02-01"), ("mdy", "2026-01-02")])
def test_a_turned_date_is_read_once_its_order_is_declared(order, day):
    declared = Reading(date_format=order)

    assert parse("01/02/2026", "date", declared) == (pd.Timestamp(day), "")
    assert parse("13/13/2026", "date", declared)[1] == "E241"


@pytest.mark.parametrize("text", ["9999-12-31", "9999/12/31", "99991231", "2999-12-31"])
def test_far_dates_are_an_open_end(text):
    value, fault = parse(text, "date")
    assert pd.isna(value) and fault == ""


@pytest.mark.parametrize(
    "text",
    ["2024-04", "2024/4", "2024年4月", "2024年4月分", "２０２４年４月", "202404", "2024-04-15"],
)
def test_months_are_read_in_every_spelling(text):
    assert parse(text, "month") == (pd.Timestamp("2024-04-01"), "")


@pytest.mark.parametrize("text", ["2024-13", "April", "24-04"])
def test_what_is_no_month_is_refused(text):
    assert parse(text, "month")[1] == "E243"


@pytest.mark.parametrize("text", ["はい", "○", "TRUE", "1", "Yes", "有"])
def test_yes_is_read_in_both_languages(text):
    assert parse(text, "boolean") == (True, "")


@pytest.mark.parametrize("text", ["いいえ", "×", "FALSE", "0", "no", "無"])
def test_no_is_read_in_both_languages(text):
    assert parse(text, "boolean") == (False, "")


def test_any_other_word_is_neither_yes_nor_no():
    assert parse("maybe", "boolean")[1] == "E244"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("00123", "00123"), ("1E5", "1E5"), ("9007199254740993", "9007199254740993"),
        ("Ａ００１", "A001"), (" A001 ", "A001"), ("A\u200b001", "A001"), ("\u00a0A001", "A001"),
        ("A〜−1", "A~-1"), ("A～－1", "A~-1"), ("aB", "aB"), ("NA", "NA"), ("null", "null"),
    ],
)  # fmt: skip
def test_ids_stay_text_and_lose_only_what_nobody_sees(text, clean):
    assert parse(text, "id") == (clean, "")


def test_names_are_kept_as_written():
    assert parse("　㈱ハシゴ髙　", "text") == ("㈱ハシゴ髙", "")


def test_currencies_are_read_by_code_and_by_their_japanese_name():
    texts = pd.Series(["usd", "円", "￥", "JPY"], dtype="str")

    assert parse_column(texts, "currency", TOKYO)[0].tolist() == ["USD", "JPY", "JPY", "JPY"]


def test_a_repeated_bad_text_is_faulty_in_each_of_its_rows():
    values, faults = parse_column(pd.Series(["x", "1", "x"], dtype="str"), "number", TOKYO)

    assert faults.tolist() == ["E238", "", "E238"]
    assert np.isnan(values.iloc[0]) and values.iloc[1] == 1.0
