"""Earlier lists as they would have been, and which of their rows were acted on or held back on purpose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.gates import GateRules, blocked_by, gate_table
from ltvlab.metrics.loyalty import loyalty_table
from ltvlab.metrics.opportunities.known import Known, Rules, paying
from ltvlab.metrics.opportunities.listing import opportunities
from ltvlab.statistics.intervals import wilson

RATES = ["won", "closed", "win_rate", "low", "high"]
# A word in `play` or `outcome` of an action that says: this row is left alone on purpose.
HOLDOUT = "holdout|control|対照|保留"
STATES = ("joined", "held_back", "too_early", "not_on_list", "before_lists")
# What matched rows have in common, all of it known on the day of the list.
MATCHED_ON = ["kind", "play", "list", "standing", "size", "worth"]


def past_lists(
    books: Mapping[pd.Period, Known],
    rules: Rules = Rules(),  # noqa: B008 – a tuple of thresholds cannot be changed
    *,
    gate_rules: GateRules = GateRules(),  # noqa: B008
) -> pd.DataFrame:
    """Return the rows that the lists would have had at earlier days, one under another.

    Adds `list` (the number of its month), `listed_at`, `standing` (free or blocked), the size
    band of the customer, and `worth`: whether the row was worth more than its list's median of
    the kind. Nothing of it was known later than the day of the list.
    """
    parts = [_listed(book, rules, gate_rules) for book in books.values()]
    parts = [part for part in parts if len(part)]
    columns = ["opportunity_id", "customer_id", *MATCHED_ON, "product", "listed_at"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _listed(book: Known, rules: Rules, gate_rules: GateRules) -> pd.DataFrame:
    rows = opportunities(book, rules, gate_rules=gate_rules).rows
    worth = rows["expected_value"].astype("float64")
    usual = worth.groupby(rows["kind"]).transform("median")
    size = rows["customer_id"].map(book.features["size"].astype("str"))
    return rows.assign(
        list=book.month.ordinal,
        listed_at=book.as_of,
        standing=np.where(rows["blocked_by"] == "", "free", "blocked"),
        size=size,
        worth=np.select([worth > usual, worth <= usual], ["more", "less"], default="unknown"),
    )


def standings(
    books: Mapping[pd.Period, Known],
    gate_rules: GateRules = GateRules(),  # noqa: B008
) -> pd.DataFrame:
    """Return customer_id, list (the number of the month), size and blocked_by of who paid at each end."""
    parts = [_standing(book, gate_rules) for book in books.values()]
    return pd.concat(parts, ignore_index=True)


def _standing(book: Known, rules: GateRules) -> pd.DataFrame:
    present = paying(book)
    loyal = loyalty_table(present)["loyalty"].eq("loyal")
    gates = gate_table(present, as_of=book.as_of, loyal=loyal, rules=rules)
    table = {
        "customer_id": present.index, "list": book.month.ordinal,
        "size": present["size"].astype("str").to_numpy(), "blocked_by": blocked_by(gates).to_numpy(),
    }  # fmt: skip
    return pd.DataFrame(table)


def answered_actions(book: Known) -> pd.DataFrame:
    """Return won, closed, win_rate, low, high of what was done about opportunities, by play; `all` last.

    Only actions with an outcome known by the day count, so this says how often an action ended
    well, not that it made the difference.
    """
    actions = book.tables.get("actions", pd.DataFrame())
    if not {"outcome", "outcome_at"} <= set(actions):
        return rated(pd.DataFrame({"won": [], "play": []}), "play")
    known = actions[actions["outcome"].notna() & (actions["outcome_at"] <= book.as_of)]
    return rated(known.assign(won=known["outcome"].str.lower() == "won"), "play")


def answered(
    lists: pd.DataFrame, actions: pd.DataFrame, *, as_of: pd.Timestamp, holdout: str = HOLDOUT
) -> pd.DataFrame:
    """Return the actions with `list`, the month of the newest list before them, and `is_holdout`.

    `on_list` says whether that list has the row. An action is held back where its play or its
    outcome says so. Actions after `as_of` are left out.
    """
    named = actions["play"].astype("str")
    if "outcome" in actions:
        named = named + " " + actions["outcome"].fillna("").astype("str")
    days = lists[["list", "listed_at"]].drop_duplicates().sort_values("listed_at")
    rows = actions.assign(
        is_holdout=named.str.contains(holdout, case=False, regex=True),
        sent=actions["sent_at"].dt.normalize().astype("datetime64[us]"),
    )
    rows = rows[rows["sent"] <= as_of].sort_values("sent", kind="stable")
    days = days.assign(listed_at=days["listed_at"].astype("datetime64[us]"))
    found = pd.merge_asof(
        rows, days, left_on="sent", right_on="listed_at", allow_exact_matches=False
    )
    there = pd.MultiIndex.from_frame(lists[["opportunity_id", "list"]])
    asked = pd.MultiIndex.from_frame(found[["opportunity_id", "list"]])
    return found.assign(on_list=asked.isin(there))


def offers(lists: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Return the list rows with `treatment`: acted_on, held_back or left_alone.

    A row that was to be held back and was acted on all the same counts as held back: who was to
    be left alone decides, not who was.
    """
    keys = ["opportunity_id", "list"]
    told = actions[actions["on_list"]].groupby(keys, as_index=False)["is_holdout"].any()
    rows = lists.merge(told, on=keys, how="left", validate="many_to_one")
    held = rows["is_holdout"].eq(True)
    states = [held, rows["is_holdout"].notna()]
    treatment = np.select(states, ["held_back", "acted_on"], default="left_alone")
    return rows.assign(treatment=treatment).drop(columns="is_holdout")


def action_states(actions: pd.DataFrame, *, last_list: int) -> pd.DataFrame:
    """Return state, actions: how many could be joined to a list whose window is over.

    `last_list` is the newest list month that has seen its whole window.
    """
    rules = {
        "before_lists": actions["list"].isna(),
        "not_on_list": ~actions["on_list"],
        "too_early": actions["list"] > last_list,
        "held_back": actions["is_holdout"],
    }
    state = np.select(list(rules.values()), list(rules), default="joined")
    counts = pd.Series(state, dtype="object").value_counts().reindex(list(STATES), fill_value=0)
    return counts.rename_axis("state").rename("actions").reset_index()


def rated(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return `by`, won, closed, win_rate, low, high (Wilson) of rows with `won`; `all` comes last."""
    every = pd.concat([rows, rows.assign(**{by: "all"})], ignore_index=True)
    groups = every.dropna(subset=[by]).groupby(by)["won"]
    table = pd.DataFrame({"won": groups.sum(), "closed": groups.size()}).astype("int64")
    low, high = wilson(table["won"].to_numpy(), table["closed"].to_numpy())
    table = table.assign(win_rate=table["won"] / table["closed"], low=low, high=high)
    last = table.index == "all"
    return pd.concat([table[~last], table[last]])[RATES].rename_axis(by).reset_index()
