"""Credit notes that cancel a service still to come: they end it where they begin (D13)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from ltvlab.text import UNKNOWN
from ltvlab.warehouse.columns import on_grid, whole_months
from ltvlab.warehouse.renewing import term_end_on

SERVICE = ["customer_id", "product", "currency", "service_start", "service_end"]
# Credits are written in whole units: what is left within two hundredths is rounding.
ROUNDING = 0.02


def future_credits(invoices: pd.DataFrame, *, currency: str, inclusive_ends: bool) -> pd.DataFrame:
    """Return the credited services that lie ahead of their credit: a row per service, `credited`.

    Such a service begins no earlier than the month of the credit, and reaches a later month's
    end. `charged_again` says that service from its beginning on was charged after the credit.
    """
    if not {"kind", "service_start", "service_end"} <= set(invoices):
        return _no_credits()
    lines = invoices.assign(
        product=invoices.get("product", pd.Series(UNKNOWN, index=invoices.index)).fillna(UNKNOWN),
        currency=invoices.get("currency", pd.Series(currency, index=invoices.index)).fillna(
            currency
        ),
        kind=invoices["kind"].fillna("charge"),
        service_end=invoices["service_end"] + pd.Timedelta(days=int(inclusive_ends)),
    )
    given = lines[lines["kind"].isin(["refund", "credit"]) & (lines["amount"] < 0)]
    given = given[_lies_ahead(given)]
    if given.empty:
        return _no_credits()
    sums = {"credited": ("amount", lambda amounts: -amounts.sum()), "month": ("month", "max")}
    credits = given.groupby(SERVICE, as_index=False).agg(**sums)
    return credits.assign(charged_again=_charged_again(credits, lines)).drop(columns="month")


def _lies_ahead(credits: pd.DataFrame) -> pd.Series:
    start, end = credits["service_start"], credits["service_end"]
    issued = credits["month"].dt.to_period("M")
    months = start.dt.to_period("M")
    later = months.where(months > issued, issued + 1)
    return (months >= issued) & (end >= (later + 1).dt.to_timestamp())


def _charged_again(credits: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    charges = lines[lines["kind"] == "charge"]
    charges = charges[["customer_id", "product", "month", "service_start"]]
    numbered = credits.reset_index(names="credit")
    pairs = numbered.merge(
        charges, on=["customer_id", "product"], suffixes=("", "_charged"), validate="many_to_many"
    )
    begins = pairs["service_start_charged"].fillna(pairs["month_charged"])
    later = pairs[(pairs["month_charged"] > pairs["month"]) & (begins >= pairs["service_start"])]
    return credits.index.to_series().isin(later["credit"])


def _no_credits() -> pd.DataFrame:
    return pd.DataFrame(columns=[*SERVICE, "credited", "charged_again"])


def per_month(credits: ir.Table, *, digits: int) -> ir.Table:
    """Return future credits with `credited` in minor units per month (D05)."""
    start, end = (credits[name].cast("date") for name in ("service_start", "service_end"))
    length = whole_months(start, end)
    days = end.delta(start, unit="day").cast("float64")
    months = length.cast("float64").fill_null(days * 12 / 365)
    return credits.mutate(
        credit_start=start,
        credit_end=end,
        credited=on_grid(credits["credited"] / months * 10.0**digits),
    ).drop("service_start", "service_end")


def cut_by_credits(lines: ir.Table, credits: ir.Table, *, partial: bool) -> ir.Table:
    """Return the lines, each ended where a credit cancels all that is left of its term.

    With `partial` a credit of less than the price leaves the rest of it (invoices); without, it
    says nothing, and neither does one after which the service was charged again (contracts).
    """
    cuts = _cuts(lines, credits)
    if not partial:
        cuts = cuts.filter((cuts["share"] == 0) & ~cuts["charged_again"])
    cuts = cuts.select("line", "credit_start", "share")
    joined = lines.left_join(cuts, "line").drop("line_right")
    whole = joined.mutate(end=joined["credit_start"].fill_null(joined["end"]))
    if not partial:
        return whole.select(*lines.columns)
    left = joined.filter(joined["share"] > 0)
    left = left.mutate(
        start_date=left["credit_start"],
        **{name: on_grid(left[name] * left["share"]) for name in ("monthly", "monthly_list")},
    )
    return whole.select(*lines.columns).union(left.select(*lines.columns))


def _cuts(lines: ir.Table, credits: ir.Table) -> ir.Table:
    """Return, per line, its first credit and the share of the price that it leaves."""
    pairs = lines.inner_join(credits, ["customer_id", "product", "currency"])
    runs = (pairs["start_date"] <= pairs["credit_start"]) & (pairs["credit_start"] < pairs["end"])
    rest = ibis.least(pairs["end"], term_end_on(pairs, pairs["credit_start"]))
    pairs = pairs.filter(runs & (pairs["end_date"].isnull() | (rest <= pairs["credit_end"])))
    credit = ibis.window(
        group_by=["customer_id", "product", "currency", "credit_start", "credit_end"]
    )
    share = 1 - pairs["credited"] / pairs["monthly"].sum().over(credit)
    pairs = pairs.mutate(
        share=ibis.ifelse(share < ROUNDING, 0.0, share),
        nth=ibis.row_number().over(
            ibis.window(group_by="line", order_by=["credit_start", "credit_end"])
        ),
    )
    return pairs.filter(pairs["nth"] == 0)
