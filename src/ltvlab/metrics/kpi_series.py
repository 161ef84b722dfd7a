"""Every KPI at every month end, for the whole company or for some of its customers (D42)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import FEWEST_CLOSED, deal_book
from ltvlab.metrics.kpis import KPIS
from ltvlab.metrics.movements import HALF_A_MINOR_UNIT
from ltvlab.metrics.nps import net_score
from ltvlab.metrics.reasons import customer_reasons
from ltvlab.metrics.renewal_rates import COUNTS, SUMS, renewals_table, with_rates
from ltvlab.metrics.retention import lost_customers, shares, year_on_year
from ltvlab.months import YEAR
from ltvlab.warehouse.features.scores import nps_answers

# A wave of answers says how customers think for as long as a score counts (D41).
WAVE_MONTHS = 12
FEWEST_ANSWERS = 5
SALES = {"upsell": ("upsell_seats", "upsell_plan", "upsell_option"), "cross_sell": ("cross_sell",)}


class KpiBook(NamedTuple):
    """What the KPIs are read from. `mrr` and `customers` as booked; the tables may have no rows."""

    mrr: pd.DataFrame
    customers: pd.DataFrame
    at_then: pd.DataFrame
    fx: pd.DataFrame
    sold: pd.DataFrame
    lines: pd.DataFrame
    held: pd.DataFrame
    deals: pd.DataFrame
    answers: pd.DataFrame


def kpi_book(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    fx: pd.DataFrame,
    at_then: pd.DataFrame,
    lines: pd.DataFrame,
    held: pd.DataFrame,
    deals: tuple[pd.DataFrame, pd.DataFrame],
    surveys: pd.DataFrame | None,
) -> KpiBook:
    """Return what the KPIs are read from, each table as its own chapter reads it."""
    as_of = mrr.columns[-1].end_time.normalize()
    recurring = mrr.attrs["basis"] != "orders"
    sold = (
        customer_reasons(panel, mrr, customers["opening"], fx=fx)
        if recurring
        else pd.DataFrame(columns=["customer_id", "month", "reason", "amount"])
    )
    book = deal_book(*deals, as_of=as_of)
    answers = pd.DataFrame() if surveys is None else nps_answers(surveys, as_of=as_of)
    return KpiBook(mrr, customers, at_then, fx, sold, lines, held, book, answers)


def among(book: KpiBook, ids: pd.Index) -> KpiBook:
    """Return the book of some customers; a merge counts where both sides are among them."""
    mrr = book.mrr.loc[book.mrr.index.isin(ids)]
    mrr.attrs = dict(book.mrr.attrs)
    if merges := mrr.attrs.get("merges"):
        mrr.attrs["merges"] = tuple(row for row in merges if {row[0], row[1]} <= set(ids))
    names = ("sold", "lines", "deals", "answers")
    tables = {name: _rows_of(getattr(book, name), ids) for name in names}
    tables["held"] = book.held[book.held.index.get_level_values("customer_id").isin(ids)]
    return book._replace(mrr=mrr, customers=book.customers.reindex(ids), **tables)


def _rows_of(table: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    return table[table["customer_id"].isin(ids)] if len(table) else table


def kpi_series(book: KpiBook) -> pd.DataFrame:
    """Return months × KPIs; NaN where a month has no figure, or the company not what it needs.

    Money in minor units, rates 0–1. Rates of twelve months are of those that end with the month:
    `upsell_rate` and `cross_sell_rate` are the customers of twelve months before that bought more
    of what they have, or another family, since; `…_of_proposed` the deals won of those answered;
    `renewal_rate` the contracts renewed of those due and decided. `logo_churn` is monthly.
    """
    parts = [_answers(book)]
    if book.mrr.attrs["basis"] == "orders":
        parts.append(pd.DataFrame({"revenue": book.mrr.sum()}))
    else:
        parts += [_money(book), _retention(book), _sales(book), _renewals(book)]
    parts.append(_proposals(book))
    table = pd.concat(parts, axis=1).reindex(index=book.mrr.columns, columns=list(KPIS))
    return table.astype("float64")


def _money(book: KpiBook) -> pd.DataFrame:
    paid = book.mrr.sum()
    count = (book.mrr > 0).sum()
    arpa = (paid / count.where(count > 0)).astype("float64")
    before = arpa.shift(YEAR)
    growth = (arpa / before.where(before > 0) - 1.0).astype("float64")
    return pd.DataFrame({"mrr": paid, "arpa": arpa, "arpa_growth": growth})


def _retention(book: KpiBook) -> pd.DataFrame:
    mrr, months = book.mrr, book.mrr.columns
    lost, there = lost_customers(mrr, book.customers["opening"])
    churn = np.divide(lost, there, out=np.full(len(there), np.nan), where=there > 0)
    # The first month has no month before it: nothing could be lost in it.
    churn[:1] = np.nan
    table = pd.DataFrame({"logo_churn": churn, "nrr": np.nan, "grr": np.nan}, index=months)
    if len(months) > YEAR:
        base = year_on_year(mrr, book.at_then)
        table.loc[months[YEAR:], "nrr"] = shares(base.nrr, base.then)
        table.loc[months[YEAR:], "grr"] = shares(base.grr, base.then)
    return table


def _sales(book: KpiBook) -> pd.DataFrame:
    return pd.DataFrame(
        {f"{name}_rate": _bought(book, reasons) for name, reasons in SALES.items()},
        index=book.mrr.columns,
    )


def _bought(book: KpiBook, reasons: tuple[str, ...]) -> np.ndarray:
    """Return, per month, the share of the customers of a year before with such a sale since."""
    mrr = book.mrr
    out = np.full(mrr.shape[1], np.nan)
    if mrr.shape[1] <= YEAR:
        return out
    rows = book.sold[book.sold["reason"].isin(reasons)]
    rows = rows[(rows["amount"] >= HALF_A_MINOR_UNIT) & rows["customer_id"].isin(mrr.index)]
    times = np.zeros(mrr.shape)
    place = mrr.index.get_indexer(rows["customer_id"])
    np.add.at(times, (place, rows["month"].to_numpy("int64") - mrr.columns[0].ordinal), 1.0)
    until = times.cumsum(axis=1)
    since = until[:, YEAR:] > until[:, :-YEAR]
    then = mrr.to_numpy()[:, :-YEAR] > 0
    out[YEAR:] = shares((since & then).astype("float64"), then.astype("float64"))
    return out


def _renewals(book: KpiBook) -> pd.DataFrame:
    table = renewals_table(book.lines, book.held)
    if table.empty:
        return pd.DataFrame(index=book.mrr.columns)
    sums = table.set_index("month")[[*COUNTS, *SUMS, "held"]].astype("float64")
    year = with_rates(sums.rolling(YEAR).sum())
    decided = year["due"] - year["pending"]
    return pd.DataFrame({"renewal_rate": year["rate"].where(decided >= FEWEST_CLOSED)})


def _proposals(book: KpiBook) -> pd.DataFrame:
    months = book.mrr.columns
    closed = book.deals[book.deals["outcome"] != "open"] if len(book.deals) else book.deals
    if closed.empty:
        return pd.DataFrame(index=months)
    every = pd.period_range(months[0] - YEAR, months[-1], freq="M")
    month, won = closed["closed"].dt.to_period("M"), closed["outcome"] == "won"
    rates = {}
    for name in SALES:
        of = closed["pipeline"] == name
        answered, yes = (
            month[rows].value_counts().reindex(every, fill_value=0).rolling(YEAR).sum()
            for rows in (of, of & won)
        )
        rates[f"{name}_rate_of_proposed"] = yes / answered.where(answered >= FEWEST_CLOSED)
    # Before a year of records a rate would be of fewer months than it says.
    known = pd.DataFrame(rates).reindex(months)
    known.loc[months < month.min() + YEAR - 1] = np.nan
    return known


def _answers(book: KpiBook) -> pd.DataFrame:
    """Return NPS by person, each wave from the month of its last answer on, for a year."""
    months = book.mrr.columns
    if book.answers.empty:
        return pd.DataFrame(index=months)
    waves = book.answers.groupby("wave")
    scores = waves["score"].apply(
        lambda score: net_score(score).nps if len(score) >= FEWEST_ANSWERS else np.nan
    )
    ends = waves["date"].max().dt.to_period("M")
    last = scores.groupby(ends).last()
    every = months.union(pd.PeriodIndex(last.index, freq="M"))
    carried = last.reindex(every).ffill(limit=WAVE_MONTHS - 1)
    return pd.DataFrame({"nps": carried.reindex(months)})
