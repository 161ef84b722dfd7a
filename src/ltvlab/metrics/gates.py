"""Whom to leave alone: why a customer is not to be offered more now (D38).

Blocked customers stay on every list with the reason; a missing score blocks nobody.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known, risk_signals

CONTACT_DAYS = 30
RENEWAL_DAYS = 90
# In the order in which they are named: what the customer suffers from comes first.
GATES = (
    "leaving", "unhappy", "severe_ticket", "negative_tickets", "usage_falls", "overdue_invoice",
    "contacted_lately", "renewal_first",
)  # fmt: skip


class GateRules(NamedTuple):
    """What counts as unhappy: a score of at most `lowest_score`, or a drop of `drop` points or more.

    The articles' reading, every detractor, is `lowest_score=6`; mid-scale answers are usual in
    Japan, and it would block a typical book wholesale.
    """

    lowest_score: float = 4
    drop: float = 2


def gate_table(
    features: pd.DataFrame,
    *,
    as_of: pd.Timestamp | pd.Series,
    loyal: pd.Series,
    rules: GateRules = GateRules(),  # noqa: B008 – a tuple of numbers cannot be changed
) -> pd.DataFrame:
    """Return one flag per customer_id and gate (columns GATES), from what was known on `as_of`.

    `as_of` is one day, or each row's own. `loyal` marks loyal customers: within 90 days of a
    renewal only they are offered more, the others are renewed first. An open severe ticket, an overdue invoice, a contact for sale in
    the last 30 days, a notice given, falling use and two negative tickets each block.
    """
    signals = risk_signals(features)
    score, change = known(features, "nps"), known(features, "nps_change")
    since_contact = _days(features, "sales_contact_at", as_of)
    to_renewal = -_days(features, "renewal_at", as_of)
    flags = {
        "leaving": _dated(features, "notice_given_at"),
        "unhappy": (score <= rules.lowest_score) | (change <= -rules.drop),
        "severe_ticket": _dated(features, "severe_ticket_at"),
        "negative_tickets": signals["negative_tickets"],
        "usage_falls": signals["usage_falls"],
        "overdue_invoice": _dated(features, "overdue_since"),
        "contacted_lately": since_contact < CONTACT_DAYS,
        "renewal_first": to_renewal.between(0, RENEWAL_DAYS)
        & ~loyal.reindex(features.index, fill_value=False),
    }
    return pd.DataFrame(flags, index=features.index)[list(GATES)].astype("bool")


def blocked_by(gates: pd.DataFrame) -> pd.Series:
    """Return the names of the gates that block each customer, joined by `, `; empty for none."""
    names = np.array(gates.columns)
    joined = [", ".join(names[row]) for row in gates.to_numpy()]
    return pd.Series(joined, index=gates.index, dtype="str")


def gate_shares(gates: pd.DataFrame) -> pd.DataFrame:
    """Return gate, customers and share of the base that each gate blocks; `any` for all together."""
    counts = gates.sum().to_dict() | {"any": int(gates.any(axis=1).sum())}
    table = pd.DataFrame({"gate": list(counts), "customers": list(counts.values())})
    return table.assign(share=table["customers"] / len(gates) if len(gates) else np.nan)


def _dated(features: pd.DataFrame, name: str) -> pd.Series:
    return _dates(features, name).notna()


def _days(features: pd.DataFrame, name: str, as_of: pd.Timestamp | pd.Series) -> pd.Series:
    """Return whole days from a date to `as_of`; NaN where there is none."""
    return (as_of - _dates(features, name).dt.normalize()).dt.days


def _dates(features: pd.DataFrame, name: str) -> pd.Series:
    unknown = pd.Series(pd.NaT, index=features.index, dtype="datetime64[us]")
    return features.get(name, unknown)
