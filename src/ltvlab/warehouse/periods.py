"""Contract and invoice lines as paid periods: half-open dates and an exact monthly amount."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ltvlab.warehouse.cancelling import cut_by_credits
from ltvlab.warehouse.columns import plus_days, plus_months, with_columns
from ltvlab.warehouse.lines import BILLED_MONTHS, with_monthly_amount, with_service_dates
from ltvlab.warehouse.ramps import with_ramp_steps
from ltvlab.warehouse.renewing import dated_by_notice, run_on

CONTRACT_COLUMNS = {
    "contract_id": ("string", ""),
    "end_date": ("date", None),
    "product": ("string", "Unknown"),
    "plan": ("string", "Unknown"),
    "seats": ("float64", None),
    "list_amount": ("float64", None),
    "currency": ("string", None),
    "term_months": ("float64", None),
    "auto_renew": ("boolean", False),
    "original_end_date": ("date", None),
    "cancel_notice_date": ("date", None),
    "cancel_effective_date": ("date", None),
    "predecessor_id": ("string", None),
    "discount_end_date": ("date", None),
    "pause_start": ("date", None),
    "pause_end": ("date", None),
    "kind": ("string", "recurring"),
}
# A price that holds for a year is the year's price, however it is billed.
LONGEST_COUPON = 11
DATES = (
    "start_date",
    "end_date",
    "original_end_date",
    "cancel_notice_date",
    "cancel_effective_date",
    "discount_end_date",
    "pause_start",
    "pause_end",
)


def contract_periods(
    contracts: ir.Table,
    families: ir.Table,
    *,
    inclusive_ends: bool,
    gap_days: int,
    digits: int,
    currency: str,
    kind: str = "recurring",
    paused: str = "churn",
    churn_timing: str = "service_end",
    credits: ir.Table | None = None,
) -> ir.Table:
    """Return one row per stretch of time that a contract line of a `kind` is paid for.

    Dates are half-open (D03); amounts are minor units per month on the exact grid (D05).
    Auto-renewing lines run on until cancelled or replaced by a line that starts within `gap_days`
    of a term's end (D11); late renewals are not yet bridged. With `churn_timing` "notice" a loss is dated to its notice; `paused` "kept" overlooks pauses (D15); `credits`
    that cancel the rest of a service end it (D13).
    """
    lines = running_lines(
        contracts, inclusive_ends=inclusive_ends, gap_days=gap_days, digits=digits, kind=kind
    )
    lines = lines.mutate(currency=lines["currency"].fill_null(currency))
    if churn_timing == "notice":
        lines = dated_by_notice(lines, gap_days=gap_days)
    if credits is not None:
        lines = cut_by_credits(lines, credits, partial=False)
    lines = lines.pipe(with_ramp_steps).pipe(_without_coupons)
    if paused == "kept":
        lines = lines.mutate(pause_start=ibis.null("date"))
    return _as_periods(lines, families)


def running_lines(
    contracts: ir.Table,
    *,
    inclusive_ends: bool,
    gap_days: int,
    digits: int,
    kind: str = "recurring",
) -> ir.Table:
    """Return the contract lines of a `kind` with their `monthly` amount, `term`, and `end`.

    The contracts' own dates become half-open (D03); `end` is where a line that renews itself is
    cancelled or replaced, or never (D11); `term` is in months.
    """
    lines = with_columns(contracts, **CONTRACT_COLUMNS)
    lines = lines.mutate(**{name: lines[name].cast("date") for name in DATES})
    lines = lines.filter(lines["kind"].fill_null("recurring") == kind)
    return (
        _half_open(lines, inclusive_ends=inclusive_ends)
        .pipe(with_monthly_amount, digits=digits)
        .pipe(run_on, gap_days=gap_days)
    )


def invoice_periods(
    invoices: ir.Table,
    families: ir.Table,
    *,
    inclusive_ends: bool,
    digits: int,
    currency: str,
    credits: ir.Table | None = None,
) -> ir.Table:
    """Return one row per service period that an invoice line charges for (D06).

    An invoice without a service period covers `period_months` (default one) from its month on.
    Refunds and credits move no MRR, but for `credits` that cancel a future service (D13): they
    end it, or leave what they do not cancel.
    """
    lines = with_service_dates(invoices, inclusive_ends=inclusive_ends)
    lines = with_columns(lines.filter(lines["kind"] == "charge"), currency=("string", None))
    lines = lines.mutate(
        billing_period=ibis.literal("term"),
        contract_id=ibis.literal(""),
        currency=lines["currency"].fill_null(currency),
    )
    lines = with_columns(lines.drop("kind"), **CONTRACT_COLUMNS)
    lines = lines.mutate(**{name: lines[name].cast("date") for name in DATES})
    lines = lines.pipe(with_monthly_amount, digits=digits).pipe(run_on, gap_days=0)
    if credits is not None:
        lines = cut_by_credits(lines, credits, partial=True)
    lines = lines.mutate(ramp=ibis.literal(False))
    return _as_periods(lines, families)


def _half_open(lines: ir.Table, *, inclusive_ends: bool) -> ir.Table:
    day = int(inclusive_ends)
    ends = (
        "end_date", "original_end_date", "cancel_effective_date", "discount_end_date", "pause_end",
    )  # fmt: skip
    return lines.mutate(**{name: plus_days(lines[name], day) for name in ends})


def _without_coupons(lines: ir.Table) -> ir.Table:
    """Return the lines, those discounted for one billing period only at their list amount.

    Such a coupon is a one-time gift: what recurs is the list amount. A discount that lasts as
    long as its line is no coupon but the price.
    """
    start, until = lines["start_date"], lines["discount_end_date"]
    billing = lines["billing_period"]
    ends = [(billing == name, plus_months(start, months)) for name, months in BILLED_MONTHS.items()]
    ends += [(billing == "week", plus_days(start, 7)), (billing == "day", plus_days(start, 1))]
    one_bill = until <= ibis.cases(*ends, else_=lines["end_date"])
    short = until <= plus_months(start, LONGEST_COUPON)
    coupon = (one_bill & short & (until < lines["end"])).fill_null(False)
    return lines.mutate(monthly=ibis.ifelse(coupon, lines["monthly_list"], lines["monthly"]))


def _as_periods(lines: ir.Table, families: ir.Table) -> ir.Table:
    lines = lines.left_join(families, lines["product"] == families["product"]).drop("product_right")
    return lines.select(
        "contract_id",
        "customer_id",
        "product",
        family=lines["family"].fill_null(lines["product"]),
        plan=lines["plan"].fill_null("Unknown"),
        currency=lines["currency"],
        start=lines["start_date"],
        end=lines["end"],
        amount=lines["monthly"],
        list_amount=lines["monthly_list"],
        seats=lines["seats"],
        annual=lines["annual"].fill_null(False),
        discount_end=lines["discount_end_date"],
        pause_start=lines["pause_start"],
        pause_end=lines["pause_end"],
        notice=lines["cancel_notice_date"],
        ramp=lines["ramp"],
        cancelled=lines["cancel_effective_date"].notnull() | lines["cancel_notice_date"].notnull(),
        bridged=ibis.literal(False),
        unconfirmed=ibis.literal(False),
    )
