"""MRR against what was invoiced: each month's difference, split until it is explained (D02)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.convention_views import rates_of
from ltvlab.money import on_grid

# The way from MRR to the month's invoices; `accrued` and `billed` are sums of what stands before.
BEFORE_ACCRUED = ("contracts_only", "invoices_only", "residual")
BEFORE_BILLED = ("timing", "one_time", "usage", "credits")
COLUMNS = ["month", "mrr", *BEFORE_ACCRUED, "accrued", *BEFORE_BILLED, "billed"]
KINDS = {"one_time": "one_time", "usage": "usage", "credit": "credits"}
# A larger unexplained share of MRR is a warning (D02).
TOLERATED = 0.01


def reconciliation(mrr: pd.DataFrame, billed: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return one row per month that has invoices: the way from MRR to what was billed.

    `billed` are the lines of `load_billed`. Accrued is what invoices charge for the month, each
    spread over its service period by the rule of MRR (D05, D06). Between MRR and accrued stand
    customers that only contracts (negative) or only invoices know that month, and the residual:
    other amounts for the same customers. Between accrued and billed stand timing (billed for
    other months), one-time fees, usage, and credits (negative). Minor units; the sums are exact.
    """
    months = _billed_months(mrr, billed)
    table = pd.DataFrame({"month": months})
    if not len(months):
        return table.reindex(columns=COLUMNS)
    recurring = billed[billed["kind"] == "recurring"]
    table["mrr"] = mrr[months].to_numpy().sum(axis=0)
    table = table.join(_by_customer(mrr[months], _accruals(recurring, rates, months)))
    table["accrued"] = table[["mrr", *BEFORE_ACCRUED]].sum(axis=1)
    issued = _issued(billed, rates, months)
    table["timing"] = issued["recurring"] - table["accrued"]
    for kind, name in KINDS.items():
        table[name] = issued[kind]
    table["billed"] = table[["accrued", *BEFORE_BILLED]].sum(axis=1)
    table.attrs = dict(mrr.attrs)
    return table[COLUMNS]


def unexplained(table: pd.DataFrame, *, months: int = 12) -> float:
    """Return the largest share of a month's MRR that stayed unexplained in the last months."""
    recent = table[table["mrr"] > 0].tail(months)
    return float((recent["residual"].abs() / recent["mrr"]).max()) if len(recent) else 0.0


def one_sided(table: pd.DataFrame) -> float:
    """Return the share of the last month's MRR of customers that only one side knows."""
    recent = table[table["mrr"] > 0].tail(1)
    parts = recent["contracts_only"].abs() + recent["invoices_only"].abs()
    return float((parts / recent["mrr"]).sum())


def never_billed(one_time: pd.DataFrame, billed: pd.DataFrame) -> pd.DataFrame:
    """Return the one-time contract lines of which no invoice line has the customer, product and amount."""
    if one_time.empty:
        return one_time
    keys = ["customer_id", "product", "amount"]
    fees = billed.loc[billed["kind"] == "one_time", keys].drop_duplicates()
    found = one_time.merge(fees, on=keys, how="left", indicator=True, validate="many_to_one")
    return found.loc[found["_merge"] == "left_only", list(one_time)].reset_index(drop=True)


def _billed_months(mrr: pd.DataFrame, billed: pd.DataFrame) -> pd.PeriodIndex:
    """Return the matrix's months from the first in which a service was billed for that month."""
    if billed.empty:
        return mrr.columns[:0]
    # Prepayments reach into the matrix from years that were not exported in full.
    short = billed[(billed["kind"] == "recurring") & (billed["amount"] <= billed["monthly"])]
    first = (short if len(short) else billed)["month"].min()
    return mrr.columns[mrr.columns.astype("int64") >= first]


def _accruals(lines: pd.DataFrame, rates: pd.DataFrame, months: pd.PeriodIndex) -> pd.DataFrame:
    """Return customers × months: what invoices charge for each month, at the month's rate."""
    first, last = months[0].ordinal, months[-1].ordinal
    begin, after = (
        lines[name].to_numpy().astype("datetime64[M]").astype("int64") for name in ("start", "end")
    )
    begin, after = np.maximum(begin, first), np.minimum(after, last + 1)
    count = np.maximum(after - begin, 0)
    row = np.repeat(np.arange(len(lines)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    rows = lines.iloc[row].reset_index(drop=True).assign(column=begin[row] + nth)
    rate, _ = rates_of(rows["currency"], rows["column"], rates)
    rows["accrued"] = on_grid(rows["monthly"].to_numpy() * rate)
    wide = rows.pivot_table(index="customer_id", columns="column", values="accrued", aggfunc="sum")
    wide = wide.reindex(columns=range(first, last + 1)).fillna(0.0)
    return wide.set_axis(months, axis=1)


def _by_customer(mrr: pd.DataFrame, accrued: pd.DataFrame) -> pd.DataFrame:
    everyone = mrr.index.union(accrued.index)
    signed = mrr.reindex(everyone, fill_value=0.0).to_numpy()
    charged = accrued.reindex(everyone, fill_value=0.0).to_numpy()
    parts = {
        "contracts_only": -np.where((signed > 0) & (charged == 0), signed, 0.0),
        "invoices_only": np.where((signed == 0) & (charged != 0), charged, 0.0),
        "residual": np.where((signed > 0) & (charged != 0), charged - signed, 0.0),
    }
    return pd.DataFrame({name: part.sum(axis=0) for name, part in parts.items()})


def _issued(billed: pd.DataFrame, rates: pd.DataFrame, months: pd.PeriodIndex) -> pd.DataFrame:
    rate, _ = rates_of(billed["currency"], billed["month"], rates)
    rows = billed.assign(amount=on_grid(billed["amount"].to_numpy() * rate))
    wide = rows.pivot_table(index="month", columns="kind", values="amount", aggfunc="sum")
    every = pd.Index(range(months[0].ordinal, months[-1].ordinal + 1))
    wide = wide.reindex(index=every, columns=["recurring", *KINDS])
    return wide.fillna(0.0).reset_index(drop=True)
