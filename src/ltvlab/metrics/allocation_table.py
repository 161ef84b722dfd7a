"""All rules on where the next spend goes in one table, and what they say comes first (D35)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.acquisition_cost import VERDICTS as LTV_CAC_VERDICTS
from ltvlab.metrics.acquisition_odds import NEARLY, RULE
from ltvlab.metrics.allocation import allocation_rules
from ltvlab.metrics.booked_spend import booked_spend
from ltvlab.metrics.churn_stability import churn_stability
from ltvlab.metrics.due_contracts import due_contracts
from ltvlab.metrics.headline import is_annual
from ltvlab.metrics.motion_returns import expansion_against_new, motion_costs, motion_returns
from ltvlab.metrics.motion_sums import motion_sums
from ltvlab.metrics.movements import changes, moved_by_customer
from ltvlab.metrics.ratio_by_month import churn_to_new_by_month
from ltvlab.metrics.reasons import customer_reasons
from ltvlab.metrics.spend_share import Split, proposed_split, share_rows
from ltvlab.months import YEAR

SHORT = 6
COLUMNS = (
    "rule", "window_months", "value", "low", "high", "threshold", "events", "probability",
    "flip_distance", "flip_customers", "verdict", "headline", "lacking",
)  # fmt: skip
NO_REASONS = pd.DataFrame({"customer_id": [], "month": [], "reason": [], "amount": []})
NO_DUES = pd.DataFrame({"customer_id": [], "month": [], "status": []})


class Book(NamedTuple):
    """What the rules are read from: matrices, customers, why MRR moved, contracts that came due.

    `annual` says whether the book counts as one on yearly terms; `dues` has rows only then.
    """

    mrr: pd.DataFrame
    margin: pd.DataFrame
    customers: pd.DataFrame
    reasons: pd.DataFrame
    dues: pd.DataFrame
    annual: bool
    fx: pd.DataFrame | None


def allocation_book(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    bound: pd.DataFrame,
    lines: pd.DataFrame,
    fx: pd.DataFrame | None = None,
) -> Book:
    """Return the book; `bound` is MRR on terms of twelve months or more, `lines` the contract lines."""
    if mrr.attrs["basis"] == "orders":
        return Book(mrr, margin, customers, NO_REASONS, NO_DUES, False, None)
    reasons = customer_reasons(panel, mrr, customers["opening"], fx=fx)
    annual, dues = is_annual(mrr, bound), NO_DUES
    if annual and len(lines):
        dues = due_contracts(lines, as_of=mrr.columns[-1], gap_days=lines.attrs["gap_days"])
    return Book(mrr, margin, customers, reasons, dues, annual, fx)


def allocation_tables(
    book: Book, acquired: pd.DataFrame, spend: pd.DataFrame | None, *, seed: int
) -> dict[str, pd.DataFrame]:
    """Return `allocation` (every rule, window and verdict), `returns`, and `allocation_months`.

    `acquired` is of acquisition_table on the same book. `headline` marks the window that the
    settled rule picks: twelve months where half of MRR is on yearly terms, else six. The attrs of
    `allocation` say MRR `churned` and `won` in it, the `spend` of twelve months, whether the book
    is `annual`, and what comes `first`: retention, expansion, new, hold, or nothing.
    """
    attrs = book.mrr.attrs
    booked = booked_spend(spend, book.mrr.columns[-1], currency=attrs["currency"])
    sums = motion_sums(book.mrr, book.margin, book.customers["opening"], book.reasons, book.dues)
    sums = None if attrs["margin_source"] == "none" else sums
    returns = motion_returns(sums, motion_costs(booked, acquired), attrs=attrs, seed=seed)
    rows = [
        *_movement_rows(book, seed=seed),
        expansion_against_new(sums, returns, seed=seed),
        *share_rows(book.mrr, booked).to_dict("records"),
        ltv_cac_row(acquired),
    ]
    table = pd.DataFrame(rows).rename(columns={"flip_amount": "flip_distance"})
    table = table.assign(lacking=table["lacking"].fillna(""), headline=_headline(table, book))
    table = table[list(COLUMNS)]
    table.attrs = dict(attrs) | _sums_of_window(book) | {
        "annual": book.annual,
        "month": str(book.mrr.columns[-1]),
        "spend": float(booked["amount"].sum(min_count=1)),
        "unbooked": _unbooked(booked, returns),
        "months": book.mrr.shape[1],
        "spend_from": min(str(book.mrr.columns[-1] - YEAR + 1), acquired.attrs["spend_from"]),
        "first": comes_first(table),
    }  # fmt: skip
    months = churn_to_new_by_month(
        book.mrr, book.customers["opening"], months=window(book), fx=book.fx, seed=seed
    )
    return {"allocation": table, "returns": returns, "allocation_months": months}


def _unbooked(booked: pd.DataFrame, returns: pd.DataFrame) -> tuple[str, ...]:
    """Return the purposes of which a month of spend is missing, also of those that CAC looks back to."""
    missing = booked["amount"].isna()
    new = returns.set_index("motion").loc["new", "lacking"]
    missing["acquisition"] |= new in ("no_spend", "months_missing")
    return tuple(booked.index[missing])


def split_of(table: pd.DataFrame) -> Split:
    """Return the split of spend that the table `allocation` leads to, or why there is none."""
    row = table[table["rule"] == "existing_share_cost"].iloc[0]
    return proposed_split(table.attrs["first"], row, table.attrs["spend"])


def window(book: Book) -> int:
    """Return the months of the headline window of churned against new MRR."""
    return YEAR if book.annual else SHORT


def _movement_rows(book: Book, *, seed: int) -> list[dict]:
    if book.mrr.attrs["basis"] == "orders":
        names = {"churn_to_new": SHORT, "stable_churn": 3}
        empty = {"verdict": "insufficient", "lacking": "not_recurring"}
        return [{"rule": rule, "window_months": months} | empty for rule, months in names.items()]
    opening = book.customers["opening"].reindex(book.mrr.index)
    rules = allocation_rules(book.mrr, opening, seed=seed, fx=book.fx)
    stable = churn_stability(book.mrr, opening, book.dues, seed=seed)
    both = pd.concat([rules, stable], ignore_index=True)
    short = both["verdict"].eq("insufficient")
    missing = np.where(both["events"].isna(), "too_short", "nothing_moved")
    return both.assign(lacking=np.where(short, missing, "")).to_dict("records")


def ltv_cac_row(acquired: pd.DataFrame) -> dict:
    """Return the rule of 3 as a row: `flip_distance` in spend, `flip_customers` in new customers (D20)."""
    row = {"rule": "ltv_cac", "window_months": YEAR, "threshold": RULE}
    if acquired.empty:
        return row | {"verdict": "insufficient", "lacking": "no_spend"}
    found = acquired.iloc[0]
    row |= {name: found[name] for name in ("low", "high", "events", "probability")}
    row["value"] = found["ltv_cac"]
    if found["verdict"] not in LTV_CAC_VERDICTS:
        return row | {"verdict": "insufficient", "lacking": found["verdict"]}
    amount, customers = turning_cost(found["spend"], found["new_customers"], found["ltv"])
    return row | {"flip_amount": amount, "flip_customers": customers, "verdict": found["verdict"]}


def turning_cost(spend: float, new: float, ltv: float) -> tuple[float, float]:
    """Return the spend, and the new customers, that LTV/CAC is away from the other side of 3.

    Whole minor units and customers: one less leaves the verdict as it is.
    """
    most, least = ltv * new / RULE, RULE * spend / ltv if ltv > 0 else np.inf
    if ltv * new >= RULE * spend * (1 - NEARLY):
        return float(np.floor(most - spend) + 1), float(np.floor(new - least) + 1)
    return float(np.ceil(spend - most)), float(np.ceil(least - new)) if ltv > 0 else np.nan


def _headline(table: pd.DataFrame, book: Book) -> pd.Series:
    stable = ("stable_renewals", YEAR) if len(book.dues) else ("stable_churn", YEAR if book.annual else 3)  # fmt: skip
    chosen = {
        ("churn_to_new", window(book)), stable, ("expansion_to_new", YEAR),
        ("existing_share_cost", YEAR), ("ltv_cac", YEAR),
    }  # fmt: skip
    pairs = zip(table["rule"], table["window_months"], strict=True)
    return pd.Series([pair in chosen for pair in pairs], index=table.index)


def comes_first(table: pd.DataFrame) -> str:
    """Return what the verdicts put first: retention, expansion, new, hold (nothing is settled), or "".

    Retention by the 30 % rule; only where that is settled the other way, and churn is not rising,
    the returns decide. Nothing where the rule cannot be applied.
    """
    shown = table[table["headline"]].set_index("rule")
    verdicts, lacking = shown["verdict"], shown["lacking"]
    stable = next((verdicts[name] for name in verdicts.index if name.startswith("stable")), "")
    rule, returns = verdicts["churn_to_new"], verdicts["expansion_to_new"]
    if rule == "insufficient":
        # Of orders the share of spend is all that can be judged.
        orders = lacking["churn_to_new"] == "not_recurring"
        return "hold" if orders and not lacking["existing_share_cost"] else ""
    if rule == "retention_first":
        return "retention"
    if rule == "undecided" or stable == "rising":
        return "hold"
    return {"expansion_first": "expansion", "new_business_first": "new"}.get(returns, "hold")


def _sums_of_window(book: Book) -> dict[str, float]:
    if book.mrr.attrs["basis"] == "orders":
        return {"churned": np.nan, "won": np.nan}
    step = changes(book.mrr, book.customers["opening"].reindex(book.mrr.index), fx=book.fx)
    sums = moved_by_customer(step, book.mrr.index, months=window(book)).sum()
    return {"churned": float(-sums["churn"]) + 0.0, "won": float(sums["new"])}
