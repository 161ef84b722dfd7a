"""Why MRR moved: every movement split by what happened to families, products, plans and seats.

The signed reasons of a customer-month sum exactly to its one net movement (D08). Only
`cross_sell` and `upsell_*` are sales success; prices and discounts stand apart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ltvlab.metrics.histories import cells_as_held_now
from ltvlab.metrics.movements import HALF_A_MINOR_UNIT, KINDS, MOVEMENTS, changes
from ltvlab.metrics.seats_and_prices import EVENT, FAMILY, held_parts
from ltvlab.months import from_month_number

# What each reason is to the company, in the order in which tables show them.
GROUPS = {
    "acquisition": ("new", "reactivation", "resume"),
    "sales": ("cross_sell", "upsell_seats", "upsell_plan", "upsell_option"),
    "terms": ("price", "ramp", "discount_expiry", "discount_added"),
    "losses": ("downsell", "product_drop", "pause", "involuntary", "to_free", "churn"),
}
REASONS = tuple(reason for group in GROUPS.values() for reason in group)
CELL = [*FAMILY, "product", "plan", "currency"]
FLAGS = ["paused", "past_due", "ramp_step", "free"]
STATES = ["amount", "amount_at_last_rate", "paid_share", "seats", *FLAGS]


def reason_table(
    panel: pd.DataFrame, mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per month, movement and reason: month, movement, reason, amount, customers.

    Amounts are in minor units, losses negative, and sum to each month's movement exactly.
    """
    moved = customer_reasons(panel, mrr, opening, fx=fx)
    moved["customers"] = moved["amount"].abs() >= HALF_A_MINOR_UNIT
    keys = ["month", "movement", "reason"]
    table = moved.groupby(keys, as_index=False)[["amount", "customers"]].sum()
    table = table[(table["amount"] != 0) | (table["customers"] > 0)]
    table = table.sort_values("reason", key=_places(REASONS))
    table = table.sort_values("movement", key=_places(MOVEMENTS), kind="stable")
    table = table.sort_values("month", kind="stable", ignore_index=True)
    table = table.astype({"amount": "float64", "customers": "int64"})
    table["month"] = from_month_number(table["month"])
    table.attrs = dict(mrr.attrs)
    return table


def customer_reasons(
    panel: pd.DataFrame, mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per customer, month (as a number) and reason, with movement and amount.

    `panel` is the whole panel, idle cells included; `fx` as for the movements. A customer-month
    that changed by less than half a minor unit has the one reason `price`.
    """
    events = _events(mrr, opening, fx=fx)
    columns = [*EVENT, "movement", "reason", "amount"]
    if events.empty:
        return pd.DataFrame(columns=columns)
    merges = mrr.attrs.get("merges", ())
    parts = _parts(_cells(panel, events, at_last_rate=fx is not None, merges=merges), panel)
    parts = parts.merge(events, on=EVENT, validate="many_to_one")
    small = parts["net"].abs() < HALF_A_MINOR_UNIT
    parts["reason"] = parts["reason"].mask(small, "price")
    return parts.groupby(columns[:-1], as_index=False)["amount"].sum()


def recent_reasons(reasons: pd.DataFrame, *, months: int = 6) -> pd.DataFrame:
    """Return the last months by reason: group, reason, amount, customers (once per month)."""
    newest = reasons["month"].max()
    sums = reasons[reasons["month"] > newest - months] if len(reasons) else reasons
    sums = sums.groupby("reason", as_index=False)[["amount", "customers"]].sum()
    group = {reason: name for name, held in GROUPS.items() for reason in held}
    sums.insert(0, "group", sums["reason"].map(group))
    table = sums.sort_values("reason", key=_places(REASONS), ignore_index=True)
    table.attrs = dict(reasons.attrs)
    return table


def downsell_saves(
    mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None = None, months: int = 6
) -> pd.Series:
    """Return `customers` who cut back in the last months and still pay, and the `kept` MRR."""
    kind = changes(mrr, opening, fx=fx).kind[:, -months:]
    shrank = (kind == KINDS.index("contraction")).any(axis=1)
    now = mrr.to_numpy()[:, -1:].sum(axis=1)
    saved = shrank & (now > 0)
    return pd.Series({"customers": int(saved.sum()), "kept": float(now[saved].sum())})


def _events(mrr: pd.DataFrame, opening: pd.Series, *, fx: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per customer-month that moved: its movement and net amount."""
    before, now, effect, kind = changes(mrr, opening, fx=fx)
    row, column = np.nonzero(kind)
    return pd.DataFrame(
        {
            "customer_id": mrr.index.to_numpy()[row],
            "month": mrr.columns.astype("int64").to_numpy()[column],
            "movement": np.array(KINDS)[kind[row, column]],
            "net": (now - effect - before)[row, column],
        }
    )


def _cells(
    panel: pd.DataFrame, events: pd.DataFrame, *, at_last_rate: bool, merges: tuple
) -> pd.DataFrame:
    """Return every cell of the customers that moved, as it was before and as it is now."""
    now = _states(panel).merge(events[EVENT], on=EVENT, validate="many_to_one")
    last = cells_as_held_now(panel.assign(month=panel["month"] + 1), merges)
    before = _states(last).merge(events[EVENT], on=EVENT, validate="many_to_one")
    ends = ("_before", "_now")
    cells = before.merge(now, how="outer", on=CELL, suffixes=ends, validate="one_to_one")
    cells = cells.fillna({f"{state}{end}": 0.0 for state in STATES for end in ends})
    paid_before = cells.groupby([*EVENT, "currency"])["amount_before"].transform("sum") > 0
    at_last = cells["amount_at_last_rate_now"]
    cells["amount_now"] = cells["amount_now"].mask(paid_before & at_last_rate, at_last)
    cells["moved"] = cells["amount_now"] - cells["amount_before"]
    cells = cells.merge(events[[*EVENT, "movement"]], on=EVENT, validate="many_to_one")
    return _with_products(cells, panel)


def _states(panel: pd.DataFrame) -> pd.DataFrame:
    rows = panel.assign(
        free=(panel["amount"] == 0) & ~panel["paused"] & ~panel["past_due"],
        paid_share=(panel["amount"] / panel["list_amount"]).where(panel["list_amount"] > 0, 1.0),
    )
    return rows[[*CELL, *STATES]].astype(dict.fromkeys(FLAGS, "float64"))


def _with_products(cells: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Add what is known of the product: an option, surely none, and held before or not."""
    told = panel.get("is_option", pd.Series(pd.NA, index=panel.index)).astype("boolean")
    option = told.groupby(panel["product"]).first()
    is_option = cells["product"].map(option).astype("boolean")
    held = cells.groupby([*EVENT, "product"])["amount_before"].transform("sum") > 0
    return cells.assign(
        is_option=is_option.fillna(False).astype("bool"),
        no_option=(~is_option).fillna(False).astype("bool"),
        product_held=held,
    )


def _parts(cells: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return signed parts of the movements: customer_id, month, reason, amount."""
    family = cells.groupby(FAMILY)
    held = (family["amount_before"].transform("sum") > 0) & (
        family["amount_now"].transform("sum") > 0
    )
    whole = cells.assign(reason=_whole_reasons(cells, panel), amount=cells["moved"])
    return pd.concat(
        [whole.loc[~held, [*EVENT, "reason", "amount"]], held_parts(cells[held])],
        ignore_index=True,
    )


def _whole_reasons(cells: pd.DataFrame, panel: pd.DataFrame) -> np.ndarray:
    """Return why a family came or went as a whole; a family that comes back is no sale."""
    paid = panel[panel["amount"] > 0].groupby(["customer_id", "family"])["month"].min()
    first = cells.join(paid.rename("first"), on=["customer_id", "family"])["first"]
    family, customer = cells.groupby(FAMILY), cells.groupby(EVENT)
    states = ("paused_before", "past_due_before", "paused_now", "past_due_now", "free_now")
    was_paused, was_due, paused, due, free = (family[name].transform("max") > 0 for name in states)
    customer_free = customer["free_now"].transform("max") > 0
    movement, up = cells["movement"], cells["moved"] > 0
    rules = {
        "new": movement == "new",
        "resume": up
        & (was_paused | was_due | (~movement.eq("reactivation") & (cells["month"] > first))),
        "reactivation": movement == "reactivation",
        "pause": ~up & paused,
        "involuntary": ~up & due,
        "to_free": ~up & (free | (movement.eq("churn") & customer_free)),
        "churn": movement == "churn",
        "cross_sell": up,
    }
    return np.select(list(rules.values()), list(rules), default="product_drop")


def _places(names: tuple[str, ...]) -> Callable[[pd.Series], pd.Series]:
    return lambda column: column.map({name: place for place, name in enumerate(names)})
