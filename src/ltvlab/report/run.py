"""One report from start to end: lock, check, run, gate, render, verify, publish."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from nbformat import NotebookNode

from ltvlab.errors import DataError
from ltvlab.report.collect import write_findings
from ltvlab.report.execute import (
    environment_variables,
    kernels,
    run_notebooks,
    terminate_as_interrupt,
)
from ltvlab.report.gate import require_presentable
from ltvlab.report.lock import company_lock
from ltvlab.report.manifest import commit, input_hashes, versions, write_manifest
from ltvlab.report.notebooks import chosen, in_turn
from ltvlab.report.order import Order, take_order
from ltvlab.report.progress import progress
from ltvlab.report.public_tables import write_public_tables
from ltvlab.report.publish import (
    not_written,
    publish,
    set_aside,
    set_aside_interrupted,
    start_run,
)
from ltvlab.report.render import Rendered, chosen_renderer, render

# What checking the inputs left in the warehouse: tables by name.
Intake = Mapping[str, pd.DataFrame]
# Tables that a company with orders only does not have, and why.
WITHOUT_CONTRACTS = {
    "mrr_movements": "an order promises no next one, so there is no recurring revenue to move",
    "mrr_reasons": "what an order brings is no movement that could have a reason",
    "retention": "NRR, GRR and churn compare recurring revenue, which orders have none of",
    "survival": "an order has no end that could be seen",
    "arpa": "the price of a customer is its MRR, and orders are none",
    "gross_movements": "an order is no monthly amount that could rise or fall",
    "renewals": "an order has no term that could be renewed",
    "convention_gaps": "the tools compared measure recurring revenue, which orders have none of",
    "convention_effects": "the conventions compared are those of recurring revenue",
    "reconciliation": "MRR is led to invoices, and orders have no MRR",
    "scenarios": "an order promises no next one, so there is no MRR to carry forward",
    "allocation_months": "nothing is lost between orders that could be set against new MRR",
    "returns": "an order earns no margin a month that spend could be held against",
}
WITHOUT_TERMS = {"renewals": "an invoice does not say when the contract behind it ends"}
NOT_APPLICABLE = {"orders": WITHOUT_CONTRACTS, "invoices": WITHOUT_TERMS}
INTAKE = ("intake_files", "intake_warnings", "intake_quarantine")


@dataclass(frozen=True, kw_only=True)
class PublishedReport:
    """Where a reader finds the report."""

    index: Path
    pdf: Path
    folder: Path


class Ran(NamedTuple):
    """The executed notebooks, what the intake said, and the name of the warehouse they read."""

    executed: dict[str, NotebookNode]
    intake: Intake
    warehouse: str


def run_report(
    params_path: str | Path,
    *,
    month: str | None = None,
    language: str | None = None,
    renderer: str | None = None,
    quarantine: bool = False,
    root: Path | None = None,
) -> PublishedReport:
    """Run every notebook for a month and publish the report, whole or not at all.

    A failed run is kept in `failed/`, and the report published before stays as it was.
    """
    order = take_order(
        params_path,
        month=month,
        language=language,
        renderer=renderer,
        quarantine=quarantine,
        root=root,
    )
    chosen_renderer(order.renderer)
    with terminate_as_interrupt(), company_lock(order.folders.reports):
        set_aside_interrupted(order.folders)
        run_dir = start_run(order.folders, order.digest)
        with _failures_set_aside(order, run_dir):
            ran = _run(order, run_dir)
            rendered = _render(order, ran.executed, run_dir / "public")
            kept_back = write_public_tables(
                run_dir / "internal" / "tables", run_dir / "public" / "tables"
            )
            fields = _fields(order, ran.intake) | _outcome(rendered, kept_back)
            write_manifest(run_dir, "published", fields | {"warehouse": ran.warehouse})
            link = publish(order.folders, run_dir, str(order.month), order.language)
    public = link / "public"
    return PublishedReport(index=public / "index.html", pdf=public / "report.pdf", folder=link)


def run_one(
    params_path: str | Path,
    name: str,
    *,
    month: str | None = None,
    language: str | None = None,
    quarantine: bool = False,
    root: Path | None = None,
) -> Path:
    """Run one notebook and return its executed copy; nothing is rendered or published."""
    order = take_order(
        params_path, month=month, language=language, quarantine=quarantine, root=root
    )
    wanted = chosen(name, order.notebooks)
    order = dataclasses.replace(order, notebooks={wanted: order.notebooks[wanted]})
    with terminate_as_interrupt(), company_lock(order.folders.reports):
        set_aside_interrupted(order.folders)
        run_dir = start_run(order.folders, order.digest)
        with _failures_set_aside(order, run_dir):
            _run(order, run_dir)
            write_manifest(run_dir, "shown", _fields(order, {}))
            kept = set_aside(order.folders, run_dir, place=order.folders.reports / "shown")
    return kept / "internal" / "notebooks" / f"{wanted}.ipynb"


@contextlib.contextmanager
def _failures_set_aside(order: Order, run_dir: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if run_dir.exists():
            _note_failure(order, run_dir, error)
            kept = set_aside(order.folders, run_dir)
            error.add_note(f"Nothing was published. What ran is kept in {kept}")
        if isinstance(error, OSError):
            raise not_written(error) from error
        raise


def _note_failure(order: Order, run_dir: Path, error: BaseException) -> None:
    # A full disk must not hide the error that matters behind its own.
    with contextlib.suppress(OSError):
        if isinstance(error, DataError):
            rows = [dataclasses.asdict(problem) for problem in error.problems]
            _write_table(pd.DataFrame(rows), run_dir / "internal" / "problems.csv")
        reason = str(error) or type(error).__name__
        write_manifest(run_dir, "failed", {**_fields(order, {}), "error": reason})


def _run(order: Order, run_dir: Path) -> Ran:
    # Imported here: whatever is wrong with notebooks and parameters is said before the engine loads.
    from ltvlab.loading import load_tables
    from ltvlab.preparing import prepare

    month = str(order.month)
    ready = prepare(order.params_path, month, root=order.root, quarantine=order.quarantine)
    environment = {"LTVLAB_ROOT": str(order.root), "LTVLAB_WAREHOUSE": str(ready.warehouse)}
    with environment_variables(environment):
        intake = load_tables(order.params_path, month, names=list(INTAKE))
        _write_table(intake["intake_warnings"], run_dir / "internal" / "problems.csv")
        _write_table(intake["intake_quarantine"], run_dir / "internal" / "quarantine.csv")
        executed = _executed(order, run_dir, environment)
        _write_lists(order, run_dir / "internal")
    return Ran(executed, intake, ready.warehouse.name)


def _write_lists(order: Order, internal: Path) -> None:
    from ltvlab.loading import load_tables
    from ltvlab.report.list_files import write_lists

    opportunities = internal / "tables" / "opportunities.csv"
    if opportunities.exists():
        given = load_tables(order.params_path, str(order.month), names=["customers"])["customers"]
        names = given.set_index("customer_id").get("name", pd.Series(dtype="str"))
        words = {"currency": order.params.currency, "language": order.language}
        write_lists(opportunities, names, internal / "lists", **words)


def _write_table(table: pd.DataFrame, file: Path) -> None:
    table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def _executed(
    order: Order, run_dir: Path, environment: Mapping[str, str]
) -> dict[str, NotebookNode]:
    (run_dir / "internal" / "tables").mkdir(exist_ok=True)
    executed: dict[str, NotebookNode] = {}
    with kernels(run_dir, environment), progress(len(order.notebooks)) as tell:
        for names in filter(None, in_turn(order.notebooks)):
            group = {name: order.notebooks[name] for name in names}
            executed |= run_notebooks(group, order.given, run_dir, tell=tell)
            require_presentable(executed)
            write_findings(executed, run_dir / "internal")
    return executed


def _render(order: Order, executed: Mapping[str, NotebookNode], public: Path) -> Rendered:
    return render(
        executed,
        order.params,
        order.month,
        order.language,
        public,
        template=order.root / "reports" / "template",
        renderer=order.renderer,
    )


def _fields(order: Order, intake: Intake) -> dict[str, Any]:
    return {
        "company": order.params.company,
        "month": str(order.month),
        "language": order.language,
        "params_file": order.params_path,
        "params": order.params.model_dump(mode="json"),
        "notebooks": {name: dict(order.given[name]) for name in order.notebooks},
        "commit": commit(order.root),
        "versions": versions(),
        "inputs": input_hashes(intake.get("intake_files")),
        "not_applicable": dict(NOT_APPLICABLE.get(order.params.basis, {})),
    }


def _outcome(rendered: Rendered, kept_back: list[str]) -> dict[str, Any]:
    return {
        "renderer": rendered.renderer,
        "pages": list(rendered.pages),
        "missing_glyphs": dict(rendered.missing_glyphs),
        "tables_kept_back": kept_back,
    }
