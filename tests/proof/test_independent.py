"""Every figure of the bridge, the rates and the cohorts, computed a second time by plain loops.

A book is twelve customers with contract lines of every kind; a company file holds ten books and
is read through the same way as a report: CSV text, intake, warehouse, matrix, metrics. Forty
books run always; two hundred run with the slow tests. Money agrees to the last 1/1024.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import plain_definitions as plain
import plain_metrics
import pytest
import random_books

from ltvlab import load_customers, load_matrix
from ltvlab.metrics.cohorts import cohort_logos, cohort_revenue
from ltvlab.metrics.movements import MOVEMENTS, customer_counts, movement_table
from ltvlab.metrics.retention import retention_table

MONEY = ("opening", *MOVEMENTS, "fx", "closing", "customers")


@pytest.mark.parametrize("seed", range(4))
def test_forty_books_come_to_the_same_figures_by_plain_loops(seed, proof_root):
    _require_same(seed, proof_root)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 20))
def test_two_hundred_books_come_to_the_same_figures_by_plain_loops(seed, proof_root):
    _require_same(seed, proof_root)


def _require_same(seed, root):
    made = random_books.company(seed)
    params, month = random_books.write(made, root), made["settings"]["month"]
    mrr, fx = (load_matrix(params, month, value=value) for value in ("amount", "fx"))
    customers = load_customers(params, month)
    expected, effect, starts = plain.mrr_by_customer(made)
    months = plain_metrics.months_shown(expected, made["settings"])
    opening = plain_metrics.there_before(made, starts, months[0])

    assert [(at.year, at.month) for at in mrr.columns] == months
    assert _by_name(customers["start_month"][~customers["opening"]]) == {
        name: start for name, start in starts.items() if name not in opening
    }
    assert set(customers.index[customers["opening"]]) == opening
    for book in range(random_books.BOOKS):
        mine = {name for name in starts if name.startswith(f"B{book}-")}
        rows = mrr.loc[[name for name in mrr.index if name in mine]]
        theirs = {name: cells for name, cells in expected.items() if name in mine}
        people = customers.loc[customers.index.isin(mine)]
        table = plain_metrics.bridge(theirs, effect, opening, months)
        _same_money(movement_table(rows, people["opening"], fx=fx), table)
        _same_counts(customer_counts(rows, people["opening"], fx=fx), table)
        found = retention_table(rows, people["opening"], fx=fx, seed=1)
        _same_rates(found, plain_metrics.rates(theirs, table, opening, months))
        ages = plain_metrics.cohorts(
            theirs, {name: starts[name] for name in mine}, opening, months, fewest=2
        )
        _same_cohorts(cohort_logos(rows, people, min_customers=2), ages, "logos")
        _same_cohorts(cohort_revenue(rows, people, min_customers=2), ages, "revenue")


def _by_name(months: pd.Series) -> dict:
    return {name: (month.year, month.month) for name, month in months.items()}


def _same_money(found, expected):
    for name in MONEY:
        assert [Fraction(cell) for cell in found[name]] == [row[name] for row in expected], name


def _same_counts(found, expected):
    for name in MOVEMENTS:
        assert found[name].tolist() == [row["counts"][name] for row in expected], name


def _same_rates(found, expected):
    for name in expected[0]:
        assert [None if pd.isna(cell) else cell for cell in found[name]] == [
            None if row[name] is None else pytest.approx(float(row[name]), rel=1e-12, abs=1e-12)
            for row in expected
        ], name


def _same_cohorts(found, expected, kind):
    for cell in found.itertuples():
        value, base, complete = expected[kind, cell.cohort, cell.age]
        assert (value is None) == pd.isna(cell.value), cell
        assert value is None or cell.value == pytest.approx(float(value), rel=1e-12), cell
        if cell.cohort != "all":
            assert (cell.base, cell.complete) == (base, complete), cell
    assert len(found) == sum(key[0] == kind for key in expected)
