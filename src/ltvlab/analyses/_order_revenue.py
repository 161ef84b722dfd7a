"""What a company of orders gets instead of a bridge: its revenue by month, and why."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact, Finding
from ltvlab.money import number
from ltvlab.months import YEAR
from ltvlab.text import month_label, translator


def conclude_orders(slug: str, table: pd.DataFrame, *, language: str) -> Finding:
    """Return the finding of a company without recurring revenue: its `revenue_by_month` in words."""
    say = translator(language)
    latest = table.iloc[-1]
    year = table["revenue"].tail(YEAR).sum()
    month, currency = str(latest["month"]), table.attrs["currency"]
    revenue, last_year, change = (
        Fact(
            id=f"revenue.{name}",
            value=value,
            unit="money",
            definition="D30",
            month=month,
            n=n,
            currency=currency,
        )
        for name, value, n in (
            ("month", latest["revenue"], int(latest["customers"])),
            ("twelve_months", year, None),
            ("month_change", table["revenue"].diff().iloc[-1], int(latest["customers"])),
        )
    )
    answer = say(
        "Customers ordered {revenue} in {month} ({customers} customers bought) and {year} over twelve months."
    )
    return Finding(
        slug=slug,
        question=say("How much did customers order?"),
        answer=answer.format(
            revenue=revenue.shown(language), month=month_label(latest["month"], language),
            customers=number(int(latest["customers"]), language), year=last_year.shown(language),
        ),
        decision=say("Bring contracts or invoices with service periods to see what moves recurring revenue."),
        status="insufficient",
        evidence=table,
        tables={"revenue_by_month": table},
        facts=(revenue, last_year, change),
        language=language,
        caveats=(say(
            "MRR, its movements, NRR and GRR do not apply: this company brings orders, and an order promises no next one."
        ),),
    )  # fmt: skip
