"""How likely a deal is won from each stage: what was stated, and what deals that stood there did (D39)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import pipeline_order

# The articles' odds, by the words a stage's name may hold.
ARTICLE_ODDS = {
    "機会認識": 0.10, "identified": 0.10, "ニーズ確認": 0.25, "need": 0.25, "needs": 0.25,
    "提案": 0.50, "proposal": 0.50, "交渉": 0.75, "negotiation": 0.75, "受注": 1.0, "won": 1.0,
}  # fmt: skip
# The stated odds count as much as two deals.
PRIOR_DEALS = 2


def stage_odds(book: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pipeline and stage on the way, in the order in which deals pass them.

    `place` counts from 0; `entered`, `resolved` and `won` are deals that ever entered the stage,
    those of them closed, and won. `stated_odds` are the CRM's (the median of open deals there),
    else the articles' by the stage's name (`odds_source` crm, articles, not_stated).
    `calibrated_odds` = (won + 2 × stated) ÷ (resolved + 2); where nothing is stated the
    pipeline's win rate stands in for it, and without a single closed deal there are none.
    """
    odds = _counts(book, history)
    stated = _of_open_deals(book).reindex(pd.MultiIndex.from_frame(odds[["pipeline", "stage"]]))
    of_crm, of_articles = stated.to_numpy(float), odds["stage"].map(article_odds).to_numpy(float)
    odds["stated_odds"] = np.where(np.isnan(of_crm), of_articles, of_crm)
    odds["odds_source"] = np.select(
        [~np.isnan(of_crm), ~np.isnan(of_articles)], ["crm", "articles"], default="not_stated"
    )
    odds["calibrated_odds"] = _calibrated(odds, _win_rate(book))
    return _in_order(odds)


def article_odds(stage: str) -> float:
    """Return the articles' odds of a stage named like one of theirs (機会認識 10 % … 受注 100 %), else NaN."""
    words = re.split(r"[\W_]+", stage.casefold())
    return next((ARTICLE_ODDS[word] for word in words if word in ARTICLE_ODDS), np.nan)


def _counts(book: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    rows = history.merge(book[["deal_id", "outcome"]], on="deal_id", validate="many_to_one")
    position = rows.groupby("deal_id").cumcount()
    once = rows.assign(position=position).drop_duplicates(["deal_id", "stage"])
    once = once.assign(closed=once["outcome"] != "open", is_won=once["outcome"] == "won")
    return once.groupby(["pipeline", "stage"], as_index=False).agg(
        entered=("deal_id", "size"), resolved=("closed", "sum"), won=("is_won", "sum"),
        position=("position", "mean"),
    )  # fmt: skip


def _of_open_deals(book: pd.DataFrame) -> pd.Series:
    """Return the median odds that open deals of a stage carry, as 0–1 however the CRM writes them."""
    still = book[book["outcome"] == "open"]
    percent = 100 if (book["probability"] > 1).any() else 1
    return (still["probability"] / percent).groupby([still["pipeline"], still["stage"]]).median()


def _win_rate(book: pd.DataFrame) -> pd.Series:
    closed = book[book["outcome"] != "open"]
    return (closed["outcome"] == "won").groupby(closed["pipeline"]).mean()


def _calibrated(odds: pd.DataFrame, win_rate: pd.Series) -> pd.Series:
    prior = odds["stated_odds"].fillna(odds["pipeline"].map(win_rate))
    known = odds["stated_odds"].notna() | (odds["resolved"] > 0)
    value = (odds["won"] + PRIOR_DEALS * prior) / (odds["resolved"] + PRIOR_DEALS)
    return value.where(known)


def _in_order(odds: pd.DataFrame) -> pd.DataFrame:
    """Sort stages by their stated odds where all have them, else by when deals enter them."""
    unstated = odds["stated_odds"].isna().groupby(odds["pipeline"]).transform("any")
    key = odds["position"].where(unstated, odds["stated_odds"])
    # Of two stages in which deals begin, the one nobody has closed from comes first.
    begun = odds["resolved"] / odds["entered"]
    rank = {name: place for place, name in enumerate(pipeline_order(odds["pipeline"]))}
    keys = {"rank": odds["pipeline"].map(rank), "key": key, "begun": begun}
    ordered = odds.assign(**keys).sort_values([*keys, "stage"])
    place = ordered.groupby("pipeline").cumcount()
    return ordered.assign(place=place).drop(columns=[*keys, "position"]).reset_index(drop=True)
