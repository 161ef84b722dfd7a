"""How a chapter closes: its words from its own tables and facts, in the fields of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from ltvlab.findings import Fact, Status

Tables, Facts = Mapping[str, pd.DataFrame], Mapping[str, Fact]


class Words(NamedTuple):
    """The functions of a chapter that put its answer, its decision and its caveats into words."""

    answer: Callable[[Tables, Facts, str], str]
    decision: Callable[[Tables, Facts, Status, str], str]
    caveats: Callable[[Tables, Facts, str], tuple[str, ...]]


def closing(
    words: Words, tables: Tables, facts: Facts, status: Status, language: str
) -> dict[str, Any]:
    """Return what a finding says, and of which status, from which facts and in which language."""
    return {
        "answer": words.answer(tables, facts, language),
        "decision": words.decision(tables, facts, status, language),
        "caveats": words.caveats(tables, facts, language),
        "status": status,
        "facts": tuple(facts.values()),
        "language": language,
    }
