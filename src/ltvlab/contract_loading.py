"""What contracts say line by line, for notebooks: when each comes due, and what moved inside a month."""

from __future__ import annotations

import pandas as pd

from ltvlab.loading import opened
from ltvlab.money import digits
from ltvlab.months import last_day, parse_month
from ltvlab.params import load_params
from ltvlab.warehouse.contract_lines import LINE_COLUMNS, contract_lines
from ltvlab.warehouse.moves import gross_moves


def load_contract_lines(params: str, month: str) -> pd.DataFrame:
    """Return the recurring contract lines and when they come due; none where no contracts are brought.

    Columns as `contract_lines` gives them; the attrs say `gap_days`, how late a renewal may come.
    """
    settings = load_params(params)
    with opened(params, month) as (connection, book):
        if book["basis"] != "contracts":
            return pd.DataFrame(columns=list(LINE_COLUMNS))
        tables = [connection.table(name) for name in ("contracts", "families", "rates")]
        lines = contract_lines(
            *tables,
            month=parse_month(month).ordinal,
            inclusive_ends=settings.end_date_convention == "inclusive",
            gap_days=settings.gap_days,
            digits=digits(settings.currency),
            currency=settings.currency,
        ).to_pandas()
    lines.attrs = {"gap_days": settings.gap_days}
    return lines


def load_moves(params: str, month: str) -> pd.DataFrame:
    """Return customer_id, month (number), up and down: what rose and fell inside each month (D08).

    Minor units at constant currency; no rows for orders, which are no amount that could change.
    """
    with opened(params, month) as (connection, book):
        if book["basis"] == "orders":
            return pd.DataFrame(columns=["customer_id", "month", "up", "down"])
        tables = [connection.table(name) for name in ("periods", "panel", "rates")]
        return gross_moves(*tables, as_of=last_day(parse_month(month))).to_pandas()
