"""What moved recurring revenue, and how much of the book stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ltvlab.analyses._beside_retention import beside_facts, beside_sentences
from ltvlab.analyses._movement_facts import HALF_YEAR, movement_facts, reason_facts
from ltvlab.analyses._order_revenue import conclude_orders
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.movements import customer_counts, movement_table
from ltvlab.metrics.reasons import downsell_saves, reason_table
from ltvlab.metrics.retention import retention_table
from ltvlab.text import in_sentence, month_label, paragraph, translator

SLUG = "mrr_movements"
QUESTION = "What moved revenue?"


def movements(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the monthly MRR bridge: one row per month, closed exactly (D07–D09).

    Empty for a company that brings orders: an order promises no next one.
    """
    return movement_table(_recurring(mrr), customers["opening"], fx=fx)


def movement_counts(mrr: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month: customers that made each movement (D07); empty for orders."""
    return customer_counts(_recurring(mrr), customers["opening"])


def retention(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    seed: int,
    fx: pd.DataFrame | None = None,
    year_ago_rates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per month: NRR, GRR, churn and quick ratio (D22, D23, D25); empty for orders.

    `fx` and `year_ago_rates` are the matrices of those values: movements and rates without what
    exchange rates changed (D10).
    """
    recurring, opening = _recurring(mrr), customers["opening"]
    return retention_table(recurring, opening, seed=seed, fx=fx, year_ago_rates=year_ago_rates)


def reasons(
    panel: pd.DataFrame,
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    fx: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return month, movement, reason, amount, customers (D08); empty for a company of orders.

    The attrs say how many customers cut back in the last half year and are still there
    (`saves`), and what they pay now (`saves_kept`).
    """
    opening, recurring = customers["opening"], _recurring(mrr)
    table = reason_table(panel, recurring, opening, fx=fx)
    saved = downsell_saves(recurring, opening, fx=fx, months=HALF_YEAR)
    table.attrs |= {"saves": int(saved["customers"]), "saves_kept": float(saved["kept"])}
    return table


def revenue_by_month(revenue: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month: revenue (MRR, or order revenue) and how many customers paid it."""
    table = pd.DataFrame(
        {
            "month": revenue.columns,
            "revenue": revenue.to_numpy().sum(axis=0),
            "customers": (revenue.to_numpy() > 0).sum(axis=0),
        }
    )
    table.attrs = dict(revenue.attrs)
    return table


def _recurring(mrr: pd.DataFrame) -> pd.DataFrame:
    return mrr.iloc[:, :0] if mrr.attrs["basis"] == "orders" else mrr


def conclude(
    table: pd.DataFrame,
    rates: pd.DataFrame,
    revenue: pd.DataFrame,
    *,
    why: pd.DataFrame | None = None,
    grains: pd.DataFrame | None = None,
    flash: pd.DataFrame | None = None,
    language: str = "en",
) -> Finding:
    """Return what the bridge and the rates mean for the report month, their last row.

    `why` is the table of `reasons`, `grains` the rates at the other grain of customer (D04) and
    `flash` who joined and left between two month ends (D12): the finding then holds their facts
    and sentences too. For a company that brings orders, return its `revenue` by month and why
    there is no bridge.
    """
    if table.empty:
        return conclude_orders(SLUG, revenue, language=language)
    say = translator(language)
    facts = movement_facts(table, rates) | ({} if why is None else reason_facts(table, why))
    facts |= beside_facts(rates, grains, flash)
    tables = {"mrr_movements": table, "retention": rates, "mrr_reasons": why, "flash": flash}
    status = _status(rates.iloc[-1])
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, table, language),
        decision=_decision(status, facts, language),
        status=status,
        evidence=table,
        tables={name: frame for name, frame in tables.items() if frame is not None},
        facts=tuple(facts.values()),
        language=language,
        caveats=(
            *beside_sentences(facts, grains, language),
            *_caveats(table, rates, language),
        ),
    )


DECISIONS = {
    "good": "Hold the course: the existing book grows by itself. Most of what is lost is {largest_loss} ({loss_share} of losses in twelve months).",
    "watch": "Whether the existing book grows or shrinks is not settled. Look at {largest_loss} first: it is {loss_share} of losses in twelve months.",
    "act": "The existing book shrinks. Stop the largest loss first: {largest_loss} is {loss_share} of losses in twelve months.",
    "insufficient": "Wait for thirteen months of history before judging retention; until then read the bridge month by month.",
}
WITHOUT_LOSSES = "Hold the course: nothing was lost in twelve months."


def _status(latest: pd.Series) -> Status:
    if np.isnan(latest["nrr"]):
        return "insufficient"
    low, high = latest["nrr_low"], latest["nrr_high"]
    if np.isnan(low):
        # Without a range only what every customer did alike is sure: all left, or all stayed.
        alike = np.isclose(latest["grr"], 1) or latest["nrr"] == 0
        low = high = latest["nrr"] if alike else np.nan
    return "act" if high < 1 else "good" if low >= 1 else "watch"


def _answer(facts: dict[str, Fact], table: pd.DataFrame, language: str) -> str:
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
    return paragraph(sentences, language).format(**words)


def _sum_words(facts: dict[str, Fact], names: tuple[str, ...], language: str) -> str:
    parts = [facts[f"mrr.twelve_months.{name}"] for name in names]
    total = sum(part.value for part in parts)
    summed = replace(parts[0], id="sum", value=abs(total), definition="D09")
    return summed.shown(language)


def _decision(status: Status, facts: dict[str, Fact], language: str) -> str:
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


def _caveats(table: pd.DataFrame, rates: pd.DataFrame, language: str) -> tuple[str, ...]:
    say = translator(language)
    caveats = [
        say(
            "Churn here means that a customer's MRR is zero at a month's end; it is dated to the end of paid service, not to the notice."
        ),
        say(
            "Booked figures are facts; the range belongs to the underlying rate, with customers drawn again at random."
        ),
    ]
    note = table.attrs.get(f"churn_note_{language}")
    caveats += [note] if note else []
    if rates["nrr"].notna().any() and table["customers"].iloc[-1] < 50:
        caveats.append(
            say(
                "Under 50 customers one contract moves these rates: read them beside the list of names."
            )
        )
    return tuple(caveats)
