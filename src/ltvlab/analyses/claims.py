"""Do the articles' numbers hold here, and is what we do good selling?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._claim_facts import claim_facts, claim_words, light_words
from ltvlab.analyses._claim_words import answer, caveats, checks, decision, worst_of
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.claim_costs import churn_claims, cost_claims
from ltvlab.metrics.claim_sales import top_fifth_claim, usage_claim, win_claims
from ltvlab.metrics.claims import CLAIMS, claims_table
from ltvlab.metrics.failure_patterns import failure_patterns
from ltvlab.metrics.good_selling import good_selling
from ltvlab.metrics.sales_records import Records, sales_records
from ltvlab.text import translator

__all__ = [
    "claim_words",
    "claims_register",
    "conclude",
    "failure_patterns",
    "good_selling",
    "light_words",
    "sales_records",
]

SLUG = "claims"
QUESTION = "Do the articles' numbers hold here?"


def claims_register(
    records: Records, *, upsell_trigger: str, seed: int, deal_seed: int
) -> pd.DataFrame:
    """Return one row per claim of the articles, with the own figure and the verdict (D44).

    `upsell_trigger` is what the CRM writes on deals begun by an alert on use. The seeds are those
    of the chapters on value and on the pipeline, so that one figure has one range.
    """
    measured = {
        **cost_claims(records, seed=seed),
        **churn_claims(records, seed=seed),
        **win_claims(records, alert=upsell_trigger, seed=deal_seed),
        "usage_threshold": usage_claim(records, seed=seed),
        "top_fifth": top_fifth_claim(records, seed=seed),
    }
    return claims_table({name: measured[name] for name in CLAIMS})


def conclude(
    register: pd.DataFrame,
    patterns: pd.DataFrame,
    views: pd.DataFrame,
    *,
    month: str,
    language: str = "en",
) -> Finding:
    """Return which claims hold on the own data, and what the checks on selling ask for."""
    tables = {"claims_register": register, "failure_patterns": patterns, "good_selling": views}
    facts = claim_facts(tables, month)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=answer(tables, facts, language),
        decision=decision(tables, facts, language),
        who="leadership",
        status=_status(tables, facts),
        evidence=register,
        tables=tables,
        facts=tuple(facts.values()),
        language=language,
        caveats=caveats(register, language),
    )


def _status(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact]) -> Status:
    worst = worst_of(checks(tables))
    if worst in ("act", "watch"):
        return worst
    if facts["claims.count.contradicted"].value:
        return "watch"
    return worst
