"""The facts of the months ahead: where the base ends, what levers add, and how far off we were."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.findings import Fact, Unit
from ltvlab.months import YEAR


def scenario_facts(tables: Mapping[str, pd.DataFrame], *, month: str) -> dict[str, Fact]:
    """Return every figure of the chapter's sentences by id (D43)."""
    ends, months = tables["scenario_ends"], tables["scenarios"]
    about = ends.attrs

    def fact(name: str, value: float | None, unit: Unit, **more: object) -> Fact:
        money = {"currency": about["currency"]} if unit == "money" else {}
        return Fact(id=f"scenarios.{name}", value=value, unit=unit, definition="D43",
                    month=month, **money, **more)  # fmt: skip

    facts = [
        *_base_facts(months, about["customers"], fact),
        *(fact(f"{row['scenario']}.effect", row["difference"], "money", n=about["customers"])
          for row in ends.to_dict("records")[1:]),
        *_target_facts(ends, months, fact),
        *_lever_facts(tables["scenario_break_even"], fact),
        *_tested_facts(tables["scenario_backtest"], fact),
        fact("window", about["window"], "months"),
        fact("months_shown", months["month"].nunique(), "months"),
        fact("losses_that_eat_a_rise", about["losses_that_eat_a_rise"], "rate"),
        fact("usual_new", about["usual_new"], "money"),
        fact("new_from_deals", about["new_from_deals"], "money", n=about["deals"]),
        fact("deal_months", about["deal_months"], "months"),
        Fact(id="mrr.closing", value=about["today"], unit="money", definition="D06", month=month,
             n=about["customers"], currency=about["currency"]),
    ]  # fmt: skip
    return {each.id: each for each in facts}


def lacking_facts(ends: pd.DataFrame, *, month: str) -> dict[str, Fact]:
    """Return how many customers and months are missing for a forecast."""
    facts = [
        Fact(id=f"scenarios.lacking_{name}", value=float(ends.attrs[f"lacking_{name}"]), unit="count",
             definition="D34", month=month)
        for name in ("customers", "months")
    ]  # fmt: skip
    return {each.id: each for each in facts}


def _base_facts(months: pd.DataFrame, customers: int, fact) -> list[Fact]:
    base = months[months["scenario"] == "base"].reset_index(drop=True)
    shown = {"base.last": len(base) - 1} | ({"base.12": YEAR - 1} if len(base) >= YEAR else {})
    return [
        fact(name, base.loc[row, "mrr"], "money", low=base.loc[row, "low"],
             high=base.loc[row, "high"], n=customers)
        for name, row in shown.items()
    ]  # fmt: skip


def _target_facts(ends: pd.DataFrame, months: pd.DataFrame, fact) -> list[Fact]:
    about = ends.attrs
    growth = fact("odds_of_growth", about["odds_of_growth"], "odds", n=about["customers"])
    if not about["planned"]:
        return [growth]
    base = months[months["scenario"] == "base"]
    odds = ends["odds"].iloc[0]
    due = base.loc[base["month"] == pd.Period(about["target_month"], "M"), "mrr"].iloc[0]
    return [
        growth,
        fact("target", about["target"], "money"),
        fact("at_target", due, "money", n=about["customers"]),
        fact("gap", abs(about["target"] - due), "money"),
        fact("target_odds", odds, "odds", n=about["customers"]),
        # How surely the side of the target that is expected is the one that comes.
        fact("verdict_odds", max(odds, 1 - odds), "odds", n=about["customers"]),
    ]


def _lever_facts(levers: pd.DataFrame, fact) -> list[Fact]:
    """Return today's level and the change that each lever alone would need, as sizes without a sign."""
    rows = levers.set_index("lever")
    change = rows["change"].abs()
    return [
        fact("churn", rows.loc["churn_points", "today"], "rate"),
        fact("joined", rows.loc["new_customers", "today"], "number"),
        # In percentage points, so that no reader takes it for a share of the rate.
        fact("break_even.churn_points", change["churn_points"] * 100, "number"),
        fact("break_even.new_customers", change["new_customers"], "number"),
        fact("break_even.first_price", change["first_price"], "rate"),
        fact("break_even.expansion", change["expansion"], "rate"),
    ]


def _tested_facts(tested: pd.DataFrame, fact) -> list[Fact]:
    rows = tested.to_dict("records")
    return [
        each
        for row in rows
        for each in (
            fact(f"backtest.{row['months_ago']}.said", row["said"], "money",
                 low=row["low"], high=row["high"]),
            fact(f"backtest.{row['months_ago']}.error", np.abs(row["error"]), "rate"),
            fact(f"backtest.{row['months_ago']}.unchanged_error", np.abs(row["unchanged_error"]), "rate"),
        )
    ]  # fmt: skip
