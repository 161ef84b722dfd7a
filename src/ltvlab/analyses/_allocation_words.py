"""Where the next spend goes, in sentences: what comes first, what would turn it, which split follows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.analyses._allocation_split_words import bring, split_in_short, split_sentence
from ltvlab.findings import Fact
from ltvlab.money import number
from ltvlab.text import in_sentence, listed, paragraph, translator

RATIO = "Over {window} months {churned} of MRR was lost and {won} newly won, a ratio of {ratio}."
RANGED = "Over {window} months {churned} of MRR was lost and {won} newly won, a ratio of {ratio} (underlying ratio {range})."
NOTHING_NEW = "Over {window} months {churned} of MRR was lost and nothing newly won."
SAID = {
    "retention_first": "That is over the line of {line}, with odds of {odds}: keeping customers comes first.",
    "growth_first": "That is under the line of {line}, with odds of {odds}: growth may come first.",
    "undecided": "On which side of the line of {line} the underlying ratio lies is not settled.",
}
TURNS = {
    "less": "It would turn with {amount} less lost (largest losses avoided: {customers}).",
    "more": "It would turn with {amount} more lost (largest customers gone: {customers}).",
    "less_only": "It would turn with {amount} less lost.",
    "more_only": "It would turn with {amount} more lost.",
}
WINDOWS = "The same ratio over {windows}."
OF_WINDOW = "{window} months: {ratio}"
STABLE = {
    "stable_churn": "The share of customers lost is {ratio} of that of the {window} months before: {verdict}.",
    "stable_renewals": "The share of contracts not renewed is {ratio} of that of the {window} months before: {verdict}.",
}
UNSAID = {
    "too_short": "Churned against new MRR needs {count} more months.",
    "nothing_moved": "Over {window} months nothing was lost and nothing newly won.",
    "not_recurring": "Orders promise no next one, so churned against new MRR and the returns do not apply; the split of spend and the cost of a customer do.",
}
EARNED = {
    "expansion": "Spend on expansion came back {value} times in expected gross margin.",
    "new": "Spend on new business came back {value} times in expected gross margin.",
}
EARNED_RANGED = {
    "expansion": "Spend on expansion came back {value} times in expected gross margin (range {range}).",
    "new": "Spend on new business came back {value} times in expected gross margin (range {range}).",
}
ORDER = {
    "expansion_first": "Expansion returns more, with odds of {odds}; {amount} of MRR less sold to customers would turn that.",
    "new_business_first": "New business returns more, with odds of {odds}; {amount} of MRR more sold to customers would turn that.",
    "undecided": "Which of the two returns more is not settled.",
}
KEPT = "Retention cost {cost}; one percent of MRR kept is worth {worth}, so it pays from {even} of MRR kept a year, and how much it kept cannot be seen in the books."
SHARES = {
    "inside": "{share} of spend goes to existing customers, inside the {band} that the articles advise.",
    "below": "{share} of spend goes to existing customers, below the {band} that the articles advise.",
    "above": "{share} of spend goes to existing customers, above the {band} that the articles advise.",
    "insufficient": "{share} of spend goes to existing customers; for so small a book no band is applied.",
}
FIRST = {
    "retention": "Put retention first, before more is spent on growth.",
    "expansion": "Put the next spend into selling more to customers: it returns more than new business.",
    "new": "Put the next spend into new business: it returns more than selling more to customers.",
    "hold": "Leave the aim as it is and look again next month: nothing settles yet where more would come back.",
    "growth": "Growth may come first, but as expansion or as new business cannot be said yet.",
    "nothing": "Look again once customers were lost or won: until then there is nothing to weigh.",
    "rising": "Churn is rising, so find out why before more is spent on growth.",
}
CAVEATS = {
    "months": "A new customer and more sold to one are both taken to stay {months} months, as today's book does and sixty at most; a new customer may leave sooner.",
    "booked": "Spend is as booked by purpose: what is done for customers within other budgets is not in it.",
    "annual": "At least half of MRR is on yearly terms, so losses come in waves and twelve months are judged.",
}


def answer(rules: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> str:
    """Return what the rule says and what would turn it, what spend brings, and how it is split."""
    rows = rules[rules["headline"]].set_index("rule")
    sentences = [
        *_rule(rows.loc["churn_to_new"], rules, facts, language),
        *_returns(rows.loc["expansion_to_new"], facts, language),
        *_share(rows.loc["existing_share_cost"], facts, language),
    ]
    return paragraph(sentences, language)


def _rule(row: pd.Series, rules: pd.DataFrame, facts: Mapping, language: str) -> list[str]:
    say, window = translator(language), number(row["window_months"], language)
    if row["lacking"]:
        count = number(max(row["window_months"] + 1 - rules.attrs["months"], 0), language)
        return [say(UNSAID[row["lacking"]]).format(window=window, count=count)]
    fact = facts[f"allocation.churn_to_new.{row['window_months']}"]
    words = {
        name: facts[f"allocation.{name}"].shown(language) for name in ("churned", "won", "line")
    }
    words |= {"window": window, "range": fact.shown_range(language)}
    text = NOTHING_NEW
    if fact.value is not None:
        words["ratio"] = fact.shown(language)
        text = RANGED if words["range"] else RATIO
    words["odds"] = _odds(row, facts, language) if row["verdict"] != "undecided" else ""
    sentences = [say(text).format(**words), say(SAID[row["verdict"]]).format(**words)]
    return [*sentences, *_turn(fact, facts, language)]


def _odds(row: pd.Series, facts: Mapping[str, Fact], language: str) -> str:
    """Return the odds that a verdict holds, not those of being over the line."""
    fact = facts[f"allocation.{row.name}.{row['window_months']}.odds"]
    holds = row["verdict"] in ("retention_first", "expansion_first")
    value = fact.value if holds else 1 - fact.value
    return Fact(id="shown", value=value, unit="odds", definition="D35", month="").shown(language)


def _turn(fact: Fact, facts: Mapping, language: str) -> list[str]:
    amount = facts.get(f"{fact.id}.flip")
    if amount is None:
        return []
    over = fact.value is None or fact.value > facts["allocation.line"].value
    name, who = "less" if over else "more", facts.get(f"{fact.id}.flip_customers")
    words = {"amount": amount.shown(language), "customers": who.shown(language) if who else ""}
    return [translator(language)(TURNS[name if who else f"{name}_only"]).format(**words)]


def _windows(rules: pd.DataFrame, facts: Mapping, language: str) -> list[str]:
    say = translator(language)
    others = rules[rules["rule"].eq("churn_to_new") & ~rules["headline"] & rules["value"].notna()]
    shown = [
        say(OF_WINDOW).format(
            window=number(months, language),
            ratio=facts[f"allocation.churn_to_new.{months}"].shown(language),
        )
        for months in others["window_months"]
    ]
    return [say(WINDOWS).format(windows=listed(shown, language))] if shown else []


def _stable(rows: pd.DataFrame, facts: Mapping, language: str) -> list[str]:
    name = next(rule for rule in rows.index if rule in STABLE)
    row, say = rows.loc[name], translator(language)
    fact = facts[f"allocation.{name}.{row['window_months']}"]
    if fact.value is None:
        return []
    words = {"window": number(row["window_months"], language), "ratio": fact.shown(language)}
    verdict = in_sentence(row["verdict"], language)
    return [say(STABLE[name]).format(verdict=verdict, **words)]


def _returns(row: pd.Series, facts: Mapping, language: str) -> list[str]:
    say, sentences = translator(language), []
    for motion in EARNED:
        fact = facts.get(f"returns.{motion}")
        if fact is not None:
            span = fact.shown_range(language)
            text = (EARNED_RANGED if span else EARNED)[motion]
            sentences.append(say(text).format(value=fact.shown(language), range=span))
    if not row["lacking"]:
        amount = facts.get("allocation.expansion_to_new.12.flip")
        words = {"amount": amount.shown(language) if amount else ""}
        words["odds"] = _odds(row, facts, language) if row["verdict"] != "undecided" else ""
        sentences.append(say(ORDER[row["verdict"]]).format(**words))
    return sentences


def _kept(facts: Mapping, language: str) -> list[str]:
    names = {"cost": "cost", "worth": "point_worth", "even": "break_even"}
    found = {word: facts.get(f"returns.retention.{name}") for word, name in names.items()}
    if None in found.values():
        return []
    words = {word: fact.shown(language) for word, fact in found.items()}
    return [translator(language)(KEPT).format(**words)]


def _share(row: pd.Series, facts: Mapping, language: str) -> list[str]:
    share = facts["allocation.existing_share_cost.12"]
    if share.value is None:
        return []
    band = facts["allocation.band"].shown_range(language)
    words = {"share": share.shown(language), "band": band}
    return [translator(language)(SHARES[row["verdict"]]).format(**words)]


def decision(rules: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> str:
    """Return what to put first, the split that follows with its reason, and what to bring."""
    say, first = translator(language), _aim(rules)
    sentences = [say(FIRST[first])] if first else []
    split = split_sentence(rules, facts, language)
    found = [*sentences, *split, *bring(rules, language)]
    return paragraph(found or [say(FIRST["nothing"])], language)


def task(rules: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> str:
    """Return the decision in a line: what comes first, and the split that follows."""
    first = _aim(rules)
    if not first:
        return decision(rules, facts, language)
    return paragraph(
        [translator(language)(FIRST[first]), *split_in_short(rules, facts, language)], language
    )


def _aim(rules: pd.DataFrame) -> str:
    first, rows = rules.attrs["first"], rules[rules["headline"]].set_index("rule")
    if first != "hold" or rows.loc["churn_to_new", "verdict"] != "growth_first":
        return first
    if rows["verdict"].eq("rising").any():
        return "rising"
    return "growth" if rows.loc["expansion_to_new", "lacking"] else "hold"


def caveats(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact], language: str
) -> tuple[str, ...]:
    """Return what stands beside the answer, and what its figures take for granted."""
    say, months = translator(language), facts.get("returns.new.expected_months")
    shown = {
        "months": months is not None and tables["returns"]["value"].notna().any(),
        "booked": bool(np.isfinite(tables["allocation"].attrs["spend"])),
        "annual": tables["allocation"].attrs["annual"],
    }
    words = {"months": months.shown(language) if months else ""}
    rules = tables["allocation"]
    beside = [
        *_windows(rules, facts, language),
        *_stable(rules[rules["headline"]].set_index("rule"), facts, language),
        *_kept(facts, language),
    ]
    taken = [say(CAVEATS[name]).format(**words) for name, holds in shown.items() if holds]
    return (*beside, *taken)
