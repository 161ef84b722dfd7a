"""All kinds in one table, gates applied, with what every row carries; and who was left at each filter."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ltvlab.metrics.gates import GateRules, blocked_by, gate_shares, gate_table
from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.metrics.opportunities.cross_sell import cross_sell
from ltvlab.metrics.opportunities.downsell import downsell
from ltvlab.metrics.opportunities.known import GATED, KINDS, Known, Listed, Rules, paying
from ltvlab.metrics.opportunities.moments import best_channels, propose_by
from ltvlab.metrics.opportunities.odds import past_odds
from ltvlab.metrics.opportunities.open_deals import with_open_deals
from ltvlab.metrics.opportunities.renewals import renewals
from ltvlab.metrics.opportunities.repeat import repeat
from ltvlab.metrics.opportunities.upsell import upsell
from ltvlab.metrics.opportunities.win_back import win_back
from ltvlab.metrics.opportunities.worth import with_worth
from ltvlab.text import UNKNOWN

# What each gate looks at.
GATE_DATA = {
    "leaving": "renewal_at", "unhappy": "nps", "severe_ticket": "ticket_90",
    "negative_tickets": "negative_tickets_90", "usage_falls": "usage_change_in_book",
    "overdue_invoice": "overdue_amount", "contacted_lately": "sales_contact_at",
    "renewal_first": "renewal_at",
}  # fmt: skip


class Opportunities(NamedTuple):
    """Rows of every kind, the funnel of customers (kind, step, customers), and what each gate blocks."""

    rows: pd.DataFrame
    funnel: pd.DataFrame
    gates: pd.DataFrame


def opportunities(
    book: Known,
    rules: Rules = Rules(),  # noqa: B008 – a tuple of thresholds cannot be changed
    *,
    gate_rules: GateRules = GateRules(),  # noqa: B008
) -> Opportunities:
    """Return every opportunity as of the day, blocked ones with the reason, best first.

    `evidence` holds what was seen and when; money in minor units. `opportunity_id` is kind,
    customer and product, so it is the same row in next week's list.
    """
    listed = _every_kind(book, rules)
    given = [found.rows.assign(kind=kind) for kind, found in listed.items() if len(found.rows)]
    gates = _gates(book, gate_rules)
    shares = _tested(gate_shares(gates.reindex(paying(book).index)), book)
    if not given:
        return Opportunities(_empty(book), _funnel(listed, {}), shares)
    rows = pd.concat(given, ignore_index=True)
    rows = rows.assign(mrr_delta=rows["mrr_delta"].astype("float64"))
    rows["opportunity_id"] = rows["kind"] + "-" + rows["customer_id"] + "-" + rows["product"]
    reason = rows["customer_id"].map(blocked_by(gates)).fillna("")
    rows["blocked_by"] = reason.where(rows["kind"].isin(GATED), "")
    rows = with_open_deals(rows, book)
    rows = _with_owner(with_worth(rows, past_odds(book, rules), book, rules), book)
    rows["channel"] = _text(rows, best_channels(book, rules), "")
    rows["propose_by"] = propose_by(rows, book, rules)
    free = rows[rows["blocked_by"] == ""].groupby("kind")["customer_id"].nunique()
    return Opportunities(_ordered(rows, book), _funnel(listed, free.to_dict()), shares)


COLUMNS = [
    "opportunity_id", "customer_id", "kind", "product", "play", "channel", "propose_by", "evidence",
    "mrr_delta", "win_probability", "expected_value", "blocked_by", "owner", "open_deal_id",
    "delta_basis", "n", "low", "high",
]  # fmt: skip


def _every_kind(book: Known, rules: Rules) -> dict[str, Listed]:
    found = {
        "upsell": upsell(book, rules),
        "cross_sell": cross_sell(book, rules),
        "downsell": downsell(book, rules),
        "renewal": renewals(book),
        "win_back": win_back(book, rules),
        "repeat": repeat(book),
    }
    return {kind: found[kind] for kind in KINDS}


def _gates(book: Known, rules: GateRules) -> pd.DataFrame:
    loyal = loyalty_table(book.features)["loyalty"].eq("loyal")
    return gate_table(book.features, as_of=book.as_of, loyal=loyal, rules=rules)


def _tested(shares: pd.DataFrame, book: Known) -> pd.DataFrame:
    """Return the shares, empty for gates that had nothing to look at: that is no zero."""
    known = {
        gate: name in book.features and book.features[name].notna().any()
        for gate, name in GATE_DATA.items()
    }
    seen = shares["gate"].map({**known, "any": any(known.values())}).astype("bool")
    return shares.assign(
        customers=shares["customers"].where(seen), share=shares["share"].where(seen)
    )


def _with_owner(rows: pd.DataFrame, book: Known) -> pd.DataFrame:
    owners = book.features.get("owner", pd.Series(UNKNOWN, index=book.features.index))
    return rows.assign(owner=_text(rows, owners, UNKNOWN))


def _text(rows: pd.DataFrame, by_customer: pd.Series, otherwise: str) -> pd.Series:
    return rows["customer_id"].map(by_customer.astype("object")).astype("object").fillna(otherwise)


def _ordered(rows: pd.DataFrame, book: Known) -> pd.DataFrame:
    ordered = rows.assign(blocked=rows["blocked_by"] != "").sort_values(
        ["blocked", "expected_value", "opportunity_id"],
        ascending=[True, False, True],
        na_position="last",
    )
    table = ordered[COLUMNS].reset_index(drop=True)
    table.attrs = dict(book.mrr.attrs)
    return table


def _empty(book: Known) -> pd.DataFrame:
    table = pd.DataFrame(columns=COLUMNS)
    table.attrs = dict(book.mrr.attrs)
    return table


def _funnel(listed: dict[str, Listed], free: dict[str, int]) -> pd.DataFrame:
    steps = [
        (kind, step, int(count))
        for kind, found in listed.items()
        for step, count in {
            **found.funnel,
            "listed": found.rows["customer_id"].nunique() if len(found.rows) else 0,
            "not_blocked": free.get(kind, 0),
        }.items()
    ]
    return pd.DataFrame(steps, columns=["kind", "step", "customers"])
