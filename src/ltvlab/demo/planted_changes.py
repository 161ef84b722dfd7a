"""Planted answers on contracts: what grew, shrank, paused, came back, or is no revenue at all."""

from __future__ import annotations

import pandas as pd

from ltvlab.demo.book import Tables
from ltvlab.demo.changes import PRICE_RISE_ANNUAL, PRICE_RISE_MONTHLY
from ltvlab.demo.company import EXPORT_FROM, OPEN, REPORT_MONTH
from ltvlab.demo.contracts import PAUSED
from ltvlab.demo.holdings import AFFINITY
from ltvlab.demo.planted_drivers import Entry, entry, month_text

STORIES = {
    "seat_add_ons": "Seats added inside an annual term as an overlapping line, merged at renewal",
    "more_seats": "Seats added to monthly contracts: a new line naming the old one",
    "plan_upgrades": "Plans upgraded to the next tier: a new line naming the old one",
    "downsells": "Contracts renewed or changed to fewer seats",
    "price_rises": "Price increases at the first renewal from April 2025, July 2025 for monthly contracts",
    "cross_sold": "Families added after the first month",
    "options": "The storage option added to Marketing",
    "returned": "Customers back four to nine months after leaving: reactivation, never new",
    "late_renewals": "Renewals signed 9 to 21 days late: bridged, no churn",
    "paused": "Monthly contracts paused for two months",
    "discount_expiry": "Campaign discounts that end inside a running line: the list price follows",
}


def change_entries(book: Tables) -> list[Entry]:
    """Return each kind of contract change with the ids of its lines."""
    lines = book["lines"][book["lines"]["start_date"] <= pd.Timestamp("2026-09-30")]
    found = _found(lines)
    own = [_lines_entry(lines, name, found[name]) for name in STORIES]
    return [*own, _announced(lines), *_not_recurring(book["contracts"]), _affinity()]


def _found(lines: pd.DataFrame) -> dict[str, pd.Series]:
    why, first = lines["why"], lines["why"] == "first"
    running = (lines["until"] > lines["discount_until"]) & (lines["discount_until"] <= REPORT_MONTH)
    return {
        "seat_add_ons": why == "add_on",
        "more_seats": why == "more_seats",
        "plan_upgrades": why == "upgrade",
        "downsells": why == "fewer_seats",
        "price_rises": lines["price_step"] > 0,
        "cross_sold": first & (lines["role"] == "cross_sold"),
        "options": first & (lines["role"] == "option"),
        "returned": first & (lines["role"] == "returned"),
        "late_renewals": lines["late"] & (lines["month"] >= EXPORT_FROM),
        "paused": lines["pause_from"] < OPEN,
        "discount_expiry": lines["discounted"] & running,
    }


def _lines_entry(lines: pd.DataFrame, name: str, chosen: pd.Series) -> Entry:
    ids = lines.loc[chosen, "contract_id"].tolist()
    expected = {
        "price_rises": {
            "annual": PRICE_RISE_ANNUAL,
            "monthly": PRICE_RISE_MONTHLY,
            "reason": "price",
        },
        "paused": {"first_month": month_text(PAUSED[0]), "last_month": month_text(PAUSED[1])},
    }.get(name, {"lines": len(ids), "customers": int(lines.loc[chosen, "customer_id"].nunique())})
    return entry(name, STORIES[name], expected, size=len(ids), file="contracts.csv", ids=ids)


def _announced(lines: pd.DataFrame) -> Entry:
    """Return the contracts whose end is announced but not yet reached: committed losses."""
    coming = lines["leaves"] & (lines["until"] > REPORT_MONTH) & (lines["month"] <= REPORT_MONTH)
    coming = coming & (lines["cancel_notice_date"] <= pd.Timestamp("2026-09-30"))
    expected = {"mrr": float(lines.loc[coming, "monthly"].sum())}
    ids = lines.loc[coming, "contract_id"].tolist()
    what = "Contracts still paid for whose end has been announced"
    return entry("announced_losses", what, expected, size=len(ids), file="contracts.csv", ids=ids)


def _not_recurring(contracts: pd.DataFrame) -> list[Entry]:
    stories = {"trial": "Free trials before the first paid day", "one_time": "Set-up fees"}
    return [
        entry(
            f"{kind}_lines",
            f"{what}: lines that are no recurring revenue, and have no invoice here",
            "no MRR, no start",
            size=int((contracts["kind"] == kind).sum()),
            file="contracts.csv",
            ids=contracts.loc[contracts["kind"] == kind, "contract_id"].tolist(),
        )
        for kind, what in stories.items()
    ]


def _affinity() -> Entry:
    (having, wanted), factor = next(iter(AFFINITY.items()))
    what = f"Customers with {having} take {wanted} that many times as often as other pairs"
    return entry("cross_sell_affinity", what, {"rate_ratio": factor}, size=1, file="contracts.csv")
