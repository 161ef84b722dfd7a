"""Ids that lead to other ids: a company's parent, and the customer that it was merged into (D04)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.sources.drafts import Draft, with_faults, with_warning


def tops(above: pd.Series) -> pd.Series:
    """Return, for each id in the index, the last id of the chain that starts with it.

    `above` holds the next id of each, none its own. Chains that lead in a circle have no last id.
    """
    reached = above
    # Each turn doubles the steps taken, so that a chain of a thousand takes ten.
    for _ in range(len(above).bit_length() + 1):
        further = reached.map(reached)
        if further.isna().all():
            break
        reached = further.fillna(reached)
    return reached


def in_circles(above: pd.Series) -> pd.Index:
    """Return the ids of `above` that lead back to themselves."""
    reached = tops(above)
    # After more steps than there are ids, only a circle has anywhere to go.
    return above.index[above.index.isin(reached[reached.isin(above.index)])]


def with_families_checked(drafts: Mapping[str, Draft]) -> dict[str, Draft]:
    """Return the drafts with circles refused, of parents and of merges, and strange parents counted."""
    checked = dict(drafts)
    if "customers" in checked and "parent_id" in checked["customers"].rows:
        checked["customers"] = _with_parents_checked(checked["customers"])
    if "merges" in checked:
        checked["merges"] = _with_merges_checked(checked["merges"])
    return checked


def _with_parents_checked(customers: Draft) -> Draft:
    named = customers.kept.dropna(subset=["customer_id", "parent_id"])
    strange = named.index[~named["parent_id"].isin(customers.rows["customer_id"])]
    customers = with_warning(customers, "W215", "parent_id", strange)
    # A head office is often listed as its own parent.
    return _without_circles(customers, named, "parent_id", "E256")


def _with_merges_checked(merges: Draft) -> Draft:
    named = merges.kept.dropna(subset=["customer_id", "into_customer_id"])
    itself = named.index[named["customer_id"] == named["into_customer_id"]]
    merges = with_faults(merges, itself, "into_customer_id", "E257")
    return _without_circles(merges, named, "into_customer_id", "E258")


def _without_circles(draft: Draft, named: pd.DataFrame, column: str, fault: str) -> Draft:
    other = named[named["customer_id"] != named[column]].drop_duplicates("customer_id")
    circle = in_circles(other.set_index("customer_id")[column])
    return with_faults(draft, other.index[other["customer_id"].isin(circle)], column, fault)
