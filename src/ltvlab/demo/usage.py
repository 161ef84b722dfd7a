"""Product usage by month: seats, storage, logins and the key feature, falling before a notice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import (
    OPEN,
    PRODUCTS,
    STORAGE,
    STORAGE_LIMIT,
    STORAGE_OPTION_GB,
    TIERS,
    first_days,
    month_of,
)
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.endings import draw_notices

LEAD_MONTHS = 3  # usage falls so many months before a notice
FALL = (0.82, 0.62, 0.46, 0.36)  # of the usual, in the first, second, third and later months
LARGEST_USUAL_SHARE = 0.77  # nobody comes near a limit unless it is planted
QUIET_MONTHS = {7: 0.88, 11: 0.92, 0: 0.95}  # August, December and January move everyone


def draw_usage(
    lines: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per customer, product, month and metric."""
    held = _held_months(lines, customers)
    held = _with_levels(held, customers, rng)
    wide = held.assign(
        seats=np.floor(held["seat_limit"] * held["level"]).clip(lower=1),
        # Files stay where they are when people stop working with them.
        storage=np.round(held["storage_limit"] * held["habit"], 1),
        logins=np.rint(held["seat_limit"] * held["level"] * 14 * _season(held["paid"])),
        key_feature=np.rint(held["seat_limit"] * held["level"] * 5 * _season(held["paid"])),
    )
    return _long(wide)


def _held_months(lines: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return customer × product × month with the limits that are paid for and the notice month."""
    announced = lines.assign(notice=month_of(draw_notices(lines, customers)))
    rows = paid_months(announced)
    option = rows[rows["product"] == STORAGE][["customer", "paid"]].drop_duplicates()
    rows = rows[rows["product"] != STORAGE]
    held = rows.groupby(["customer", "customer_id", "product", "paid"], as_index=False).agg(
        seat_limit=("seats", "sum"), plan=("plan", "max")
    )
    notice = _last_notice(lines, announced)
    held = held.assign(notice=held["customer"].map(notice).fillna(OPEN).astype("int64"))
    has_option = held.merge(
        option.assign(extra=STORAGE_OPTION_GB), on=["customer", "paid"], how="left", validate="m:1"
    )["extra"].fillna(0.0)
    own = STORAGE_LIMIT[held["plan"].clip(upper=len(TIERS) - 1)]
    return held.assign(storage_limit=own + has_option * (held["product"] == 0))


def _last_notice(lines: pd.DataFrame, announced: pd.DataFrame) -> pd.Series:
    """Return the month in which each customer announces that it leaves, known yet or not."""
    last = announced["until"] == lines.groupby("customer")["until"].transform("max")
    return announced[last & ~announced["replaced"]].groupby("customer")["notice"].min()


def _with_levels(
    held: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the share of its limit each row uses: a customer's `habit`, and `level` after a fall."""
    satisfaction = customers["satisfaction"].to_numpy()
    habit = 0.55 + 0.07 * satisfaction + rng.normal(0, 0.08, len(customers))
    usual = habit[held["customer"]] + rng.normal(0, 0.025, len(held))
    usual = np.clip(usual, 0.15, LARGEST_USUAL_SHARE)
    falling = held["paid"].to_numpy() - (held["notice"].to_numpy() - LEAD_MONTHS)
    fall = np.array(FALL)[np.clip(falling, 0, len(FALL) - 1)]
    return held.assign(habit=usual, level=usual * np.where(falling >= 0, fall, 1.0))


def _season(months: pd.Series) -> np.ndarray:
    return (months % 12).map(QUIET_MONTHS).fillna(1.0).to_numpy()


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    keys = ["customer_id", "product", "paid"]
    limits = {"seats": "seat_limit", "storage": "storage_limit"}
    parts = [
        wide[keys].assign(
            metric=metric,
            used=wide[metric],
            limit=wide[limits[metric]] if metric in limits else np.nan,
        )
        for metric in ("seats", "storage", "logins", "key_feature")
    ]
    rows = pd.concat(parts).sort_values([*keys, "metric"], kind="stable", ignore_index=True)
    return rows.assign(
        product=PRODUCTS["product"].to_numpy()[rows["product"]],
        month=first_days(rows["paid"]),
    )
