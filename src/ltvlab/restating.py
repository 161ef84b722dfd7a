"""The way from an earlier report's book to a later one's, built again one cause at a time (D45)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from ibis.backends.duckdb import Backend
from pydantic import ValidationError

from ltvlab.errors import LtvlabError
from ltvlab.loading import book_of, customers_of, matrix_of
from ltvlab.metrics.restatements import past_figures, restated
from ltvlab.months import last_day
from ltvlab.params import Params
from ltvlab.paths import CompanyFolders
from ltvlab.published import Published, stated_figures
from ltvlab.sources.quality import read_intake
from ltvlab.warehouse.build import build
from ltvlab.warehouse.engine import in_memory, reading
from ltvlab.warehouse.grain import given_tables
from ltvlab.warehouse.revisions import BOOKED, Tables, corrected, revision_counts, until

# Settings that decide what counts as what; every other one is changed_params.
DEFINITIONS = (
    "gap_days", "end_date_convention", "history_complete_from", "past_due_days", "paused",
    "churn_timing", "customer_grain",
)  # fmt: skip
# Settings that decide what a file is read as.
READING = ("sources", "tax_mode", "tax_rate", "time_zone")
# What of a source changes with every export, and is no way of reading it.
EVERY_MONTH = ("file", "expected_rows", "expected_amount")
Stages = list[tuple[str, pd.DataFrame]]


class Side(NamedTuple):
    """One of two reports: its settings, its month, its warehouse."""

    params: Params
    month: pd.Period
    warehouse: Path


class Way(NamedTuple):
    """The figures after each cause, and how many rows of which table were late, changed or gone."""

    stages: Stages
    rows: pd.DataFrame


def settings_of(stored: Mapping[str, Any]) -> Params | None:
    """Return the settings that a manifest holds, or None where this version does not know them all."""
    try:
        return Params.model_validate_json(json.dumps(stored))
    except ValidationError:
        return None


def side_of(run: Published, *, root: Path) -> Side | None:
    """Return an earlier run as a side; None where its warehouse or its settings are no longer known."""
    settings, name = settings_of(run.params), run.manifest.get("warehouse")
    if settings is None or not name:
        return None
    warehouse = CompanyFolders(root, settings.company).warehouse / str(name)
    return Side(settings, pd.Period(run.month, "M"), warehouse) if warehouse.is_file() else None


def restated_between(before: Published, after: Published, *, root: Path) -> pd.DataFrame | None:
    """Return the past figures that two runs published differently, by cause; None as `side_of`.

    What today's code makes of the later run otherwise than it published is changed code too.
    """
    sides = [side_of(run, root=root) for run in (before, after)]
    if not all(sides):
        return None
    said = [
        stated_figures(run.folder / "internal", str(run.params["currency"]))
        for run in (before, after)
    ]
    way = cause_stages(*sides, root=root)
    return restated(said[0], [*way.stages, ("changed_code", said[1])])


def cause_stages(before: Side, after: Side, *, root: Path) -> Way:
    """Return the figures of `before` after each cause on the way to `after`.

    Raises LtvlabError where a book in between cannot be built.
    """
    then = pd.Timestamp(last_day(before.month))
    old, old_files = _kept(before.warehouse)
    whole, files = _kept(after.warehouse)
    new = until(whole, then)
    read_alike = (
        _read_before(before, after, files, root=root) if _reads_otherwise(before, after) else new
    )
    # An unchanged file that reads otherwise under the same settings is read by other code.
    same = _unchanged(old_files, files) if read_alike is new else set()
    base = {name: new[name] if name in same and name in new else rows for name, rows in old.items()}
    data = base if read_alike is None else read_alike
    ruled = before.params.model_copy(
        update={name: getattr(after.params, name) for name in DEFINITIONS}
    )
    steps = (
        ("changed_code", base, before.params),
        ("corrected_data", corrected(base, data), before.params),
        ("late_data", data, before.params),
        ("changed_definition", data, ruled),
        ("changed_params", new, after.params),
    )
    stages = _built(steps, before.month)
    with reading(after.warehouse) as connection:
        stages.append(("settled", book_figures(connection, after.params)))
    return Way(stages, revision_counts(base, data))


def book_figures(connection: Backend, settings: Params) -> pd.DataFrame:
    """Return the figures of past months of an open warehouse, as the report publishes them."""
    book = book_of(connection)
    mrr = matrix_of(connection, book, view="booked")
    if book["basis"] == "orders":
        return past_figures(mrr, pd.Series(dtype="bool"))
    rates = {
        name: matrix_of(connection, book, value=value, view="booked")
        for name, value in (("fx", "fx"), ("year_ago_rates", "year_ago_rates"))
    }
    customers = customers_of(connection, book, settings, view="booked")
    return past_figures(mrr, customers["opening"], **rates)


def _kept(warehouse: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    with reading(warehouse) as connection:
        return given_tables(connection, BOOKED), connection.table("intake_files").to_pandas()


def _built(steps: Iterable[tuple[str, Tables, Params]], month: pd.Period) -> Stages:
    """Return the figures after each step; one that changes neither rows nor rules is not built."""
    stages: Stages = []
    last: tuple[Tables, Params] | None = None
    for cause, tables, params in steps:
        if last and params == last[1] and revision_counts(last[0], tables).empty:
            figures = stages[-1][1]
        else:
            figures = _figures(tables, params, month)
        stages.append((cause, figures))
        last = tables, params
    return stages


def _figures(tables: Tables, params: Params, month: pd.Period) -> pd.DataFrame:
    connection = in_memory({})
    try:
        build(connection, tables, params, month)
        return book_figures(connection, params)
    finally:
        connection.disconnect()


def _unchanged(old: pd.DataFrame, new: pd.DataFrame) -> set[str]:
    """Return the tables whose files are the same bytes in both."""
    hashes = [files.groupby("table")["sha256"].agg(frozenset) for files in (old, new)]
    both = hashes[0].index.intersection(hashes[1].index)
    return {name for name in both if hashes[0][name] == hashes[1][name]}


def _reads_otherwise(before: Side, after: Side) -> bool:
    alike = _reading_as(before.params, after.params)
    return any(getattr(alike, name) != getattr(after.params, name) for name in READING)


def _reading_as(old: Params, new: Params) -> Params:
    """Return `new` with what decides how its files are read taken from `old`."""
    sources = {
        name: old.sources[name].model_copy(
            update={field: getattr(source, field) for field in EVERY_MONTH}
        )
        if name in old.sources
        else source
        for name, source in new.sources.items()
    }
    kept = {name: getattr(old, name) for name in READING}
    return new.model_copy(update={**kept, "sources": sources})


def _read_before(
    before: Side, after: Side, files: pd.DataFrame, *, root: Path
) -> dict[str, pd.DataFrame] | None:
    """Return the files of `after` as the settings of then read them; None where they cannot be.

    What data and settings changed together is then not told apart, and counts as settings.
    """
    reading_then = _reading_as(before.params, after.params)
    try:
        intake = read_intake(reading_then, as_of=last_day(before.month), root=root, quarantine=True)
    except LtvlabError:
        return None
    if set(intake.files["sha256"]) != set(files["sha256"]):
        return None
    return {name: rows for name, rows in intake.tables.items() if name in BOOKED}
