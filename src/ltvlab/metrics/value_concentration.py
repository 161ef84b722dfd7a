"""How much the value of a customer, and LTV/CAC, hang on one customer: jackknife without refits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.acquisition_odds import acquisition_sums, ltv_cac
from ltvlab.metrics.concentration import COLUMNS, largest_share, swing
from ltvlab.metrics.segment_values import Book, value_book
from ltvlab.metrics.values import size_strata
from ltvlab.money import digits
from ltvlab.statistics.discounting import month_weights, monthly_discount
from ltvlab.statistics.likelihood import FEWEST_EVENTS
from ltvlab.statistics.survival import counts_by_customer, survival_from_counts


def value_concentration(
    ltv: pd.DataFrame,
    acquisition: pd.DataFrame,
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    credits: pd.DataFrame | None = None,
    discount_rate_per_year: float = 0.10,
) -> pd.DataFrame:
    """Return what the headline LTV and LTV/CAC become without any single customer (D17, D20).

    Columns as `book_concentration`; the LTV is in major units. `share_largest` is the largest
    customer's share of margin: at the start for LTV, in the last month for LTV/CAC. The size
    strata and the horizon stay as they are with everyone. No row where a figure has no value,
    or is a bound only.
    """
    rows = _ltv_row(
        ltv, value_book(mrr, margin, customers, credits=credits), discount_rate_per_year
    )
    rows += _ltv_cac_row(acquisition, mrr, margin, customers)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.attrs = dict(mrr.attrs) | {"month": str(mrr.columns[-1])}
    return table


def _ltv_row(ltv: pd.DataFrame, book: Book, discount_rate_per_year: float) -> list[dict]:
    everyone = ltv[(ltv["axis"] == "all") & ltv["headline"] & ltv["value"].notna()]
    if everyone.empty:
        return []
    headline = everyone.iloc[0]
    months = int(headline["horizon_months"])
    if headline["method"] == "survival":
        discount = monthly_discount(discount_rate_per_year)
        without = survival_without_each(book.spells, months=months, monthly_discount=discount)
        margin = book.spells["starting_margin"]
    elif headline["method"] == "cohort":
        margin = cohort_margin(book.margin_by_age, months=months)
        without = (margin.sum() - margin) / (len(margin) - 1)
    else:
        return []
    scale = 10.0 ** digits(book.attrs["currency"])
    found = swing(headline["value"] / scale, without / scale)
    return [_row("ltv", "money", found._asdict(), largest_share(margin))]


def _ltv_cac_row(
    acquisition: pd.DataFrame, mrr: pd.DataFrame, margin: pd.DataFrame, customers: pd.DataFrame
) -> list[dict]:
    everyone = acquisition[acquisition["channel"] == "all"]
    everyone = everyone[everyone["ltv_cac"].notna() & (everyone["events"] >= FEWEST_EVENTS)]
    if everyone.empty:
        return []
    spend = float(everyone["spend"].iloc[0])
    sums = acquisition_sums(mrr, margin, customers)
    total = sums.to_numpy().sum(axis=0)
    without = pd.Series(ltv_cac(total - sums.to_numpy(), spend), index=sums.index)
    found = swing(float(everyone["ltv_cac"].iloc[0]), without)
    return [_row("ltv_cac", "number", found._asdict(), largest_share(sums["margin"]))]


def _row(name: str, unit: str, found: dict, share: float) -> dict:
    found["customer_id"] = found.pop("mover")
    return {"figure": name, "unit": unit, **found, "share_largest": share}


def cohort_margin(margin_by_age: pd.DataFrame, *, months: int) -> pd.Series:
    """Return margin to age `months` of each customer old enough: the cohort value is its mean."""
    finished = margin_by_age[margin_by_age[months - 1].notna()]
    return finished.loc[:, : months - 1].sum(axis=1)


def survival_without_each(
    spells: pd.DataFrame, *, months: int, monthly_discount: float
) -> pd.Series:
    """Return the survival value (D18) without each customer in turn, `spells` as for it.

    Who leaves a stratum's counts changes that stratum's curve alone, so customers × months are
    enough, never customers × customers.
    """
    seen = spells["seen"].to_numpy(dtype="float64")
    margin = spells["starting_margin"].to_numpy() * seen
    strata = size_strata(spells, months)
    names, rank = np.unique(strata, return_inverse=True)
    paid = np.bincount(rank, weights=margin)
    whole = np.zeros(len(names))
    without = np.zeros(len(spells))
    for place in range(len(names)):
        rows = rank == place
        whole[place], without[rows] = _annuities(spells[rows], months, monthly_discount)
    worth = paid * whole
    rest = worth.sum() - worth[rank] + (paid[rank] - margin) * without
    left = seen.sum() - seen
    value = np.divide(rest, left, out=np.full(len(spells), np.nan), where=left > 0)
    return pd.Series(value, index=spells.index)


def _annuities(
    spells: pd.DataFrame, months: int, monthly_discount: float
) -> tuple[float, np.ndarray]:
    """Return the discounted months of a stratum's curve, with everyone and without each."""
    ages = np.arange(months)
    spell = (spells[name].to_numpy() for name in ("duration", "event", "entry"))
    at_risk, lost = counts_by_customer(*spell, ages)
    weights = month_weights(ages, horizon_months=months, monthly_discount=monthly_discount)
    risk, events = at_risk.sum(axis=0), lost.sum(axis=0)
    everyone = survival_from_counts(risk, events) @ weights
    return float(everyone), survival_from_counts(risk - at_risk, events - lost) @ weights
