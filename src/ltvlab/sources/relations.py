"""What must hold between tables: known customers and deals, exchange rates, a table of revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ltvlab.errors import Problem
from ltvlab.params import Params
from ltvlab.sources.drafts import Draft, with_faults, with_warning
from ltvlab.sources.families import with_families_checked
from ltvlab.sources.faults import problem
from ltvlab.sources.tables import REVENUE_TABLES, TABLES

MOST_WITHOUT_SEGMENT = 0.10


def related(drafts: Mapping[str, Draft], params: Params, *, quarantine: bool) -> dict[str, Draft]:
    """Return the drafts with every rule between tables applied.

    With `quarantine`, a customer whose own row is set aside is unknown to the other tables.
    """
    checked = with_families_checked(drafts)
    for name, column, owner in _references(checked):
        fault = "E253" if owner == "deals" else "E252"
        known = _ids(checked[owner], sound_only=quarantine)
        checked[name] = _with_orphans(checked[name], column, known, fault)
    for name in ("contracts", "orders", "invoices", "usage", "deals"):
        if name in checked and "products" in checked:
            checked[name] = _with_products_checked(checked[name], checked["products"])
    if "customers" in checked:
        checked["customers"] = _with_segments_counted(checked["customers"])
    if "deals" in checked:
        customer = checked["deals"].kept["customer_id"]
        none = customer.index[customer.isna()]
        checked["deals"] = with_warning(checked["deals"], "W213", "customer_id", none)
    return {name: _with_rates_required(draft, params) for name, draft in checked.items()}


def require_revenue(names: Mapping[str, object]) -> list[Problem]:
    """Return the problem that customers, or any table of revenue, are not given."""
    missing = [] if "customers" in names else ["customers"]
    missing += (
        [] if any(name in names for name in REVENUE_TABLES) else [" or ".join(REVENUE_TABLES)]
    )
    return [problem("E227", detail=name) for name in missing]


def _references(drafts: Mapping[str, Draft]) -> list[tuple[str, str, str]]:
    """Return (table, its column, the table that owns these ids), owners before their users."""
    found = []
    if "customers" in drafts:
        found = [
            (name, "customer_id", "customers")
            for name, draft in drafts.items()
            if name != "customers" and "customer_id" in draft.rows
        ]
        found += [("merges", "into_customer_id", "customers")] if "merges" in drafts else []
    if {"deals", "deal_stages"} <= set(drafts):
        found.append(("deal_stages", "deal_id", "deals"))
    return found


def _ids(owner: Draft, *, sound_only: bool) -> pd.Series:
    rows = owner.sound if sound_only else owner.rows
    return rows[TABLES[owner.name].row_id[0]].dropna()


def _with_orphans(draft: Draft, column: str, known: pd.Series, fault: str) -> Draft:
    ids = draft.kept[column].dropna()
    return with_faults(draft, ids.index[~ids.isin(known)], column, fault)


def _with_products_checked(draft: Draft, products: Draft) -> Draft:
    if "product" not in draft.rows:
        return draft
    named = draft.kept["product"].dropna()
    strange = named.index[~named.isin(products.rows["product"])]
    return with_warning(draft, "W209", "product", strange)


def _with_segments_counted(customers: Draft) -> Draft:
    for column in ("industry", "employees"):
        if column in customers.rows:
            empty = customers.kept[column].isna()
            if empty.mean() > MOST_WITHOUT_SEGMENT:
                customers = with_warning(customers, "W205", column, empty.index[empty])
    return customers


def _with_rates_required(draft: Draft, params: Params) -> Draft:
    if "currency" not in draft.rows or draft.name == "fx_rates" or "fx_rates" in params.sources:
        return draft
    others = sorted(set(draft.kept["currency"].dropna().unique()) - {params.currency})
    others = [code for code in others if not _refused(draft, code)]
    if not others:
        return draft
    detail = f"{', '.join(others)} beside {params.currency}"
    found = problem("E226", table=draft.name, column="currency", detail=detail)
    return replace(draft, problems=(*draft.problems, found))


def _refused(draft: Draft, code: str) -> bool:
    """Say whether the rows of this currency are already refused as unknown."""
    rows = draft.rows.index[draft.rows["currency"] == code]
    return bool(rows.isin(draft.faults["row"]).all())
