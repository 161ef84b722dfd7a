"""From bytes to text: BOM, strict UTF-8, strict cp932, and never a guess that always succeeds."""

from __future__ import annotations

import codecs
import re

from ltvlab.errors import DataError
from ltvlab.sources.faults import problem

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# One foreign character after an ASCII letter: the way é of a Western file reads as cp932.
LONE_AFTER_LETTER = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])")
# Accented letters lie from here on; in cp932 that is rare kanji and half-width kana.
FIRST_ACCENTED = 0xC0


def decode(content: bytes, *, declared: str, file: str) -> tuple[str, str]:
    """Return the text and the encoding it was in, or refuse the file with the first bad byte.

    `declared` is the params' `encoding`; "auto" tries BOM, UTF-8 and cp932, each strictly.
    Latin-1 is never tried: it accepts every byte, so it hides what it cannot read.
    """
    encoding = _encoding_of(content) if declared == "auto" else _declared(declared, file)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(error, encoding, file) from None
    _require_undamaged(text, file)
    return text.removeprefix("\ufeff"), encoding


def _declared(name: str, file: str) -> str:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        raise _refused("E203", file, detail=f"there is no encoding {name}") from None
    # Files called Shift_JIS hold ㈱ ① 髙, which only cp932 knows.
    return "cp932" if known == "shift_jis" else known


def _encoding_of(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    if _decodes(content, "utf-8"):
        return "utf-8"
    return "cp932" if _is_cp932(content) else "utf-8"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_cp932(content: bytes) -> bool:
    if _mostly_utf8(content) or not _decodes(content, "cp932"):
        return False
    text = content.decode("cp932")
    lone = LONE_AFTER_LETTER.findall(text)
    accented = [sign for sign in lone if sign.encode("cp932")[0] >= FIRST_ACCENTED]
    return len(accented) < len(NOT_ASCII.findall(text))


def _mostly_utf8(content: bytes) -> bool:
    """Say whether this is UTF-8 with a few bad bytes, which cp932 might accept by chance."""
    foreign = NOT_ASCII.findall(content.decode("utf-8", errors="replace"))
    bad = foreign.count("\ufffd")
    return len(foreign) - bad > 3 * bad


def _undecodable(error: UnicodeDecodeError, encoding: str, file: str) -> DataError:
    before = error.object[: error.start]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode(encoding, errors="replace")) + 1
    found = error.object[error.start : error.start + 1].hex()
    detail = f"byte 0x{found} at character {column} is not {encoding}"
    return _refused("E203", file, detail=detail, line=before.count(b"\n") + 1, value=f"0x{found}")


def _require_undamaged(text: str, file: str) -> None:
    at = text.find("\ufffd")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        start = text.rfind("\n", 0, at) + 1
        around = text[max(start, at - 20) : at + 20].split("\n")[0]
        raise _refused("E204", file, line=line, value=around)


def _refused(fault_id: str, file: str, **place: object) -> DataError:
    return DataError("A file cannot be read", [problem(fault_id, file=file, **place)])
