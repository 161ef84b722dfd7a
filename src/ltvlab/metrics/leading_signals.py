"""What could announce a loss, month by month: use, scores, tickets, talks, community (D29, D38).

Each signal is a frame of customers × months: 1 where it shows at the month's end, 0 where it
does not, NaN where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import DETRACTOR, NEGATIVE_TICKETS, USAGE_FALL, nps_band
from ltvlab.metrics.nps_waves import BANDS, DROP_POINTS
from ltvlab.warehouse.features.scores import account_scores, nps_answers
from ltvlab.warehouse.features.touches import TALKS
from ltvlab.warehouse.features.usage import FEWEST_BEFORE, MONTHS_BEFORE, STOCKS

WINDOW = 3
VALID_MONTHS = 12
SIGNALS = (
    "usage_falls", "score_falls", "detractor", "negative_tickets", "community_silent", "no_talks",
)  # fmt: skip


def leading_signals(
    tables: Mapping[str, pd.DataFrame], months: pd.PeriodIndex, customers: pd.Index
) -> dict[str, pd.DataFrame]:
    """Return the signals that the company's usage, surveys and events allow, by name."""
    readers = {"usage": _usage, "surveys": _scores, "events": _events}
    given = {
        name: signal
        for table, read in readers.items()
        if table in tables and len(tables[table])
        for name, signal in read(tables[table], months).items()
    }
    return {
        name: given[name].reindex(index=customers, columns=months)
        for name in SIGNALS
        if name in given and given[name].notna().any(axis=None)
    }


def _usage(usage: pd.DataFrame, months: pd.PeriodIndex) -> dict[str, pd.DataFrame]:
    """Use of a month against the three before, set against the median customer of the same month."""
    alive = usage[~usage["metric"].isin(STOCKS)]
    keys = ["customer_id", "metric", alive["month"].dt.to_period("M")]
    used = alive.groupby(keys)["used"].sum().unstack("month").reindex(columns=months)
    before = used.T.rolling(MONTHS_BEFORE, min_periods=FEWEST_BEFORE).mean().shift(1).T
    change = used / before.where(before > 0)
    own = change.groupby(level="customer_id").median()
    in_book = own / own.median().where(lambda median: median > 0) - 1.0
    return {"usage_falls": _flag(in_book <= USAGE_FALL + 1e-12, in_book.notna())}


def _scores(surveys: pd.DataFrame, months: pd.PeriodIndex) -> dict[str, pd.DataFrame]:
    answers = nps_answers(surveys, as_of=months[-1].end_time)
    scores = account_scores(answers)
    band = nps_band(scores["nps"]).map({name: number for number, name in enumerate(BANDS)})
    by_customer = scores["customer_id"]
    drop = -scores["nps"].groupby(by_customer).diff()
    lower = band.groupby(by_customer).diff() < 0
    falls = (lower | (drop >= DROP_POINTS)).astype("float64").where(drop.notna())
    scores = scores.assign(
        month=scores["nps_at"].dt.to_period("M"),
        detractor=(scores["nps"] <= DETRACTOR).astype("float64"),
        score_falls=falls,
    )
    return {name: _carried(scores, name, months) for name in ("detractor", "score_falls")}


def _carried(scores: pd.DataFrame, name: str, months: pd.PeriodIndex) -> pd.DataFrame:
    """Return a score's flag from its month on, for a year or until the next score."""
    every = months.union(pd.PeriodIndex(scores["month"].unique(), freq="M"))
    known = scores.dropna(subset=[name]).groupby(["customer_id", "month"])[name].last()
    wide = known.unstack("month").reindex(columns=every)
    return wide.ffill(axis=1, limit=VALID_MONTHS - 1).reindex(columns=months)


def _events(events: pd.DataFrame, months: pd.PeriodIndex) -> dict[str, pd.DataFrame]:
    at = events["at"].dt.to_period("M")
    everyone = pd.Index(events["customer_id"].unique())

    def recent(rows: pd.Series) -> pd.DataFrame:
        chosen = events[rows]
        counts = pd.crosstab(chosen["customer_id"], at[rows])
        counts = counts.reindex(index=everyone, columns=months, fill_value=0)
        # Before the first event of all, silence means that nothing was recorded yet.
        recorded = np.broadcast_to(months >= at.min(), counts.shape)
        counts = counts.astype("float64").where(recorded)
        return counts.T.rolling(WINDOW).sum().T

    signals = {}
    if "sentiment" in events:
        negative = events["kind"].eq("ticket") & events["sentiment"].eq("negative")
        tickets = recent(negative)
        signals["negative_tickets"] = _flag(tickets >= NEGATIVE_TICKETS, tickets.notna())
    community = recent(events["kind"].eq("community"))
    earlier = community.T.shift(WINDOW).T
    signals["community_silent"] = _flag(community == 0, earlier > 0)
    talks = recent(events["kind"].isin(TALKS))
    talked = bool(np.nansum(talks.to_numpy()) > 0)
    signals["no_talks"] = _flag(talks == 0, talks.notna() & talked)
    return signals


def _flag(shows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    return shows.astype("float64").where(known)
