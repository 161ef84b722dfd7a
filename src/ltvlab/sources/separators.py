"""Which of comma, semicolon and tab separates a file's fields."""

from __future__ import annotations

import re
from collections import Counter

from ltvlab.errors import DataError
from ltvlab.sources.faults import problem

CANDIDATES = (",", ";", "\t")
SAMPLE_LINES = 200
QUOTED = re.compile(r'"[^"]*"')


def separator_of(text: str, *, file: str) -> str:
    """Return the separator that cuts most lines into the same number of fields.

    A file of one column has none; a tie between two is refused.
    """
    sample = QUOTED.sub("", "\n".join(text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]))
    lines = [line for line in sample.split("\n") if line.strip()]
    shares = {sign: _steadiness(lines, sign) for sign in CANDIDATES}
    best = max(shares.values(), default=0.0)
    if best == 0.0:
        return ","
    winners = [sign for sign in CANDIDATES if shares[sign] == best]
    if len(winners) > 1:
        names = " and ".join(
            {",": "comma", ";": "semicolon", "\t": "tab"}[sign] for sign in winners
        )
        found = problem("E208", file=file, line=1, detail=f"{names} fit alike", value=lines[0][:80])
        raise DataError("A file's columns cannot be told apart", [found])
    return winners[0]


def _steadiness(lines: list[str], sign: str) -> float:
    counts = Counter(line.count(sign) for line in lines)
    count, times = counts.most_common(1)[0] if counts else (0, 0)
    # Lines cut into one field say nothing, however steadily they do so.
    return times / len(lines) if count else 0.0
