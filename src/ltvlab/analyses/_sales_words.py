"""What came before sales to existing customers, won and lost, in facts and sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.findings import Fact
from ltvlab.text import in_sentence, listed, translator

INTEREST = "any_interest"
ABSENT = "Bring deals with their created and close dates, and events, to see what precedes sales to existing customers."
TELLING = "Won sales to existing customers are associated with {signals} in the 90 days before, compared with lost ones."
SILENT = (
    "Nothing recorded in the 90 days before tells won sales to existing customers from lost ones."
)
FEW = "Too few customers have won and lost deals of upsell or cross-sell to tell them apart by what came before."
BASE = "A sign of interest came before {won} of the won and {lost} of the lost deals; at the same times {base_rate} of all paying customers had shown one."


def sales_facts(table: pd.DataFrame | None, *, month: str) -> dict[tuple[str, str], Fact]:
    """Return, per signal, the share of won and lost deals that it preceded and the base rate (D27)."""
    if table is None:
        return {}
    return {
        (name, row["signal"]): Fact(
            id=f"before_sales.{name}", value=row[name], unit="rate", definition="D27",
            month=month, segment=row["signal"],
            n=row[f"n_{name}"] if name in ("won", "lost") else None,
        )
        for row in table.to_dict("records")
        for name in ("won", "lost", "base_rate")
        if np.isfinite(row[name])
    }  # fmt: skip


def sales_sentences(
    table: pd.DataFrame | None, facts: dict[tuple[str, str], Fact], language: str
) -> list[str]:
    """Return what came before won deals more often than before lost ones, beside the base rate."""
    say = translator(language)
    if table is None or table.empty:
        return [say(ABSENT)]
    more = table[(table["verdict"] == "found") & (table["difference_in_share"] > 0)]
    signals = listed([in_sentence(name, language) for name in more["signal"]], language)
    few = (table["verdict"] == "cannot_tell").all()
    text = TELLING if signals else FEW if few else SILENT
    sentences = [say(text).format(signals=signals)]
    shares = {
        name: facts[name, INTEREST].shown(language)
        for name in ("won", "lost", "base_rate")
        if (name, INTEREST) in facts
    }
    return [*sentences, say(BASE).format(**shares)] if len(shares) == 3 else sentences
