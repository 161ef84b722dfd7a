"""MRR movements from monthly lines: the engine and the matrix beside pandas written by an expert."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.movements import MOVEMENTS, movement_table
from ltvlab.warehouse.engine import in_memory
from ltvlab.warehouse.matrix import monthly_matrix

FIRST, MONTHS = pd.Period("2023-01", "M"), 36


def invoice_lines(customers: int) -> pd.DataFrame:
    """Return shuffled monthly lines with text ids: most customers stay, some change, some leave."""
    generator = np.random.default_rng(1)
    start = generator.integers(0, MONTHS - 6, customers)
    life = np.minimum(generator.geometric(0.02, customers), MONTHS - start)
    who = np.repeat(np.arange(customers), life)
    month = np.concatenate([np.arange(s, s + n) for s, n in zip(start, life, strict=True)])
    amount = generator.integers(10, 900, customers)[who] + generator.integers(0, 3, len(who))
    lines = pd.DataFrame(
        {
            "customer_id": pd.Series(who).map("C{:08d}".format),
            "month": month + FIRST.ordinal,
            "amount": amount.astype("float64"),
        }
    )
    return lines.sample(frac=1, random_state=1, ignore_index=True)


def with_ltvlab(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the bridge as a report computes it."""
    panel = in_memory({"lines": lines}).table("lines")
    mrr = monthly_matrix(
        panel, by="customer_id", value="amount", first=FIRST, last=FIRST + MONTHS - 1
    )
    mrr.attrs = {"currency": "JPY"}
    return movement_table(mrr, pd.Series(False, index=mrr.index))


def with_pandas(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the same movements by group-by, pivot and comparison of shifted columns."""
    sums = lines.groupby(["customer_id", "month"], sort=False)["amount"].sum()
    now = sums.unstack(fill_value=0.0).sort_index(axis=1)
    before = now.shift(1, axis=1, fill_value=0.0)
    ever = (now > 0).cumsum(axis=1).shift(1, axis=1, fill_value=0) > 0
    change = now - before
    masks = {
        "new": (before == 0) & (now > 0) & ~ever,
        "reactivation": (before == 0) & (now > 0) & ever,
        "churn": (before > 0) & (now == 0),
        "expansion": (before > 0) & (now > before),
        "contraction": (now > 0) & (now < before),
    }
    return pd.DataFrame({name: change.where(mask, 0.0).sum() for name, mask in masks.items()})


def require_equal(lines: pd.DataFrame) -> None:
    """Raise unless both give the same movements to the last digit."""
    ours, theirs = with_ltvlab(lines), with_pandas(lines)
    np.testing.assert_array_equal(
        ours[list(MOVEMENTS)].to_numpy(), theirs[list(MOVEMENTS)].to_numpy()
    )
