"""The value of a customer in every segment, by every method that the company's data allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.cohorts import by_age
from ltvlab.metrics.lifetimes import lifetimes
from ltvlab.metrics.values import (
    Value,
    basic_value,
    cohort_value,
    nothing,
    observed,
    recent_sums,
    subscription_value,
    survival_value,
)
from ltvlab.statistics.discounting import monthly_discount

AXES = ("industry", "size", "product", "channel", "start_quarter", "start_year")
SUBSCRIPTION_METHODS = ("basic", "subscription", "cohort", "survival")
ORDER_METHODS = ("basic", "cohort")
# With fewer losses a segment's curve leans on too little (D34); below 5 customers nothing is shown.
FIRM_EVENTS = 10
FIRM_CUSTOMERS = 30
FIRM_MONTHS = 12
COMPARED_SHARE = 0.8


class Book(NamedTuple):
    """The company's customers in the forms that the methods need, all indexed by customer_id."""

    customers: pd.DataFrame
    recent: pd.DataFrame
    spells: pd.DataFrame
    margin_by_age: pd.DataFrame
    attrs: dict


def ltv_by_segment(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    horizon_months: int = 60,
    cohort_months: int = 12,
    discount_rate_per_year: float = 0.10,
    min_customers: int = 5,
    credits: pd.DataFrame | None = None,
    seed: int,
) -> pd.DataFrame:
    """Return one row per axis, segment and method with the value of a customer and its range.

    Rows for all customers, industry, size, first product basket, channel, and start quarter and
    year (D17–D19). The headline is survival on contract months (orders: the cohort value at
    equal age), the same on every axis. `horizon_months` is cut to what segments with four fifths
    of the customers on each axis were watched for, so that segments compare at one horizon; a
    segment watched for less is `indicative` and not to be compared.
    What was realised (basic, cohort) is net of `credits`, refunds and credit notes (D13).
    Money in minor units per customer; `standard_error` comes along for comparisons.
    """
    book = _book(mrr, margin, customers, credits)
    segments = _segments(customers)
    settings = {
        "horizon_months": _common_horizon(book, segments, horizon_months),
        "cohort_months": _cohort_months(book, cohort_months),
        "discount": monthly_discount(discount_rate_per_year),
        "seed": seed,
    }
    rows = [
        _row(axis, segment, method, _value(book, chosen, method, settings))
        for axis, segment, chosen in segments
        for method in _methods(book)
    ]
    table = (
        pd.DataFrame(rows).query("n > 0 or axis == 'all'", engine="python").reset_index(drop=True)
    )
    table.insert(0, "month", mrr.columns[-1])
    table["unit"] = f"{mrr.attrs['currency']} per customer"
    table["margin_source"] = mrr.attrs["margin_source"]
    table["headline"] = table["method"] == headline_method(mrr)
    table.attrs = dict(mrr.attrs)
    return table.pipe(_with_status, mrr.shape[1], min_customers)


def headline_method(mrr: pd.DataFrame) -> str:
    """Return the method that the report's headline uses, chosen by rule before looking (D17b)."""
    return "cohort" if mrr.attrs["basis"] == "orders" else "survival"


def _book(
    mrr: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame, credits: pd.DataFrame | None
) -> Book:
    spells = lifetimes(mrr, customers).join(customers["starting_margin"])
    spells["seen"] = ~customers["opening"].reindex(spells.index).to_numpy(dtype=bool)
    flash = customers.index[
        ~customers["opening"].to_numpy(dtype=bool) & ~customers.index.isin(mrr.index)
    ]
    gone = pd.DataFrame(
        {"entry": 0, "duration": 0, "event": True, "starting_margin": 0.0, "seen": True},
        index=flash,
    )
    realised = margin if credits is None else margin.add(credits.reindex(margin.index).fillna(0.0))
    return Book(
        customers,
        recent_sums(mrr, margin),
        pd.concat([spells, gone]),
        by_age(realised, customers),
        dict(mrr.attrs),
    )


def _cohort_months(book: Book, wanted: int) -> int:
    """Return the common age: `wanted`, or what history allows."""
    return max(1, min(wanted, book.margin_by_age.shape[1]))


def _common_horizon(book: Book, segments: list[tuple[str, str, pd.Index]], wanted: int) -> int:
    """Return the months that segments holding most customers were watched for, on every axis.

    Start quarters and years are left out: the young ones are short by construction.
    """
    if book.attrs["basis"] == "orders":
        return wanted
    watched = pd.DataFrame(
        [
            (axis, len(chosen), observed(book.spells[book.spells.index.isin(chosen)]))
            for axis, _, chosen in segments
            if axis not in ("start_quarter", "start_year")
        ],
        columns=["axis", "customers", "months"],
    ).sort_values("months", ascending=False)
    held = watched.groupby("axis")["customers"].cumsum() / watched.groupby("axis")[
        "customers"
    ].transform("sum")
    enough = watched[held >= COMPARED_SHARE].groupby("axis")["months"].max()
    return int(max(1, min(wanted, enough.min())))


def _methods(book: Book) -> tuple[str, ...]:
    return ORDER_METHODS if book.attrs["basis"] == "orders" else SUBSCRIPTION_METHODS


def _segments(customers: pd.DataFrame) -> list[tuple[str, str, pd.Index]]:
    segments = [("all", "all", customers.index)]
    for axis in AXES:
        groups = customers.groupby(axis, sort=True).groups
        segments += [(axis, str(name), index) for name, index in groups.items()]
    return segments


def _value(book: Book, chosen: pd.Index, method: str, settings: dict) -> Value:
    seed = settings["seed"]
    ages = book.margin_by_age[book.margin_by_age.index.isin(chosen)]
    if method == "basic":
        return basic_value(ages.sum(axis=1).to_numpy(), seed=seed)
    if method == "cohort":
        return cohort_value(ages, months=settings["cohort_months"], seed=seed)
    if method == "subscription":
        recent = book.recent[book.recent.index.isin(chosen)]
        return subscription_value(recent, horizon_months=settings["horizon_months"], seed=seed)
    spells = book.spells[book.spells.index.isin(chosen)]
    if spells.empty:
        return nothing(0)
    return survival_value(
        spells,
        horizon_months=settings["horizon_months"],
        monthly_discount=settings["discount"],
        seed=seed,
    )


def _row(axis: str, segment: str, method: str, value: Value) -> dict:
    return {"axis": axis, "segment": segment, "method": method, **value._asdict()}


def _with_status(table: pd.DataFrame, months: int, min_customers: int) -> pd.DataFrame:
    """Stamp thin rows and hide what fewer than `min_customers` make (D34)."""
    common = table.loc[table["axis"] == "all"].set_index("method")["horizon_months"]
    shorter = table["horizon_months"] < table["method"].map(common)
    few_events = table["method"].isin(["survival", "subscription"]) & (
        table["events"] < FIRM_EVENTS
    )
    unsure = table["low"].isna()
    thin = (table["n"] < FIRM_CUSTOMERS) | unsure | shorter | few_events | (months < FIRM_MONTHS)
    hidden = (table["n"] < min_customers) | table["value"].isna()
    status = np.select([hidden, thin], ["insufficient", "indicative"], default="ok")
    figures = ["value", "low", "high", "standard_error"]
    return table.assign(status=status, comparable=~hidden & ~shorter, **table[figures].mask(hidden))
