"""What is not in order in the pipeline, and whose it is: stale deals, stage breaches, missing fields."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import age_days, is_stale
from ltvlab.spelling import spelling
from ltvlab.text import UNKNOWN

# In the order in which a deal's breaches are listed.
BREACHES = ("backwards", "skipped", "won_past_a_stage", "past_close_date", "no_amount")
# A stage that under half of the deals beyond it entered is optional: not entering it is no breach.
USUAL_SHARE = 0.5
PROPOSAL_ODDS = 0.5
PROPOSAL = {"提案", "proposal"}


def breach_list(
    book: pd.DataFrame, history: pd.DataFrame, odds: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return one row per deal and breach: deal_id, customer_id, pipeline, stage, owner, breach, amount.

    `backwards`: entered a stage before the one it had reached; `skipped`: an open deal passed a
    usual stage by; `won_past_a_stage`: won without it; `past_close_date`: open after its planned
    day; `no_amount`: open at the proposal or later without one, unless no open deal has any.
    """
    passed = history.merge(
        odds[["pipeline", "stage", "place"]],
        on=["pipeline", "stage"],
        how="left",
        validate="many_to_one",
    )
    backwards, passed_by = _backwards(passed), _passed_by(book, passed)
    still, won = book["outcome"] == "open", book["outcome"] == "won"
    flags = {
        "backwards": still & book["deal_id"].isin(backwards),
        "skipped": still & book["deal_id"].isin(passed_by),
        "won_past_a_stage": won & book["deal_id"].isin(passed_by),
        "past_close_date": still & (book["planned"] < as_of),
        "no_amount": still & _lacks_amount(book, odds),
    }
    columns = ["deal_id", "customer_id", "pipeline", "stage", "owner", "amount"]
    parts = [book.loc[flags[name], columns].assign(breach=name) for name in BREACHES]
    listed = pd.concat(parts, ignore_index=True).fillna({"owner": UNKNOWN})
    return listed[["deal_id", "customer_id", "pipeline", "stage", "owner", "breach", "amount"]]


def _backwards(passed: pd.DataFrame) -> pd.Series:
    return passed.loc[passed.groupby("deal_id")["place"].diff() < 0, "deal_id"].unique()


def _passed_by(book: pd.DataFrame, passed: pd.DataFrame) -> pd.Series:
    """Return the deals that lack a usual stage before the furthest they reached."""
    reached = passed.groupby("deal_id")["place"].max()
    furthest = book["deal_id"].map(reached).mask(book["outcome"] == "won", np.inf)
    all_stages = passed.groupby(["pipeline", "stage"], as_index=False)["place"].first()
    pairs = book.assign(furthest=furthest)[["deal_id", "pipeline", "furthest"]].merge(
        all_stages, on="pipeline", validate="many_to_many"
    )
    pairs = pairs[(pairs["place"] < pairs["furthest"]) & pairs["deal_id"].isin(reached.index)]
    entered = pd.MultiIndex.from_frame(passed[["deal_id", "stage"]])
    pairs["entered"] = pd.MultiIndex.from_frame(pairs[["deal_id", "stage"]]).isin(entered)
    usual = pairs.groupby(["pipeline", "stage"])["entered"].transform("mean") >= USUAL_SHARE
    return pairs.loc[usual & ~pairs["entered"], "deal_id"].unique()


def _lacks_amount(book: pd.DataFrame, odds: pd.DataFrame) -> pd.Series:
    """Return which deals stand at the proposal or later without an amount."""
    still = book["outcome"] == "open"
    if book.loc[still, "amount"].isna().all():
        return pd.Series(False, index=book.index)
    words = odds["stage"].map(
        lambda name: bool(set(re.split(r"[\W_]+", name.casefold())) & PROPOSAL)
    )
    named = odds["place"].where(words).groupby(odds["pipeline"]).transform("min")
    likely = odds["stated_odds"].fillna(odds["calibrated_odds"]) >= PROPOSAL_ODDS
    late = odds[(odds["place"] >= named) | (named.isna() & likely)]
    late_stages = pd.MultiIndex.from_frame(late[["pipeline", "stage"]])
    return book["amount"].isna() & pd.MultiIndex.from_frame(book[["pipeline", "stage"]]).isin(
        late_stages
    )


def breaches_by_owner(breaches: pd.DataFrame) -> pd.DataFrame:
    """Return owner, breach, deals, amount: what each owner has to put in order, the most first."""
    groups = breaches.groupby(["owner", "breach"], as_index=False)
    table = groups.agg(deals=("deal_id", "nunique"), amount=("amount", "sum"))
    return table.sort_values(
        ["deals", "owner", "breach"], ascending=[False, True, True], ignore_index=True
    )


def stale_deals(deals: pd.DataFrame, book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the open deals older than twice their pipeline's median cycle, the largest first.

    Columns owner, deal_id, customer_id, pipeline, stage, days (since creation), value; `deals`
    are those of `open_deals`.
    """
    marked = book.assign(days=age_days(book, as_of=as_of))[is_stale(book, as_of=as_of)]
    rows = marked[["deal_id", "days"]].merge(deals, on="deal_id", validate="one_to_one")
    rows = rows.sort_values(["value", "days", "deal_id"], ascending=[False, False, True])
    columns = ["owner", "deal_id", "customer_id", "pipeline", "stage", "days", "value"]
    return rows[columns].fillna({"owner": UNKNOWN}).reset_index(drop=True)


def deal_counts(book: pd.DataFrame) -> pd.DataFrame:
    """Return group (with_customer, without_customer), won, lost, open, amount: no deal is left out."""
    group = np.where(book["customer_id"].isna(), "without_customer", "with_customer")
    counts = pd.crosstab(group, book["outcome"])
    counts = counts.reindex(
        index=["with_customer", "without_customer"], columns=["won", "lost", "open"], fill_value=0
    )
    amount = book["amount"].fillna(0.0).groupby(group).sum().reindex(counts.index, fill_value=0.0)
    table = counts.assign(amount=amount).rename_axis(index="group", columns=None).reset_index()
    return table


def alike_products(book: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return spelled, like, deals, won_amount: names that differ from another only in how they are spelled.

    A name is held against the company's product list, else against the deals' more frequent spelling.
    """
    counts = book["product"].value_counts()
    rank = dict.fromkeys(names, -1)
    spelled = sorted(
        {*counts.index, *names}, key=lambda name: (rank.get(name, 0), -counts.get(name, 0), name)
    )
    first = {}
    for name in spelled:
        first.setdefault(spelling(name), name)
    like = book["product"].map({name: first[spelling(name)] for name in counts.index})
    odd = book.assign(like=like)[
        like.notna() & (like != book["product"]) & ~book["product"].isin(names)
    ]
    won = odd["amount"].where(odd["outcome"] == "won", 0.0).fillna(0.0)
    groups = odd.assign(won_amount=won, spelled=odd["product"]).groupby(
        ["spelled", "like"], as_index=False
    )
    return groups.agg(deals=("deal_id", "size"), won_amount=("won_amount", "sum"))
