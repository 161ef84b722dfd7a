"""Who nears a limit and shows interest: more seats, more storage, or the next plan (D36)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known
from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    Rules,
    candidates,
    nothing,
    paying,
)
from ltvlab.metrics.opportunities.prices import Prices, book_prices, plan_steps, seat_price

PLAYS = {"seats": "add_seats", "storage": "add_storage"}


def upsell(book: Known, rules: Rules) -> Listed:
    """Return customers whose highest used ÷ limit lies above the threshold, and who showed interest.

    Exactly at the threshold does not count. Seats: as many as bring use back to the threshold, at
    the customer's own price; storage: what other holders of the option pay; else the price step
    to the next plan.
    """
    present = paying(book)
    share = known(present, "usage_share")
    over = present[share > rules.usage_over]
    interested = over[over["interest_at"].notna()] if "interest_at" in over else over.iloc[:0]
    funnel = {
        "paying": len(present),
        "limit_known": int(share.notna().sum()),
        "near_limit": len(over),
        "interest": len(interested),
    }
    if interested.empty:
        return nothing(funnel)
    return Listed(_rows(interested, book, rules), funnel)


def _rows(chosen: pd.DataFrame, book: Known, rules: Rules) -> pd.DataFrame:
    prices = book_prices(book)
    metric = chosen["usage_metric"].astype("str")
    play = metric.map(PLAYS).fillna("next_plan")
    deltas = {
        "add_seats": _seats(chosen, prices, rules),
        "add_storage": pd.Series(prices.option, index=chosen.index),
        "next_plan": plan_steps(chosen["usage_product"], prices, up=True),
    }
    # A company that sells no option for storage sells the next plan for it.
    play = play.mask((play == "add_storage") & np.isnan(prices.option), "next_plan")
    delta = pd.Series(np.nan, index=chosen.index)
    for name, amounts in deltas.items():
        delta = delta.mask(play == name, amounts)
    basis = {"add_seats": "own_price", "add_storage": "usual_price", "next_plan": "price_list"}
    product = chosen["usage_product"].mask(play == "add_storage", prices.option_product)
    rows = chosen.assign(
        product=product,
        play=play,
        mrr_delta=delta,
        delta_basis=play.map(basis).where(delta.notna(), "unknown"),
    )
    return candidates(rows, _evidence(chosen, book))


def _seats(chosen: pd.DataFrame, prices: Prices, rules: Rules) -> pd.Series:
    needed = np.ceil(chosen["usage_used"] / rules.usage_over - 1e-9)
    missing = (needed - chosen["usage_limit"]).clip(lower=1)
    return missing * seat_price(chosen["usage_product"], prices)


def _evidence(chosen: pd.DataFrame, book: Known) -> list[tuple[Evidence, ...]]:
    last = book.month.end_time.normalize()
    return [
        (
            Evidence("usage", last, row.usage_used, row.usage_limit, str(row.usage_metric)),
            Evidence(f"interest_{row.interest_kind}", row.interest_at),
        )
        for row in chosen.itertuples()
    ]
