"""The facts of a comparison: every figure as we and as other tools count it, and the invoices."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics import reconciliation
from ltvlab.metrics.convention_figures import FIGURES
from ltvlab.months import YEAR

RECONCILED = ("mrr", "accrued", "timing", "one_time", "usage", "credits", "billed")
DEFINITIONS = {
    "mrr": "D06", "customers": "D06", "new_mrr": "D07", "churned_mrr": "D07", "logo_churn": "D25",
    "revenue_churn": "D25", "nrr": "D22", "grr": "D23", "ltv": "D17",
}  # fmt: skip


def figure_fact(name: str, figure: str, value: float, *, currency: str, month: str = "") -> Fact:
    """Return a headline figure as a fact with its unit and definition."""
    return Fact(
        id=name,
        value=value,
        unit=FIGURES[figure],
        definition=DEFINITIONS[figure],
        month=month,
        currency=currency,
    )


def convention_facts(table: pd.DataFrame, bill: pd.DataFrame) -> dict[str, Fact]:
    """Return ours and theirs of every figure compared, and what the invoices come to, by id."""
    place = {"currency": table.attrs["currency"], "month": table.attrs["month"]}
    facts = {}
    for row in table.drop_duplicates(["preset", "figure"]).itertuples():
        tool = row.preset.lower().replace(" ", "_").replace("-", "_")
        for name, value in (("ours", row.ours), (tool, row.theirs)):
            fact = figure_fact(f"conventions.{name}.{row.figure}", row.figure, value, **place)
            facts[fact.id] = fact
    return facts | _billing_facts(bill, **place)


def _billing_facts(bill: pd.DataFrame, *, currency: str, month: str) -> dict[str, Fact]:
    """Return sums of the last twelve months, and the shares that decide; nothing without invoices."""
    if bill.empty:
        return {}
    values = {name: float(bill.tail(YEAR)[name].sum()) for name in RECONCILED}
    values["unbilled_one_time"] = bill.attrs["unbilled_amount"]
    shares = {
        "residual_share": reconciliation.unexplained(bill, months=YEAR),
        "one_sided_share": reconciliation.one_sided(bill),
    }
    figures = [(name, value, "money") for name, value in values.items()]
    figures += [(name, value, "rate") for name, value in shares.items()]
    facts = [
        Fact(
            id=f"reconciliation.{name}", value=value, unit=unit, definition="D02", month=month,
            currency=currency,
        )
        for name, value, unit in figures
    ]  # fmt: skip
    return {fact.id: fact for fact in facts}
