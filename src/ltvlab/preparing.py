"""One company and month made ready: settings read, inputs checked, the warehouse built once."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock

from ltvlab.demo.exports import write_exports
from ltvlab.errors import Problem, UsageError
from ltvlab.months import last_day
from ltvlab.params import Params, load_params
from ltvlab.paths import project_root, resolve
from ltvlab.sources.quality import Intake, read_intake
from ltvlab.warehouse.build import BASES, build
from ltvlab.warehouse.engine import building, store
from ltvlab.warehouse.naming import warehouse_file

# A run has checked the inputs and built this file; its notebooks read it and nothing else.
WAREHOUSE = "LTVLAB_WAREHOUSE"
INTAKE = ("files", "excluded", "warnings", "quarantine", "columns")


@dataclass(frozen=True)
class Prepared:
    """One company and month, checked and built: what every `load_` reads from."""

    params: Params
    month: pd.Period
    warehouse: Path


def prepare(
    params: str | Path,
    month: str | None = None,
    *,
    root: Path | None = None,
    quarantine: bool = False,
) -> Prepared:
    """Check the inputs and build the warehouse of a params file and month, unless it stands.

    Raises UsageError without a month, DataError with every problem the inputs have.
    """
    root = root or project_root()
    settings = load_params(resolve(params, root))
    report_month = require_month(settings, month, root=root)
    given = os.environ.get(WAREHOUSE)
    if given:
        return Prepared(settings, report_month, Path(given))
    make_demo(settings, root)
    file = warehouse_file(settings, report_month, root, quarantine=quarantine)
    file.parent.mkdir(parents=True, exist_ok=True)
    # Two notebooks opened at once would otherwise build the same file side by side.
    with FileLock(file.with_suffix(".lock")):
        if not file.exists():
            _build(file, settings, report_month, root, quarantine=quarantine)
    return Prepared(settings, report_month, file)


def make_demo(settings: Params, root: Path) -> None:
    """Write the demo company's exports where they are missing or another seed's; others bring their own.

    Refuses a folder that holds files of somebody else, so that nothing of theirs is written over.
    """
    if settings.demo_seed is None:
        return
    folder = resolve(settings.data_folder, root)
    if settings.demo_seed != _seed_of(folder):
        _require_no_files(folder)
        write_exports(folder, seed=settings.demo_seed)


def _seed_of(folder: Path) -> int | None:
    planted = folder / "planted.json"
    return json.loads(planted.read_text(encoding="utf-8"))["seed"] if planted.exists() else None


def _require_no_files(folder: Path) -> None:
    if not (folder / "planted.json").exists() and any(folder.glob("*.csv")):
        problem = Problem(
            id="E118",
            message="`demo_seed` would write the demo's exports over files that are not the demo's",
            value=str(folder),
            fix="take `demo_seed` out of the params file of a company that brings its own data",
        )
        raise UsageError("The demo company cannot be written here", [problem])


def _build(file: Path, settings: Params, month: pd.Period, root: Path, *, quarantine: bool) -> None:
    intake = read_intake(settings, as_of=last_day(month), root=root, quarantine=quarantine)
    with building(file) as connection:
        build(connection, intake.tables, settings, month)
        store(connection, intake_tables(intake))


def intake_tables(intake: Intake) -> dict[str, pd.DataFrame]:
    """Return what the intake says of itself, as tables that a warehouse keeps."""
    return {f"intake_{name}": getattr(intake, name) for name in INTAKE}


def require_month(settings: Params, month: str | None, *, root: Path) -> pd.Period:
    """Return the report month; without one raise UsageError, naming the last month the data cover."""
    chosen = settings.report_month(month)
    if chosen is not None:
        return chosen
    last = _last_complete_month(settings, root)
    hint = (
        f"{last} is the last complete month in the data"
        if last is not None
        else "a month that the data cover"
    )
    problem = Problem(
        id="E108",
        message="no month is given",
        column="month",
        fix=f"add --month YYYY-MM (make report MONTH=YYYY-MM) or `month:` in the params file; {hint}",
    )
    raise UsageError("The report needs a month", [problem])


def _last_complete_month(settings: Params, root: Path) -> pd.Period | None:
    make_demo(settings, root)
    tables = read_intake(settings, as_of=dt.date(2100, 12, 31), root=root).tables
    basis = next(name for name in BASES if name in tables)
    newest = tables[basis][
        {"contracts": "start_date", "invoices": "month", "orders": "date"}[basis]
    ].max()
    if pd.isna(newest):
        return None
    month = newest.to_period("M")
    return month if basis == "invoices" or newest.date() == last_day(month) else month - 1
