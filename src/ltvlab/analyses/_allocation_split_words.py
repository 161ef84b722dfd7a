"""The split of spend that is proposed, with its reason, and what to bring where none can be."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.allocation_table import split_of
from ltvlab.money import number
from ltvlab.months import YEAR
from ltvlab.text import in_sentence, listed, translator

SPLITS = {
    "move_to_existing": "Plan {split} of spend for existing customers, against {share} now: {move} a year to move to them.",
    "move_to_new": "Plan {split} of spend for existing customers, against {share} now: {move} a year to move to new business.",
    "as_it_is": "The {share} of spend that existing customers get already lies in the {split} that follows from this.",
    "already_beyond": "Spend already leans that way beyond the {band} of the articles ({share} for existing customers): change what it is spent on, not how much.",
    "few_customers": "For so few customers no split is proposed: go through them one by one.",
}
WHY = {
    "retention": "That is the upper half of the {band} that the articles advise, since losses are over the line.",
    "expansion": "That is the upper half of the {band} that the articles advise, since selling more to customers returns more.",
    "new": "That is the lower half of the {band} that the articles advise, since new business returns more.",
    "hold": "That is the whole {band} that the articles advise, since nothing settles on which half.",
}
PURPOSES = {
    "acquisition": "purpose_acquisition", "expansion": "purpose_expansion",
    "retention": "purpose_retention",
}  # fmt: skip
BRING = "To say what spend brings where, bring {things}."
THINGS = {
    "spend": "spend on {purposes} for every month from {first} to {last} (table spend, with hours where known)",
    "margin": "a gross margin per product or for the company",
    "months": "{count} more months of revenue",
}


def split_sentence(rules: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> list[str]:
    """Return the split of spend proposed and why, or why there is none; nothing without spend."""
    say, split = translator(language), split_of(rules)
    if split.reason not in SPLITS:
        return []
    share, band = facts["allocation.existing_share_cost.12"], facts["allocation.band"]
    words = {"share": share.shown(language) if share.value is not None else ""}
    words["band"] = band.shown_range(language)
    for name in ("split", "move"):
        fact = facts.get(f"allocation.{name}")
        words[name] = fact.shown_range(language) if fact else ""
    sentences = [say(SPLITS[split.reason]).format(**words)]
    if split.reason in ("move_to_existing", "move_to_new", "as_it_is"):
        sentences.append(say(WHY[rules.attrs["first"]]).format(**words))
    return sentences


def split_in_short(rules: pd.DataFrame, facts: Mapping[str, Fact], language: str) -> list[str]:
    """Return the split to plan beside today's; nothing where none is to be moved."""
    if split_of(rules).reason not in ("move_to_existing", "move_to_new"):
        return []
    return [
        translator(language)("Plan {split} of spend for existing customers (now {share}).").format(
            split=facts["allocation.split"].shown_range(language),
            share=facts["allocation.existing_share_cost.12"].shown(language),
        )
    ]


def bring(rules: pd.DataFrame, language: str) -> list[str]:
    """Return exactly what is missing for the returns and the split; nothing where nothing is."""
    say, told = translator(language), rules.attrs
    recurring, things = told["basis"] != "orders", []
    if told["unbooked"]:
        purposes = [in_sentence(PURPOSES[name], language) for name in told["unbooked"]]
        things.append(
            say(THINGS["spend"]).format(
                purposes=listed(purposes, language), first=told["spend_from"], last=told["month"]
            )
        )
    if recurring and told["margin_source"] == "none":
        things.append(say(THINGS["margin"]))
    if recurring and told["months"] <= YEAR:
        count = number(YEAR + 1 - told["months"], language)
        things.append(say(THINGS["months"]).format(count=count))
    return [say(BRING).format(things=listed(things, language))] if things else []
