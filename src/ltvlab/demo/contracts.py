"""Contract lines: each stretch of a holding with one tier, seat count and price, as signed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.changes import draw_changes, merged_changes, split_add_ons
from ltvlab.demo.company import (
    EXPORT_DAY,
    EXPORT_FROM,
    OPEN,
    REPORT_MONTH,
    STORAGE,
    TIERS,
    days_in,
)
from ltvlab.demo.endings import with_endings
from ltvlab.demo.holdings import draw_holdings, list_amount

LATE_RENEWALS = 0.08
CAMPAIGN_MONTHS = 12  # so long the campaign's discount lasts
PAUSED = (671, 672)  # December 2025 and January 2026
PAUSES = 3
STORAGE_PLAN = len(TIERS)  # the option's place among plan tiers


def draw_lines(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return every contract line signed by `EXPORT_DAY`, with the months it is paid for.

    `month` is the first paid month, `until` the first month no longer paid for. The monthly
    recurring revenue of the demo is nothing but the sum of `monthly` over these lines.
    """
    held = draw_holdings(customers, rng)
    own, add_ons = split_add_ons(draw_changes(held, rng), held)
    steps = _stretches(held, merged_changes(own, add_ons[add_ons["renewed"]]))
    lines = pd.concat([_own_lines(held, steps), _add_on_lines(held, steps, add_ons)])
    lines = _with_dates(lines.reset_index(drop=True), rng)
    lines = lines[lines["start_date"] <= EXPORT_DAY]
    return _numbered(with_endings(_with_pauses(lines), customers, rng))


def paid_months(
    lines: pd.DataFrame, *, first_month: int = EXPORT_FROM, last_month: int = REPORT_MONTH
) -> pd.DataFrame:
    """Return one row per line and month on whose last day it is paid for.

    `paid` is the month, `amount` what the line costs in it: the list price once a discount is
    over. Paused months have no row. `line` is the row of `lines`.
    """
    first = np.maximum(lines["month"].to_numpy(), first_month)
    count = np.maximum(np.minimum(lines["until"].to_numpy(), last_month + 1) - first, 0)
    line = np.repeat(np.arange(len(lines)), count)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    rows = lines.iloc[line].reset_index(drop=True).assign(line=line, paid=first[line] + nth)
    paused = rows["paid"].between(rows["pause_from"], rows["pause_to"])
    over = rows["discounted"] & (rows["paid"] >= rows["discount_until"])
    amount = np.where(over, rows["monthly_list"], rows["monthly"])
    return rows.assign(amount=amount)[~paused].reset_index(drop=True)


def _stretches(held: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return one row per holding and stretch without change, with tier, seats and price there."""
    begins = pd.DataFrame({"holding": held.index, "month": held["start"], "why": "first"})
    rows = pd.concat([begins, changes, _renewals(held)], ignore_index=True)
    rows = rows.fillna({"tier_step": 0, "seat_step": 0, "price_step": 0.0})
    steps = ["tier_step", "seat_step", "price_step"]
    sums = {name: (name, "sum") for name in steps} | {"why": ("why", "first")}
    rows = rows.groupby(["holding", "month"], as_index=False).agg(**sums)
    total = rows.groupby("holding")[steps].cumsum()
    owner = held.loc[rows["holding"]].reset_index(drop=True)
    storage = owner["product"] == STORAGE
    tier = (owner["tier"] + total["tier_step"]).clip(upper=len(TIERS) - 1).astype("int64")
    return rows.assign(
        tier=tier,
        seats=(owner["seats"] + total["seat_step"]).clip(lower=2).astype("int64"),
        price=1 + total["price_step"],
        replaced_by=rows.groupby("holding")["month"].shift(-1),
        plan=np.where(storage, STORAGE_PLAN, tier),
    )


def _renewals(held: pd.DataFrame) -> pd.DataFrame:
    """Return the anniversaries at which annual contracts with explicit renewal get a new line."""
    renewing = held[held["annual"] & held["explicit"]]
    first = renewing["start"] + 1 + (renewing["anniversary"] - renewing["start"] - 1) % 12
    last = np.minimum(renewing["exit"] - 1, REPORT_MONTH + 1)
    count = np.maximum((last - first) // 12 + 1, 0)
    holding = np.repeat(renewing.index.to_numpy(), count)
    nth = np.arange(len(holding)) - np.repeat(np.cumsum(count) - count, count)
    month = np.repeat(first.to_numpy(), count) + 12 * nth
    return pd.DataFrame({"holding": holding, "month": month, "why": "renewal"})


def _own_lines(held: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    owner = held.loc[steps["holding"]].reset_index(drop=True)
    lines = owner.drop(columns=["start", "tier", "seats"]).join(steps)
    replaced = lines["replaced_by"].notna()
    until = lines["replaced_by"].fillna(lines["exit"]).astype("int64")
    return lines.assign(until=until, replaced=replaced, add_on=False)


def _add_on_lines(held: pd.DataFrame, steps: pd.DataFrame, add_ons: pd.DataFrame) -> pd.DataFrame:
    """Return seat add-ons as lines beside their contract, at its tier and price of that month."""
    owner = held.loc[add_ons["holding"]].reset_index(drop=True)
    wanted = add_ons[["holding", "month", "until", "seat_step"]].sort_values("month", kind="stable")
    terms = steps[["holding", "month", "tier", "plan", "price"]].sort_values("month", kind="stable")
    found = pd.merge_asof(wanted, terms, on="month", by="holding").sort_index()
    found.index = wanted.index
    lines = owner.drop(columns=["start", "tier", "seats"]).join(found)
    return lines.assign(seats=lines["seat_step"], why="add_on", replaced=False, add_on=True)


def _with_dates(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the lines with first days and prices; some renewals are signed late."""
    first = days_in(lines["month"], lines["day"])
    renewed_late = (lines["why"] == "renewal") & (rng.random(len(lines)) < LATE_RENEWALS)
    late = np.where(renewed_late, rng.integers(9, 22, len(lines)), 0)
    shifted = first + late
    discount_until = lines.groupby("customer")["month"].transform("min") + CAMPAIGN_MONTHS
    over = lines["campaign"] & (lines["month"] >= discount_until)
    discount = np.where(over, 0.0, lines["discount"])
    listed = list_amount(lines["product"], lines["seats"], lines["tier"])
    # Rises apply to the list: a negotiated discount stays the same share of it.
    listed = np.rint(listed * lines["price"] / 100) * 100
    return lines.assign(
        start_date=shifted,
        late=renewed_late,
        monthly=np.rint(listed * (1 - discount) / 100) * 100,
        monthly_list=listed,
        discounted=lines["campaign"] & (discount > 0),
        discount_until=discount_until,
    )


def _with_pauses(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with a pause of two months on the first few monthly contracts."""
    still = (lines["month"] < PAUSED[0] - 1) & (lines["until"] > PAUSED[1] + 1)
    only = ~lines["customer"].duplicated(keep=False)
    paused = lines.index.isin(lines.index[~lines["annual"] & still & only][:PAUSES])
    return lines.assign(
        pause_from=np.where(paused, PAUSED[0], OPEN), pause_to=np.where(paused, PAUSED[1], OPEN)
    )


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with ids in order of signing, and each one's predecessor by id."""
    order = ["start_date", "customer", "product", "add_on"]
    lines = lines.sort_values(order, kind="stable", ignore_index=True)
    lines = lines.assign(contract_id=[f"K-{number:05d}" for number in range(1, len(lines) + 1)])
    own = lines[~lines["add_on"]]
    before = own.sort_values("month", kind="stable").groupby("holding")["contract_id"].shift(1)
    return lines.assign(predecessor_id=before.reindex(lines.index).fillna(""))
