"""Lines billed by use: no MRR, since nobody has promised the next month; kept beside it (D06)."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from ltvlab.money import digits
from ltvlab.params import Params
from ltvlab.warehouse.panel import at_rates, months_of
from ltvlab.warehouse.periods import contract_periods


def usage_cells(
    contracts: ir.Table, families: ir.Table, rates: ir.Table, params: Params, as_of: dt.date
) -> ir.Table:
    """Return customer_id, product, month and `usage` of lines of kind usage, in minor units.

    A line counts in the months on whose last day it runs, at its monthly amount (D05).
    """
    periods = contract_periods(
        contracts,
        families,
        inclusive_ends=params.end_date_convention == "inclusive",
        # Use that stops and starts again is no late renewal.
        gap_days=0,
        digits=digits(params.currency),
        currency=params.currency,
        kind="usage",
    )
    used = at_rates(months_of(periods, as_of=as_of), rates)
    return used.group_by(["customer_id", "product", "month"]).aggregate(usage=used["amount"].sum())
