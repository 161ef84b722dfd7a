"""The CRM's deals in four pipelines, with the days on which each entered its stages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    EXPORT_DAY,
    EXPORT_FROM,
    PRODUCTS,
    REPORT_MONTH,
    STORAGE,
    days_in,
    first_days,
)
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.endings import NO_DATE

DEALS_FROM = EXPORT_FROM + 6  # April 2024: deals are kept in the CRM from here on
LOST_PER_WON = {"new": 2.9, "upsell": 1.1, "cross_sell": 2.1}
TRIGGERS = {"usage_alert": 0.34, "csm_talk": 0.30, "campaign": 0.20, "inquiry": 0.16}
OPEN_DEALS = {"new": 46, "upsell": 20, "cross_sell": 16}
STALE_SHARE = 0.25  # of open deals, those nobody touched for a year
STAGES = {
    "new": ["リード Lead", "商談 Meeting", "提案 Proposal", "交渉 Negotiation", "受注 Won"],
    "upsell": ["機会認識 Identified", "ニーズ確認 Need confirmed", "提案 Proposal", "交渉 Negotiation", "受注 Won"],
    "cross_sell": ["紹介 Introduced", "PoC", "提案 Proposal", "受注 Won"],
    "renewal": ["準備 Preparation", "条件提示 Terms offered", "合意 Agreed", "締結 Signed"],
}  # fmt: skip
LOST = "失注 Lost"
ODDS = {
    "new": [0.10, 0.25, 0.50, 0.75, 1.0],
    "upsell": [0.10, 0.25, 0.50, 0.75, 1.0],
    "cross_sell": [0.10, 0.30, 0.50, 1.0],
    "renewal": [0.50, 0.70, 0.90, 1.0],
}
DAYS_PER_STAGE = {"new": 19, "upsell": 9, "cross_sell": 14, "renewal": 20}
LOSS_REASONS = ["価格 Price", "時期 Timing", "競合 Competitor", "必要なし No need", "予算 Budget"]
COLUMNS = [
    "customer",
    "pipeline",
    "product",
    "amount",
    "previous_amount",
    "closed",
    "outcome",
    "reached",
]


def draw_deals(
    lines: pd.DataFrame, prospects: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per deal; `amount` is the yearly amount at stake.

    Won deals are the first lines, add-ons, upgrades and cross-sold lines of the contracts, so
    pipeline and revenue tell one story. Lost and open ones are drawn beside them.
    """
    won = pd.concat([_won(lines), _renewed(lines)], ignore_index=True)
    missed = [_missed(won, name, prospects, rng) for name in LOST_PER_WON]
    deals = pd.concat([won, *missed], ignore_index=True)[COLUMNS]
    deals = _described(_with_days(deals, rng), rng)
    deals = deals[deals["created_date"] >= first_days(DEALS_FROM)]
    order = ["created_date", "pipeline", "customer", "product", "amount"]
    deals = deals.sort_values(order, kind="stable", ignore_index=True)
    return deals.assign(deal_id=[f"D{number:05d}" for number in range(1, len(deals) + 1)])


def deal_stages(deals: pd.DataFrame) -> pd.DataFrame:
    """Return one row per deal and stage it entered, the last one its end."""
    count = deals["reached"].to_numpy() + 1
    row = np.repeat(np.arange(len(deals)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    entered = deals["created_date"].to_numpy()[row].astype("datetime64[D]")
    entered = entered + nth * deals["days_per_stage"].to_numpy()[row]
    rows = deals.iloc[row].reset_index(drop=True)
    names = [STAGES[pipeline][place] for pipeline, place in zip(rows["pipeline"], nth, strict=True)]
    passed = pd.DataFrame({"deal_id": rows["deal_id"], "stage": names, "entered_at": entered})
    ended = deals[deals["outcome"] == "lost"]
    lost = ended[["deal_id"]].assign(stage=LOST, entered_at=ended["close_date"])
    every = pd.concat([passed, lost]).sort_values(["deal_id", "entered_at"], kind="stable")
    return every.reset_index(drop=True)


def _won(lines: pd.DataFrame) -> pd.DataFrame:
    """Return a won deal for each line that sales brought in."""
    cross = (lines["why"] == "first") & (lines["role"] == "cross_sold")
    option = (lines["why"] == "first") & (lines["role"] == "option")
    more = lines["why"].isin(["add_on", "more_seats", "upgrade"]) | option
    first = (lines["why"] == "first") & lines["role"].isin(["first", "returned"])
    pipeline = np.select([first, cross, more], ["new", "cross_sell", "upsell"], default="")
    before = lines.groupby("holding")["monthly"].shift(1).fillna(0.0)
    gained = np.where(
        lines["why"].isin(["more_seats", "upgrade"]), lines["monthly"] - before, lines["monthly"]
    )
    deals = lines.assign(
        pipeline=pipeline, amount=12 * np.maximum(gained, 5000.0), previous_amount=np.nan
    )
    deals = deals.assign(closed=lines["start_date"] - np.timedelta64(9, "D"), outcome="won")
    return _with_last_stage(deals[pipeline != ""])


def _renewed(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one renewal deal per annual customer, product and anniversary due by three months on."""
    rows = paid_months(lines[lines["annual"] & ~lines["add_on"] & (lines["product"] != STORAGE)])
    last = rows[rows["paid"] % 12 == (rows["anniversary"] - 1) % 12]
    ahead = _due_soon(rows)
    due = pd.concat([last.assign(due=last["paid"] + 1), ahead], ignore_index=True)
    gone = due["until"].eq(due["due"]) & ~due["replaced"]
    known = due["due"] <= REPORT_MONTH + 1
    outcome = np.select([~known, gone], ["open", "lost"], default="won")
    closed = days_in(due["due"], due["day"]) - 20
    reached = np.select([~known, gone], [due["customer"] % 2, 1], default=3)
    yearly = 12 * due["amount"]
    return due.assign(
        pipeline="renewal",
        amount=yearly,
        previous_amount=yearly,
        closed=closed,
        outcome=outcome,
        reached=reached,
    )


def _due_soon(rows: pd.DataFrame) -> pd.DataFrame:
    now = rows[rows["paid"] == REPORT_MONTH]
    due = REPORT_MONTH + 1 + (now["anniversary"] - REPORT_MONTH - 1) % 12
    soon = (due > REPORT_MONTH + 1) & (due <= REPORT_MONTH + 3)
    return now.assign(due=due)[soon]


def _with_last_stage(deals: pd.DataFrame) -> pd.DataFrame:
    return deals.assign(reached=[len(STAGES[pipeline]) - 1 for pipeline in deals["pipeline"]])


def _missed(
    won: pd.DataFrame, pipeline: str, prospects: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Return lost and open deals of a pipeline, alike the won ones in size and season."""
    like = won[(won["pipeline"] == pipeline) & (won["closed"] >= first_days(DEALS_FROM))]
    lost, still_open = round(LOST_PER_WON[pipeline] * len(like)), OPEN_DEALS[pipeline]
    chosen = like.iloc[rng.integers(0, len(like), lost + still_open)].reset_index(drop=True)
    is_open = np.arange(len(chosen)) >= lost
    shift = rng.integers(-60, 61, len(chosen))
    latest = EXPORT_DAY - rng.integers(8, 60, len(chosen))
    closed = np.minimum(chosen["closed"].to_numpy().astype("datetime64[D]") + shift, latest)
    expected = EXPORT_DAY + rng.integers(5, 90, len(chosen))
    if pipeline == "new":
        chosen = chosen.assign(customer=rng.choice(prospects, len(chosen)))
    return chosen.assign(
        amount=np.rint(chosen["amount"] * rng.lognormal(0, 0.35, len(chosen)) / 12000) * 12000
        + 12000,
        closed=np.where(is_open, expected, closed),
        outcome=np.where(is_open, "open", "lost"),
        reached=rng.integers(0, len(STAGES[pipeline]) - 1, len(chosen)),
    )


def _with_days(deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the deals with the days they were created and closed on, and their pace."""
    count, is_open = len(deals), (deals["outcome"] == "open").to_numpy()
    typical = deals["pipeline"].map(DAYS_PER_STAGE).to_numpy()
    pace = np.maximum(np.rint(typical * rng.lognormal(0, 0.35, count)), 1).astype("int64")
    stale = is_open & (deals["pipeline"] != "renewal") & (rng.random(count) < STALE_SHARE)
    idle = np.where(stale, rng.integers(330, 480, count), rng.integers(0, 20, count))
    closed = deals["closed"].to_numpy().astype("datetime64[D]")
    # A lost deal is closed a few days after it entered its last stage.
    last = np.where(is_open, EXPORT_DAY - idle, closed - np.where(deals["outcome"] == "lost", 4, 0))
    return deals.assign(
        created_date=last - pace * deals["reached"].to_numpy(),
        close_date=np.where(is_open, NO_DATE, closed),
        days_per_stage=pace,
        stale=stale,
    )


def _described(deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the deals with stage, stated odds, reasons and triggers as the CRM shows them."""
    reached = list(zip(deals["pipeline"], deals["reached"], strict=True))
    is_lost = (deals["outcome"] == "lost").to_numpy()
    triggers = rng.choice(list(TRIGGERS), len(deals), p=list(TRIGGERS.values()))
    return deals.assign(
        stage=np.where(is_lost, LOST, [STAGES[name][place] for name, place in reached]),
        probability=np.where(is_lost, 0.0, [ODDS[name][place] for name, place in reached]),
        is_won=deals["outcome"].map({"won": "はい", "lost": "いいえ", "open": ""}),
        reason=np.where(is_lost, rng.choice(LOSS_REASONS, len(deals)), ""),
        source_trigger=np.where(deals["pipeline"].isin(["upsell", "cross_sell"]), triggers, ""),
        product=PRODUCTS["product"].to_numpy()[deals["product"]],
    )
