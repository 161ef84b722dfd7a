"""What the MRR chapter says: the answer, the decision and what to keep in mind, all from facts."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ltvlab.analyses._price_facts import renewal_sentence
from ltvlab.findings import Fact, Status
from ltvlab.metrics.customer_ledger import LEDGER_CUSTOMERS
from ltvlab.text import in_sentence, month_label, paragraph, translator

DECISIONS = {
    "good": "Hold the course: the existing book grows by itself. Most of what is lost is {largest_loss} ({loss_share} of losses in twelve months).",
    "watch": "Whether the existing book grows or shrinks is not settled. Look at {largest_loss} first: it is {loss_share} of losses in twelve months.",
    "act": "The existing book shrinks. Stop the largest loss first: {largest_loss} is {loss_share} of losses in twelve months.",
    "insufficient": "Wait for thirteen months of history before judging retention; until then read the bridge month by month.",
}
BESIDE = {
    "mrr_usage": "Beside MRR, customers pay {mrr_usage} a month by use (mean of three months).",
    "mrr_unconfirmed": "Of MRR, {mrr_unconfirmed} is unconfirmed: those contracts have ended and their renewals are still open.",
}
DATED = {
    "service_end": "Churn here means that a customer's MRR is zero at a month's end; it is dated to the end of paid service, not to the notice.",
    "notice": "Churn here means that a customer's MRR is zero at a month's end; it is dated to the notice, not to the end of paid service.",
}
WITHOUT_LOSSES = "Hold the course: nothing was lost in twelve months."


def answer(facts: dict[str, Fact], table: pd.DataFrame, language: str) -> str:
    """Return where MRR stands, what twelve months did, and how much of the book stays."""
    say = translator(language)
    words = {
        name.replace(".", "_"): fact.shown(language)
        for name, fact in facts.items()
        if fact.value is not None
    }
    words["mrr_month_change"] = facts["mrr.month_change"].shown_signed(language)
    words["month"] = month_label(table["month"].iloc[-1], language)
    words["gained"] = _sum_words(facts, ("new", "reactivation", "expansion"), language)
    words["lost"] = _sum_words(facts, ("contraction", "churn"), language)
    first = say(
        "MRR is {mrr_closing} at the end of {month}, from {mrr_customers} customers ({mrr_month_change} on the month)."
    )
    if facts["retention.nrr"].value is None:
        return first.format(**words)
    words["nrr_range"] = facts["retention.nrr"].shown_range(language)
    second = say(
        "Twelve months brought {gained} and cost {lost}; NRR is {retention_nrr} (underlying rate {nrr_range}) and GRR {retention_grr}."
    )
    if not words["nrr_range"]:
        second = say(
            "Twelve months brought {gained} and cost {lost}; NRR is {retention_nrr} and GRR {retention_grr}."
        )
    sentences = [first, second]
    if "reasons_cross_sell_share" in words:
        sentences += [
            say(
                "Over six months cross-sold families were {reasons_cross_sell_share} of expansion; {reasons_downsell_saves} customers cut back and are still there, paying {reasons_downsell_saves_kept}."
            )
        ]
    sentences += [say(BESIDE[name]) for name in BESIDE if name in words]
    filled = [sentence.format(**words) for sentence in sentences]
    return paragraph([*filled, *renewal_sentence(facts, language)], language)


def _sum_words(facts: dict[str, Fact], names: tuple[str, ...], language: str) -> str:
    parts = [facts[f"mrr.twelve_months.{name}"] for name in names]
    total = sum(part.value for part in parts)
    summed = replace(parts[0], id="sum", value=abs(total), definition="D09")
    return summed.shown(language)


def decision(status: Status, facts: dict[str, Fact], language: str) -> str:
    """Return what to do about the largest loss, by the status of the book."""
    say = translator(language)
    losses = {name: -facts[f"mrr.twelve_months.{name}"].value for name in ("churn", "contraction")}
    total = sum(losses.values())
    if status == "insufficient":
        return say(DECISIONS[status])
    if not total:
        return say(WITHOUT_LOSSES)
    largest = max(losses, key=lambda name: losses[name])
    share = Fact(id="share", value=losses[largest] / total, unit="rate", definition="D25", month="")
    return say(DECISIONS[status]).format(
        largest_loss=in_sentence(largest, language), loss_share=share.shown(language)
    )


def caveats(table: pd.DataFrame, rates: pd.DataFrame, language: str) -> tuple[str, ...]:
    """Return what a reader has to know of the bridge and the rates."""
    say = translator(language)
    dated = "notice" if table.attrs.get("churn_timing") == "notice" else "service_end"
    said = [
        say(DATED[dated]),
        say(
            "Booked figures are facts; the range belongs to the underlying rate, with customers drawn again at random."
        ),
    ]
    note = table.attrs.get(f"churn_note_{language}")
    said += [note] if note else []
    if rates["nrr"].notna().any() and table["customers"].iloc[-1] < LEDGER_CUSTOMERS:
        said.append(
            say(
                "Under 50 customers one contract moves these rates: read them beside the list of names."
            )
        )
    return tuple(said)
