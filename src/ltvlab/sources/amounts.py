"""Amounts and plain numbers as people write them: ¥1,234, １，２３４円, △500, (500), USD 12.50."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ltvlab.money import LARGEST_EXACT

# NFKC leaves these as they are, yet people write minus with them. The ¥ of a Japanese keyboard
# is the byte that cp932 reads as a backslash.
PLAIN_SIGNS = str.maketrans({"−": "-", "―": "-", "–": "-", "‐": "-", "△": "-", "▲": "-", "\\": "¥"})
# What most exports write; everything else is looked at one text at a time.
ORDINARY = r"^-?[¥￥\\$€£]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?円?$"
DECORATION = r"[¥￥\\$€£,円]"
AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s*(?P<before>[¥$€£]|[A-Z]{3})?\s*(?P<sign_after>[-+])?"
    r"(?P<whole>\d[\d,]*)(?P<decimals>\.\d+)?\s*(?P<behind>円|€|[A-Z]{3})?(?P<close>\))?"
)
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
# One sign serves several currencies; the row's own currency decides among them.
CURRENCIES_OF_SIGN = {
    "¥": {"JPY", "CNY"},
    "円": {"JPY"},
    "$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"},
    "€": {"EUR"},
    "£": {"GBP"},
}


def parse_amounts(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts in major units, and for each text the id of what is wrong, or ""."""
    return _parse(texts, not_a_number="E234")


def parse_numbers(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Return plain numbers, and for each text the id of what is wrong, or ""."""
    return _parse(texts, not_a_number="E238")


def sign_fits(sign: str, currency: str) -> bool:
    """Say whether an amount written with this currency sign or code can be in that currency."""
    plain = unicodedata.normalize("NFKC", sign).translate(PLAIN_SIGNS)
    return not plain or currency in CURRENCIES_OF_SIGN.get(plain, {plain})


def _parse(texts: pa.StringArray, *, not_a_number: str) -> tuple[np.ndarray, np.ndarray]:
    ordinary = pc.match_substring_regex(texts, ORDINARY)
    written = pc.replace_substring_regex(texts, DECORATION, "")
    faults = np.full(len(texts), "", dtype=object)
    odd = np.flatnonzero(~ordinary.to_numpy(zero_copy_only=False))
    if odd.size:
        spelled = [_plain(text, not_a_number) for text in texts.take(pa.array(odd)).to_pylist()]
        mended = pa.array([text or None for text, _ in spelled], type=pa.string())
        written = pc.replace_with_mask(written, pc.invert(ordinary), mended)
        faults[odd] = [fault for _, fault in spelled]
    # Arrow reads decimals to the nearest float64, as Python's float does, without a loop.
    values = pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False).copy()
    too_large = np.abs(values) >= LARGEST_EXACT
    faults[too_large] = "E236"
    values[too_large] = np.nan
    return values, faults


def _plain(text: str, not_a_number: str) -> tuple[str, str]:
    """Return the text as `-1234.5` and "", or "" and the id of what is wrong with it."""
    simple = unicodedata.normalize("NFKC", text).translate(PLAIN_SIGNS).strip()
    if not simple:
        return "", ""
    found = AMOUNT.fullmatch(simple)
    if not found or bool(found["open"]) != bool(found["close"]):
        return "", "E235" if re.fullmatch(r"-?[\d.]+,\d+", simple) else not_a_number
    signs = [found["sign"], found["sign_after"], "-" if found["open"] else None]
    if sum(sign is not None for sign in signs) > 1:
        return "", not_a_number
    if not GROUPED.fullmatch(found["whole"]):
        return "", "E235"
    sign = "-" if "-" in signs else ""
    return sign + found["whole"].replace(",", "") + (found["decimals"] or ""), ""
