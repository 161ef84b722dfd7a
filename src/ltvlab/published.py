"""What earlier reports of a company said: their facts and figures, read from the published runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.restatements import FIGURES, KEYS, figures_of
from ltvlab.money import to_minor
from ltvlab.paths import CompanyFolders

UNFINISHED = ".partial"
FACT_KEYS = ["id", "month", "segment"]
FACT_COLUMNS = [*FACT_KEYS, "unit", "definition", "value"]


class Published(NamedTuple):
    """One published run: its folder and its manifest."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def month(self) -> str:
        """Return the report month, YYYY-MM."""
        return str(self.manifest["month"])

    @property
    def params(self) -> Mapping[str, Any]:
        """Return the settings that the run was made with."""
        return self.manifest["params"]


def published_runs(folders: CompanyFolders) -> list[Published]:
    """Return every published run of a company, newest first."""
    found = sorted(folders.runs.glob("*/manifest.json"), reverse=True)
    return [run for file in found if (run := _published(file.parent))]


def _published(folder: Path) -> Published | None:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    # A run that was killed at its very end has its manifest, and not yet its place.
    placed = manifest.get("status") == "published" and folder.suffix != UNFINISHED
    return Published(folder, manifest) if placed else None


def stated_facts(internal: Path | None) -> pd.DataFrame:
    """Return the facts of a run: id, month, segment, unit, definition, value.

    Values are as filed: money in major units, None where there is none. A fact that two chapters
    state is one row. None where there is no run, or none of them yet.
    """
    file = internal / "facts.json" if internal else None
    facts = json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else []
    table = pd.DataFrame(facts, columns=FACT_COLUMNS)
    return table.drop_duplicates(FACT_KEYS, ignore_index=True)


def changed_facts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the facts that two runs state with different values, as numbers: before, after, change.

    Money is in major units, as filed. A fact that only one of them states is no change.
    """
    keys = [*FACT_KEYS, "unit"]
    both = before.merge(after, on=keys, how="inner", validate="one_to_one", suffixes=("_x", "_y"))
    values = {
        name: pd.to_numeric(both[f"value_{side}"]).astype("float64")
        for name, side in (("before", "x"), ("after", "y"))
    }
    table = both[[*FACT_KEYS, "unit"]].assign(**values)
    table["change"] = table["after"] - table["before"]
    same = (table["before"] == table["after"]) | (table["before"].isna() & table["after"].isna())
    return table[~same].sort_values(FACT_KEYS, ignore_index=True)


def stated_figures(internal: Path, currency: str) -> pd.DataFrame:
    """Return the figures of past months that a run published, as `past_figures` has them."""
    return figures_of(dict(_tables(internal / "tables", currency)))


def _tables(folder: Path, currency: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, units in FIGURES.items():
        if (folder / f"{name}.csv").is_file():
            table = pd.read_csv(folder / f"{name}.csv")
            money = [figure for figure, unit in units.items() if unit == "money"]
            yield (
                name,
                table.assign(**{figure: to_minor(table[figure], currency) for figure in money}),
            )


def same_statement(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two sets of figures say the same of every month."""
    left, right = (figures.set_index(KEYS)["value"].sort_index() for figures in (one, other))
    return left.index.equals(right.index) and np.array_equal(left, right, equal_nan=True)
