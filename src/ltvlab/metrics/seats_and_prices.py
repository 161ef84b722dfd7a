"""What changed inside a product family that a customer keeps: seats, plans, options, prices.

What is left over in a step is the next one's, so that the parts of a family sum to its change.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.money import on_grid

EVENT = ["customer_id", "month"]
FAMILY = [*EVENT, "family"]
# Prices are round figures: what is left within one hundredth is rounding and no price.
ROUNDING = 0.01
DISCOUNT = ("discount_expiry", "discount_added")
STOPS = ("pause", "involuntary")


def held_parts(cells: pd.DataFrame) -> pd.DataFrame:
    """Return signed parts of families held before and now: customer_id, month, reason, amount.

    `cells` has a row per customer, month, family, product, plan and currency, each state once
    `_before` and once `_now`. The parts of a family sum exactly to its change (D08).
    """
    pauses, unpaid = _stopped(cells, "paused"), _stopped(cells, "past_due")
    stopped = cells[pauses | unpaid]
    why = _by_sign(stopped["moved"], "resume", np.where(pauses[stopped.index], *STOPS))
    steps = _steps(cells[~(pauses | unpaid)])
    # What was agreed at the start of a term is neither a new price nor an ended discount.
    step = steps["ramp_step_now"] > 0
    discount = _by_sign(steps["discount"], *DISCOUNT)
    return pd.concat(
        [
            _part(stopped, why, stopped["moved"]),
            _part(steps, np.where(step, "ramp", "price"), steps["price"]),
            _part(steps, np.where(step, "ramp", discount), steps["discount"]),
            *_quantity_parts(steps),
        ],
        ignore_index=True,
    )


def _stopped(cells: pd.DataFrame, state: str) -> pd.Series:
    """Say which cells stopped paying with the state, or pay again since it is over."""
    turned = np.sign(cells[f"{state}_now"] - cells[f"{state}_before"])
    return turned * cells["moved"] < 0


def _steps(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells with what quantity (seats, plan, product), discount and price changed."""
    before, now, moved = (cells[name] for name in ("amount_before", "amount_now", "moved"))
    runs = (before > 0) & (now > 0)
    counted = runs & (cells["seats_before"] > 0) & (cells["seats_now"] > 0)
    added = (cells["seats_now"] - cells["seats_before"]).where(counted | ~runs, 0.0)
    per_seat = (before / cells["seats_before"]).where(counted, 0.0)
    # An option says no more than its amount where it has no seats.
    whole = ~runs | (cells["is_option"] & ~counted)
    quantity = moved.where(whole, on_grid(added * per_seat))
    discount = _discount(cells, now).where(runs & ~whole, 0.0)
    rest = moved - quantity - discount
    rounding = (rest.abs() < ROUNDING * now) & ((quantity != 0) | (discount != 0))
    discount = discount + rest.where(rounding & (discount != 0), 0.0)
    quantity = quantity + rest.where(rounding & (discount == 0), 0.0)
    price = rest.where(~rounding, 0.0)
    return cells.assign(runs=runs, seats=added, quantity=quantity, discount=discount, price=price)


def _discount(cells: pd.DataFrame, now: pd.Series) -> pd.Series:
    """Return what of `now` is there because another share of the list price is paid."""
    share = cells["paid_share_before"] / cells["paid_share_now"]
    other = (cells["paid_share_now"] - cells["paid_share_before"]).abs() > ROUNDING
    return pd.Series(on_grid(now * (1 - share)), index=cells.index).where(other, 0.0)


def _quantity_parts(steps: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the parts of seats, plans and products; what goes and comes in a family is netted."""
    option = steps["is_option"]
    kept = steps[~option]
    family = [kept[name] for name in FAMILY]
    came, gone = (
        side.groupby(family).transform("any")
        for side in (kept["quantity"] > 0, kept["quantity"] < 0)
    )
    swapped = came & gone
    alone = kept[~swapped]
    return [
        _part(
            steps[option],
            _by_sign(steps.loc[option, "quantity"], "upsell_option", "downsell"),
            steps.loc[option, "quantity"],
        ),
        _part(alone, _alone_reasons(alone), alone["quantity"]),
        *_swaps(kept[swapped]),
    ]


def _alone_reasons(cells: pd.DataFrame) -> np.ndarray:
    new_product = ~cells["runs"] & ~cells["product_held"] & ~cells["no_option"]
    rules = {
        "downsell": cells["quantity"] < 0,
        "upsell_seats": cells["runs"],
        "upsell_option": new_product,
    }
    return np.select(list(rules.values()), list(rules), default="upsell_plan")


def _swaps(cells: pd.DataFrame) -> list[pd.DataFrame]:
    """Return, per family, what other seats cost at the old price, and the rest as the plan's."""
    up = cells["quantity"] > 0
    flows = cells.assign(
        came=cells["quantity"].where(up, 0.0),
        gone=-cells["quantity"].where(~up, 0.0),
        seats_came=cells["seats"].where(up, 0.0),
        seats_gone=-cells["seats"].where(~up, 0.0),
    )
    columns = ["came", "gone", "seats_came", "seats_gone"]
    family = flows.groupby(FAMILY, as_index=False)[columns].sum()
    counted = (family["seats_came"] > 0) & (family["seats_gone"] > 0)
    per_seat = (family["gone"] / family["seats_gone"]).where(counted, 0.0)
    seats = on_grid((family["seats_came"] - family["seats_gone"]) * per_seat)
    plan = family["came"] - family["gone"] - seats
    rounding = (plan.abs() < ROUNDING * family["came"]) & (seats != 0)
    seats, plan = seats + plan.where(rounding, 0.0), plan.where(~rounding, 0.0)
    return [
        _part(family, _by_sign(seats, "upsell_seats", "downsell"), seats),
        _part(family, _by_sign(plan, "upsell_plan", "downsell"), plan),
    ]


def _by_sign(amounts: pd.Series, up: str, down: str | np.ndarray) -> np.ndarray:
    return np.where(amounts > 0, up, down)


def _part(cells: pd.DataFrame, reason: str | np.ndarray, amount: pd.Series) -> pd.DataFrame:
    parts = cells[EVENT].assign(reason=reason, amount=amount)
    return parts[parts["amount"] != 0]
