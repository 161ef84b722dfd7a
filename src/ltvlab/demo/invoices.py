"""Invoices: yearly prepayments with their service period, monthly charges, and credits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    EXPORT_DAY,
    EXPORT_FROM,
    PRODUCTS,
    REPORT_MONTH,
    days_in,
    first_days,
    month_of,
)
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.endings import NO_DATE

CREDIT_SHARE = 0.004
LATE_PAYMENTS = 0.06


def draw_invoices(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per invoice line up to `EXPORT_DAY` whose service reaches into the export."""
    billed_yearly = lines["annual"] & lines["billed_yearly"]
    monthly = _monthly_charges(lines[~billed_yearly])
    yearly = _yearly_charges(lines[billed_yearly])
    charges = pd.concat([yearly, monthly], ignore_index=True)
    charges = charges[charges["service_start"] <= EXPORT_DAY]
    charges = pd.concat([charges, _credits(monthly, rng)], ignore_index=True)
    order = ["service_start", "customer_id", "product", "kind", "amount"]
    charges = charges.sort_values(order, kind="stable", ignore_index=True)
    return _with_payments(charges, rng)


def _monthly_charges(lines: pd.DataFrame) -> pd.DataFrame:
    rows = paid_months(lines, last_month=REPORT_MONTH + 1)
    start = days_in(rows["paid"], rows["day"])
    end = days_in(rows["paid"] + 1, rows["day"]) - 1
    return _charges(rows, start, end, rows["amount"])


def _yearly_charges(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one charge per line and year of service, to the last paid day of that year."""
    rows = paid_months(lines, first_month=EXPORT_FROM - 11, last_month=REPORT_MONTH + 1)
    begins = (rows["paid"] == rows["month"]) | (rows["paid"] % 12 == rows["anniversary"])
    term = rows[begins].reset_index(drop=True)
    left = (term["anniversary"] - term["paid"] - 1) % 12 + 1
    until = np.minimum(term["paid"] + left, term["until"])
    # The campaign's discount ends with the first year, so a year has one price.
    amount = term["amount"] * (until - term["paid"])
    start = days_in(term["paid"], term["day"])
    return _charges(term, start, days_in(until, term["day"]) - 1, amount)


def _charges(
    rows: pd.DataFrame, start: np.ndarray, end: np.ndarray, amount: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "contract_id": rows["contract_id"],
            "product": PRODUCTS["product"].to_numpy()[rows["product"]],
            "month": first_days(month_of(start)),
            "amount": amount,
            "service_start": start,
            "service_end": end,
            "kind": "charge",
        }
    )


def _credits(charges: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return credits for outages: a tenth to a half of a month's charge, given back in its month."""
    chosen = charges[rng.random(len(charges)) < CREDIT_SHARE]
    share = rng.uniform(0.1, 0.5, len(chosen))
    amount = -np.rint(chosen["amount"] * share / 100) * 100
    return chosen.assign(amount=amount, kind="credit")


def _with_payments(charges: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the invoices with ids, due dates (end of the next month) and days of payment."""
    issued = charges["service_start"].to_numpy().astype("datetime64[D]")
    due = first_days(month_of(issued) + 2) - 1
    late = np.where(rng.random(len(charges)) < LATE_PAYMENTS, rng.integers(2, 25, len(charges)), 0)
    paid = due - rng.integers(0, 6, len(charges)) + late
    open_still = paid > EXPORT_DAY
    # A payment that is merely late would read as overdue on the report's day, and block selling.
    overdue = open_still & (due <= EXPORT_DAY)
    paid = np.where(overdue, due, paid)
    open_still = open_still & ~overdue
    number = [f"INV-{month}-{place:05d}" for month, place in _numbers(issued)]
    return charges.assign(
        invoice_id=number,
        due_date=due,
        paid_date=np.where(open_still, NO_DATE, paid),
        status=np.where(open_still, "open", "paid"),
        tax_rate=0.10,
    )


def _numbers(issued: np.ndarray) -> list[tuple[str, int]]:
    months = issued.astype("datetime64[M]").astype(str)
    return [(month.replace("-", ""), place + 1) for place, month in enumerate(months)]
