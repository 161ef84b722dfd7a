"""What moved recurring revenue, and how much of the book stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.movements import MOVEMENTS, customer_counts, movement_table
from ltvlab.metrics.retention import YEAR, retention_table
from ltvlab.text import in_sentence, month_label, translator

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
    mrr: pd.DataFrame, customers: pd.DataFrame, *, seed: int, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per month: NRR, GRR, churn and quick ratio (D22, D23, D25); empty for orders."""
    return retention_table(_recurring(mrr), customers["opening"], seed=seed, fx=fx)


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
    table: pd.DataFrame, rates: pd.DataFrame, revenue: pd.DataFrame, *, language: str = "en"
) -> Finding:
    """Return what the bridge and the rates mean for the report month, their last row.

    For a company that brings orders, return its `revenue` by month and why there is no bridge.
    """
    if table.empty:
        return _conclude_orders(revenue, language=language)
    say = translator(language)
    facts = _facts(table, rates)
    status = _status(rates.iloc[-1])
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, table, language),
        decision=_decision(status, facts, language),
        status=status,
        evidence=table,
        tables={"mrr_movements": table, "retention": rates},
        facts=tuple(facts.values()),
        language=language,
        caveats=_caveats(table, rates, language),
    )


def _conclude_orders(table: pd.DataFrame, *, language: str) -> Finding:
    say = translator(language)
    latest = table.iloc[-1]
    year = table["revenue"].tail(YEAR).sum()
    month, currency = str(latest["month"]), table.attrs["currency"]
    revenue = Fact(
        id="revenue.month", value=latest["revenue"], unit="money", definition="D30", month=month,
        n=int(latest["customers"]), currency=currency,
    )  # fmt: skip
    last_year = Fact(
        id="revenue.twelve_months", value=year, unit="money", definition="D30", month=month,
        currency=currency,
    )  # fmt: skip
    return Finding(
        slug=SLUG,
        question=say("How much did customers order?"),
        answer=say(
            "Customers ordered {revenue} in {month} ({customers} customers bought) and {year} over twelve months."
        ).format(
            revenue=revenue.shown(language),
            month=month_label(latest["month"], language),
            customers=int(latest["customers"]),
            year=last_year.shown(language),
        ),
        decision=say(
            "Bring contracts or invoices with service periods to see what moves recurring revenue."
        ),
        status="insufficient",
        evidence=table,
        tables={},
        facts=(revenue, last_year),
        language=language,
        caveats=(
            say(
                "MRR, its movements, NRR and GRR do not apply: this company brings orders, and an order promises no next one."
            ),
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
    return "act" if high < 1 else "good" if low >= 1 else "watch"


def _facts(table: pd.DataFrame, rates: pd.DataFrame) -> dict[str, Fact]:
    latest, rate = table.iloc[-1], rates.iloc[-1]
    month, currency, n = str(latest["month"]), table.attrs["currency"], int(latest["customers"])
    year = table.tail(YEAR)

    def amount(name: str, value: float, definition: str) -> Fact:
        return Fact(
            id=name, value=value, unit="money", definition=definition, month=month, n=n,
            currency=currency,
        )  # fmt: skip

    def share(name: str, definition: str, low: str = "", high: str = "") -> Fact:
        column = name.split(".")[-1]
        return Fact(
            id=name, value=_known(rate[column]), unit="rate", definition=definition, month=month, n=n,
            low=_known(rate[low]) if low else None, high=_known(rate[high]) if high else None,
        )  # fmt: skip

    facts = [
        amount("mrr.closing", latest["closing"], "D06"),
        amount("mrr.month_change", latest["closing"] - latest["opening"], "D09"),
        *(amount(f"mrr.twelve_months.{name}", year[name].sum(), "D07") for name in MOVEMENTS),
        share("retention.nrr", "D22", "nrr_low", "nrr_high"),
        share("retention.grr", "D23", "grr_low", "grr_high"),
        share("retention.logo_churn", "D25"),
        share("retention.revenue_churn", "D25"),
        Fact(
            id="retention.quick_ratio", value=_known(rate["quick_ratio"]), unit="number",
            definition="D25", month=month, n=n,
        ),
        Fact(id="mrr.customers", value=n, unit="count", definition="D06", month=month, n=n),
    ]  # fmt: skip
    return {fact.id: fact for fact in facts}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


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
    return (first + (" " if language == "en" else "") + second).format(**words)


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
