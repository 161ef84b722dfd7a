"""What a convention is called in a sentence, and the sentences on gaps and invoices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.analyses._convention_facts import figure_fact
from ltvlab.findings import Fact
from ltvlab.metrics.convention_gaps import TOGETHER
from ltvlab.text import in_sentence, listed, translator

REASONS = {
    "snapshot": "it counts the first day of the month",
    "late_renewals": "a late renewal counts as a loss and a return",
    "pauses": "a paused contract keeps its amount",
    "free": "who moves to a free plan stays a customer",
    "discounts": "discounts with an end are not taken off",
    "churn_timing": "a loss counts from the day of notice",
    "netting": "every change within a month counts on its own",
    "returner_days": "who returns after 90 days counts as new",
    "churn_base": "lost customers are divided by the new ones too",
    "churn_window": "churn is the mean of the six months before",
    "retention": "it adds up monthly movements, also those of customers who joined or returned",
    "margin": "it counts revenue, not margin",
    TOGETHER: "several conventions together",
}
EXACT = "Invoices of the last twelve months come to {billed}, credits of {credits} taken off; spread over the service they charge for they are {accrued}, and no difference to MRR is unexplained."
MISSED = "Invoices of the last twelve months come to {billed}, credits of {credits} taken off; spread over the service they charge for they are {accrued}, and up to {residual_share} of a month's MRR stays unexplained."


def point_change(change: float, unit: str, currency: str, language: str) -> str:
    """Return a change with its sign: money, customers, or percentage points of a rate."""
    sign = "+" if change > 0 else ""
    if unit == "money":
        return sign + money.money(change, currency, language, compact=True)
    if unit == "count":
        return sign + money.number(change, language)
    points = sign + money.number(change * 100, language, decimals=2)
    return translator(language)("{points} points").format(points=points)


def gap_sentences(table: pd.DataFrame, facts: dict[str, Fact], language: str) -> list[str]:
    """Return what other tools would show: MRR first, then each tool's largest other difference."""
    say = translator(language)
    shown = table.drop_duplicates(["preset", "figure"])
    mrr = shown[shown["figure"] == "mrr"]
    same = mrr.loc[mrr["ours"] == mrr["theirs"], "preset"].tolist()
    sentences = [say("Our MRR is {mrr}.").format(mrr=facts["conventions.ours.mrr"].shown(language))]
    if same:
        tools = listed(same, language)
        sentences.append(say("{tools} would show the same MRR.").format(tools=tools))
    differing = shown[shown["ours"] != shown["theirs"]]
    told = [_gap_sentence(row, table, language) for row in _largest(differing, table).itertuples()]
    return sentences + told


def _largest(differing: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return, per tool, MRR where it differs, else what differs most of what a reader can see."""
    seen = [
        row.figure == "mrr" or len({fact.shown("en") for fact in _sides(row, table)}) > 1
        for row in differing.itertuples()
    ]
    differing = differing[np.array(seen, dtype=bool)]
    relative = (differing["theirs"] / differing["ours"] - 1).abs().fillna(0.0)
    relative = relative.mask(differing["figure"] == "mrr", float("inf"))
    ranked = differing.assign(relative=relative).sort_values("relative", kind="stable")
    return ranked.drop_duplicates("preset", keep="last").sort_index()


def _sides(row: Any, table: pd.DataFrame) -> tuple[Fact, Fact]:
    """Return our figure and theirs as facts."""
    currency = table.attrs["currency"]
    ours = figure_fact("ours", row.figure, row.ours, currency=currency)
    return ours, figure_fact("theirs", row.figure, row.theirs, currency=currency)


def _gap_sentence(row: Any, table: pd.DataFrame, language: str) -> str:
    say = translator(language)
    parts = table[(table["preset"] == row.preset) & (table["figure"] == row.figure)]
    cause = parts.loc[parts["part"].abs().idxmax(), "convention"]
    ours, theirs = _sides(row, table)
    if ours.shown(language) == theirs.shown(language):
        sentence = "{tool} would differ by {gap} in {figure}, because {cause}."
    elif len(parts) == 1:
        sentence = "{tool} would show {figure} {theirs}, not {ours} ({gap}), because {cause}."
    else:
        sentence = (
            "{tool} would show {figure} {theirs}, not {ours} ({gap}), mostly because {cause}."
        )
    return say(sentence).format(
        tool=row.preset,
        figure=in_sentence(row.figure, language),
        theirs=theirs.shown(language),
        ours=ours.shown(language),
        gap=point_change(row.theirs - row.ours, row.unit, table.attrs["currency"], language),
        cause=say(REASONS[cause]),
    )


def billing_sentences(bill: pd.DataFrame, facts: dict[str, Fact], language: str) -> list[str]:
    """Return how far invoices agree with MRR over the last twelve months; nothing without them."""
    if bill.empty:
        return []
    say = translator(language)
    words = {
        name: facts[f"reconciliation.{name}"].shown(language)
        for name in ("accrued", "billed", "residual_share")
    }
    credited = facts["reconciliation.credits"]
    words["credits"] = replace(credited, value=abs(credited.value)).shown(language)
    exact = facts["reconciliation.residual_share"].value == 0
    return [say(EXACT if exact else MISSED).format(**words)]
