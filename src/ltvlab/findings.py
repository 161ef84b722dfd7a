"""The one result class: what was asked, what the data answer, and the facts behind every word.

Showing a finding in a notebook records it: its words and facts travel in the output's metadata,
and inside a run (`LTVLAB_RUN_DIR` is set) its tables are written to the run folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.tables import significant, write_csv
from ltvlab.text import escaped, translator

RUN_FOLDER = "LTVLAB_RUN_DIR"
Status = Literal["good", "watch", "act", "insufficient"]
# `odds` is a rate that a verdict holds with: stored as one, but never shown as certain.
Unit = Literal["money", "rate", "odds", "count", "months", "number"]
# Who carries a decision out, and what kind of money it is about; both are codes of the catalogue.
Who = Literal["every_owner", "leadership", "marketing", "finance", "analysts"]
StakeKind = Literal[
    "mrr_at_risk", "mrr_lost", "mrr_to_target", "mrr_to_plan",
    "revenue_at_risk", "revenue_to_plan", "margin_expected", "revenue_expected",
    "deal_value", "spend_in_year",
]  # fmt: skip
MARKDOWN = {ord(mark): f"&#{ord(mark)};" for mark in "&<>\"'{}\\`*_[]#@$|~^"}
CALLOUTS = {"good": "tip", "watch": "warning", "act": "important", "insufficient": "note"}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One figure with its unit, 95 % range, customers counted, definition, month and segment.

    `value` is in minor units for money and 0–1 for rates. What the data do not allow is None: a figure
    given as NaN or infinite becomes that.
    """

    id: str
    value: float | None
    unit: Unit
    definition: str
    month: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    segment: str = "all"
    currency: str = ""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, _known(getattr(self, name)))

    def record(self) -> dict[str, Any]:
        """Return the fact as it is stored: money as an exact decimal in major units."""
        figures = {name: self._stored(getattr(self, name)) for name in ("value", "low", "high")}
        return {
            "id": self.id,
            **figures,
            "unit": {"money": self.currency, "odds": "rate"}.get(self.unit, self.unit),
            "n": self.n,
            "definition": self.definition,
            "month": self.month,
            "segment": self.segment,
        }

    def _stored(self, value: float | None) -> str | float | None:
        if value is None:
            return None
        return (
            money.major_text(value, self.currency)
            if self.unit == "money"
            else float(significant(value))
        )

    def shown(self, language: str) -> str:
        """Return the figure as words for a sentence; NaN and None are refused."""
        return _figure(self.value, self, language)

    def shown_signed(self, language: str) -> str:
        """Return the figure with its sign, for a change: +¥2.63M."""
        return ("+" if self.value and self.value > 0 else "") + self.shown(language)

    def shown_range(self, language: str) -> str:
        """Return "low – high", or an empty text where no range applies."""
        if self.low is None or self.high is None:
            return ""
        return f"{_figure(self.low, self, language)} – {_figure(self.high, self, language)}"


def _known(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else value


def _figure(value: float | None, fact: Fact, language: str) -> str:
    if value is None:
        raise ValueError(f"fact {fact.id} has no value to put into a sentence")
    if fact.unit == "money":
        return money.money(value, fact.currency, language, compact=True)
    if fact.unit == "rate":
        return money.rate(value, language)
    if fact.unit == "odds":
        return money.odds(value, language)
    return money.number(value, language, decimals=0 if fact.unit in ("count", "months") else 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """The result of one analysis: an answer and a decision, the tables and facts they rest on.

    `task` is the decision in a line, for the summary, where the decision itself is longer; `who`
    carries it out. `stake` names the fact with the money that it is about, `stake_is` what kind of
    money that is, `odds` the fact with the probability that the verdict holds; each is empty where
    there is none.
    """

    slug: str
    question: str
    answer: str
    decision: str
    status: Status
    evidence: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    facts: tuple[Fact, ...]
    language: str
    caveats: tuple[str, ...] = field(default=())
    task: str = ""
    who: Who | Literal[""] = ""
    stake: str = ""
    stake_is: StakeKind | Literal[""] = ""
    odds: str = ""

    def __post_init__(self) -> None:
        stated = {fact.id for fact in self.facts}
        unknown = [name for name in (self.stake, self.odds) if name and name not in stated]
        if unknown:
            raise ValueError(f"{self.slug} rests on {unknown[0]}, which is none of its facts")

    def record(self) -> dict[str, Any]:
        """Return the words of the finding as they are stored."""
        return {
            "slug": self.slug,
            "question": self.question,
            "answer": self.answer,
            "decision": self.decision,
            "status": self.status,
            "caveats": list(self.caveats),
            "task": self.task or self.decision,
            "who": self.who,
            "stake": self.stake,
            "stake_is": self.stake_is if self.stake else "",
            "odds": self.odds,
        }

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        self._write_tables()
        words = {
            "text/html": self._html(),
            "text/markdown": self._markdown(),
            "text/plain": self.answer,
        }
        facts = [fact.record() for fact in self.facts]
        return words, {"ltvlab": {"finding": self.record(), "facts": facts}}

    def _write_tables(self) -> None:
        run = os.environ.get(RUN_FOLDER)
        if run:
            for name, frame in self.tables.items():
                write_csv(frame, name, Path(run) / "internal" / "tables" / f"{name}.csv")

    def _title(self) -> str:
        return translator(self.language)(self.status)

    def _html(self) -> str:
        label = translator(self.language)
        caveats = "".join(f"<li>{escaped(caveat)}</li>" for caveat in self.caveats)
        return (
            f'<div class="callout callout-{CALLOUTS[self.status]} mathjax_ignore tex2jax_ignore"><p class="callout-title">{escaped(self._title())}</p>'
            f"<p><strong>{escaped(self.answer)}</strong></p>"
            f"<p>{escaped(label('Decision'))}: {escaped(self.decision)}</p>"
            + (f"<ul>{caveats}</ul>" if caveats else "")
            + "</div>"
        )

    def _markdown(self) -> str:
        label = translator(self.language)
        parts = [
            f'::: {{.callout-{CALLOUTS[self.status]} title="{escaped(self._title())}"}}',
            f"**{_markdown_safe(self.answer)}**",
            f"{label('Decision')}: {_markdown_safe(self.decision)}",
            "\n".join(f"- {_markdown_safe(caveat)}" for caveat in self.caveats),
            ":::",
        ]
        return "\n\n".join(part for part in parts if part)


def _markdown_safe(text: str) -> str:
    """Return text, on one line, in which no character means anything to Markdown, HTML or Quarto."""
    return " ".join(text.split()).translate(MARKDOWN)
