"""Tables, matrix, customers and findings for notebooks; the first call builds the warehouse."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock
from ibis.backends.duckdb import Backend

from ltvlab.demo.exports import write_exports
from ltvlab.errors import Problem, UsageError
from ltvlab.findings import RUN_FOLDER
from ltvlab.months import last_day, month_range
from ltvlab.params import Params, load_params
from ltvlab.paths import CompanyFolders, project_root, resolve
from ltvlab.sources.quality import Intake, read_intake
from ltvlab.warehouse.build import BASES, build
from ltvlab.warehouse.customers import customer_features, first_cells
from ltvlab.warehouse.engine import building, reading, store
from ltvlab.warehouse.matrix import monthly_matrix
from ltvlab.warehouse.naming import warehouse_file
from ltvlab.warehouse.panel import whole_panel

# A run has checked the inputs and built this file; its notebooks read it and nothing else.
WAREHOUSE = "LTVLAB_WAREHOUSE"
KEPT = ("currency", "basis", "margin_source", "newest_month")
INTAKE = ("files", "excluded", "warnings", "quarantine", "columns")
# What the warehouse computes for itself, beside the company's tables and the intake's own.
INNER = {"families", "options", "margins", "rates", "periods", "credits", "panel", "idle", "book"}


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


def load_tables(
    params: str, month: str, *, names: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return canonical tables by name, and the intake's own under `intake_…`."""
    with _opened(params, month) as (connection, _):
        wanted = names or sorted(set(connection.list_tables()) - INNER)
        return {name: connection.table(name).to_pandas() for name in wanted}


def load_panel(params: str, month: str) -> pd.DataFrame:
    """Return the panel: customer × product × plan × currency × month (money in minor units).

    With contracts or invoices also what is paused or free, at 0, and `is_option` where plans say it.
    """
    with _opened(params, month) as (connection, book):
        return whole_panel(connection, basis=book["basis"])


def load_matrix(
    params: str, month: str, *, by: str | Sequence[str] = "customer_id", value: str = "amount"
) -> pd.DataFrame:
    """Return the monthly matrix: a row per `by`, a column per month, sums of `value`.

    `value` is amount (MRR, or revenue for orders), margin, list_amount, annual_amount, seats,
    orders, credits (refunds and credit notes, negative, in the month issued), or fx (the part of the month's change that exchange rates made). Money in minor
    units; the frame's attrs say currency, basis and where the margin comes from.
    """
    with _opened(params, month) as (connection, book):
        ends = ("first", "last")
        span = {name: pd.Period(ordinal=int(book[f"{name}_month"]), freq="M") for name in ends}
        if value == "fx":
            shown = _fx_matrix(connection, **span)
        elif value == "credits":
            shown = _credit_matrix(connection, **span)
        else:
            shown = monthly_matrix(connection.table("panel"), by=by, value=value, **span)
    shown = shown.loc[(shown != 0).any(axis=1)] if value == "amount" else shown
    shown.attrs = {name: book[name] for name in KEPT}
    note = load_params(params).churn_note
    shown.attrs |= {"churn_note_en": note.en, "churn_note_ja": note.ja} if note else {}
    return shown


def _fx_matrix(connection: Backend, *, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Return what exchange rates changed, for currencies a customer paid in the month before (D10)."""
    panel, keys = connection.table("panel"), ["customer_id", "currency"]
    now, before = (
        monthly_matrix(panel, by=keys, value=value, first=first, last=last)
        for value in ("amount", "amount_at_last_rate")
    )
    paid_before = now.shift(1, axis=1).fillna(0.0) > 0
    return (now - before).where(paid_before, 0.0).groupby(level="customer_id").sum()


def _credit_matrix(connection: Backend, *, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    if "credits" not in connection.list_tables():
        return pd.DataFrame(columns=month_range(first, last), dtype="float64")
    return monthly_matrix(
        connection.table("credits"), by="customer_id", value="credits", first=first, last=last
    )


def load_customers(params: str, month: str) -> pd.DataFrame:
    """Return one feature row per customer that ever paid, indexed by customer_id."""
    with _opened(params, month) as (connection, book):
        customers = connection.table("customers").to_pandas()
        cells = first_cells(connection)
    settings = load_params(params)
    return customer_features(
        customers,
        cells,
        first_month=pd.Period(ordinal=int(book["first_month"]), freq="M"),
        losses_declared=bool(book["losses_declared"]),
        size_bands=settings.size_bands,
        fiscal_first_month=settings.fiscal_year_first_month,
        min_customers=settings.min_customers,
    )


def load_findings(
    params: str, month: str, *, language: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the findings and facts of this run, else of the last published report, else none."""
    settings = load_params(params)
    run = os.environ.get(RUN_FOLDER)
    folders = CompanyFolders(project_root(), settings.company)
    places = [Path(run)] if run else [folders.published(month, language), folders.latest / language]
    for place in places:
        files = [place / "internal" / name for name in ("findings.json", "facts.json")]
        if all(file.is_file() for file in files):
            findings, facts = (json.loads(file.read_text(encoding="utf-8")) for file in files)
            return findings, facts
    return [], []


@contextmanager
def _opened(params: str, month: str) -> Iterator[tuple[Backend, dict[str, Any]]]:
    ready = prepare(params, month)
    with reading(ready.warehouse) as connection:
        yield connection, connection.table("book").to_pandas().iloc[0].to_dict()


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
