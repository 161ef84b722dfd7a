"""What the best customers have in common, known early enough to look for it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._sales_words import sales_facts, sales_sentences
from ltvlab.analyses._trait_words import answer, caveats, decision, named_traits, task, trait_facts
from ltvlab.findings import Finding, Status
from ltvlab.metrics.before_sales import before_sales
from ltvlab.metrics.early_traits import early_traits
from ltvlab.metrics.trait_levels import stacked, starting_traits
from ltvlab.metrics.trait_outcomes import trait_outcomes
from ltvlab.metrics.trait_tests import FEWEST_RANKED, trait_table
from ltvlab.text import translator

__all__ = [
    "before_sales",
    "best_customers",
    "conclude",
    "known_traits",
    "strongest",
    "trait_outcomes",
    "traits",
    "traits_of_staying",
]

SLUG = "ltv_traits"
QUESTION = "What do our best customers have in common?"
STRONGEST = 12


def known_traits(
    features: pd.DataFrame, ranked: pd.DataFrame, *, brought: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return trait, customer_id, level and known_at of everything known of the ranked customers.

    `brought` holds the company's tables events, usage and deals by name, as far as there are any.
    """
    wanted = {name: brought.get(name) for name in ("events", "usage", "deals")}
    return stacked([starting_traits(features, ranked), early_traits(ranked, **wanted)])


def traits(known: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Return how much more often the top fifth of each start year has each trait (D27)."""
    return trait_table(known, ranked)


def traits_of_staying(known: pd.DataFrame, ranked: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return how much more often customers that still pay have each trait than those that left (D27).

    The top fifth pays much from the start; this shows what goes with staying. Without rows for a
    company that brings orders, since nobody leaves there for good.
    """
    table = trait_table(known, ranked, by="stays")
    return table if mrr.attrs["basis"] != "orders" else table.iloc[:0]


def best_customers(ranked: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return the customers at the top, in all or of their start year, the largest margin first (D27)."""
    best = ranked[ranked["top_overall"] | ranked["top"]].rename_axis("customer_id").reset_index()
    best = best.sort_values(["margin", "customer_id"], ascending=[False, True], ignore_index=True)
    best.attrs = {"currency": mrr.attrs["currency"]}
    return best[["customer_id", "start_year", "margin", "top_overall", "top"]]


def strongest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows of `traits` as a page holds them, and every trait that was refused."""
    return pd.concat([table.head(STRONGEST), table[STRONGEST:].query("verdict == 'refused'")])


def conclude(
    table: pd.DataFrame,
    best: pd.DataFrame,
    *,
    beside: Mapping[str, pd.DataFrame] | None = None,
    language: str = "en",
) -> Finding:
    """Return what the best customers have in common, and what to test because of it.

    `best` lists them; `beside` holds the tables traits_of_staying and before_sales.
    """
    say, given = translator(language), dict(beside or {})
    staying, sales = given.get("traits_of_staying"), given.get("before_sales")
    status = _status(table, staying)
    facts = trait_facts(table, staying)
    sold = sales_facts(sales, month=table.attrs["month"])
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=answer(table, staying, facts, status, language),
        decision=decision(table, staying, status, language),
        task=task(table, staying, status, language),
        who="marketing",
        status=status,
        evidence=table,
        tables={"traits": table, "best_customers": best, **given},
        facts=(*facts.values(), *sold.values()),
        language=language,
        caveats=(
            *caveats(table, staying, facts, language),
            *sales_sentences(sales, sold, language),
        ),
    )


def _status(table: pd.DataFrame, staying: pd.DataFrame | None) -> Status:
    if table.attrs["ranked"] < FEWEST_RANKED:
        return "insufficient"
    return "good" if named_traits(table) or named_traits(staying) else "watch"
