"""Turn a column of text into its type, each distinct text once, and say which cells could not be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from ltvlab.sources.amounts import parse_amounts, parse_numbers
from ltvlab.sources.dates import DateFormat, parse_dates, parse_moments, parse_months
from ltvlab.sources.headers import matched_form

Kind = Literal[
    "id", "text", "money", "number", "date", "moment", "month", "boolean", "word", "currency"
]
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
# One sign by two code points, depending on who wrote the file.
SAME_SIGNS = str.maketrans({"〜": "~", "−": "-", "‐": "-"})
YES = frozenset(
    {"true", "t", "yes", "y", "1", "1.0", "はい", "有", "あり", "有効", "○", "◯", "〇", "on"}
)
NO = frozenset(
    {"false", "f", "no", "n", "0", "0.0", "いいえ", "無", "なし", "無効", "×", "✕", "✗", "off"}
)
CURRENCY_NAMES = {"円": "JPY", "¥": "JPY", "yen": "JPY", "€": "EUR", "£": "GBP"}
Parsed = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the texts of one column are to be read."""

    time_zone: str = "Asia/Tokyo"
    naive_zone: str | None = None
    date_format: DateFormat = "auto"


def parse_column(texts: pd.Series, kind: Kind, reading: Reading) -> tuple[pd.Series, pd.Series]:
    """Return the typed column and, for each row, the id of what is wrong with it, or "".

    An empty text is a missing value and no fault.
    """
    if kind == "id":
        return parse_ids(texts), pd.Series("", index=texts.index, dtype="str")
    codes, distinct = pd.factorize(texts)
    values, faults = _parser(kind, reading)(pa.array(distinct, type=pa.string()))
    typed = pd.Series(values[codes] if len(values) else values, index=texts.index, name=texts.name)
    found = pd.Series("", index=texts.index, dtype="str")
    wrong = np.flatnonzero(faults != "")
    rows = np.flatnonzero(np.isin(codes, wrong))
    found.iloc[rows] = faults[codes[rows]]
    return _typed(typed, kind), found


def _parser(kind: Kind, reading: Reading) -> Callable[[pa.Array], Parsed]:
    calendars = {"date": parse_dates, "moment": parse_moments, "month": parse_months}
    if kind in calendars:
        return lambda texts: calendars[kind](
            texts.to_pylist(),
            date_format=reading.date_format,
            time_zone=reading.time_zone,
            naive_zone=reading.naive_zone,
        )
    if kind in ("money", "number"):
        return parse_amounts if kind == "money" else parse_numbers
    spoken = {
        "text": parse_texts,
        "boolean": parse_booleans,
        "word": parse_words,
        "currency": parse_currencies,
    }
    return lambda texts: spoken[kind](texts.to_pylist())


def _typed(values: pd.Series, kind: Kind) -> pd.Series:
    if kind in ("text", "word", "currency"):
        return values.astype("str")
    return values.astype("boolean") if kind == "boolean" else values


def _all_good(values: list[object]) -> Parsed:
    return np.array(values, dtype=object), np.full(len(values), "", dtype=object)


def clean_id(text: str) -> str:
    """Return an id without width variants, outer spaces and invisible characters; case stays."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(SAME_SIGNS).strip()


def parse_ids(texts: pd.Series) -> pd.Series:
    """Return ids as text: 00123 and 1E5 stay what they are."""
    cleaned = texts.str.strip()
    foreign = ~texts.str.isascii()
    if foreign.any():
        cleaned.loc[foreign] = texts[foreign].map(clean_id)
    return cleaned.mask(cleaned == "")


def parse_texts(texts: list[str]) -> Parsed:
    """Return names and labels as written, without outer spaces."""
    return _all_good([text.strip("\u200b\ufeff \t\n\u00a0\u3000") or None for text in texts])


def parse_words(texts: list[str]) -> Parsed:
    """Return words of a fixed vocabulary in their plain spelling: `Half Year` is half_year."""
    return _all_good([matched_form(text).replace(" ", "_") or None for text in texts])


def parse_currencies(texts: list[str]) -> Parsed:
    """Return ISO 4217 codes in capitals; 円 and ¥ are JPY."""
    forms = [matched_form(text) for text in texts]
    return _all_good([CURRENCY_NAMES.get(form, form.upper()) or None for form in forms])


def parse_booleans(texts: list[str]) -> Parsed:
    """Return yes and no in either language; any other word is a fault."""
    forms = [matched_form(text) for text in texts]
    values = [True if form in YES else False if form in NO else None for form in forms]
    faults = [
        "E244" if form and value is None else "" for form, value in zip(forms, values, strict=True)
    ]
    return np.array(values, dtype=object), np.array(faults, dtype=object)
