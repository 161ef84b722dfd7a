"""The value of a customer in every segment, by every method that the company's data allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.headline import MODELS, headline_method
from ltvlab.metrics.purchase_value import purchase_value
from ltvlab.metrics.renewal_value import renewal_value
from ltvlab.metrics.value_book import AXES, Book, segments_of, value_book
from ltvlab.metrics.values import (
    Value,
    basic_value,
    cohort_value,
    nothing,
    observed,
    subscription_value,
    survival_value,
)
from ltvlab.statistics.discounting import monthly_discount
from ltvlab.statistics.resampling import DRAWS

__all__ = ["AXES", "ltv_by_segment"]

SUBSCRIPTION_METHODS = ("basic", "subscription", "cohort", "survival", "renewal_model")
ORDER_METHODS = ("basic", "cohort", "purchase_model")
# With fewer losses a segment's curve leans on too little (D34); below 5 customers nothing is shown.
FIRM_EVENTS = 10
# Carried past the ages watched, a value asks for more: with 14 losses among unequal customers
# it comes out 15 % low on average, with about 80 losses 5 % (GLOSSARY D33).
FIRM_MODEL_EVENTS = 30
FIRM_CUSTOMERS = 30
FIRM_MONTHS = 12
COMPARED_SHARE = 0.8
FEWEST = {
    **dict.fromkeys(("survival", "subscription"), FIRM_EVENTS),
    **dict.fromkeys(MODELS, FIRM_MODEL_EVENTS),
}
NOT_ADMITTED = "not shown: no back-test has found it better than plain baselines"


class _Found(NamedTuple):
    """A `Value`, the share of it beyond the ages seen, and a note on what it lacks or assumes."""

    value: Value
    share_beyond: float = np.nan
    note: str = ""


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
    annual: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
    admitted: frozenset[str] = frozenset(),
    ranges: bool = True,
    seed: int,
) -> pd.DataFrame:
    """Return one row per axis, segment and method with the value of a customer and its range.

    Rows for all customers, industry, size, first product basket, channel, and start quarter and
    year (D17–D19). One method is the headline on every axis (`headline_method`). For survival
    `horizon_months` is cut to what segments with four fifths of the customers on each axis were
    watched for, so that segments compare at one horizon; a segment watched for less is
    `indicative` and not to be compared. Models carry the whole horizon: `renewal_model` where
    `annual` (the MRR on yearly terms) has any, `purchase_model` with `orders`; each shows a
    figure only if `admitted`, and its `note` says what it lacks or assumes.
    What was realised (basic, cohort) is net of `credits`, refunds and credit notes (D13).
    Money in minor units per customer; `standard_error` comes along for comparisons. Without
    `ranges` only the headline is valued, quickly, with neither range nor standard error.
    """
    book = value_book(mrr, margin, customers, credits=credits, annual=annual, orders=orders)
    segments = segments_of(customers)
    settings = {
        "horizon_months": _common_horizon(book, segments, horizon_months),
        "model_months": horizon_months,
        "admitted": admitted,
        "cohort_months": _cohort_months(book, cohort_months),
        "discount": monthly_discount(discount_rate_per_year),
        "draws": DRAWS if ranges else 1,
        "seed": seed,
    }
    wanted = headline_method(mrr, annual=annual, admitted=admitted)
    plain = headline_method(mrr)
    methods = _methods(book, annual) if ranges else tuple(dict.fromkeys((plain, wanted)))
    rows = [
        _row(axis, segment, method, _found(book, chosen, method, settings))
        for axis, segment, chosen in segments
        for method in methods
    ]
    table = (
        pd.DataFrame(rows).query("n > 0 or axis == 'all'", engine="python").reset_index(drop=True)
    )
    table.insert(0, "month", mrr.columns[-1])
    table["unit"] = f"{mrr.attrs['currency']} per customer"
    table["margin_source"] = mrr.attrs["margin_source"]
    table = table.pipe(_with_status, mrr.shape[1], min_customers, admitted)
    table["headline"] = table["method"] == _shown_headline(table, mrr, wanted)
    if not ranges:
        table[["low", "high", "standard_error"]] = np.nan
    table.attrs = dict(mrr.attrs)
    return table


def _shown_headline(table: pd.DataFrame, mrr: pd.DataFrame, wanted: str) -> str:
    """Return `wanted`, or the plain method where the model has no value for all customers."""
    overall = table[(table["axis"] == "all") & (table["method"] == wanted)]
    if wanted in MODELS and overall["value"].isna().all():
        return headline_method(mrr)
    return wanted


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


def _methods(book: Book, annual: pd.DataFrame | None) -> tuple[str, ...]:
    if book.attrs["basis"] == "orders":
        return ORDER_METHODS if book.purchases is not None else ORDER_METHODS[:-1]
    yearly = annual is not None and bool((annual.to_numpy() > 0).any())
    return SUBSCRIPTION_METHODS if yearly else SUBSCRIPTION_METHODS[:-1]


def _found(book: Book, chosen: pd.Index, method: str, settings: dict) -> _Found:
    if method not in MODELS:
        return _Found(_value(book, chosen, method, settings))
    kept = book.spells if method == "renewal_model" else book.purchases
    kept = kept[kept.index.isin(chosen)]
    if method not in settings["admitted"]:
        return _Found(nothing(int(kept["seen"].sum())), note=NOT_ADMITTED)
    given = {"horizon_months": settings["model_months"], "monthly_discount": settings["discount"]}
    if method == "renewal_model":
        renewals = renewal_value(kept, **given)
        return _Found(renewals.value, renewals.share_beyond, renewals.reason or renewals.note)
    purchases = purchase_value(kept[kept["seen"]], **given)
    return _Found(purchases.value, np.nan, purchases.reason or purchases.note)


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
        draws=settings["draws"],
        seed=seed,
    )


def _row(axis: str, segment: str, method: str, found: _Found) -> dict:
    row = {"axis": axis, "segment": segment, "method": method, **found.value._asdict()}
    return row | {"share_beyond": found.share_beyond, "note": found.note or None}


def _with_status(
    table: pd.DataFrame, months: int, min_customers: int, admitted: frozenset[str]
) -> pd.DataFrame:
    """Stamp thin rows and hide what fewer than `min_customers` make (D34)."""
    common = table.loc[table["axis"] == "all"].set_index("method")["horizon_months"]
    shorter = table["horizon_months"] < table["method"].map(common)
    fewest = table["method"].map(FEWEST).fillna(0)
    few_events = table["events"] < fewest
    unsure = table["low"].isna()
    thin = (table["n"] < FIRM_CUSTOMERS) | unsure | shorter | few_events | (months < FIRM_MONTHS)
    hidden = (table["n"] < min_customers) | table["value"].isna()
    refused = table["method"].isin(set(MODELS) - admitted)
    status = np.select(
        [refused, hidden, thin], ["not_applicable", "insufficient", "indicative"], default="ok"
    )
    figures = ["value", "low", "high", "standard_error", "share_beyond"]
    return table.assign(status=status, comparable=~hidden & ~shorter, **table[figures].mask(hidden))
