"""Are we on plan: KPIs against targets, where the year lands, what makes the gap and what closes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ltvlab.analyses._closing import Words, closing
from ltvlab.analyses._kpi_facts import kpi_facts
from ltvlab.analyses._kpi_shown import (
    indicators_in_words,
    kpis_in_words,
    published,
    year_in_words,
)
from ltvlab.analyses._kpi_words import answer, caveats, decision
from ltvlab.findings import Finding, Status
from ltvlab.metrics.acquisition_cost import acquisition_table
from ltvlab.metrics.indicator_page import indicator_page
from ltvlab.metrics.kpi_months import WHOLE, kpi_months, scope_series
from ltvlab.metrics.kpi_series import KpiBook, kpi_book
from ltvlab.metrics.kpi_table import kpi_table
from ltvlab.metrics.kpis import KPIS, with_owners
from ltvlab.metrics.landings import Landing, year_start
from ltvlab.metrics.movements import movement_table
from ltvlab.metrics.plan_gaps import CLOSER_COLUMNS, gap_closers, ltv_gap, mrr_gap
from ltvlab.metrics.plans import SCOPE, Plan, plan_of
from ltvlab.metrics.renewal_calendar import (
    co_terms,
    notice_deadlines,
    renewal_calendar,
    term_amounts,
)
from ltvlab.metrics.scenarios.break_even import COLUMNS as BREAK_EVEN
from ltvlab.metrics.scenarios.break_even import break_even, target_of
from ltvlab.metrics.scenarios.engine import scenario_engine
from ltvlab.metrics.scenarios.evidence import lacking
from ltvlab.metrics.scenarios.levers import BASE
from ltvlab.metrics.scenarios.tables import scenario_table
from ltvlab.metrics.value_changes import ltv_changes
from ltvlab.metrics.values_over_time import ltv_by_month
from ltvlab.months import YEAR
from ltvlab.text import translator

__all__ = [
    "conclude",
    "indicators_in_words",
    "kpi_book",
    "kpis_in_words",
    "mrr_outlook",
    "renewal_tables",
    "target_tables",
    "value_tables",
    "year_in_words",
]

SLUG = "kpi_targets"
QUESTION = "Are we on plan, and what closes the gap?"
WORDS = Words(answer, decision, caveats)
# A year back and the report month: the least that a change over twelve months needs.
VALUE_MONTHS = 13
STATUSES: tuple[Status, ...] = ("act", "watch", "good")
# The money that being off plan is about, of the first of these that has a target.
GAPS = ("kpi.mrr.gap", "kpi.revenue.gap")


def value_tables(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    orders: pd.DataFrame,
    credits: pd.DataFrame | None = None,
    spend: pd.DataFrame | None = None,
    deals: pd.DataFrame | None = None,
    horizon_months: int = 60,
    discount_rate_per_year: float = 0.10,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return what the KPIs LTV and LTV/CAC are read from: `values`, `changes` and `acquisition`.

    `values` is the LTV of the last 13 month ends by one method and one horizon (D42), for all and
    by the axes that a report has over time.
    """
    settings = {
        "credits": credits, "discount_rate_per_year": discount_rate_per_year, "seed": seed,
    }  # fmt: skip
    values = ltv_by_month(
        mrr, margin, customers, months=VALUE_MONTHS,
        horizon_months=horizon_months, **settings,
    )  # fmt: skip
    newest = values[values["month"] == mrr.columns[-1]].assign(headline=True)
    changes = ltv_changes(newest, mrr, margin, customers, orders=orders, **settings)
    acquisition = acquisition_table(
        mrr, margin, customers, newest, spend=spend, deals=deals, seed=seed
    )
    return {"values": values, "changes": changes, "acquisition": acquisition}


class Outlook(NamedTuple):
    """Where the report's forecast has MRR at the end of the fiscal year, and what reaches its target."""

    landing: Landing
    levers: pd.DataFrame


def mrr_outlook(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    fx: pd.DataFrame | None = None,
    seed: int,
) -> Outlook | None:
    """Return the forecast of MRR at the fiscal year's end, the one of the chapter on scenarios.

    None for orders, for books too small or too young for a forecast, where the year ends this
    month, and where nothing is planned for its last month.
    """
    if mrr.attrs["basis"] == "orders" or any(lacking(mrr)):
        return None
    engine = scenario_engine(mrr, customers, fx=fx)
    fiscal_first_month = customers.attrs["fiscal_first_month"]
    end = year_start(mrr.columns[-1], fiscal_first_month=fiscal_first_month) + YEAR - 1
    target = target_of(engine, targets if len(targets) else None)
    if not target.planned or engine.months[target.ahead - 1] != end:
        return None
    by_month, _ = scenario_table(engine, {"base": BASE}, target, seed=seed)
    there = by_month[by_month["month"] == end].iloc[0]
    return Outlook(
        Landing(float(there["mrr"]), float(there["low"]), float(there["high"])),
        break_even(engine, target),
    )


def target_tables(
    book: KpiBook,
    targets: pd.DataFrame,
    valued: Mapping[str, pd.DataFrame],
    given: Mapping[str, pd.DataFrame],
    *,
    seed: int,
    outlook: Outlook | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables of plan against actual by name, money in minor units.

    `targets` as loaded, `valued` the `value_tables`, `given` the company's usage and events,
    `outlook` what the report's forecast says of MRR at the year's end.
    """
    basis, currency = book.mrr.attrs["basis"], book.mrr.attrs["currency"]
    fiscal_first_month = book.customers.attrs["fiscal_first_month"]
    plan = plan_of(targets, currency=currency)
    owners = targets.attrs.get("kpis", {})
    series = scope_series(book, plan, ltv=valued["values"], acquisition=valued["acquisition"])
    months = kpi_months(series, plan)
    table = kpi_table(
        months, month=book.mrr.columns[-1], kpis=with_owners(owners), basis=basis,
        fiscal_first_month=fiscal_first_month, seed=seed,
        mrr_landing=outlook.landing if outlook else None,
    )  # fmt: skip
    tables = {"kpi_targets": table, "kpi_months": months}
    tables |= _gaps(book, table, valued["changes"], fiscal_first_month, outlook)
    tables["indicators"] = indicator_page(series[WHOLE], given, book.mrr, book.customers)
    start = year_start(book.mrr.columns[-1], fiscal_first_month=fiscal_first_month)
    about = {"currency": currency, "basis": basis}
    about |= _about(plan, owners, valued["values"], start)
    for each in tables.values():
        each.attrs = dict(each.attrs) | about
    return tables


def _about(plan: Plan, owners: Mapping, values: pd.DataFrame, start: pd.Period) -> dict:
    horizon = values.loc[values["axis"] == "all", "horizon_months"].dropna()
    return {
        "unknown": (*plan.unknown, *sorted(set(owners) - set(KPIS))),
        "in_percent": plan.in_percent,
        "brought": len(plan.targets) > 0 or len(plan.unknown) > 0,
        "ltv_horizon": float(horizon.iloc[-1]) if len(horizon) else float("nan"),
        "year_end": str(start + 11),
    }


def _gaps(
    book: KpiBook,
    table: pd.DataFrame,
    changes: pd.DataFrame,
    fiscal_first_month: int,
    outlook: Outlook | None,
) -> dict[str, pd.DataFrame]:
    recurring = book.mrr if book.mrr.attrs["basis"] != "orders" else book.mrr.iloc[:, :0]
    opening, currency = book.customers["opening"], book.mrr.attrs["currency"]
    bridge = movement_table(recurring, opening, fx=book.fx)
    whole = table[(table[SCOPE] == "all").all(axis=1)].set_index("kpi")
    ltv = ltv_gap(changes, whole.loc["ltv"], currency=currency)
    if "mrr" not in whole.index or bridge.empty:
        return {"kpi_gaps": ltv, "gap_closers": pd.DataFrame(columns=list(CLOSER_COLUMNS))}
    row = whole.loc["mrr"]
    gap = mrr_gap(bridge, row["target"], fiscal_first_month=fiscal_first_month, currency=currency)
    missing = row["year_end"] - row["landing"] if outlook else 0.0
    levers = outlook.levers if outlook else pd.DataFrame(columns=BREAK_EVEN)
    closers = gap_closers(levers, missing=missing, currency=currency)
    both = pd.concat([part for part in (gap, ltv) if len(part)] or [gap], ignore_index=True)
    both.attrs = dict(gap.attrs)
    return {"kpi_gaps": both, "gap_closers": closers}


def renewal_tables(terms: pd.DataFrame, held: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return renewal_calendar, co_terms and notice_deadlines (D37); `held` by customer and product."""
    paid = term_amounts(terms, held)
    currency, as_of = held.attrs["currency"], held.columns[-1].end_time.normalize()
    return {
        "renewal_calendar": renewal_calendar(paid, held),
        "co_terms": co_terms(paid, currency=currency),
        "notice_deadlines": notice_deadlines(paid, as_of=as_of, currency=currency),
    }


def conclude(tables: Mapping[str, pd.DataFrame], *, month: str, language: str = "en") -> Finding:
    """Return whether the company is on plan, what the gap is made of, and what closes it.

    Without targets, return where the KPIs stand and what to bring.
    """
    facts = kpi_facts(tables, month=month)
    table = tables["kpi_targets"]
    status = _status(table)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        evidence=table,
        tables=published(tables),
        stake=next((name for name in GAPS if name in facts), ""),
        **closing(WORDS, tables, facts, status, language),
    )


def _status(table: pd.DataFrame) -> Status:
    found = set(table["status"])
    return next((status for status in STATUSES if status in found), "insufficient")
