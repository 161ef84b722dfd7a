"""What open deals are worth under stated and calibrated odds, and what earlier forecasts came to (D39)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import (
    FEWEST_CLOSED,
    cycle_days,
    pipeline_order,
    stage_on,
    with_values,
)
from ltvlab.metrics.stage_odds import stage_odds
from ltvlab.money import on_grid

QUARTERS_SHOWN = 8


def open_deals(book: pd.DataFrame, odds: pd.DataFrame) -> pd.DataFrame:
    """Return the open deals with both odds of their stage and their `value` in minor units.

    A deal without an amount is valued as `with_values` says, and flagged `guessed`.
    """
    columns = ["pipeline", "stage", "place", "stated_odds", "calibrated_odds"]
    still = book[book["outcome"] == "open"]
    rows = still.merge(odds[columns], on=["pipeline", "stage"], how="left", validate="many_to_one")
    return rows.assign(value=rows["value_open"])


def weighted(values: pd.Series, odds: pd.Series) -> float:
    """Return Σ value × odds on the money grid; deals without either count nothing (V10: 1,100)."""
    return float(on_grid((values * odds).sum()))


def stage_table(deals: pd.DataFrame, odds: pd.DataFrame) -> pd.DataFrame:
    """Return pipeline, stage, deals, amount, stated_odds, calibrated_odds, weighted of open deals.

    `weighted` takes the stated odds, the calibrated ones where none are stated; `resolved` says
    how many closed deals the calibrated odds rest on. Deals in a stage not known have a row too.
    """
    chosen = deals["stated_odds"].fillna(deals["calibrated_odds"])
    sums = (
        deals.assign(weighted=on_grid((deals["value"] * chosen).fillna(0.0)))
        .groupby(["pipeline", "stage"])
        .agg(deals=("deal_id", "size"), amount=("value", "sum"), weighted=("weighted", "sum"))
    )
    keys = ["pipeline", "stage"]
    rows = odds.merge(sums.reset_index(), on=keys, how="outer", validate="one_to_one")
    rows = rows.fillna({"deals": 0, "amount": 0.0, "weighted": 0.0, "resolved": 0})
    # No odds at all is not a forecast of nothing.
    unknown = rows["stated_odds"].isna() & rows["calibrated_odds"].isna() & (rows["deals"] > 0)
    rows["weighted"] = rows["weighted"].mask(unknown)
    rank = {name: place for place, name in enumerate(pipeline_order(rows["pipeline"]))}
    rows = rows.assign(rank=rows["pipeline"].map(rank)).sort_values(["rank", "place", "stage"])
    return rows.drop(columns="rank").reset_index(drop=True)


def forecast_table(deals: pd.DataFrame) -> pd.DataFrame:
    """Return pipeline, deals, guessed, without_odds, amount, and the forecast under both odds."""
    names = [*pipeline_order(deals["pipeline"]), "all"]
    parts = [deals if name == "all" else deals[deals["pipeline"] == name] for name in names]
    rows = [
        {
            "pipeline": name,
            "deals": len(part),
            "guessed": int(part["guessed"].sum()),
            "without_odds": int(part["calibrated_odds"].isna().sum()),
            "amount": on_grid(part["value"].sum()),
            "by_stated": _forecast(part, "stated_odds"),
            "by_calibrated": _forecast(part, "calibrated_odds"),
        }
        for name, part in zip(names, parts, strict=True)
    ]
    return pd.DataFrame(rows)


def _forecast(deals: pd.DataFrame, odds: str) -> float:
    return weighted(deals["value"], deals[odds]) if deals[odds].notna().any() else np.nan


def forecast_history(
    book: pd.DataFrame, history: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return one row per past quarter end: what the pipeline said then, and what its deals brought.

    Quarter ends at least two median cycles ago, eight at most, with five open and five closed
    deals. Odds are calibrated on deals closed by then; stages are those of then; stated odds and
    amounts are today's, of which no CRM export keeps the past. `still_open` deals brought nothing yet.
    """
    cycle = cycle_days(book).max()
    if not np.isfinite(cycle):
        return pd.DataFrame(columns=HISTORY)
    latest = as_of - pd.Timedelta(days=2 * cycle)
    ends = pd.date_range(book["created"].min(), latest, freq="QE").normalize()[-QUARTERS_SHOWN:]
    stated = stage_odds(book, history).set_index(["pipeline", "stage"])["stated_odds"]
    rows = [_past_forecast(book, history, stated, end) for end in ends]
    return pd.DataFrame([row for row in rows if row], columns=HISTORY)


HISTORY = ["quarter_end", "deals", "by_stated", "by_calibrated", "brought", "still_open"]


def _past_forecast(
    book: pd.DataFrame, history: pd.DataFrame, stated: pd.Series, day: pd.Timestamp
) -> dict[str, object]:
    then = _as_it_stood(book, history, day)
    passed = history[~(history["entered_at"] >= day + pd.Timedelta(days=1))]
    passed = passed[passed["deal_id"].isin(then["deal_id"])]
    deals = open_deals(then, stage_odds(then.assign(probability=np.nan), passed))
    if min(len(deals), (then["outcome"] != "open").sum()) < FEWEST_CLOSED:
        return {}
    keys = pd.MultiIndex.from_frame(deals[["pipeline", "stage"]])
    deals = deals.assign(stated_odds=stated.reindex(keys).to_numpy())
    ended = deals[["deal_id"]].merge(book, on="deal_id", validate="one_to_one")
    return {
        "quarter_end": day,
        "deals": len(deals),
        "by_stated": _forecast(deals, "stated_odds"),
        "by_calibrated": _forecast(deals, "calibrated_odds"),
        "brought": on_grid(ended.loc[ended["outcome"] == "won", "amount"].sum()),
        "still_open": int((ended["outcome"] == "open").sum()),
    }


def _as_it_stood(book: pd.DataFrame, history: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the book as of a past day; amounts written only on winning were unknown then."""
    then = book[book["created"] <= day]
    later = (then["outcome"] != "open") & ~(then["closed"] <= day)
    at_close_only = book.loc[book["outcome"] != "won", "amount"].isna().all()
    stood = then.assign(
        outcome=then["outcome"].mask(later, "open"),
        closed=then["closed"].mask(later),
        stage=stage_on(then["deal_id"], history, day),
        amount=then["amount"].mask(later & at_close_only),
    )
    return with_values(stood)
