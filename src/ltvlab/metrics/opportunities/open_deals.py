"""Which rows of the lists are already in an open deal, so that nobody is pitched twice."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.deals import is_stale
from ltvlab.metrics.opportunities.known import GATED, Known

# The reason on a row that waits because its deal is under way.
OPEN_DEAL = "open_deal"


def with_open_deals(rows: pd.DataFrame, book: Known) -> pd.DataFrame:
    """Return the rows with `open_deal_id`, and `blocked_by` of those whose deal is under way.

    A deal is open if it was created by the day and not closed by then. It is the row's if it is of
    the same customer and of the row's product or family, or names none; a renewal is matched by
    renewal deals alone, other kinds by all others. An offer of more that no gate blocks waits for
    its deal, unless that is older than twice its pipeline's median cycle: nobody works on it (D40).
    """
    found = _matched(rows, _open(book), _families(book))
    deal = rows["opportunity_id"].map(found["deal_id"]).astype("object").fillna("")
    stale = rows["opportunity_id"].map(found["stale"]).eq(True)
    waits = (deal != "") & ~stale & rows["kind"].isin(GATED) & (rows["blocked_by"] == "")
    return rows.assign(open_deal_id=deal, blocked_by=rows["blocked_by"].mask(waits, OPEN_DEAL))


def _open(book: Known) -> pd.DataFrame:
    """Return deal_id, customer_id, sold, is_renewal, stale of the deals that were open on the day."""
    columns = ["deal_id", "customer_id", "sold", "is_renewal", "stale"]
    deals = book.tables.get("deals", pd.DataFrame())
    if not {"is_won", "close_date", "created_date", "pipeline"} <= set(deals):
        return pd.DataFrame(columns=columns)
    closed = deals["is_won"].notna() & ~(deals["close_date"] > book.as_of)
    told = deals.assign(
        created=deals["created_date"],
        closed=deals["close_date"].where(closed),
        outcome=deals["is_won"].map({True: "won", False: "lost"}).where(closed, "open"),
        sold=deals.get("product", pd.Series(pd.NA, index=deals.index)),
        is_renewal=deals["pipeline"].eq("renewal"),
    )
    told = told[~(told["created"] > book.as_of)]
    if told.empty:
        return pd.DataFrame(columns=columns)
    told = told.assign(stale=is_stale(told, as_of=book.as_of))
    return told.loc[told["outcome"] == "open", columns]


def _families(book: Known) -> pd.Series:
    """Return the family of each product the company sells."""
    return book.panel.drop_duplicates("product").set_index("product")["family"]


def _matched(rows: pd.DataFrame, deals: pd.DataFrame, families: pd.Series) -> pd.DataFrame:
    """Return deal_id and stale by opportunity_id: the newest deal at work, else the newest."""
    asked = rows[["opportunity_id", "customer_id", "product", "kind"]]
    pairs = asked.merge(deals, on="customer_id", validate="many_to_many")
    family = pairs["sold"].map(families)
    same = (pairs["sold"] == pairs["product"]) | (family == pairs["product"])
    fits = (same | pairs["sold"].isna()) & ((pairs["kind"] == "renewal") == pairs["is_renewal"])
    ordered = pairs[fits.astype("bool")].sort_values(["stale", "deal_id"], ascending=[True, False])
    return ordered.drop_duplicates("opportunity_id").set_index("opportunity_id")[
        ["deal_id", "stale"]
    ]
