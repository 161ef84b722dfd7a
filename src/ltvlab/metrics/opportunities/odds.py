"""How often the company's own past offers of each kind were taken, drawn towards the plain middle."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.due_contracts import due_contracts
from ltvlab.metrics.opportunities.known import Known, Rules
from ltvlab.metrics.opportunities.repeat import FEWEST_GAPS, WINDOW_DAYS, cycles
from ltvlab.metrics.opportunities.win_back import GONE_MONTHS
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson
from ltvlab.warehouse.features.purchases import chosen_purchases

# Fewer past cases than this say nothing (D34).
FEWEST_CASES = 5
EVEN_CASES = 2
PIPELINE_CASES = 10
LATE_ANSWER_DAYS = 90
COLUMNS = ["offer", "probability", "low", "high", "n"]


def past_odds(book: Known, rules: Rules) -> pd.DataFrame:
    """Return probability, low, high (Wilson) and n, the past cases, per kind of offer (the index).

    Upsell and cross-sell: closed deals of that pipeline, upsell drawn from its pipeline towards
    the deals that an alert on use started. Renewal: contracts that came due in twelve months. Win-back: who returned after three months
    away. Orders: how often an order came in the due window, or within 90 days once late.
    """
    counts = {
        "upsell": _deals(book, "upsell"),
        "cross_sell": _deals(book, "cross_sell"),
        "renewal": _renewed(book),
        "win_back": returns(book.mrr),
        **(_repeats(book) if book.basis == "orders" else {}),
    }
    rows = [_odds(name, *pair, middle=0.5, weight=EVEN_CASES) for name, pair in counts.items()]
    table = pd.DataFrame(rows, columns=COLUMNS).set_index("offer")
    alerted = _deals(book, "upsell", trigger=rules.upsell_trigger)
    if alerted[1] >= FEWEST_CASES:
        middle = table.loc["upsell", "probability"]
        narrowed = _odds("upsell", *alerted, middle=middle, weight=PIPELINE_CASES)
        table.loc["upsell"] = narrowed[1:]
    return table


def closed_deals(book: Known) -> pd.DataFrame:
    """Return the deals won or lost by `as_of`, with `won`; none where the company brings no deals."""
    deals = book.tables.get("deals", pd.DataFrame())
    if not {"is_won", "close_date", "pipeline"} <= set(deals):
        columns = ["deal_id", "customer_id", "pipeline", "created_date", "close_date", "won"]
        return pd.DataFrame(columns=columns)
    closed = deals[deals["is_won"].notna() & (deals["close_date"] <= book.as_of)]
    return closed.assign(won=closed["is_won"].astype("bool"))


def returns(mrr: pd.DataFrame) -> tuple[int, int]:
    """Return how many came back within 24 months, and how many had been away for three or more."""
    active = mrr.to_numpy() > 0
    months = active.shape[1]
    place = np.where(active, np.arange(months), months)
    following = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    left = active[:, :-1] & ~active[:, 1:]
    customer, month = np.nonzero(left)
    back = following[customer, month + 1] if months > 1 else np.array([], dtype="int64")
    away = back - month - 1
    long_gone = away >= GONE_MONTHS[0]
    came = long_gone & (back < months) & (away <= GONE_MONTHS[1])
    return int(came.sum()), int(long_gone.sum())


def _deals(book: Known, pipeline: str, *, trigger: str = "") -> tuple[int, int]:
    closed = closed_deals(book)
    chosen = closed[closed["pipeline"] == pipeline]
    if trigger:
        started = chosen.get("source_trigger", pd.Series("", index=chosen.index))
        chosen = chosen[started == trigger]
    return int(chosen["won"].sum()), len(chosen)


def _renewed(book: Known) -> tuple[int, int]:
    """Return the contracts renewed and settled, of those that came due in the last twelve months."""
    if book.lines.empty:
        return 0, 0
    gap = book.lines.attrs["gap_days"]
    dues = due_contracts(book.lines, as_of=book.month, gap_days=gap)
    lately = dues[(dues["month"] > book.month - YEAR) & (dues["status"] != "pending")]
    return int((lately["status"] == "renewed").sum()), len(lately)


def _repeats(book: Known) -> dict[str, tuple[int, int]]:
    """Return orders that came and cases, for the due window and for those already late."""
    bought = chosen_purchases(None, book.tables.get("orders"), as_of=book.as_of)
    habits = cycles(bought, book.features["industry"])
    habits = habits[habits["gaps"] >= FEWEST_GAPS]
    days = bought.sort_values(["customer_id", "day"], kind="stable")
    following = days.groupby("customer_id")["day"].shift(-1)
    waited = (following.fillna(book.as_of) - days["day"]).dt.days
    habit = habits.reindex(days["customer_id"]).set_axis(days.index)
    came = following.notna()
    return {
        "repeat_due": _within(waited, came, habit["usual_days"] - WINDOW_DAYS, 2 * WINDOW_DAYS),
        "repeat_late": _within(
            waited,
            came,
            np.maximum(habit["late_days"], habit["usual_days"] + WINDOW_DAYS),
            LATE_ANSWER_DAYS,
        ),
    }


def _within(waited: pd.Series, came: pd.Series, start: pd.Series, days: int) -> tuple[int, int]:
    """Return orders within `days` after `start`, and the cases that are settled by now."""
    reached = waited > start
    soon = reached & came & (waited <= start + days)
    settled = soon | (reached & (waited > start + days))
    return int(soon.sum()), int(settled.sum())


def _odds(
    name: str, won: int, n: int, *, middle: float, weight: int
) -> tuple[str, float, float, float, int]:
    if n < FEWEST_CASES:
        return name, np.nan, np.nan, np.nan, n
    low, high = wilson(np.array(won), np.array(n))
    return name, (won + weight * middle) / (n + weight), float(low), float(high), n
