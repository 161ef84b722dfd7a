"""The facts of the MRR chapter: the bridge, the rates, and what reasons say of the last half year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.movements import MOVEMENTS
from ltvlab.months import YEAR

HALF_YEAR = 6


def use_and_open_facts(table: pd.DataFrame, usage: pd.DataFrame | None) -> dict[str, Fact]:
    """Return what stands beside MRR where there is such: billed by use (D06), and unconfirmed (D11)."""
    about = {
        "unit": "money", "month": str(table["month"].iloc[-1]), "currency": table.attrs["currency"],
    }  # fmt: skip
    facts = []
    if usage is not None and len(usage) and not np.isnan(usage["usage_mrr"].iloc[-1]):
        used = usage.iloc[-1]
        n, value = int(used["customers"]), float(used["usage_mrr"])
        facts += [Fact(id="mrr.usage", value=value, definition="D06", n=n, **about)]
    unconfirmed = float(table.attrs.get("unconfirmed", 0.0))
    if unconfirmed > 0:
        facts += [Fact(id="mrr.unconfirmed", value=unconfirmed, definition="D11", **about)]
    return {fact.id: fact for fact in facts}


def movement_facts(table: pd.DataFrame, rates: pd.DataFrame) -> dict[str, Fact]:
    """Return the figures of the bridge and the rates in the report month, by id."""
    latest, rate = table.iloc[-1], rates.iloc[-1]
    month, currency, n = str(latest["month"]), table.attrs["currency"], int(latest["customers"])
    year = table.tail(YEAR)

    def amount(name: str, value: float, definition: str) -> Fact:
        return Fact(
            id=name, value=value, unit="money", definition=definition, month=month, n=n,
            currency=currency,
        )  # fmt: skip

    def share(name: str, definition: str, base: str, low: str = "", high: str = "") -> Fact:
        column = name.split(".")[-1]
        return Fact(
            id=name, value=rate[column], unit="rate", definition=definition, month=month,
            n=int(rate[base]),
            low=rate[low] if low else None, high=rate[high] if high else None,
        )  # fmt: skip

    facts = [
        amount("mrr.closing", latest["closing"], "D06"),
        amount("mrr.month_change", latest["closing"] - latest["opening"], "D09"),
        *(amount(f"mrr.twelve_months.{name}", year[name].sum(), "D07") for name in MOVEMENTS),
        amount("mrr.twelve_months.lost", -year[["contraction", "churn"]].to_numpy().sum(), "D07"),
        share("retention.nrr", "D22", "base_year", "nrr_low", "nrr_high"),
        share("retention.grr", "D23", "base_year", "grr_low", "grr_high"),
        share("retention.logo_churn", "D25", "base_month"),
        share("retention.revenue_churn", "D25", "base_month"),
        Fact(
            id="retention.quick_ratio", value=rate["quick_ratio"], unit="number",
            definition="D25", month=month, n=n,
        ),
        Fact(id="mrr.customers", value=n, unit="count", definition="D06", month=month, n=n),
    ]  # fmt: skip
    facts += [
        Fact(
            id=f"retention.{name}_month_change", value=rates[name].diff().iloc[-1], unit="rate",
            definition=definition, month=month, n=int(rate["base_year"]),
        )
        for name, definition in (("nrr", "D22"), ("grr", "D23"))
    ]  # fmt: skip
    return {fact.id: fact for fact in facts}


def month_reason_facts(table: pd.DataFrame, why: pd.DataFrame) -> dict[str, Fact]:
    """Return what each reason moved MRR by in the report month, one fact per movement and reason (D08)."""
    month = table["month"].iloc[-1]
    rows = why[(why["month"] == month) & (why["amount"] != 0)]
    facts = [
        Fact(
            id="mrr.month.reason", value=row.amount, unit="money", n=int(row.customers),
            currency=table.attrs["currency"], definition="D08", month=str(month),
            segment=f"{row.movement}: {row.reason}",
        )
        for row in rows.itertuples()
    ]  # fmt: skip
    return {f"{fact.id} {fact.segment}": fact for fact in facts}


def reason_facts(table: pd.DataFrame, why: pd.DataFrame) -> dict[str, Fact]:
    """Return what of the expansion was cross-sold, and who cut back and stayed, in half a year (D08)."""
    months = table["month"].tail(HALF_YEAR)
    sold = why[
        why["month"].isin(months) & why["reason"].eq("cross_sell") & why["movement"].eq("expansion")
    ]
    expansion = table["expansion"].tail(HALF_YEAR).sum()
    share = sold["amount"].sum() / expansion if expansion else None
    saves, kept = why.attrs["saves"], why.attrs["saves_kept"]
    about = {"definition": "D08", "month": str(months.iloc[-1])}
    facts = [
        Fact(id="reasons.cross_sell_share", value=share, unit="rate", n=int(sold["customers"].sum()), **about),
        Fact(id="reasons.downsell_saves", value=saves, unit="count", n=saves, **about),
        Fact(
            id="reasons.downsell_saves_kept", value=kept, unit="money", n=saves,
            currency=table.attrs["currency"], **about,
        ),
    ]  # fmt: skip
    return {fact.id: fact for fact in facts}
