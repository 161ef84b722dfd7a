"""What moved recurring revenue, and how much of the book stays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.analyses._beside_retention import beside_facts, beside_sentences
from ltvlab.analyses._concentration_words import concentration_facts, concentration_sentences
from ltvlab.analyses._movement_facts import (
    HALF_YEAR,
    month_reason_facts,
    movement_facts,
    reason_facts,
    use_and_open_facts,
)
from ltvlab.analyses._movement_words import answer, caveats, decision
from ltvlab.analyses._order_revenue import conclude_orders
from ltvlab.analyses._price_facts import price_facts, renewal_facts
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.gross_movements import gross_movements
from ltvlab.metrics.movements import customer_counts, movement_table
from ltvlab.metrics.prices import arpa_table, average_selling_price
from ltvlab.metrics.reasons import downsell_saves, reason_table
from ltvlab.metrics.renewal_rates import renewals_table
from ltvlab.metrics.retention import ratios_in_words, retention_table
from ltvlab.text import translator

__all__ = [
    "arpa",
    "conclude",
    "gross_ledger",
    "movement_counts",
    "movements",
    "ratios_in_words",
    "reasons",
    "renewals_table",
    "retention",
    "revenue_by_month",
]

SLUG = "mrr_movements"
QUESTION = "What moved revenue?"
# Tables that are written only where there is something in them.
SELDOM = ("renewals", "usage_mrr")
# Use swings from month to month; a quarter is what it comes to.
USAGE_MONTHS = 3


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


def gross_ledger(moves: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return month, gross_up, gross_down, net of customers that stayed (D08); empty for orders."""
    return gross_movements(moves, _recurring(mrr))


def arpa(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return MRR per customer by month, axis and segment, and why it changed (D31); empty for orders.

    The attrs say what a new customer of the last twelve months pays (`asp`) and how many `joined`.
    """
    table = arpa_table(_recurring(mrr), customers)
    asp, joined = average_selling_price(_recurring(mrr), customers, fx=fx)
    table.attrs |= {"asp": asp, "joined": joined}
    return table


def usage_mrr(usage: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month: billed_by_use, usage_mrr (mean of three months), customers (D06).

    It stands beside MRR and is never added to it. Empty where no line is billed by use; a book's
    first two months have no mean yet.
    """
    billed = usage.sum(axis=0).astype("float64")
    table = pd.DataFrame(
        {
            "month": usage.columns,
            "billed_by_use": billed.to_numpy(),
            "usage_mrr": billed.rolling(USAGE_MONTHS).mean().to_numpy(),
            "customers": (usage.to_numpy() > 0).sum(axis=0),
        }
    )
    table = table if len(usage) else table.iloc[:0]
    table.attrs = dict(usage.attrs)
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
    beside: Mapping[str, pd.DataFrame] | None = None,
    language: str = "en",
) -> Finding:
    """Return what the bridge and the rates mean for the report month, their last row.

    `beside` holds further tables by name, each with its facts and sentences: mrr_reasons, arpa,
    renewals, gross_movements, concentration, flash (who joined and left between two month ends, D12) and grains
    (the rates at the other grain of customer, D04). For a company that brings orders, return its
    `revenue` by month and why there is no bridge.
    """
    if table.empty:
        return conclude_orders(SLUG, revenue, language=language)
    say = translator(language)
    given = dict(beside or {})
    facts = _facts(table, rates, given)
    status = _status(rates.iloc[-1])
    grains, moved = given.pop("grains", None), given.get("concentration")
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=answer(facts, table, language),
        decision=decision(status, facts, language),
        who="leadership",
        status=status,
        evidence=table,
        tables={"mrr_movements": table, "retention": rates}
        | {name: other for name, other in given.items() if len(other) or name not in SELDOM},
        facts=tuple(facts.values()),
        stake="mrr.twelve_months.lost",
        stake_is="mrr_lost",
        language=language,
        caveats=(
            *beside_sentences(facts, grains, language),
            *(concentration_sentences(moved, language) if moved is not None else ()),
            *caveats(table, rates, language),
        ),
    )


def _facts(
    table: pd.DataFrame, rates: pd.DataFrame, beside: Mapping[str, pd.DataFrame]
) -> dict[str, Fact]:
    facts = movement_facts(table, rates)
    if "mrr_reasons" in beside:
        facts |= reason_facts(table, beside["mrr_reasons"])
        facts |= month_reason_facts(table, beside["mrr_reasons"])
    facts |= beside_facts(rates, beside.get("grains"), beside.get("flash"))
    facts |= use_and_open_facts(table, beside.get("usage_mrr"))
    readers = {
        "arpa": price_facts,
        "renewals": renewal_facts,
        "concentration": concentration_facts,
    }
    for name, read in readers.items():
        facts |= read(beside[name]) if name in beside else {}
    return facts


def _status(latest: pd.Series) -> Status:
    if np.isnan(latest["nrr"]):
        return "insufficient"
    low, high = latest["nrr_low"], latest["nrr_high"]
    if np.isnan(low):
        # Without a range only what every customer did alike is sure: all left, or all stayed.
        alike = latest["grr"] == 1 or latest["nrr"] == 0
        low = high = latest["nrr"] if alike else np.nan
    return "act" if high < 1 else "good" if low >= 1 else "watch"
