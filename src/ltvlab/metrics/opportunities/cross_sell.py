"""Who holds one product family, lacks another, and is of the size of the best customers (D36)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known
from ltvlab.metrics.opportunities.known import (
    Evidence,
    Known,
    Listed,
    Rules,
    candidates,
    nothing,
    paying,
)
from ltvlab.metrics.opportunities.prices import entry_amounts
from ltvlab.metrics.top_customers import top_customers
from ltvlab.months import YEAR
from ltvlab.statistics.intervals import wilson
from ltvlab.warehouse.features.holdings import holdings
from ltvlab.warehouse.features.touches import INTEREST

FEWEST_BOTH = 5
INTEREST_DAYS = 90
SIZE_BOUNDS = (0.1, 0.9)


def cross_sell(book: Known, rules: Rules) -> Listed:
    """Return one row per customer that lacks a family its own kind often holds, of a fitting size.

    Lacking is never held, or ended more than twelve months ago. A family asked about by name
    comes first, and its asker at any size; else the one that most holders of what the customer
    has hold too, where at least five hold both. Without company sizes none are filtered by size.
    """
    present = paying(book)
    if present.empty:
        return nothing({"paying": 0})
    pairs = _lacking(book, present)
    fitting = present.index[fits_size(present, share=rules.top_share)]
    sized = pairs[pairs["customer_id"].isin(fitting) | pairs["asked_at"].notna()]
    funnel = {
        "paying": len(present),
        "lacks_family": pairs["customer_id"].nunique(),
        "size_fits": sized["customer_id"].nunique(),
    }
    if sized.empty:
        return nothing(funnel)
    return Listed(_rows(_best(sized), book), funnel)


def affinities(held: pd.DataFrame) -> pd.DataFrame:
    """Return, per pair of families, which share of the holders of `has` hold `lacks` too.

    Columns has, lacks, holders, both, affinity, low, high (Wilson). `held` has customer_id and
    family, one row each; holders are of any time in the present book.
    """
    flags = pd.crosstab(held["customer_id"], held["family"]).clip(upper=1)
    both = pd.DataFrame(flags.T @ flags)
    long = both.rename_axis(index="has", columns="lacks").stack().rename("both").reset_index()
    holders = pd.Series(np.diag(both), index=both.index)
    long = long[long["has"] != long["lacks"]].reset_index(drop=True)
    long["holders"] = holders.reindex(long["has"]).to_numpy()
    low, high = wilson(long["both"].to_numpy(), long["holders"].to_numpy())
    return long.assign(affinity=long["both"] / long["holders"], low=low, high=high)


def fits_size(features: pd.DataFrame, *, share: float) -> np.ndarray:
    """Return who has as many employees as the middle four fifths of the best customers.

    The best are the `share` with the highest margin of twelve months, ties included (V15). True
    for all where no sizes are known.
    """
    employees = known(features, "employees")
    best = employees[top_customers(known(features, "margin_12"), share=share)].dropna()
    if best.empty:
        return np.full(len(features), True)
    low, high = best.quantile(list(SIZE_BOUNDS))
    return employees.between(low, high).to_numpy()


def _held(book: Known) -> pd.DataFrame:
    """Return holdings with `now` (held, or with orders bought in twelve months) and `over`."""
    held = holdings(book.panel, month=book.month)
    since = book.month.ordinal - held["last_month"]
    lately = since < YEAR if book.basis == "orders" else since == 0
    return held.assign(now=lately, over=since > YEAR)


def _lacking(book: Known, present: pd.DataFrame) -> pd.DataFrame:
    held = _held(book)
    held = held[held["customer_id"].isin(present.index)]
    # An ended family of the last year is neither held nor lacking.
    recent = held.loc[~held["over"], ["customer_id", "family"]]
    both = affinities(held[["customer_id", "family"]])
    both = both[both["both"] >= FEWEST_BOTH]
    now = held.loc[held["now"], ["customer_id", "family"]].rename(columns={"family": "has"})
    pairs = now.merge(both, on="has", validate="many_to_many")
    not_lacking = pd.MultiIndex.from_frame(recent)
    asked = pd.MultiIndex.from_frame(pairs[["customer_id", "lacks"]])
    pairs = pairs[~asked.isin(not_lacking)].reset_index(drop=True)
    return pairs.merge(
        _asked(book, pairs), on=["customer_id", "lacks"], how="left", validate="many_to_one"
    )


def _asked(book: Known, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, lacks and the newest day, `asked_at`, it asked about that family by name."""
    events = book.tables.get("events", pd.DataFrame())
    if "subject" not in events:
        return pairs[["customer_id", "lacks"]].iloc[:0].assign(asked_at=pd.to_datetime([]))
    age = (book.as_of - events["at"].dt.normalize()).dt.days
    shown = events[events["kind"].isin(INTEREST) & age.between(0, INTEREST_DAYS - 1)]
    shown = shown.assign(words=shown["subject"].fillna("").str.lower())
    found = [
        shown[shown["words"].str.contains(family.lower(), regex=False)].assign(lacks=family)
        for family in pairs["lacks"].unique()
    ]
    every = pd.concat([shown.iloc[:0].assign(lacks=""), *found])
    newest = every.groupby(["customer_id", "lacks"], as_index=False)["at"].max()
    return newest.rename(columns={"at": "asked_at"})


def _best(pairs: pd.DataFrame) -> pd.DataFrame:
    order = ["customer_id", "named", "affinity", "lacks", "has"]
    ordered = pairs.assign(named=pairs["asked_at"].notna()).sort_values(
        order, ascending=[True, False, False, True, True]
    )
    return ordered.drop_duplicates("customer_id")


def _rows(best: pd.DataFrame, book: Known) -> pd.DataFrame:
    features = book.features.reindex(best["customer_id"]).set_axis(best.index)
    prices = entry_amounts(book)["amount"]
    own = pd.MultiIndex.from_arrays([best["lacks"], features["size"].astype("str")])
    every = pd.MultiIndex.from_arrays([best["lacks"], ["all"] * len(best)])
    by_size, overall = (prices.reindex(keys).set_axis(best.index) for keys in (own, every))
    delta = by_size.fillna(overall)
    rows = best.assign(
        product=best["lacks"],
        play=np.where(best["named"], "answer_question", "introduce_family"),
        mrr_delta=delta,
        delta_basis=np.where(delta.notna(), "others_start", "unknown"),
    )
    return candidates(rows, _evidence(best, features, book))


def _evidence(
    best: pd.DataFrame, features: pd.DataFrame, book: Known
) -> list[tuple[Evidence, ...]]:
    last = book.month.end_time.normalize()
    at = features.get("interest_at", pd.Series(pd.NaT, index=best.index))
    kind = _known_text(features, "interest_kind")
    rows = zip(best.itertuples(), at, kind, strict=True)
    return [
        (
            Evidence("holds", last, row.affinity, row.holders, f"{row.has}|{row.lacks}"),
            *((Evidence("asked_about", row.asked_at, name=row.lacks),) if row.named else ()),
            *((Evidence(f"interest_{word}", seen),) if word and not row.named else ()),
        )
        for row, seen, word in rows
    ]


def _known_text(features: pd.DataFrame, name: str) -> pd.Series:
    blank = pd.Series("", index=features.index, dtype="str")
    return features[name].fillna("").astype("str") if name in features else blank
