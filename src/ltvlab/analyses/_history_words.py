"""What a report says of the ones before it, in sentences."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.money import money
from ltvlab.text import in_sentence, listed, month_label, paragraph, translator

NONE = "No report was published before this one, so that there is nothing it could say otherwise."
SAID = {
    "month_before": "The report for {month} said {before}; the same month now reads {after} ({change}).",
    "same_month": "An earlier report for {month} said {before}; this one says {after} ({change}).",
}
STANDS = {
    "month_before": "What the report for {month} led with, {before}, stands.",
    "same_month": "What an earlier report for {month} led with, {before}, stands.",
}
OTHERS = "Past figures that read otherwise: {figures} in all."
PARTS = "By cause: {parts}."
PART = "{cause} {amount}"
# What to do about the cause that changed most.
DECISIONS = {
    "corrected_data": "Ask in the source system who changed rows of months that were reported, and close a month before it is reported.",
    "late_data": "Ask why rows of a reported month arrived after its report, and close a month before it is reported.",
    "changed_definition": "Quote figures of earlier reports only with the definitions they stood on: one has changed since.",
    "changed_params": "Have whoever changed the settings confirm that the change was meant; it moves figures already reported.",
    "changed_code": "Read in the changelog what the workbook counts otherwise before quoting earlier figures.",
    "settled": "Count on the newest month to move a little: what was open at its end is settled later.",
    "not_split": "Keep the folder of warehouses from month to month: without it nobody can say why a figure changed.",
}
NOT_SPLIT = "Why figures changed since the report for {month} cannot be told apart: {reason}."
CAVEATS = {
    "one_sided": "Figures with a value in only one of this report and that for {month}, which are not compared: {one_sided}.",
    "facts": "Facts of {month} that read otherwise in this report: {facts}; those of MRR and retention are split by cause, the others are listed.",
    "rows": "Rows of the inputs that now differ, dated up to the end of {month}: {rows}.",
}
IN_ORDER = "Causes are taken one after another in a fixed order; what two of them do together falls to the later one."
# Why a change cannot be split, as `load_history` says it.
REASONS = {
    "no_inputs": "its inputs are no longer kept",
    "not_built": "a book in between cannot be built",
}
FIRST = "Keep this report: the next one is compared with it."
UNCHANGED = "Earlier figures can be quoted as they stand."


def answer(compared: pd.DataFrame, facts: dict[str, Fact], language: str) -> str:
    """Return what each earlier report said and what its month reads now, with the causes."""
    if compared.empty:
        return translator(language)(NONE)
    sentences = [
        sentence
        for report in compared.itertuples()
        for sentence in _sentences(report, facts, language)
    ]
    return paragraph(sentences, language)


def _sentences(report: object, facts: dict[str, Fact], language: str) -> list[str]:
    say, place = translator(language), f"history.{report.since}"
    moved = facts[f"{place}.change"].value != 0
    words = {name: exactly(facts[f"{place}.{name}"], language) for name in ("before", "after")}
    words["change"] = signed(facts[f"{place}.change"], language)
    words["month"] = month_label(pd.Period(report.month, "M"), language)
    sentence = SAID[report.since] if moved else STANDS[report.since]
    said = [say(sentence).format(**words)]
    parts = _parts(place, facts, language)
    if parts:
        said.append(say(PARTS).format(parts=listed(parts, language)))
    if facts[f"{place}.figures"].value:
        figures = facts[f"{place}.figures"].shown(language)
        said.append(say(OTHERS).format(figures=figures))
    return said


def _parts(place: str, facts: dict[str, Fact], language: str) -> list[str]:
    say, beginning = translator(language), f"{place}.by_cause."
    causes = [name for name in facts if name.startswith(beginning)]
    return [
        say(PART).format(
            cause=in_sentence(name.removeprefix(beginning), language),
            amount=signed(facts[name], language),
        )
        for name in causes
    ]


def exactly(fact: Fact, language: str) -> str:
    """Return an amount to its last unit: rounded, what was said and what is now may look alike."""
    return money(fact.value, fact.currency, language)


def signed(fact: Fact, language: str) -> str:
    """Return a change to its last unit, with its sign."""
    return ("+" if fact.value > 0 else "") + exactly(fact, language)


def decision(compared: pd.DataFrame, restated: pd.DataFrame, language: str) -> str:
    """Return what to do about the cause that moved most money, else most figures."""
    say = translator(language)
    if compared.empty:
        return say(FIRST)
    if restated.empty:
        return say(UNCHANGED)
    amounts = restated["part"].abs().where(restated["unit"] == "money", 0.0)
    moved = restated.assign(amount=amounts, figures=1).groupby("cause")[["amount", "figures"]].sum()
    most = moved.sort_values(["amount", "figures"], ascending=False, kind="stable").index[0]
    return say(DECISIONS[most])


def caveats(compared: pd.DataFrame, facts: dict[str, Fact], language: str) -> tuple[str, ...]:
    """Return what cannot be split, what is not compared, and in which order causes are taken."""
    say = translator(language)
    said = []
    for report in compared.itertuples():
        place = f"history.{report.since}"
        words = {"month": month_label(pd.Period(report.month, "M"), language)}
        counts = {name: facts[f"{place}.{name}"] for name in ("one_sided", "facts", "rows")}
        words |= {name: fact.shown(language) for name, fact in counts.items()}
        if report.split:
            said.append(say(NOT_SPLIT).format(reason=say(REASONS[report.split]), **words))
        said += [say(CAVEATS[name]).format(**words) for name, fact in counts.items() if fact.value]
    return (*said, *([say(IN_ORDER)] if len(compared) else []))
