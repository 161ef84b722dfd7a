"""What the value chapter says: the headline, what stands apart, today's customers, and what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.findings import Fact, Status
from ltvlab.money import number
from ltvlab.text import in_sentence, paragraph, segment_label, translator


def answer(
    facts: tuple[Fact, ...],
    overall: pd.Series,
    clear: pd.DataFrame,
    existing_method: str,
    language: str,
) -> str:
    """Return the headline value, the segment most apart, and what today's customers will still bring."""
    say = translator(language)
    if np.isnan(overall["value"]):
        return say("There are too few customers seen from their start to put a value on one.")
    by_id = {(fact.id, fact.segment): fact for fact in facts}
    headline = by_id[(f"ltv.{overall['method']}.all", "all")]
    kind = "cohort" if overall["method"] == "cohort" else "model"
    sentence = ANSWERS[kind, overall["margin_source"] == "none"]
    first = say(sentence).format(
        value=headline.shown(language), range=headline.shown_range(language) or say("not known"),
        months=int(overall["horizon_months"]), customers=number(headline.n, language),
    )  # fmt: skip
    if clear.empty:
        rest = say("No segment stands apart from the rest beyond what chance would do.")
    else:
        rest = _contrast_words(by_id, _foremost(clear), overall, language)
    today = _existing_words(by_id, existing_method, language)
    return paragraph([first, rest, *today], language)


ANSWERS = {
    (
        "model",
        False,
    ): "A new customer is worth {value} of gross margin over {months} months (range {range}, {customers} customers).",
    (
        "model",
        True,
    ): "A new customer is worth {value} of revenue over {months} months (revenue LTV; range {range}, {customers} customers).",
    (
        "cohort",
        False,
    ): "A customer brings {value} of gross margin in its first {months} months (range {range}, {customers} customers).",
    (
        "cohort",
        True,
    ): "A customer brings {value} of revenue in its first {months} months (revenue LTV; range {range}, {customers} customers).",
}


def _existing_words(by_id: dict[tuple[str, str], Fact], method: str, language: str) -> list[str]:
    """Return the sentence on today's customers, a floor where nothing is carried past ages watched."""
    total = by_id.get(("ltv.existing.total", "all"))
    if total is None:
        return []
    say = translator(language)
    floor = "Today's {customers} customers will bring at least {total} more, as far as ages were watched (range {range})."
    whole = "Today's {customers} customers are expected to bring {total} more (range {range})."
    return [
        say(floor if method == "survival" else whole).format(
            customers=number(total.n, language),
            total=total.shown(language),
            range=total.shown_range(language) or say("not known"),
        )
    ]


def _contrast_words(
    by_id: dict[tuple[str, str], Fact], best: pd.Series, overall: pd.Series, language: str
) -> str:
    say = translator(language)
    difference = by_id[(f"ltv.contrast.{best['axis']}", best["segment"])]
    value = by_id[(f"ltv.{overall['method']}.{best['axis']}", best["segment"])]
    more = (
        "Most apart is {axis} {segment}: {value}, {difference} more than the rest (range {range})."
    )
    less = (
        "Most apart is {axis} {segment}: {value}, {difference} less than the rest (range {range})."
    )
    low, high = (
        (difference.low, difference.high)
        if difference.value > 0
        else (-difference.high, -difference.low)
    )
    size = Fact(
        id="size", value=abs(difference.value), low=low, high=high, unit="money", definition="D33", month="",
        currency=difference.currency,
    )  # fmt: skip
    return say(more if difference.value > 0 else less).format(
        axis=in_sentence(best["axis"], language), segment=segment_label(best["segment"], language), value=value.shown(language),
        difference=size.shown(language), range=size.shown_range(language),
    )  # fmt: skip


def _foremost(clear: pd.DataFrame) -> pd.Series:
    """Return the clear contrast to lead with: the best segment if one is worth more, else the worst."""
    better = clear[clear["difference"] > 0]
    return (better if len(better) else clear).iloc[0]


def decision(status: Status, clear: pd.DataFrame, language: str) -> str:
    """Return the test to run on the segment that stands apart, or to hold."""
    say = translator(language)
    if status == "insufficient":
        return say(
            "Keep recording starts and ends; a value needs at least five customers seen from their start."
        )
    if clear.empty:
        return say("Hold: do not move budget between segments on these figures.")
    best = _foremost(clear)
    words = {
        "axis": in_sentence(best["axis"], language),
        "segment": segment_label(best["segment"], language),
    }
    if best["difference"] > 0:
        return say(
            "Test for one quarter: give {axis} {segment} a larger share of acquisition, and compare first-year margin."
        ).format(**words)
    return say(
        "Test for one quarter: ask more of {axis} {segment} before acquiring (price, onboarding), and compare first-year margin."
    ).format(**words)
