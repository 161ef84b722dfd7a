"""Invoices left unpaid for too long: which products of a customer stop counting, and when.

Dates decide. Words of the status only help where they are clear: a paid invoice without a date
of payment was paid in time, a void one is not owed; every other word leaves it to the dates.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ltvlab.months import from_month_number, month_number
from ltvlab.text import UNKNOWN

PAID = (
    "paid", "settled", "collected", "closed", "入金済", "入金済み", "支払済", "支払済み", "決済済",
    "決済済み", "消込済", "消込済み", "回収済", "回収済み",
)  # fmt: skip
NOT_OWED = (
    "void", "voided", "draft", "cancelled", "canceled", "取消", "取消済", "キャンセル", "無効", "下書き",
)  # fmt: skip
UNPAID_COLUMNS = ["customer_id", "product", "month"]


def unpaid_cells(
    invoices: pd.DataFrame, lines: pd.DataFrame, *, past_due_days: int | None, as_of: dt.date
) -> pd.DataFrame:
    """Return customer_id, product and month (as a number) of what is past due at the month's end.

    An invoice is past due from the day after `past_due_days` have passed since its due date
    until the day it is paid; with None, never. It concerns its product, or every product of
    `lines` where it names none. Nothing is past due where payments are not recorded at all,
    nor before the first payment that is.
    """
    if past_due_days is None or "due_date" not in invoices:
        return _cells(pd.DataFrame(columns=[*UNPAID_COLUMNS[:2], "first", "after"]))
    owed = _owed(invoices)
    out = owed["due_date"] + pd.Timedelta(days=past_due_days + 1)
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    paid = owed["paid_date"].where(owed["paid_date"] < end, end)
    late = owed.assign(first=month_number(out), after=month_number(paid))
    return _cells(_of_products(late[late["first"] < late["after"]], lines))


def _owed(invoices: pd.DataFrame) -> pd.DataFrame:
    """Return the charges that must be paid and of which it is known whether they are."""
    lines = invoices.reindex(columns=[*invoices.columns, *_absent(invoices)])
    lines = lines.assign(paid_date=pd.to_datetime(lines["paid_date"]))
    status = lines["status"].astype("str").str.strip().str.casefold().where(lines["status"].notna())
    charge = ~lines["kind"].isin(["credit", "refund"]) & (lines["amount"] > 0)
    settled = lines["paid_date"].isna() & status.isin(PAID)
    recorded = lines["paid_date"].notna() | (lines["due_date"] >= lines["paid_date"].min())
    known = recorded | (status.notna() & lines["paid_date"].isna().all())
    owed = charge & lines["due_date"].notna() & known & ~settled & ~status.isin(NOT_OWED)
    return lines[owed & ~_credited_in_full(lines)]


def _absent(invoices: pd.DataFrame) -> list[str]:
    names = ("product", "kind", "paid_date", "status", "invoice_id")
    return [name for name in names if name not in invoices]


def _credited_in_full(lines: pd.DataFrame) -> pd.Series:
    """Say which lines a credit of the same invoice id takes back whole: wrong bills written anew."""
    given = lines[lines["kind"].isin(["credit", "refund"]) & lines["invoice_id"].notna()]
    sums = given.groupby(["customer_id", "invoice_id"])["amount"].sum()
    keys = pd.MultiIndex.from_frame(lines[["customer_id", "invoice_id"]])
    credited = pd.Series(sums.reindex(keys).to_numpy(), index=lines.index)
    return lines["amount"] + credited.fillna(0.0) <= 0


def _of_products(late: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    product = late["product"].fillna(UNKNOWN)
    columns = ["customer_id", "product", "first", "after"]
    named = late.assign(product=product)[columns]
    held = lines.reindex(columns=["customer_id", "product"])
    held = held.assign(product=held["product"].fillna(UNKNOWN)).drop_duplicates()
    unnamed = named[product == UNKNOWN].drop(columns="product")
    every = unnamed.merge(held, on="customer_id", validate="many_to_many")
    return pd.concat([named[product != UNKNOWN], every], ignore_index=True)


def _cells(late: pd.DataFrame) -> pd.DataFrame:
    first, after = (late[name].to_numpy(dtype="int64") for name in ("first", "after"))
    count = after - first
    row = np.repeat(np.arange(len(late)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    cells = late.iloc[row][["customer_id", "product"]].astype("str")
    return cells.assign(month=first[row] + nth).drop_duplicates(ignore_index=True)


def without_unpaid(periods: pd.DataFrame, unpaid: pd.DataFrame) -> pd.DataFrame:
    """Return `periods` cut so that nothing is paid for at the month ends that `unpaid` names.

    A product that is unpaid at the ends of March and April is out from 1 March to 1 May.
    """
    if unpaid.empty:
        return periods
    line = periods.assign(line=np.arange(len(periods)))
    runs = line.merge(_runs(unpaid), on=UNPAID_COLUMNS[:2], validate="many_to_many")
    runs = runs[(runs["out"] < runs["end"]) & (runs["back"] > runs["start"])]
    runs = runs.sort_values(["line", "out"])
    begins = runs.groupby("line")["back"].shift(1).fillna(runs["start"])
    before = runs.assign(start=begins, end=runs["out"])
    last = runs.drop_duplicates("line", keep="last")
    after = last.assign(start=last["back"], end=last["end"])
    whole = line[~line["line"].isin(runs["line"])]
    pieces = pd.concat([whole, before, after])
    pieces = pieces[(pieces["start"] < pieces["end"]) | pieces["line"].isin(whole["line"])]
    return pieces.sort_values(["line", "start"], ignore_index=True)[list(periods.columns)]


def _runs(unpaid: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, product, and the days on which each run of unpaid months begins and ends."""
    keys = UNPAID_COLUMNS[:2]
    months = unpaid.drop_duplicates().sort_values(UNPAID_COLUMNS)
    step = months["month"] - months.groupby(keys).cumcount()
    ends = months.groupby([*keys, step.rename("run")])["month"].agg(["min", "max"]).reset_index()
    out, back = (
        from_month_number(ends[name] + more).to_timestamp().astype("datetime64[s]")
        for name, more in (("min", 0), ("max", 1))
    )
    return ends[keys].assign(out=out, back=back)
