"""Names that people mean as one and write as two: by width, case, spaces and signs, or a slip."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

import pandas as pd

# Below so many letters a slip and another word cannot be told apart.
FEWEST_LETTERS = 8
# Who writes a name in a second way by mistake does so seldom.
SELDOM = 0.2


def spelling(name: str) -> str:
    """Return a name without what people vary: width, case, spaces and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def merged(names: pd.Series) -> dict[str, str]:
    """Return, for each name that differs from a more frequent one in its spelling alone, that name.

    Two names are one where nothing but width, case, spaces and signs tells them apart, or, in
    long names of Latin letters, one letter that is missing or two that changed places.
    """
    counts = names.value_counts()
    frequent = sorted(counts.index, key=lambda name: (-counts[name], name))
    first: dict[str, str] = {}
    for name in frequent:
        # Signs alone, such as "-" and "?", are no name.
        if form := spelling(name):
            first.setdefault(form, name)
    like = {name: first.get(spelling(name), name) for name in frequent}
    for name, other in combinations(first.values(), 2):
        if counts[other] <= SELDOM * counts[name] and _slipped(spelling(name), spelling(other)):
            like[other] = name
    return {name: to for name, to in like.items() if name != to}


def _slipped(name: str, other: str) -> bool:
    """Return whether one letter too few or two changed places make `other` of `name`.

    Another letter in a place often is another thing (Plan A, Plan B), and so is an s at the end.
    """
    short, long = sorted((name, other), key=len)
    if len(short) < FEWEST_LETTERS or not re.fullmatch("[a-z]+", name + other):
        return False
    if len(long) == len(short) + 1:
        return any(long[:i] + long[i + 1 :] == short for i in range(1, len(short)))
    swapped = [i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b]
    two = len(long) == len(short) and len(swapped) == 2 and swapped[1] == swapped[0] + 1
    return two and name[swapped[0]] == other[swapped[1]] and name[swapped[1]] == other[swapped[0]]
