"""How many closed deals were won, by pipeline, and how far open and stale deals could move it (D40)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import (
    EXPANSION,
    FEWEST_CLOSED,
    closed_in_year,
    is_stale,
    pipeline_order,
)
from ltvlab.statistics.intervals import ratio_interval, wilson

# With fewer closed in either, upsell and cross-sell are read as one pipeline.
FEWEST_APART = 20
QUICK_DAYS = 7
AGES = (30, 60, 90, 180, 365)


def few_expansions(book: pd.DataFrame, *, as_of: pd.Timestamp) -> bool:
    """Say whether upsell and cross_sell both exist and one of them closed under 20 deals in a year."""
    both = [name for name in EXPANSION[:2] if (book["pipeline"] == name).any()]
    counts = closed_in_year(book, as_of=as_of)["pipeline"].value_counts()
    return len(both) == 2 and any(counts.get(name, 0) < FEWEST_APART for name in both)


def with_expansions_merged(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the book with upsell and cross_sell as `expansion` while they are few (J4)."""
    if not few_expansions(book, as_of=as_of):
        return book
    return book.assign(pipeline=book["pipeline"].replace(dict.fromkeys(EXPANSION, "expansion")))


def win_rate_table(book: pd.DataFrame, *, as_of: pd.Timestamp, seed: int) -> pd.DataFrame:
    """Return one row per pipeline, and `all`: won, lost, open, stale, rate, low, high, and checks.

    Won and lost are those closed in the twelve months up to `as_of`; the rate is won ÷ (won +
    lost), empty under five. `if_stale_lost` counts stale open deals as lost; `by_amount` weighs
    deals by amount (empty where under half of lost deals have one); `quick` are deals won within
    7 days of creation and `without_quick` the rate without them.
    """
    closed, stale = closed_in_year(book, as_of=as_of), is_stale(book, as_of=as_of)
    rows = []
    for name in [*pipeline_order(book["pipeline"]), "all"]:
        mine, ended = (
            part if name == "all" else part[part["pipeline"] == name] for part in (book, closed)
        )
        counts = {"pipeline": name, "open": int((mine["outcome"] == "open").sum())}
        rows.append(counts | {"stale": int(stale[mine.index].sum())} | _rates(ended, seed=seed))
    table = pd.DataFrame(rows)
    enough = table["won"] + table["lost"] >= FEWEST_CLOSED
    lowest = table["won"] / (table["won"] + table["lost"] + table["stale"]).replace(0, np.nan)
    return table.assign(if_stale_lost=lowest.where(enough))


def _rates(ended: pd.DataFrame, *, seed: int) -> dict[str, float]:
    won = ended["outcome"] == "won"
    quick = won & ((ended["closed"] - ended["created"]).dt.days <= QUICK_DAYS)
    low, high = rate_range(won, ended["cluster"], seed=seed)
    shown = len(ended) >= FEWEST_CLOSED
    rates = {
        "rate": _share(won), "low": low, "high": high,
        "by_amount": _by_amount(ended, won), "without_quick": _share(won[~quick]),
    }  # fmt: skip
    counts = {"won": int(won.sum()), "lost": int((~won).sum()), "quick": int(quick.sum()),
              "customers": ended["cluster"].nunique()}  # fmt: skip
    return counts | {name: value if shown else np.nan for name, value in rates.items()}


def _share(won: pd.Series) -> float:
    return float(won.mean()) if len(won) else np.nan


def _by_amount(ended: pd.DataFrame, won: pd.Series) -> float:
    lost = ended.loc[~won, "amount"]
    if not lost.notna().mean() >= 0.5:
        return np.nan
    return float(ended.loc[won, "amount"].sum() / ended["amount"].sum())


def rate_range(won: pd.Series, clusters: pd.Series, *, seed: int) -> tuple[float, float]:
    """Return the 95 % range of a win rate: customers drawn again where one has several deals.

    With a deal each, and where drawing customers cannot vary the rate, Wilson over customers.
    """
    customers = clusters.nunique()
    if not len(won) or not customers:
        return np.nan, np.nan
    if customers < len(won):
        of = won.astype("float64").groupby(clusters).agg(["sum", "size"])
        low, high = ratio_interval(of["sum"].to_numpy(), of["size"].to_numpy(), seed=seed)
        if np.isfinite(low):
            return float(max(low, 0.0)), float(min(high, 1.0))
    low, high = wilson(won.mean() * customers, customers)
    return float(low), float(high)


def win_rates_by_month(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return month, pipeline, won, lost, rate of the last twelve months, by month of closing."""
    closed = closed_in_year(book, as_of=as_of)
    keys = [closed["closed"].dt.to_period("M").rename("month"), closed["pipeline"]]
    won = (closed["outcome"] == "won").groupby(keys).agg(["sum", "size"]).reset_index()
    rows = won.assign(won=won["sum"], lost=won["size"] - won["sum"])
    rate = (rows["won"] / rows["size"]).where(rows["size"] >= FEWEST_CLOSED)
    return rows.assign(rate=rate)[["month", "pipeline", "won", "lost", "rate"]]


def wins_by_age(book: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return pipeline, age_days, share_won, share_lost, at_risk: what became of deals by days since creation.

    Cumulative incidence with a loss as the competing end and open deals censored (Aalen–Johansen),
    so that fast losses do not bias it. Ages with fewer than five deals under watch stay empty.
    """
    dated = book[book["created"].notna() & ((book["outcome"] == "open") | book["closed"].notna())]
    days = (dated["closed"].fillna(as_of) - dated["created"]).dt.days.clip(lower=0)
    parts = [_incidence(name, days[dated["pipeline"] == name], dated["outcome"])
             for name in pipeline_order(dated["pipeline"])]  # fmt: skip
    columns = ["pipeline", "age_days", "share_won", "share_lost", "at_risk"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _incidence(name: str, days: pd.Series, outcomes: pd.Series) -> pd.DataFrame:
    """Return the shares won and lost by each of AGES; those at risk on day t lasted t days or more."""
    outcome, size = outcomes[days.index], max(AGES) + 2
    reached = days.clip(upper=size - 1).to_numpy()
    at_risk = len(days) - np.concatenate([[0], np.bincount(reached, minlength=size).cumsum()[:-1]])
    ends = {which: np.bincount(reached[(outcome == which) & (days < size - 1)], minlength=size)
            for which in ("won", "lost")}  # fmt: skip
    hazards = {which: count / np.maximum(at_risk, 1) for which, count in ends.items()}
    left = np.cumprod(1 - hazards["won"] - hazards["lost"])
    before = np.concatenate([[1.0], left[:-1]])
    ages = np.array(AGES)
    watched = at_risk[ages + 1] + ends["won"][ages] + ends["lost"][ages] >= FEWEST_CLOSED
    shares = {which: np.where(watched, (before * hazard).cumsum()[ages], np.nan)
              for which, hazard in hazards.items()}  # fmt: skip
    columns = {"share_won": shares["won"], "share_lost": shares["lost"], "at_risk": at_risk[ages]}
    return pd.DataFrame({"pipeline": name, "age_days": ages, **columns})
