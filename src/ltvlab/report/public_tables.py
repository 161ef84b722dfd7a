"""The tables leadership may have: no customer by name, no value of a handful of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# A row of fewer customers tells on each of them.
FEWEST_SHOWN = 5
CUSTOMER_COLUMNS = ("customer_id", "parent_id", "into_customer_id")
VALUES = ("value", "low", "high")


def write_public_tables(internal: Path, public: Path) -> list[str]:
    """Copy metric tables for leadership, and return the names of those kept back.

    A table with a column of customers is kept back; rows of fewer than five customers lose
    their values and keep their place.
    """
    public.mkdir(parents=True, exist_ok=True)
    kept_back = []
    for file in sorted(internal.glob("*.csv")):
        # As text: a number written again could come out otherwise than it went in.
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        if set(CUSTOMER_COLUMNS) & set(table.columns):
            kept_back.append(file.stem)
            continue
        without_small_groups(table).to_csv(
            public / file.name, index=False, lineterminator="\n", encoding="utf-8"
        )
    return kept_back


def without_small_groups(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the values of rows of fewer than five customers emptied."""
    if "n" not in table:
        return table
    few = pd.to_numeric(table["n"], errors="coerce") < FEWEST_SHOWN
    emptied = [column for column in VALUES if column in table]
    return table.assign(**{column: table[column].mask(few, "") for column in emptied})
