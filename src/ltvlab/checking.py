"""The check before a run: rows read against rows used, per file, and everything that looks odd."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from ltvlab.errors import DataError
from ltvlab.months import last_day
from ltvlab.params import load_params
from ltvlab.paths import CompanyFolders, project_root, resolve
from ltvlab.preparing import make_demo, require_month
from ltvlab.sources.faults import EXCLUSIONS
from ltvlab.sources.quality import Intake, read_intake

ROWS = {f"rows_{name}": name for name in ("read", "used", "excluded", "quarantined")}


def check_inputs(
    params: str | Path,
    *,
    month: str | None = None,
    quarantine: bool = False,
    root: Path | None = None,
) -> str:
    """Return the account of a company's inputs as text; raise DataError with every problem.

    All problems are then in data/<company>/problems.csv too, however many the screen shows.
    """
    root = root or project_root()
    settings = load_params(resolve(params, root))
    report_month = require_month(settings, month, root=root)
    make_demo(settings, root)
    listing = CompanyFolders(root, settings.company).warehouse.parent / "problems.csv"
    try:
        intake = read_intake(
            settings, as_of=last_day(report_month), root=root, quarantine=quarantine
        )
    except DataError as error:
        listing.parent.mkdir(parents=True, exist_ok=True)
        rows = [dataclasses.asdict(problem) for problem in error.problems]
        pd.DataFrame(rows).to_csv(listing, index=False, encoding="utf-8", lineterminator="\n")
        raise DataError(f"{error.message}; all of them: {listing}", error.problems) from None
    listing.unlink(missing_ok=True)
    return _account(intake, report_month)


def _account(intake: Intake, month: pd.Period) -> str:
    files = intake.files.rename(columns=ROWS)[["table", "file", "encoding", *ROWS.values()]]
    total = files[list(ROWS.values())].sum()
    parts = [
        f"Inputs as of {last_day(month)}",
        files.to_string(index=False),
        f"{total['read']} rows read = {total['used']} used + {total['excluded']} excluded "
        f"+ {total['quarantined']} quarantined",
    ]
    excluded = intake.excluded.assign(reason=intake.excluded["reason"].map(EXCLUSIONS))
    for title, table in (
        ("Left out", excluded),
        ("Worth a look", intake.warnings[["table", "column", "message", "rows", "example"]]),
    ):
        parts += [f"\n{title}", table.to_string(index=False)] if len(table) else []
    return "\n".join(parts)
