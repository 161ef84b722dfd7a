"""The facts of the sales pipeline chapter: open deals, forecasts, win rates, and what stands too long."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.findings import Fact, Unit
from ltvlab.metrics.expansion_ratio import ExpansionRatio

LEADING_DEALS = 3
# A forecast that missed by more is not one to plan with.
FAR_OFF = 0.2


def pipeline_facts(
    tables: Mapping[str, pd.DataFrame], ratio: ExpansionRatio, *, month: str, currency: str
) -> dict[str, Fact]:
    """Return every figure of the chapter's sentences by id."""

    def fact(
        name: str, value: float | None, unit: Unit, definition: str = "D40", **more: object
    ) -> Fact:
        money = {"currency": currency} if unit == "money" else {}
        return Fact(id=f"pipeline.{name}", value=value, unit=unit, definition=definition,
                    month=month, **money, **more)  # fmt: skip

    every = tables["pipeline_forecast"].iloc[-1]
    n = int(every["deals"])
    facts = [
        fact("open_deals", n, "count", "D39", n=n),
        *(fact(name, every[of], "money", "D39", n=n) for name, of in
          (("open_amount", "amount"), ("weighted_stated", "by_stated"), ("weighted_calibrated", "by_calibrated"))),
        *(fact(name, every[name], "count", "D39", n=n) for name in ("guessed", "without_odds")),
        *(_win_rate(row, fact) for row in tables["win_rates"].to_dict("records")),
        *_checks(tables["win_rates"].iloc[-1], fact),
        *_ratio_facts(ratio, fact),
        *_stale_facts(tables["stale_deals"], fact),
        *_history_facts(tables["forecast_history"], fact),
        *(fact(f"lead_time_days.{row['pipeline']}", row["median_days"], "count", "D40", n=row["won"],
               low=row["low"], high=row["high"], segment=row["pipeline"])
          for row in tables["lead_times"].to_dict("records")),
        *(_trigger(row, fact) for row in tables["trigger_yield"].to_dict("records")),
        fact("breaches", tables["breach_list"]["deal_id"].nunique(), "count", "D39"),
        fact("without_customer", _without_customer(tables["deal_counts"]), "count", "D40"),
        fact("alike_deals", tables["alike_products"]["deals"].sum(), "count", "D02"),
        fact("alike_amount", tables["alike_products"]["won_amount"].sum(), "money", "D02"),
    ]  # fmt: skip
    return {each.id: each for each in facts}


def _win_rate(row: Mapping[str, object], fact) -> Fact:
    return fact(f"win_rate.{row['pipeline']}", row["rate"], "rate", n=int(row["won"] + row["lost"]),
                low=row["low"], high=row["high"], segment=row["pipeline"])  # fmt: skip


def _trigger(row: Mapping[str, object], fact) -> Fact:
    return fact(f"trigger_yield.{row['trigger']}", row["rate"], "rate", n=int(row["won"] + row["lost"]),
                low=row["low"], high=row["high"], segment=row["trigger"])  # fmt: skip


def _checks(row: pd.Series, fact) -> list[Fact]:
    closed = int(row["won"] + row["lost"])
    return [
        fact("win_rate_if_stale_lost", row["if_stale_lost"], "rate", n=closed + int(row["stale"])),
        fact("win_rate_by_amount", row["by_amount"], "rate", n=closed),
        fact("quick_wins", row["quick"], "count", n=int(row["won"])),
        fact("win_rate_without_quick", row["without_quick"], "rate", n=closed - int(row["quick"])),
    ]


def _ratio_facts(ratio: ExpansionRatio, fact) -> list[Fact]:
    return [
        fact("expansion_rate", ratio.expansion, "rate", n=ratio.n),
        fact("expansion_ratio", ratio.ratio, "number", n=ratio.n, low=ratio.low, high=ratio.high),
        fact("expansion_ratio_same_size", ratio.same_size, "number", n=ratio.n),
    ]  # fmt: skip


def leading_stale(stale: pd.DataFrame) -> pd.DataFrame:
    """Return the largest stale deal of each of the owners who have the most standing too long."""
    total = stale.groupby("owner")["value"].sum().sort_values(ascending=False, kind="stable")
    first = stale.drop_duplicates("owner").set_index("owner")
    return first.loc[total.index[:LEADING_DEALS]].reset_index()


def _stale_facts(stale: pd.DataFrame, fact) -> list[Fact]:
    deals = leading_stale(stale).to_dict("records")
    return [
        fact("stale_deals", len(stale), "count", n=len(stale)),
        fact("stale_amount", stale["value"].sum(), "money", n=len(stale)),
        *(fact(f"stale.{deal['deal_id']}.value", deal["value"], "money", n=1) for deal in deals),
        *(fact(f"stale.{deal['deal_id']}.days", deal["days"], "count", n=1) for deal in deals),
    ]


def _history_facts(past: pd.DataFrame, fact) -> list[Fact]:
    """Return what the last forecast said and its deals brought, and the error over all shown."""
    if past.empty:
        return []
    latest, brought = past.iloc[-1], past["brought"].sum()
    n = int(latest["deals"])
    shown = [fact(f"past.{name}", latest[name], "money", "D39", n=n)
             for name in ("by_stated", "by_calibrated", "brought")]  # fmt: skip
    errors = {name: past[f"by_{name}"].sum(min_count=len(past)) / brought - 1 if brought > 0 else np.nan
              for name in ("stated", "calibrated")}  # fmt: skip
    return shown + [fact(f"forecast_error.{name}", error, "rate", "D39", n=int(past["deals"].sum()))
                    for name, error in errors.items()]  # fmt: skip


def _without_customer(counts: pd.DataFrame) -> int:
    row = counts[counts["group"] == "without_customer"]
    return int(row[["won", "lost", "open"]].to_numpy().sum())
