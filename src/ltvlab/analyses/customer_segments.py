"""Who belongs where: quadrants, loyalty and RFM, with the play of each group and the first calls."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._segment_checks import leading, tested_facts, tested_sentences, validity
from ltvlab.analyses._segment_facts import beside_facts, segment_facts
from ltvlab.analyses._segment_plays import loyalty_plays, quadrant_plays, rfm_plays
from ltvlab.analyses._segment_words import (
    answer,
    by_id_and_segment,
    caveats,
    decision,
    status_of,
    task,
)
from ltvlab.findings import Finding
from ltvlab.metrics.nps_waves import nps_by_wave, score_drops
from ltvlab.metrics.quadrant_history import (
    active,
    latest_moves,
    moves_matrix,
    quadrant_history,
)
from ltvlab.metrics.quadrants import QUADRANTS
from ltvlab.metrics.rfm import GROUPS, tells_apart
from ltvlab.metrics.segment_sizes import group_sizes
from ltvlab.metrics.segment_table import calls_by_owner, first_calls, segment_table
from ltvlab.text import translator

__all__ = [
    "calls_by_owner",
    "conclude",
    "first_calls",
    "latest_moves",
    "leading",
    "loyalty_sizes",
    "moves_matrix",
    "nps_drops",
    "nps_waves",
    "quadrant_history",
    "quadrant_sizes",
    "rfm_sizes",
    "segment_table",
    "validity",
    "weights",
]

SLUG = "customer_segments"
QUESTION = "Who belongs where, and how do we treat them?"
LOYALTY = ("loyal", "stable", "at_risk")
NO_WAVES = ("wave", "weighting", "nps", "low", "high", "answers", "invited", "response")


def weights(*, size: float, industry: float, room: float, engagement: float) -> dict[str, float]:
    """Return the weights of the four parts of the score, by name."""
    return {"size": size, "industry": industry, "room": room, "engagement": engagement}


def quadrant_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return quadrant, customers, amount, share, margin_12 and play per quadrant (D28)."""
    return quadrant_plays(group_sizes(table, "quadrant", order=QUADRANTS))


def loyalty_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return loyalty, customers, amount, share, margin_12, goal and play (D29); no rows if nobody is judged."""
    judged = (table["loyalty"] != "").any()
    return loyalty_plays(group_sizes(table, "loyalty", order=LOYALTY if judged else ()))


def rfm_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return rfm, customers, amount, share, margin_12 and play per group (D30); no rows without purchases."""
    bought = (table["rfm"] != "").any()
    return rfm_plays(group_sizes(table, "rfm", order=GROUPS if bought else ()))


def nps_waves(tables: Mapping[str, pd.DataFrame], mrr: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the newest two NPS waves by person, account and money; no rows without surveys (D41)."""
    if "surveys" not in tables:
        return pd.DataFrame(columns=list(NO_WAVES))
    as_of = mrr.columns[-1].end_time.normalize()
    return nps_by_wave(tables["surveys"], mrr, as_of=as_of, seed=seed)


def nps_drops(table: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Return active customers whose score fell, with owner and amount, the largest amount on top."""
    there = active(features, table.attrs["basis"])
    fell = score_drops(there).rename_axis("customer_id").reset_index()
    known = table[["customer_id", "owner", "quadrant", "amount"]]
    shown = fell.merge(known, on="customer_id", validate="one_to_one")
    shown = shown.sort_values(["amount", "customer_id"], ascending=[False, True], ignore_index=True)
    shown.attrs = dict(table.attrs)
    return shown


def conclude(
    table: pd.DataFrame,
    *,
    month: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
    language: str = "en",
) -> Finding:
    """Return how the book is sorted and who calls whom first.

    `beside` holds further tables by name, each with its facts and sentences: quadrant_moves, nps,
    nps_drops, leading_indicators and score_validity.
    """
    say, given = translator(language), dict(beside or {})
    calls = first_calls(table)
    sizes = {
        "quadrant": quadrant_sizes(table),
        "loyalty": loyalty_sizes(table),
        "rfm": rfm_sizes(table),
    }
    facts = [*segment_facts(table, sizes, calls, month=month), *beside_facts(given, month=month)]
    facts += tested_facts(given, month=month)
    by_id = by_id_and_segment(facts)
    tells = tells_apart(table[table["rfm"] != ""])
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=answer(table, by_id, language),
        decision=decision(table, calls, language),
        task=task(table, calls, language),
        who="every_owner",
        status=status_of(table, calls, given.get("leading_indicators")),
        evidence=calls,
        tables={
            "customer_segments": table,
            "first_calls": calls,
            **{f"{name}_sizes": rows for name, rows in sizes.items()},
            **given,
        },
        facts=tuple(facts),
        stake="segments.calls_amount" if ("segments.calls_amount", "all") in by_id else "",
        stake_is="mrr_at_risk" if table.attrs["basis"] != "orders" else "revenue_at_risk",
        language=language,
        caveats=(
            *caveats(table, by_id, tells, language),
            *tested_sentences(given, facts, language),
        ),
    )
