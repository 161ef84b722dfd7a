"""Every figure of the bridge, the rates and the cohorts, computed a second time by plain loops.

A book is twelve customers with contract lines of every kind; a company file holds ten books and
is read through the same way as a report: CSV text, intake, warehouse, matrix, metrics. Each
company is read twice, without and with merges. Eighty books run always, four hundred in all with
the slow tests. Money agrees to the last 1/1024.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import plain_definitions as plain
import plain_merges
import plain_metrics
import pytest
import random_books

from ltvlab import load_customers, load_matrix
from ltvlab.metrics.cohorts import cohort_logos, cohort_revenue
from ltvlab.metrics.movements import MOVEMENTS, customer_counts, movement_table
from ltvlab.metrics.retention import retention_table

MONEY = ("opening", *MOVEMENTS, "fx", "closing", "customers")


@pytest.mark.parametrize("merged", [False, True], ids=["apart", "merged"])
@pytest.mark.parametrize("seed", range(4))
def test_eighty_books_come_to_the_same_figures_by_plain_loops(seed, merged, proof_root):
    _require_same(random_books.company(seed, merged=merged), proof_root)


@pytest.mark.slow
@pytest.mark.parametrize("merged", [False, True], ids=["apart", "merged"])
@pytest.mark.parametrize("seed", range(4, 20))
def test_three_hundred_and_twenty_more_come_to_the_same_figures_by_plain_loops(
    seed, merged, proof_root
):
    _require_same(random_books.company(seed, merged=merged), proof_root)


def _require_same(made, root):
    params = random_books.write(made, root)
    cells, starts = plain.paid_cells(made)
    _require_same_movements(made, params, cells, starts)
    _require_same_cohorts(made, params, cells, starts)


def _require_same_movements(made, params, cells, starts):
    """The MRR chapter: ids as they stood in each month."""
    month, held = made["settings"]["month"], plain_merges.holder_by_month(made)
    mrr, fx = (load_matrix(params, month, value=value, view="booked") for value in ("amount", "fx"))
    started = load_customers(params, month, view="booked")["opening"]
    expected, effect = plain_merges.in_report_currency(cells, held)
    months = plain_metrics.months_shown(expected, made["settings"])
    since = plain_merges.known_since(made, lambda name, _: name)
    opening = plain_metrics.there_before(made, starts, since, months[0])

    assert [(at.year, at.month) for at in mrr.columns] == months
    for book in range(random_books.BOOKS):
        rows, theirs = _of_book(mrr, book), _of_those(expected, book)
        table = plain_metrics.bridge(theirs, effect, _of_those(opening, book), months, held)
        _same_money(movement_table(rows, started, fx=fx), table)
        _same_counts(customer_counts(rows, started, fx=fx), table)
        found = retention_table(rows, started, fx=fx, seed=1)
        _same_rates(found, plain_metrics.rates(theirs, table, months, held))


def _require_same_cohorts(made, params, cells, starts):
    """Everywhere else: one history per customer as of the report month."""
    month, held = made["settings"]["month"], plain_merges.holder_today(made)
    mrr, customers = load_matrix(params, month), load_customers(params, month)
    expected, _ = plain_merges.in_report_currency(cells, held)
    months = plain_metrics.months_shown(expected, made["settings"])
    starts, since = plain_merges.first_of_each(starts, held), plain_merges.known_since(made, held)
    opening = plain_metrics.there_before(made, starts, since, months[0])

    assert _by_name(customers["start_month"][~customers["opening"]]) == {
        name: start for name, start in starts.items() if name not in opening
    }
    assert set(customers.index[customers["opening"]]) == opening
    for book in range(random_books.BOOKS):
        rows, people = _of_book(mrr, book), _of_book(customers, book)
        mine = _of_those(expected, book), _of_those(starts, book)
        ages = plain_metrics.cohorts(*mine, opening, months, fewest=2)
        _same_cohorts(cohort_logos(rows, people, min_customers=2), ages, "logos")
        _same_cohorts(cohort_revenue(rows, people, min_customers=2), ages, "revenue")


def _of_book(frame, book):
    return frame.loc[[name for name in frame.index if name.startswith(f"B{book}-")]]


def _of_those(names, book):
    """Return what of a set of names, or of a dictionary by name, is a book's."""
    mine = [name for name in names if name.startswith(f"B{book}-")]
    return {name: names[name] for name in mine} if isinstance(names, dict) else set(mine)


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
