"""When we offered more to whom: expansion deals opened, and talks we began in order to sell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.deals import EXPANSION
from ltvlab.metrics.gates import GATES, GateRules, gate_table
from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.text import UNKNOWN
from ltvlab.warehouse.features.touches import sales_talks

COLUMNS = ["case_id", "customer_id", "day", "pitched_at", "source", "responsible"]


def pitches(
    tables: Mapping[str, pd.DataFrame],
    customers: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    audit_by: str = "team",
) -> pd.DataFrame:
    """Return one row per offer of more up to `as_of`: a deal of an expansion pipeline, or a sales talk.

    `day` is the day before, on which the customer should have been looked at; `responsible` the deal's
    own team (or owner, by `audit_by`), else the customer's. Talks of one customer on one day are
    one. Offers to companies that are no customers are left out.
    """
    made = pd.concat([_deals(tables, audit_by), _talks(tables)], ignore_index=True)
    made = made[made["customer_id"].isin(customers.index) & (made["pitched_at"] <= as_of)]
    usual = customers.get(audit_by, pd.Series(UNKNOWN, index=customers.index))
    own = made["customer_id"].map(usual.astype("object"))
    made = made.assign(
        day=made["pitched_at"] - pd.Timedelta(days=1),
        responsible=made["responsible"].replace("", np.nan).fillna(own).fillna(UNKNOWN),
    )
    return made.sort_values(["pitched_at", "case_id"], ignore_index=True)[COLUMNS]


def _deals(tables: Mapping[str, pd.DataFrame], audit_by: str) -> pd.DataFrame:
    deals = tables.get("deals", pd.DataFrame())
    if not {"pipeline", "created_date", "customer_id"} <= set(deals):
        return _made(pd.DataFrame(columns=["deal_id", "customer_id", "created_date"]), "deal")
    opened = deals[deals["pipeline"].isin(EXPANSION) & deals["created_date"].notna()]
    responsible = opened.get(audit_by, pd.Series("", index=opened.index))
    return _made(opened[["deal_id", "customer_id", "created_date"]], "deal", responsible)


def _talks(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    columns = ["name", "customer_id", "at"]
    events = tables.get("events", pd.DataFrame())
    if not {"direction", "purpose"} <= set(events):
        return _made(pd.DataFrame(columns=columns), "talk")
    talks = sales_talks(events)
    talks = talks.assign(at=talks["at"].dt.normalize()).drop_duplicates(["customer_id", "at"])
    name = talks["customer_id"].astype("str") + "-" + talks["at"].dt.strftime("%Y%m%d")
    return _made(talks.assign(name=name)[columns], "talk")


def _made(rows: pd.DataFrame, source: str, responsible: pd.Series | str = "") -> pd.DataFrame:
    table = rows.set_axis(["case_id", "customer_id", "pitched_at"], axis=1)
    return table.assign(
        case_id=source + "-" + table["case_id"].astype("str"),
        pitched_at=pd.to_datetime(table["pitched_at"]).dt.normalize().astype("datetime64[us]"),
        source=source,
        responsible=responsible,
    )


def with_gates(
    made: pd.DataFrame,
    then: pd.DataFrame,
    rules: GateRules = GateRules(),  # noqa: B008 – a tuple of numbers cannot be changed
) -> pd.DataFrame:
    """Return the offers with a flag per gate (GATES) and `blocked`, from what was known the day before.

    `then` are the features of each case's day. A talk shortly before a deal was opened is how
    the deal came about, so `contacted_lately` blocks talks alone.
    """
    then = then.reindex(made["case_id"])
    loyal = loyalty_table(then)["loyalty"].eq("loyal")
    flags = gate_table(then, as_of=then["day"], loyal=loyal, rules=rules)
    flags["contacted_lately"] &= (made["source"] == "talk").to_numpy()
    flags = flags[list(GATES)].set_axis(made.index)
    return made.assign(**{name: flags[name] for name in GATES}, blocked=flags.any(axis=1))
