"""The facts of the KPI chapter: figures against plan, where the year lands, and what is committed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.kpi_months import WHOLE
from ltvlab.metrics.kpi_table import RATES
from ltvlab.metrics.kpis import KPIS
from ltvlab.metrics.plans import SCOPE

# A figure that another chapter states is the same fact here.
ELSEWHERE = {
    "mrr": "mrr.closing", "nrr": "retention.nrr", "grr": "retention.grr", "revenue": "revenue.month",
    "logo_churn": "retention.logo_churn", "arpa": "arpa.now",
}  # fmt: skip
OF_PLAN = ("target", "gap", "year_end")


def kpi_facts(tables: Mapping[str, pd.DataFrame], *, month: str) -> dict[str, Fact]:
    """Return every figure of the chapter's sentences by id; of a segment, its id ends with its name."""
    table, currency = tables["kpi_targets"], tables["kpi_targets"].attrs["currency"]
    facts = [fact for row in table.to_dict("records") for fact in _of_row(row, month, currency)]
    judged = table[(table[SCOPE] == "all").all(axis=1) & table["status"].ne("insufficient")]
    for status in ("good", "watch", "act"):
        count = int((judged["status"] == status).sum())
        facts.append(
            Fact(id=f"kpi.{status}", value=count, unit="count", definition="D42", month=month)
        )
    facts.append(
        Fact(id="kpi.judged", value=len(judged), unit="count", definition="D42", month=month)
    )
    horizon = table.attrs["ltv_horizon"]
    facts.append(
        Fact(id="kpi.ltv.horizon", value=horizon, unit="months", definition="D42", month=month)
    )
    facts += _gap_facts(tables, month, currency) + _calendar_facts(tables, month, currency)
    return {_key(fact): fact for fact in facts}


def _key(fact: Fact) -> str:
    return fact.id if fact.segment == "all" else f"{fact.id} {fact.segment}"


def _of_row(row: Mapping, month: str, currency: str) -> list[Fact]:
    scope = tuple(row[name] for name in SCOPE)
    segment = "all" if scope == WHOLE else " / ".join(part for part in scope if part != "all")
    name, kpi = str(row["kpi"]), KPIS[str(row["kpi"])]
    about = {"month": month, "segment": segment}
    own = about | {"unit": kpi.unit, "currency": currency if kpi.unit == "money" else ""}
    plan = own | {"definition": "D42"}
    if pd.isna(row["actual"]) and pd.isna(row["target"]):
        return []
    first = ELSEWHERE.get(name, f"kpi.{name}.actual") if segment == "all" else f"kpi.{name}.actual"
    facts = [Fact(id=first, value=row["actual"], definition=kpi.definition, **own)]
    facts += [
        Fact(id=f"kpi.{name}.{what}", value=row[what], **plan)
        for what in (*OF_PLAN, "last_year", "year_to_date")
    ]
    facts.append(
        Fact(
            id=f"kpi.{name}.landing", value=row["landing"], low=row["landing_low"],
            high=row["landing_high"], **plan,
        )
    )  # fmt: skip
    return facts + [
        Fact(id=f"kpi.{name}.{what}", value=row[what], unit="rate", definition="D42", **about)
        for what in RATES
    ]


def _gap_facts(tables: Mapping[str, pd.DataFrame], month: str, currency: str) -> list[Fact]:
    money = {"unit": "money", "definition": "D42", "month": month, "currency": currency}
    facts = [
        Fact(id=f"kpi.{row['kpi']}.gap.{row['driver']}", value=row["part"], **money)
        for row in tables["kpi_gaps"].to_dict("records")
    ]
    share = money | {"unit": "rate", "currency": ""}
    return facts + [
        Fact(id=f"kpi.closer.{row['lever']}.change", value=row["change"], **share)
        for row in tables["gap_closers"].to_dict("records")
    ]


def _calendar_facts(tables: Mapping[str, pd.DataFrame], month: str, currency: str) -> list[Fact]:
    calendar = tables["renewal_calendar"]
    if calendar.empty:
        return []
    money = {"unit": "money", "definition": "D37", "month": month, "currency": currency}
    ahead, told = calendar.iloc[1:], calendar.attrs
    wall = ahead.loc[ahead["due"].idxmax()]
    joint = tables["co_terms"]
    return [
        Fact(id="renewals.committed_mrr", value=told["committed"], **money),
        Fact(
            id="renewals.known_losses",
            value=told["closing"] - told["committed"],
            n=told["leaving"],
            **money,
        ),
        Fact(id="renewals.due_12", value=float(calendar["due"].sum()), **money),
        Fact(id="renewals.auto_renewing_12", value=float(calendar["auto_renewing"].sum()), **money),
        Fact(id="renewals.wall", value=float(wall["due"]), segment=str(wall["month"]), **money),
        Fact(id="renewals.unbound", value=told["unbound"], **money),
        Fact(
            id="renewals.deadlines_90",
            value=float(tables["notice_deadlines"]["mrr"].sum()),
            **money,
        ),
        Fact(id="renewals.co_terms", value=len(joint), **money | {"unit": "count", "currency": ""}),
        Fact(id="renewals.co_terms_mrr", value=float(joint["mrr"].sum()), **money),
    ]
