"""Where the next spend goes: keeping customers, selling them more, or winning new ones."""

from __future__ import annotations

import pandas as pd

from ltvlab.analyses._acquisition_words import acquisition_facts
from ltvlab.analyses._allocation_facts import allocation_facts, returns_shown, rules_shown
from ltvlab.analyses._allocation_words import answer, caveats, decision, task
from ltvlab.findings import Finding, Status
from ltvlab.metrics.acquisition_cost import acquisition_table
from ltvlab.metrics.allocation_table import allocation_book, allocation_tables, split_of
from ltvlab.text import translator

__all__ = [
    "acquisition_table",
    "allocation_book",
    "allocation_tables",
    "conclude",
    "returns_shown",
    "rules_shown",
]

SLUG = "resource_allocation"
QUESTION = "Retention, expansion or new business: where does the next yen go?"


def conclude(
    tables: dict[str, pd.DataFrame], acquired: pd.DataFrame, *, language: str = "en"
) -> Finding:
    """Return what comes first and why, with what would turn it, and the split that follows.

    `tables` is of allocation_tables, `acquired` the table of CAC by channel it rests on (D20).
    """
    rules = tables["allocation"]
    facts = allocation_facts(tables)
    found = tuple(facts.values()) + tuple(
        acquisition_facts(acquired).values() if len(acquired) else ()
    )
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=answer(rules, facts, language),
        decision=decision(rules, facts, language),
        task=task(rules, facts, language),
        who="leadership",
        status=_status(rules),
        evidence=rules,
        tables={"allocation": rules} if rules.attrs["basis"] == "orders" else tables,
        facts=found,
        language=language,
        caveats=caveats(tables, facts, language),
        stake=_stake(rules),
        stake_is="mrr_lost" if rules.attrs["first"] == "retention" else "spend_in_year",
        odds="allocation.holds" if "allocation.holds" in facts else "",
    )


def _status(rules: pd.DataFrame) -> Status:
    first, shown = rules.attrs["first"], rules[rules["headline"]].set_index("rule")["verdict"]
    if not first:
        return "insufficient"
    if first == "retention":
        return "act"
    kept = split_of(rules).reason == "as_it_is"
    if rules.attrs["basis"] == "orders":
        return "good" if kept else "watch"
    settled = shown["churn_to_new"] == "growth_first"
    if first == "hold" and settled and shown["expansion_to_new"] == "insufficient":
        return "insufficient"
    return "good" if settled and kept and not _rising(shown) else "watch"


def _rising(verdicts: pd.Series) -> bool:
    return bool(verdicts[verdicts.index.str.startswith("stable")].eq("rising").any())


def _stake(rules: pd.DataFrame) -> str:
    """Return the fact with the money at stake: MRR that is being lost, else the spend to place."""
    first, spend = rules.attrs["first"], rules.attrs["spend"]
    if first == "retention":
        return "allocation.churned"
    return "allocation.spend" if first and spend > 0 else ""
