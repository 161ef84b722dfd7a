"""What tools of the trade decide differently: one switch each, and how many ways there are.

A switch is a field of `Conventions`; its default is ours. Every headline figure is a function of
the book and of these switches, so that two tools can be compared on the same contracts.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

DAY = "datetime64[D]"


class Conventions(NamedTuple):
    """The switches; the defaults are this project's definitions."""

    # The day a month is measured on: its last, or its first (D06).
    snapshot: Literal["month_end", "month_start"] = "month_end"
    # A short gap before a late renewal: carried at the old amount, or a loss and a return (D11).
    late_renewals: Literal["bridged", "strict"] = "bridged"
    # A paused line: nothing, or its amount as before (D15).
    pauses: Literal["zero", "kept"] = "zero"
    # Who once paid and now holds a line at no charge: no customer, or still one (D14).
    free: Literal["excluded", "kept"] = "excluded"
    # A discount with an end: taken off, or not (D15, discounts).
    discounts: Literal["net", "list"] = "net"
    # A loss is dated to the end of paid service, or to the notice (D15).
    churn_timing: Literal["service_end", "notice"] = "service_end"
    # One net movement per customer and month, or one per day on which something changed (D08, D12).
    netting: Literal["month", "event"] = "month"
    # Who returns after more days than these is new; with None never (D09).
    returner_days: int | None = None
    # What lost customers are divided by: those at the opening, or these and the new ones (D25).
    churn_base: Literal["opening", "opening_and_new"] = "opening"
    # The churn below 1/churn: twelve months pooled, or the mean rate of the six before this (D17).
    churn_window: Literal["pooled_12", "previous_6"] = "pooled_12"
    # NRR and GRR from point to point, or as sums of twelve months' movements (D22, D23).
    retention: Literal["point_to_point", "movements"] = "point_to_point"
    # The value of a customer counts gross margin, or revenue (D17).
    margin: bool = True


OURS = Conventions()
# The switches that change who pays what; the others change what is made of it.
STATE = ("snapshot", "late_renewals", "pauses", "free", "discounts", "churn_timing")


def differing(ours: Conventions, theirs: Conventions) -> tuple[str, ...]:
    """Return the names of the switches that two sets of conventions set differently."""
    return tuple(name for name in ours._fields if getattr(ours, name) != getattr(theirs, name))


def paid_stretches(periods: pd.DataFrame, conventions: Conventions) -> pd.DataFrame:
    """Return the stretches of time over which a line costs one amount, under `conventions`.

    `periods` are those of `load_periods`. A discount's end and a pause cut a period; what pays
    nothing is left out, unless free lines are kept.
    """
    rows = periods[~periods["bridged"]] if conventions.late_renewals == "strict" else periods
    rows = rows.assign(end=_ends(rows, conventions))
    rows = _cut_at_discount_end(rows, listed=conventions.discounts == "list")
    if conventions.pauses == "zero":
        rows = _without_pauses(rows)
    if conventions.free == "excluded":
        rows = rows[rows["amount"] > 0]
    rows = rows[rows["end"] > rows["start"]]
    columns = ["customer_id", "currency", "start", "end", "amount", "gross_margin"]
    return rows[columns].assign(amount=rows["amount"].clip(lower=0)).reset_index(drop=True)


def _ends(rows: pd.DataFrame, conventions: Conventions) -> pd.Series:
    ends = rows["end"]
    if conventions.churn_timing == "notice":
        ends = ends.mask(rows["notice"] < ends, rows["notice"])
    if conventions.snapshot == "month_start":
        # The playbook's months stop before the month in which a customer's last line ends.
        last = ends.groupby(rows["customer_id"]).transform("max").to_numpy()
        closed = pd.Series(last.astype("datetime64[M]").astype(DAY), index=rows.index)
        ends = ends.mask(closed < ends, closed)
    return ends


def _cut_at_discount_end(rows: pd.DataFrame, *, listed: bool) -> pd.DataFrame:
    ending = rows["discount_end"].notna()
    if listed:
        return rows.assign(amount=rows["amount"].mask(ending, rows["list_amount"]))
    early = rows.assign(
        end=rows["end"].mask(rows["discount_end"] < rows["end"], rows["discount_end"])
    )
    late = rows[ending]
    begins = late["discount_end"].mask(late["discount_end"] < late["start"], late["start"])
    return pd.concat([early, late.assign(start=begins, amount=late["list_amount"])])


def _without_pauses(rows: pd.DataFrame) -> pd.DataFrame:
    pausing = rows["pause_start"].notna()
    early = rows.assign(
        end=rows["end"].mask(rows["pause_start"] < rows["end"], rows["pause_start"])
    )
    # A pause without an end lasts.
    late = rows[pausing & rows["pause_end"].notna()]
    begins = late["pause_end"].mask(late["pause_end"] < late["start"], late["start"])
    return pd.concat([early, late.assign(start=begins)])


def snapshot_months(days: pd.Series, conventions: Conventions) -> np.ndarray:
    """Return, as numbers, the first month whose snapshot day is not before each day."""
    months = days.to_numpy().astype("datetime64[M]")
    number = months.astype("int64")
    if conventions.snapshot == "month_start":
        number = number + (days.to_numpy().astype(DAY) > months.astype(DAY))
    return number
