"""Where MRR goes from here, what would change it, and how far earlier forecasts were off (D43)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.analyses._scenario_facts import lacking_facts, scenario_facts
from ltvlab.analyses._scenario_words import (
    answer,
    break_even_words,
    caveats,
    decision,
    task,
    without_forecast,
)
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.scenarios.backtest import scenario_backtest
from ltvlab.metrics.scenarios.break_even import (
    Target,
    answer_that_eats_a_rise,
    break_even,
    target_of,
)
from ltvlab.metrics.scenarios.effects import effect_table
from ltvlab.metrics.scenarios.engine import HORIZON, Engine, scenario_engine
from ltvlab.metrics.scenarios.evidence import lacking
from ltvlab.metrics.scenarios.levers import Levers, parse_scenarios
from ltvlab.metrics.scenarios.pipeline import open_business
from ltvlab.metrics.scenarios.spending import moved_spend
from ltvlab.metrics.scenarios.tables import (
    first_months,
    mrr_by_month,
    new_business_table,
    rate_table,
    scenario_table,
    season_table,
)
from ltvlab.table_columns import SCENARIOS
from ltvlab.text import translator

__all__ = ["break_even_words", "conclude", "forecast_engine", "mrr_by_month", "scenario_tables"]

SLUG = "mrr_scenarios"
QUESTION = "Where will MRR be in 24 months, and what would change it?"
# Odds of reaching the target (or of growing) beyond which the outlook is good, or asks to act.
LIKELY, UNLIKELY = 0.8, 0.2
TABLES = tuple(name for name in SCENARIOS if name != "break_even_words")


def forecast_engine(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    fx: pd.DataFrame | None = None,
    spend: pd.DataFrame | None = None,
    deals: pd.DataFrame | None = None,
    stages: pd.DataFrame | None = None,
) -> Engine | None:
    """Return the engine of the book as of its last month; None for orders and for small books.

    `spend` lets spend be moved between channels, `deals` and `stages` (of `load_deals`) let open
    deals stand in for the usual run of new business.
    """
    if mrr.attrs["basis"] == "orders" or any(lacking(mrr)):
        return None
    engine = scenario_engine(mrr, customers, fx=fx)
    found = None if deals is None or deals.empty else open_business(deals, stages, customers)
    moved = moved_spend(spend, engine.seen, currency=mrr.attrs["currency"])
    return engine._replace(moved=moved, open_business=found)


def scenario_tables(
    engine: Engine | None,
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    seed: int,
    scenarios: str = "",
    target_mrr: float = 0.0,
    targets: pd.DataFrame | None = None,
    fx: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return every table of the chapter by its published name; none has rows without an engine.

    `scenarios` names levers as in `retention_push: churn -0.2; …`; one that rests on spend or
    deals which the company does not bring is left out. The target is `target_mrr` (major units,
    last month shown), else the plan's.
    """
    named = parse_scenarios(scenarios)
    if engine is None:
        return _nothing(mrr)
    known = {name: levers for name, levers in named.items() if _grounded(engine, levers)}
    target = target_of(engine, targets, target_mrr=target_mrr)
    by_month, ends = scenario_table(engine, known, target, seed=seed)
    ends.attrs |= _about(engine, known, target)
    return {
        "scenarios": by_month,
        "scenario_ends": ends,
        "scenario_effects": effect_table(engine, known),
        "scenario_break_even": break_even(engine, target),
        "scenario_backtest": scenario_backtest(mrr, customers, fx=fx, seed=seed),
        "scenario_rates": rate_table(engine),
        "new_business": new_business_table(engine),
        "season": season_table(engine),
    }


def _nothing(mrr: pd.DataFrame) -> dict[str, pd.DataFrame]:
    tables = {name: pd.DataFrame(columns=list(SCENARIOS[name])) for name in TABLES}
    orders = mrr.attrs["basis"] == "orders"
    customers, months = (0, 0) if orders else lacking(mrr)
    for table in tables.values():
        table.attrs = dict(mrr.attrs)
    tables["scenario_ends"].attrs |= {"lacking_customers": customers, "lacking_months": months}
    return tables


def _grounded(engine: Engine, levers: Levers) -> bool:
    """Tell whether the company brings what the levers act on."""
    on_spend = levers.moved_spend and engine.moved is None
    return not on_spend and not (levers.open_deals and engine.open_business is None)


def _about(engine: Engine, scenarios: Mapping[str, Levers], target: Target) -> dict:
    rises = [levers for levers in scenarios.values() if levers.price_rise > 0]
    answers = [answer_that_eats_a_rise(engine, levers) * levers.price_rise for levers in rises[:1]]
    usual, from_deals = first_months(engine)
    return {
        "today": float(engine.seen.held.sum()),
        "customers": len(engine.seen.held),
        "window": engine.seen.months,
        "losses": int(engine.seen.lost.sum()),
        "cut": engine.horizon < HORIZON,
        "seasonal": bool((engine.seen.season != 1.0).any()),
        "planned": target.planned,
        "target": target.amount,
        "target_month": str(engine.months[target.ahead - 1]),
        "losses_that_eat_a_rise": answers[0] if answers else np.nan,
        "usual_new": usual,
        "new_from_deals": from_deals,
        "deal_months": engine.open_business.months if engine.open_business else 0,
        "deals": engine.open_business.deals if engine.open_business else 0,
    }


def conclude(tables: Mapping[str, pd.DataFrame], *, month: str, language: str = "en") -> Finding:
    """Return where MRR is headed by the `tables`, which lever closes the gap, and what to bring."""
    ends = tables["scenario_ends"]
    if ends.empty:
        return _without(ends, month, language)
    facts = scenario_facts(tables, month=month)
    status = _status(ends, tables["scenario_backtest"])
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=answer(tables, facts, language),
        decision=decision(tables, facts, status, language),
        task=task(tables, facts, status, language),
        who="leadership",
        status=status,
        evidence=ends,
        tables=dict(tables),
        facts=tuple(facts.values()),
        stake="scenarios.gap" if ends.attrs["planned"] else "",
        stake_is="mrr_to_target",
        odds="scenarios.verdict_odds" if ends.attrs["planned"] else "",
        language=language,
        caveats=caveats(tables, facts, language),
    )


def _without(ends: pd.DataFrame, month: str, language: str) -> Finding:
    orders = ends.attrs["basis"] == "orders"
    facts: dict[str, Fact] = {} if orders else lacking_facts(ends, month=month)
    said, wanted = without_forecast(facts, orders=orders, language=language)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=said,
        decision=wanted,
        status="insufficient",
        evidence=ends,
        tables={},
        facts=tuple(facts.values()),
        language=language,
    )


def _status(ends: pd.DataFrame, tested: pd.DataFrame) -> Status:
    """Return act, watch or good by the odds of the target, or of growth where there is none."""
    base = ends.iloc[0]
    odds = base["odds"] if ends.attrs["planned"] else ends.attrs["odds_of_growth"]
    if odds <= UNLIKELY:
        return "act"
    said = tested[tested["said"].notna()]
    missed = (said["came"] < said["low"]) | (said["came"] > said["high"])
    # A forecast that was outside its own range before, or stops at a tripled book, is no comfort.
    doubtful = ends.attrs["cut"] or said.empty or missed.any()
    return "good" if odds >= LIKELY and not doubtful else "watch"
