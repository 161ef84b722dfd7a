"""The weekly lists: opportunities as of any day, written per owner without running a report."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from ltvlab.analyses import opportunities as lists
from ltvlab.contract_loading import load_contract_lines
from ltvlab.errors import Problem, PublishError, UsageError
from ltvlab.feature_loading import load_features, load_terms
from ltvlab.loading import load_matrix, load_panel, load_tables
from ltvlab.preparing import prepare
from ltvlab.report.execute import environment_variables
from ltvlab.report.list_files import write_lists
from ltvlab.report.lock import company_lock
from ltvlab.report.order import Order, take_order
from ltvlab.report.parameters import FROM_THE_RUN, known_parameters
from ltvlab.tables import write_csv

NOTEBOOK = "07_opportunities"


def run_lists(
    params_path: str,
    *,
    as_of: str,
    language: str | None = None,
    quarantine: bool = False,
    root: Path | None = None,
) -> list[Path]:
    """Write the lists as of a day to `reports/<company>/lists/<as_of>/`, and return the files.

    Inside a month use and holdings are those of the last complete month; all else is read up to
    the day. Lists of the same day are replaced, whole or not at all.
    """
    day = require_day(as_of)
    order = take_order(
        params_path, month=as_of[:7], language=language, quarantine=quarantine, root=root
    )
    every = known_parameters(order.notebooks[NOTEBOOK], NOTEBOOK) | dict(order.given[NOTEBOOK])
    settings = {name: value for name, value in every.items() if name not in FROM_THE_RUN}
    ready = prepare(params_path, as_of[:7], root=order.root, quarantine=quarantine)
    environment = {"LTVLAB_ROOT": str(order.root), "LTVLAB_WAREHOUSE": str(ready.warehouse)}
    with environment_variables(environment):
        table, names = _opportunities(params_path, day, settings, order.language)
    target = order.folders.reports / "lists" / as_of
    with company_lock(order.folders.reports):
        return _replaced(target, table, names, order)


def require_day(text: str) -> dt.date:
    """Return the day written YYYY-MM-DD; anything else is refused."""
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    problem = Problem(
        id="E120", message="a day is written YYYY-MM-DD", value=text, fix="write it like 2026-09-28"
    )
    raise UsageError("The day of the lists cannot be read", [problem])


def _opportunities(
    params: str, day: dt.date, settings: dict[str, Any], language: str
) -> tuple[pd.DataFrame, pd.Series]:
    month, as_of = f"{day:%Y-%m}", day.isoformat()
    complete = pd.Period(month, "M") - int((day + dt.timedelta(days=1)).day != 1)
    features = load_features(params, month, at=str(complete), as_of=as_of)
    given = (load_tables(params, month), load_panel(params, month), load_matrix(params, month))
    book = lists.known_book(
        features,
        load_terms(params, month, as_of=as_of),
        *given,
        load_contract_lines(params, month),
        as_of=as_of,
    )
    lowest = settings.pop("lowest_score")
    found = lists.opportunities(
        book, lists.Rules(**settings), gate_rules=lists.GateRules(lowest_score=lowest)
    )
    names = features.get("name", pd.Series("", index=features.index))
    return lists.opportunity_table(found, language=language), names


def _replaced(target: Path, table: pd.DataFrame, names: pd.Series, order: Order) -> list[Path]:
    fresh = target.with_name(f"{target.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        whole = fresh / "opportunities.csv"
        write_csv(table, "opportunities", whole)
        given = {"currency": order.params.currency, "language": order.language}
        files = write_lists(whole, names, fresh / "owners", **given)
        # Lists name customers: nobody but the one who ran them looks in.
        fresh.chmod(0o700)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(fresh, target)  # noqa: PTH105
    except OSError as error:
        problem = Problem(
            id="E707",
            message=error.strerror or str(error),
            value=str(error.filename or target),
            fix="free disk space or mend the rights, then run again",
        )
        raise PublishError("The lists could not be written", [problem]) from error
    return [target / file.relative_to(fresh) for file in files]
