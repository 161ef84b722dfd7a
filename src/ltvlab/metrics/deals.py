"""One row per deal with what became of it by a day, and the stages it entered until then.

Every measure of the sales pipeline starts here, so that a deal closed later is open in all of them.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ltvlab.months import YEAR
from ltvlab.text import PIPELINES, UNKNOWN

WON_WORDS = {"won", "closedwon", "signed", "受注", "成約", "締結"}
LOST_WORDS = {"lost", "closedlost", "失注"}
EXPANSION = ("upsell", "cross_sell", "expansion")
# Of a pipeline with fewer closed deals no rate is shown (D34).
FEWEST_CLOSED = 5


def deal_book(deals: pd.DataFrame, stages: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the deals created by `as_of`, sorted by deal_id, with what was known then.

    Adds `outcome` (won, lost, open), `created` and `closed` (empty while open; without a close
    date the last stage change), `planned` (an open deal's close date), and `cluster`, the
    customer or, without one, the deal itself. The stage of an open deal is the last one recorded
    by then, where any is: the export's own may be of a later day. An amount of zero or less is
    none; `value` is the amount, or what deals of the product are usually won at (`guessed`).
    """
    ordered = deals.sort_values("deal_id", kind="stable", ignore_index=True)
    dates = stages[stages["entered_at"] < as_of + pd.Timedelta(days=1)]
    entered = dates.groupby("deal_id")["entered_at"].agg(["min", "max"]).reindex(ordered["deal_id"])
    first, last = (entered[name].dt.normalize().set_axis(ordered.index) for name in entered)
    stood = ordered["deal_id"].map(
        dates.sort_values("entered_at", kind="stable").groupby("deal_id")["stage"].last()
    )
    said = _said_won(ordered)
    ended = ordered["close_date"].fillna(last)
    closed = said.notna() & ~(ended > as_of)
    book = ordered.assign(
        created=ordered["created_date"].fillna(first),
        outcome=np.select([closed & (said == True), closed], ["won", "lost"], default="open"),  # noqa: E712
        closed=ended.where(closed),
        planned=ordered["close_date"].where(said.isna()),
        amount=ordered["amount"].where(ordered["amount"] > 0),
        cluster=ordered["customer_id"].fillna("deal " + ordered["deal_id"].astype("str")),
        pipeline=ordered["pipeline"].fillna(UNKNOWN),
        stage=ordered["stage"]
        .mask(said.notna(), UNKNOWN)
        .where(stood.isna(), stood)
        .where(~closed, ordered["stage"]),
    )
    # Odds written on another day belong to the stage and the outcome of that day.
    later = (book["stage"] != ordered["stage"]) | said.notna()
    book["probability"] = book["probability"].mask(later)
    return with_values(book[~(book["created"] > as_of)].reset_index(drop=True))


def with_values(book: pd.DataFrame) -> pd.DataFrame:
    """Return the book with `value` and `guessed`: the amount, else the median won amount of its product.

    Without a won deal of the product that of the pipeline; without any it stays empty. Where a
    company writes amounts only on winning, `value_open`, what a deal counts while open, is the
    median for won deals too, or a forecast would know who will win.
    """
    won = book[book["outcome"] == "won"]
    by_product, by_pipeline = (
        book[name].map(won.groupby(name)["amount"].median()).astype("float64")
        for name in ("product", "pipeline")
    )
    usual, written = by_product.fillna(by_pipeline), book["amount"]
    at_close_only = written[book["outcome"] != "won"].isna().all()
    value = written.fillna(usual)
    while_open = usual if at_close_only else value
    return book.assign(value=value, value_open=while_open, guessed=written.isna())


def _said_won(deals: pd.DataFrame) -> pd.Series:
    """Return won, lost or nothing for each deal; where nobody says, its stage's name does."""
    said = deals["is_won"]
    if said.notna().any():
        return said
    names = deals["stage"].astype("str")
    words = {name: set(re.split(r"[\W_]+", name.casefold())) for name in names.unique()}
    meant = {name: True if found & WON_WORDS else False if found & LOST_WORDS else None
             for name, found in words.items()}  # fmt: skip
    return names.map(meant).astype("object").where(lambda told: told.notna(), None)


def stage_history(book: pd.DataFrame, stages: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return deal_id, pipeline, stage, entered_at in order: stages on the way, never the end of one.

    An open deal that stands in a stage nobody recorded entered it when it was created. A stage is
    an end if only closed deals stand in it and none ever went on from it.
    """
    known = stages[stages["entered_at"] < as_of + pd.Timedelta(days=1)]
    both = pd.concat([known.assign(recorded=True), _standing(book, known)], ignore_index=True)
    columns = book[["deal_id", "pipeline", "outcome"]]
    rows = both.merge(columns, on="deal_id", validate="many_to_one")
    rows = rows.sort_values(["deal_id", "entered_at"], kind="stable", ignore_index=True)
    # The stage a lost deal was left in, unrecorded, would count losses there and never a win.
    told = rows["recorded"] | (rows["outcome"] == "open")
    kept = rows[told & ~_is_end(rows)]
    return kept[["deal_id", "pipeline", "stage", "entered_at"]].reset_index(drop=True)


def _standing(book: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the stage each deal stands in where nobody recorded that it entered it."""
    rows = book[["deal_id", "stage"]].assign(
        entered_at=book["closed"].fillna(book["created"]), recorded=False
    )
    entered = pd.MultiIndex.from_frame(known[["deal_id", "stage"]])
    recorded = pd.MultiIndex.from_frame(rows[["deal_id", "stage"]]).isin(entered)
    return rows[~recorded & (rows["stage"] != UNKNOWN)]


def _is_end(rows: pd.DataFrame) -> pd.Series:
    """Return which rows are the end of a deal: where only closed deals stand, and nothing follows."""
    last = rows["deal_id"] != rows["deal_id"].shift(-1)
    goes_on = ~last | (rows["outcome"] == "open")
    return ~goes_on.groupby([rows["pipeline"], rows["stage"]]).transform("any")


def stage_on(deal_ids: pd.Series, history: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Return the stage each deal stood in at the end of `day`; Unknown where none is recorded."""
    known = history[~(history["entered_at"] >= day + pd.Timedelta(days=1))]
    stage = deal_ids.map(known.groupby("deal_id")["stage"].last())
    return stage.astype("object").fillna(UNKNOWN)


def closed_in_year(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the deals won or lost in the twelve months up to `as_of`."""
    since = as_of + pd.Timedelta(days=1) - pd.DateOffset(months=YEAR)
    return book[(book["outcome"] != "open") & (book["closed"] >= since)]


def pipeline_order(names: pd.Series) -> list[str]:
    """Return the pipelines there are: ours in the order customers meet them, then the company's own."""
    present = set(names)
    return [name for name in PIPELINES if name in present] + sorted(present - set(PIPELINES))


def cycle_days(book: pd.DataFrame) -> pd.Series:
    """Return the median days from creation to the yes of won deals, by pipeline.

    Losses are left out: most come early, and would make a deal on its usual way look late. A
    pipeline with fewer than five won deals takes the median of all; empty without any.
    """
    days = (book["closed"] - book["created"]).dt.days.where(book["outcome"] == "won")
    of = days.groupby(book["pipeline"]).agg(["median", "count"])
    return of["median"].where(of["count"] >= FEWEST_CLOSED, days.median())


def age_days(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.Series:
    """Return the days since creation of open deals; empty for closed ones and without a first date."""
    return (as_of - book["created"]).dt.days.where(book["outcome"] == "open")


def is_stale(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.Series:
    """Return which open deals are older than twice the median cycle of their pipeline (D40)."""
    return age_days(book, as_of=as_of) > 2 * book["pipeline"].map(cycle_days(book))
