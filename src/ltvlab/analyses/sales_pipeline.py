"""Which deals will close, how well earlier forecasts did, and which deals stand too long."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._closing import Words, closing
from ltvlab.analyses._pipeline_facts import FAR_OFF, pipeline_facts
from ltvlab.analyses._pipeline_words import answer, caveats, decision
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.deal_outcomes import deal_outcomes, deal_reasons, trigger_yield
from ltvlab.metrics.deals import FEWEST_CLOSED, deal_book, stage_history
from ltvlab.metrics.expansion_ratio import expansion_ratio
from ltvlab.metrics.lead_times import lead_times
from ltvlab.metrics.pipeline_forecasts import (
    forecast_history,
    forecast_table,
    open_deals,
    stage_table,
)
from ltvlab.metrics.pipeline_hygiene import (
    alike_products,
    breach_list,
    breaches_by_owner,
    deal_counts,
    stale_deals,
)
from ltvlab.metrics.pipeline_weeks import pipeline_weeks, week_changes
from ltvlab.metrics.stage_odds import stage_odds
from ltvlab.metrics.win_rates import (
    few_expansions,
    win_rate_table,
    win_rates_by_month,
    wins_by_age,
    with_expansions_merged,
)
from ltvlab.table_columns import PIPELINE
from ltvlab.text import translator

SLUG = "sales_pipeline"
QUESTION = "Which deals will close, and how well do we forecast?"
WORDS = Words(answer, decision, caveats)
# Of the open amount: beyond this share, what stands too long is the first thing to act on.
MUCH_STALE = 0.2


def pipeline_tables(
    deals: pd.DataFrame, stages: pd.DataFrame, *, seed: int
) -> dict[str, pd.DataFrame]:
    """Return every table of the chapter by its published name; none has rows without deals.

    `deals` and `stages` are those of `load_deals`, whose attrs say the day and the currency.
    Stages keep the company's pipelines; rates and lead times read upsell and cross-sell as one
    pipeline while they are few (D40).
    """
    as_of = deals.attrs["as_of"]
    book = deal_book(deals, stages, as_of=as_of)
    if book.empty:
        tables = {name: pd.DataFrame(columns=list(columns)) for name, columns in PIPELINE.items()}
    else:
        tables = _forecasts(book, stages, as_of) | _rates(book, stages, as_of, seed)
        tables["alike_products"] = alike_products(book, deals.attrs["product_names"])
    for table in tables.values():
        table.attrs = {"currency": deals.attrs["currency"]}
    ratio = expansion_ratio(book, as_of=as_of, seed=seed)
    merged = few_expansions(book, as_of=as_of)
    tables["win_rates"].attrs |= {"as_of": as_of, "ratio": ratio, "merged": merged}
    tables["stage_odds"].attrs |= {"recorded": len(stages) > 0}
    return tables


def _forecasts(
    book: pd.DataFrame, stages: pd.DataFrame, as_of: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    history = stage_history(book, stages, as_of=as_of)
    odds = stage_odds(book, history)
    still = open_deals(book, odds)
    breaches = breach_list(book, history, odds, as_of=as_of)
    return {
        "pipeline_stages": stage_table(still, odds),
        "stage_odds": odds,
        "pipeline_forecast": forecast_table(still),
        "forecast_history": forecast_history(book, history, as_of=as_of),
        "stale_deals": stale_deals(still, book, as_of=as_of),
        "pipeline_breaches": breaches_by_owner(breaches),
        "breach_list": breaches,
        "pipeline_weeks": pipeline_weeks(book, history, as_of=as_of),
        "week_changes": week_changes(book, as_of=as_of),
    }


def _rates(
    book: pd.DataFrame, stages: pd.DataFrame, as_of: pd.Timestamp, seed: int
) -> dict[str, pd.DataFrame]:
    history = stage_history(book, stages, as_of=as_of)
    merged = with_expansions_merged(book, as_of=as_of)
    rates = win_rate_table(merged, as_of=as_of, seed=seed)
    return {
        "win_rates": rates,
        "win_rate_checks": rates.copy(),
        "win_rates_monthly": win_rates_by_month(merged, as_of=as_of),
        "wins_by_age": wins_by_age(merged, as_of=as_of),
        "lead_times": lead_times(merged, as_of=as_of),
        "deal_counts": deal_counts(book),
        "deal_outcomes": deal_outcomes(book, history, as_of=as_of),
        "deal_reasons": deal_reasons(book, as_of=as_of),
        "trigger_yield": trigger_yield(book, as_of=as_of, seed=seed),
    }


def conclude(tables: Mapping[str, pd.DataFrame], *, month: str, language: str = "en") -> Finding:
    """Return what the pipeline's `tables` mean for the report month, and who does what next Monday.

    Without deals, say what to bring.
    """
    rates = tables["win_rates"]
    if rates.empty:
        return _without_deals(tables, language)
    facts = pipeline_facts(
        tables, rates.attrs["ratio"], month=month, currency=rates.attrs["currency"]
    )
    status = _status(tables, facts)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        evidence=tables["pipeline_stages"],
        tables=dict(tables),
        stake="pipeline.open_amount",
        **closing(WORDS, tables, facts, status, language),
    )


def _without_deals(tables: Mapping[str, pd.DataFrame], language: str) -> Finding:
    say = translator(language)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=say("This company brings no deals, so nothing can be said of its sales pipeline."),
        decision=say(
            "Bring the deals of the CRM (pipeline, stage, amount, created, closed, won or lost, owner), and each change of stage with its day."
        ),
        status="insufficient",
        evidence=tables["pipeline_stages"],
        tables={},
        facts=(),
        language=language,
    )


def _status(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact]) -> Status:
    closed = facts["pipeline.win_rate.all"].n
    if closed < FEWEST_CLOSED:
        return "insufficient"
    stale, amount = facts["pipeline.stale_amount"].value, facts["pipeline.open_amount"].value
    errors = [facts[name].value for name in facts if name.startswith("pipeline.forecast_error")]
    if amount and stale >= MUCH_STALE * amount:
        return "act"
    off = any(error is not None and abs(error) > FAR_OFF for error in errors)
    return (
        "watch"
        if off or facts["pipeline.stale_deals"].value or len(tables["breach_list"])
        else "good"
    )
