"""Tables one can add up by hand, through the same steps as a report."""

import datetime as dt

import ibis
import pandas as pd
import pytest

from ltvlab import load_customers, load_matrix, load_panel
from ltvlab.metrics.reasons import reason_table
from ltvlab.warehouse.bridges import with_bridges
from ltvlab.warehouse.engine import in_memory
from ltvlab.warehouse.matrix import monthly_matrix
from ltvlab.warehouse.panel import subscription_panel
from ltvlab.warehouse.periods import contract_periods

DATES = (
    "start_date",
    "end_date",
    "cancel_effective_date",
    "discount_end_date",
    "pause_start",
    "pause_end",
)
NO_RATES = {
    "currency": pd.Series(dtype="str"),
    "month": pd.Series(dtype="int64"),
    "rate": pd.Series(dtype="float64"),
}


def _line(number: int, **given) -> dict:
    usual = {
        "contract_id": f"L{number}",
        "customer_id": "A",
        "billing_period": "month",
        "product": "P",
        "end_date": None,
    }
    return usual | given


@pytest.fixture
def month_end_mrr():
    """Return the function from contract lines to a customer × month matrix of MRR."""

    def build(
        *lines,
        as_of="2025-12-31",
        first="2024-01",
        inclusive=True,
        gap_days=31,
        by="customer_id",
        rates=None,
        value="amount",
    ):
        table = pd.DataFrame([_line(i, **line) for i, line in enumerate(lines)])
        for name in DATES:
            if name in table:
                table[name] = pd.to_datetime(table[name])
        connection = in_memory(
            {
                "contracts": table,
                "families": pd.DataFrame({"product": ["P", "Q"], "family": ["F", "G"]}),
            }
        )
        periods = contract_periods(
            connection.table("contracts"),
            connection.table("families"),
            inclusive_ends=inclusive,
            gap_days=gap_days,
            digits=0,
            currency="JPY",
        )
        connection.create_table("periods", obj=with_bridges(periods, gap_days=gap_days))
        connection.create_table(
            "margins", obj=pd.DataFrame({"product": ["P", "Q"], "gross_margin": [0.8, 0.5]})
        )
        connection.create_table("rates", obj=ibis.memtable(pd.DataFrame(rates or NO_RATES)))
        day = dt.date.fromisoformat(as_of)
        panel = subscription_panel(
            connection.table("periods"),
            connection.table("margins"),
            connection.table("rates"),
            as_of=day,
        )
        return monthly_matrix(
            panel, by=by, value=value, first=pd.Period(first, "M"), last=pd.Period(day, "M")
        )

    return build


@pytest.fixture
def paid():
    """Return the function that reads one customer's row between two months as a list."""
    return lambda matrix, first, last, customer="A": matrix.loc[customer, first:last].tolist()


@pytest.fixture
def paid_from_csv(write_company):
    """Return the function from CSV text to what C1 pays each month, through a whole warehouse."""

    def read(tables, *, month="2026-09", last=4, value="amount", **settings):
        params = write_company({"customers": "customer_id\nC1\n"} | tables, month=month, **settings)
        matrix = load_matrix(params, month, value=value)
        return matrix.loc["C1"].tolist()[-last:] if "C1" in matrix.index else [0.0] * last

    return read


@pytest.fixture
def reasons_from_csv(write_company):
    """Return the function from CSV text to [(month, movement, reason, amount)] of all customers."""

    def read(tables, *, month="2026-09", **settings):
        params = write_company({"customers": "customer_id\nC1\n"} | tables, month=month, **settings)
        mrr, customers = load_matrix(params, month), load_customers(params, month)
        table = reason_table(load_panel(params, month), mrr, customers["opening"])
        table["month"] = table["month"].astype(str).str[-2:]
        rows = table[["month", "movement", "reason", "amount"]].to_numpy().tolist()
        return [tuple(row) for row in rows]

    return read
