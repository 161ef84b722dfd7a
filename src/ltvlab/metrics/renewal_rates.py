"""How many of the contracts that came due were renewed, and at what price (D26)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.due_contracts import due_contracts
from ltvlab.months import YEAR

COUNTS = ["due", "renewed", "pending", "lost"]
SUMS = ["due_amount", "least", "renewed_amount", "renewed_due"]


def renewals_table(lines: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month: due, renewed, pending, rate, gross, net, price_change, of_all_held.

    Counts are of customer contracts (one customer, one product family) whose original end lies
    in the month. Rates are of those that are no longer pending: `rate` counts contracts, `gross`
    and `net` money, without and with what a renewal added; `price_change` is the money of the
    renewed alone. `of_all_held` is the same losses over every contract held at the month's
    opening (V23), from `held`, the matrix of customers and families. Booked; empty where nothing
    came due. Without contract `lines` (invoices, orders) there are no rows.
    """
    if lines.empty:
        return _without_rows(held)
    dues = due_contracts(lines, as_of=held.columns[-1], gap_days=lines.attrs["gap_days"])
    dues = dues[dues["month"] >= held.columns[0]]
    sums = _sums(dues).reindex(held.columns, fill_value=0.0)
    opened = (held.to_numpy() > 0).sum(axis=0)
    sums["held"] = np.concatenate([[0], opened[:-1]])
    table = with_rates(sums).reset_index(names="month")
    table = table.astype(dict.fromkeys([*COUNTS, "held"], "int64"))
    table.attrs = dict(held.attrs)
    return table


def _without_rows(held: pd.DataFrame) -> pd.DataFrame:
    names = ["month", *COUNTS, *SUMS, "held"]
    table = with_rates(pd.DataFrame(columns=names, dtype="float64"))
    table.attrs = dict(held.attrs)
    return table


def _sums(dues: pd.DataFrame) -> pd.DataFrame:
    settled, renewed = dues["status"] != "pending", dues["status"] == "renewed"
    columns = {
        "due": 1.0,
        **{name: (dues["status"] == name).astype("float64") for name in COUNTS[1:]},
        "due_amount": dues["due"].where(settled, 0.0),
        "least": dues[["due", "renewed"]].min(axis=1).where(settled, 0.0),
        "renewed_amount": dues["renewed"],
        "renewed_due": dues["due"].where(renewed, 0.0),
    }
    return pd.DataFrame(columns).groupby(dues["month"]).sum()


def with_rates(sums: pd.DataFrame) -> pd.DataFrame:
    """Return sums of due contracts with the rates that they make, whatever months they are of."""
    settled = sums["due"] - sums["pending"]
    return sums.assign(
        rate=_share(sums["renewed"], settled),
        gross=_share(sums["least"], sums["due_amount"]),
        net=_share(sums["renewed_amount"], sums["due_amount"]),
        price_change=_share(sums["renewed_amount"], sums["renewed_due"]) - 1,
        of_all_held=_share(sums["lost"], sums["held"]),
    )


def _share(above: pd.Series, below: pd.Series) -> pd.Series:
    return (above / below.where(below > 0)).astype("float64")


def twelve_months(renewals: pd.DataFrame) -> pd.Series:
    """Return the sums of the last twelve months in one row, with the rates of the whole year.

    `of_all_held` is then the mean share lost per month of all contracts held.
    """
    names = [*COUNTS, *SUMS, "held"]
    return with_rates(renewals.tail(YEAR)[names].sum().to_frame().T).iloc[0]
