"""Where records and fields of a CSV lie, found for the whole file at once, and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ltvlab.errors import DataError
from ltvlab.sources.faults import problem

QUOTE, NEWLINE, TAB = 34, 10, 9
# A field over more lines than this is taken for a quote that was closed rows later.
MOST_LINES_PER_RECORD = 100


@dataclass(frozen=True)
class Shape:
    """One entry per record, header included: byte range, line of the file, number of fields."""

    start: np.ndarray
    end: np.ndarray
    line: np.ndarray
    fields: np.ndarray
    has_control: np.ndarray


def shape_of(content: np.ndarray, separator: str, *, file: str) -> Shape:
    """Return the shape of UTF-8 bytes with `\\n` line ends, or refuse a file with broken quotes.

    Blank lines are no records. Quoting is that of RFC 4180: an even count of quotes before a
    place means it lies outside any quoted field, so one pass over the bytes finds every record.
    """
    quotes = np.flatnonzero(content == QUOTE)
    _require_sound_quotes(content, quotes, separator, file)
    newlines = np.flatnonzero(content == NEWLINE)
    breaks = _outside(newlines, quotes)
    start = np.concatenate([[0], breaks + 1])
    end = np.concatenate([breaks, [content.size]])
    kept = end > start
    start, end = start[kept], end[kept]
    line = np.searchsorted(newlines, start) + 1
    _require_short_records(newlines, start, end, line, file)
    separators = _outside(np.flatnonzero(content == ord(separator)), quotes)
    fields = np.searchsorted(separators, end) - np.searchsorted(separators, start) + 1
    return Shape(start, end, line, fields, _with_control(content, start))


def _outside(places: np.ndarray, quotes: np.ndarray) -> np.ndarray:
    return places[np.searchsorted(quotes, places) % 2 == 0] if quotes.size else places


def _require_sound_quotes(
    content: np.ndarray, quotes: np.ndarray, separator: str, file: str
) -> None:
    if not quotes.size:
        return
    edge = np.array([NEWLINE], dtype="uint8")
    padded = np.concatenate([edge, content, edge])
    is_outer = np.zeros(256, dtype=bool)
    is_outer[[NEWLINE, ord(separator), QUOTE]] = True
    odd_one_out = np.empty(quotes.size, dtype=bool)
    odd_one_out[0::2] = ~is_outer[padded[quotes[0::2]]]
    odd_one_out[1::2] = ~is_outer[padded[quotes[1::2] + 2]]
    wrong = np.flatnonzero(odd_one_out)
    if wrong.size:
        raise _broken_quote(content, quotes, int(wrong[0]), file)
    if quotes.size % 2:
        raise _refused("E211", content, int(quotes[-1]), file)


def _broken_quote(content: np.ndarray, quotes: np.ndarray, first: int, file: str) -> DataError:
    # A wrong closing quote over several lines means the opening one was never closed.
    opened = int(quotes[first - first % 2])
    spans_lines = bool((content[opened : quotes[first]] == NEWLINE).any())
    return _refused("E211" if spans_lines else "E212", content, opened, file)


def _refused(fault_id: str, content: np.ndarray, place: int, file: str) -> DataError:
    line = int((content[:place] == NEWLINE).sum()) + 1
    value = content[place : place + 40].tobytes().decode("utf-8", errors="ignore").split("\n")[0]
    found = problem(fault_id, file=file, line=line, value=value)
    return DataError("A file's rows cannot be told apart", [found])


def _require_short_records(
    newlines: np.ndarray, start: np.ndarray, end: np.ndarray, line: np.ndarray, file: str
) -> None:
    inside = np.searchsorted(newlines, end) - np.searchsorted(newlines, start)
    long = np.flatnonzero(inside > MOST_LINES_PER_RECORD)
    if long.size:
        lines = f"one record goes over {int(inside[long[0]])} lines"
        found = problem("E211", file=file, line=int(line[long[0]]), detail=lines)
        raise DataError("A file's rows cannot be told apart", [found])


def _with_control(content: np.ndarray, start: np.ndarray) -> np.ndarray:
    control = np.flatnonzero((content < 32) & (content != NEWLINE) & (content != TAB))
    marked = np.zeros(start.size, dtype=bool)
    marked[np.searchsorted(start, control, side="right") - 1] = True
    return marked
