"""How the tables of KPIs are shown and published, where one column holds money, rates and counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab import money
from ltvlab.findings import Fact
from ltvlab.metrics.kpi_months import WHOLE
from ltvlab.metrics.kpi_table import NUMBERS, RATES
from ltvlab.metrics.kpis import KPIS, ROLES
from ltvlab.metrics.plans import SCOPE
from ltvlab.text import segment_label, translator

# Which columns of a table hold figures in the unit of their row.
MIXED = {
    "kpi_targets": tuple(name for name in NUMBERS if name not in RATES),
    "kpi_months": ("actual", "target", "last_year"),
    "indicators": ("now", "quarter_ago", "year_ago"),
}


def published(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables as files hold them: money of mixed columns in major units."""
    return {
        name: _in_major(table, MIXED[name]) if name in MIXED else table
        for name, table in tables.items()
        if len(table) or name not in ("gap_closers", "kpi_gaps", "co_terms", "notice_deadlines")
    }


def _in_major(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    scale = 10.0 ** -money.digits(table.attrs["currency"])
    is_money = table["unit"] == "money"
    figures = {
        name: table[name].astype("float64").where(~is_money, table[name] * scale)
        for name in columns
    }
    return table.assign(**figures)


def figure(value: float, unit: str, currency: str, language: str) -> str:
    """Return a figure of a row in words, as its unit is written; a dash where there is none."""
    if pd.isna(value):
        return money.EMPTY
    fact = Fact(id="figure", value=float(value), unit=unit, definition="D42", month="", currency=currency)  # fmt: skip
    return fact.shown(language)


def scope_label(row: Mapping[str, str], language: str) -> str:
    """Return whose figure a row is: all customers, or its segment, team and owner."""
    parts = [row[name] for name in SCOPE if row[name] != "all"]
    return " / ".join(segment_label(part, language) for part in parts) or segment_label(
        "all", language
    )


def owner_label(owner: str, language: str) -> str:
    """Return who answers for a KPI: a name as the company writes it, or a role of ours."""
    return translator(language)(owner) if owner in ROLES else owner


def _rows(table: pd.DataFrame, columns: tuple[str, ...], language: str) -> pd.DataFrame:
    currency = table.attrs["currency"]
    rows = table.to_dict("records")
    shown = {
        name: [figure(row[name], row["unit"], currency, language) for row in rows]
        for name in columns
    }
    return table.assign(**shown)


def _worth_showing(table: pd.DataFrame) -> pd.DataFrame:
    """Leave parts of the plan that no customer belongs to, and KPIs nobody measures or plans, to the file."""
    whole = (table[SCOPE] == WHOLE[0]).all(axis=1)
    figures = table[["actual", "target"]].notna()
    return table[figures["actual"] | (whole & figures["target"])]


def kpis_in_words(table: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return kpi, scope, actual, target, attainment, last_year, status, reason, responsible in words."""
    shown = _worth_showing(table)
    columns = ("actual", "target", "last_year")
    words = _rows(shown, columns, language).assign(
        scope=[scope_label(row, language) for row in shown.to_dict("records")],
        responsible=[owner_label(name, language) for name in shown["responsible"]],
        status=np.where(shown["reason"] != "", shown["reason"], shown["status"]),
    )
    return words


def year_in_words(table: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return kpi, scope, year_to_date, pace, done, landing, range, year_end of the fiscal year in words."""
    shown = _worth_showing(table)
    shown = shown[shown["year_to_date"].notna() | shown["landing"].notna()]
    words = _rows(shown, ("landing", "landing_low", "landing_high", "year_end"), language)
    currency = table.attrs["currency"]
    so_far = [_so_far(row, currency, language) for row in shown.to_dict("records")]
    ranges = [
        money.EMPTY if money.EMPTY in (low, high) else f"{low} – {high}"
        for low, high in zip(words["landing_low"], words["landing_high"], strict=True)
    ]
    scopes = [scope_label(row, language) for row in shown.to_dict("records")]
    return words.assign(range=ranges, scope=scopes, year_to_date=so_far)


def _so_far(row: Mapping[str, object], currency: str, language: str) -> str:
    """Return the year to date: a level's change with its sign, a rate's in points; else the figure."""
    value, unit = row["year_to_date"], str(row["unit"])
    if pd.isna(value) or KPIS[str(row["kpi"])].course in ("sum", "average"):
        return figure(value, unit, currency, language)
    sign = "+" if value > 0 else ""
    if unit == "rate":
        points = f"{sign}{figure(100 * value, 'number', currency, language)}"
        return translator(language)("{points} points").format(points=points)
    return f"{sign}{figure(value, unit, currency, language)}"


def indicators_in_words(table: pd.DataFrame, *, side: str, language: str) -> pd.DataFrame:
    """Return indicator, now, quarter_ago, year_ago of one side, leading or lagging, in words."""
    rows = table[table["side"] == side]
    return _rows(rows, ("now", "quarter_ago", "year_ago"), language)
