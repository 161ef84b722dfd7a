"""Are we on plan: KPIs against targets, where the year lands, what makes the gap and what closes it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._kpi_facts import kpi_facts
from ltvlab.analyses._kpi_shown import (
    closers_in_words,
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
from ltvlab.metrics.landings import year_start
from ltvlab.metrics.movements import movement_table
from ltvlab.metrics.plan_gaps import CLOSER_COLUMNS, gap_closers, ltv_gap, mrr_gap
from ltvlab.metrics.plans import SCOPE, Plan, plan_of
from ltvlab.metrics.prices import average_selling_price
from ltvlab.metrics.renewal_calendar import (
    co_terms,
    notice_deadlines,
    renewal_calendar,
    term_amounts,
)
from ltvlab.metrics.value_changes import ltv_changes
from ltvlab.metrics.values_over_time import ltv_by_month
from ltvlab.text import translator

__all__ = [
    "closers_in_words",
    "conclude",
    "indicators_in_words",
    "kpi_book",
    "kpis_in_words",
    "renewal_tables",
    "target_tables",
    "value_tables",
    "year_in_words",
]

SLUG = "kpi_targets"
QUESTION = "Are we on plan, and what closes the gap?"
# A year back and the report month: the least that a change over twelve months needs.
VALUE_MONTHS = 13
STATUSES: tuple[Status, ...] = ("act", "watch", "good")


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


def target_tables(
    book: KpiBook,
    targets: pd.DataFrame,
    valued: Mapping[str, pd.DataFrame],
    given: Mapping[str, pd.DataFrame],
    *,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return the tables of plan against actual by name, money in minor units.

    `targets` as loaded, `valued` the `value_tables`, `given` the company's usage and events.
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
    )  # fmt: skip
    tables = {"kpi_targets": table, "kpi_months": months}
    tables |= _gaps(book, table, valued["changes"], fiscal_first_month)
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
    book: KpiBook, table: pd.DataFrame, changes: pd.DataFrame, fiscal_first_month: int
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
    month = book.mrr.columns[-1]
    left = 11 - (month.ordinal - year_start(month, fiscal_first_month=fiscal_first_month).ordinal)
    asp, _ = average_selling_price(recurring, book.customers, fx=book.fx)
    closers = gap_closers(bridge, row, asp=asp, months_left=left, currency=currency)
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
        answer=answer(tables, facts, language),
        decision=decision(tables, facts, status, language),
        status=status,
        evidence=table,
        tables=published(tables),
        facts=tuple(facts.values()),
        language=language,
        caveats=caveats(tables, facts, language),
    )


def _status(table: pd.DataFrame) -> Status:
    found = set(table["status"])
    return next((status for status in STATUSES if status in found), "insufficient")
