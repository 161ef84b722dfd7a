"""Money in minor units on an exact grid, and how amounts, rates and counts are written.

Amounts are float64 counts of minor units (yen, cents) rounded to 1/1024 of one, so that sums
are exact and do not depend on order below 8.8e12 (the money rule of the definitions, D05, D09).
Only this module turns them into text.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from math import ceil, floor

import numpy as np
from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, format_decimal, format_percent

from ltvlab.errors import Problem, UsageError
from ltvlab.text import translator

GRID = 1024
# Beyond this a sum of 1/1024ths no longer fits the 53 bits of a float64.
LARGEST_EXACT = 8.8e12
EMPTY = "–"
# Resampling cannot tell odds beyond these from certainty.
SUREST = 0.99


@cache
def digits(currency: str) -> int:
    """Return how many decimals a currency has: JPY 0, USD 2, KWD 3."""
    if currency not in Locale("en").currencies:
        problem = Problem(
            id="E107",
            message="no such currency",
            value=currency,
            fix="use its ISO 4217 code, e.g. JPY",
        )
        raise UsageError("The currency is unknown", [problem])
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def to_minor(amounts: np.ndarray, currency: str) -> np.ndarray:
    """Return amounts in minor units on the grid of 1/1024."""
    return on_grid(np.asarray(amounts, dtype="float64") * 10.0 ** digits(currency))


def on_grid(minor: np.ndarray) -> np.ndarray:
    """Return minor units rounded to 1/1024, half to even."""
    return np.rint(np.asarray(minor, dtype="float64") * GRID) / GRID


def major_text(minor: float, currency: str) -> str:
    """Return an amount exactly, as a plain decimal in major units, for files."""
    exact = Decimal(minor).scaleb(-digits(currency))
    text = format(exact.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def _require_number(value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(f"{value} cannot be shown as a number; show an empty cell instead")
    return float(value)


def _locale(language: str) -> str:
    return "ja_JP" if language == "ja" else "en_US"


def money(minor: float, currency: str, language: str, *, compact: bool = False) -> str:
    """Return an amount as the language writes it: ¥1,234,567, or 123万円 / ¥1.23M when compact.

    Compact amounts keep three significant digits. NaN and infinity are refused.
    """
    major = _require_number(minor) / 10 ** digits(currency)
    if compact:
        return _compact(major, currency, language)
    text = format_currency(major, currency, locale=_locale(language))
    # Babel's ja_JP writes the full-width ￥, which no column of figures lines up with.
    return _plain_zero(text.replace("￥", "¥"))


def _compact(major: float, currency: str, language: str) -> str:
    steps = (
        ((1e12, "兆"), (1e8, "億"), (1e4, "万"))
        if language == "ja"
        else ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    )
    size = abs(major)
    divisor, unit = next(((step, unit) for step, unit in steps if size >= step * 0.9995), (1.0, ""))
    sign = "-" if major < 0 else ""
    figure = _three_digits(
        size / divisor, _locale(language), whole=digits(currency) == 0 and divisor == 1
    )
    symbol = (
        Locale.parse(_locale(language)).currency_symbols.get(currency, currency).replace("￥", "¥")
    )
    if language == "ja" and currency == "JPY":
        return _plain_zero(f"{sign}{figure}{unit}円")
    return _plain_zero(f"{sign}{symbol}{figure}{unit}")


def _plain_zero(text: str) -> str:
    """Return `text` without its sign where every digit rounded to zero: ¥0, never -¥0."""
    return text if any(digit in text for digit in "123456789") else text.replace("-", "")


def _three_digits(value: float, locale: str, *, whole: bool) -> str:
    decimals = 0 if whole or value >= 99.95 else 1 if value >= 9.995 else 2
    return format_decimal(round(value, decimals), format="#,##0." + "#" * decimals, locale=locale)


def rate(value: float, language: str, *, decimals: int = 1) -> str:
    """Return a rate of 0 to 1 in percent: 0.953 → 95.3%."""
    pattern = "#,##0." + "0" * decimals + "%" if decimals else "#,##0%"
    return _plain_zero(
        format_percent(_require_number(value), format=pattern, locale=_locale(language))
    )


def odds(probability: float, language: str) -> str:
    """Return the probability of a verdict in whole percents, and never as certain: over 99%, under 1%.

    It is rounded towards even odds, so that none reads as reaching a line that it misses.
    """
    likely, say = _require_number(probability), translator(language)
    if likely > SUREST:
        return say("over {rate}").format(rate=rate(SUREST, language, decimals=0))
    if 1 - likely > SUREST:
        return say("under {rate}").format(rate=rate(1 - SUREST, language, decimals=0))
    percents = round(100 * likely, 9)
    whole = floor(percents) if percents > 50 else ceil(percents)
    return rate(whole / 100, language, decimals=0)


def number(value: float, language: str, *, decimals: int = 0) -> str:
    """Return a count or plain figure with the language's separators."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return _plain_zero(
        format_decimal(_require_number(value), format=pattern, locale=_locale(language))
    )
