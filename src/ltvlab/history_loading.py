"""What earlier reports said that this one says differently, for notebooks, with its causes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ltvlab.errors import LtvlabError
from ltvlab.findings import RUN_FOLDER
from ltvlab.metrics.restatements import COLUMNS, NOT_SPLIT, one_sided, restated
from ltvlab.paths import CompanyFolders, project_root
from ltvlab.preparing import Prepared, prepare
from ltvlab.published import (
    FACT_KEYS,
    Published,
    changed_facts,
    published_runs,
    same_statement,
    stated_facts,
    stated_figures,
)
from ltvlab.restating import Side, book_figures, cause_stages, side_of
from ltvlab.warehouse.engine import reading
from ltvlab.warehouse.revisions import COUNTS

SINCE = ("month_before", "same_month")
COMPARED = ["run", "month", "figure", "before", "after", "one_sided", "split"]
CHANGED_FACTS = [*FACT_KEYS, "unit", "before", "after", "change"]


class History(NamedTuple):
    """What changed since earlier reports; every table has the column `since`, one of `SINCE`.

    `compared`: run, month, figure (what that report led with), before, after, one_sided (figures
    that only one of the two has), split (why the change cannot be split by cause, or empty). `restated`: past figures by cause, money in minor units. `facts`:
    facts of this month that read otherwise, money in major units. `rows`: rows of the inputs that
    were late, changed or gone, by table.
    """

    compared: pd.DataFrame
    restated: pd.DataFrame
    facts: pd.DataFrame
    rows: pd.DataFrame


class Now(NamedTuple):
    """This report: its inputs, its figures, and, inside a run, the facts of its other chapters."""

    ready: Prepared
    figures: pd.DataFrame
    facts: pd.DataFrame


def load_history(params: str, month: str) -> History:
    """Return what this report says otherwise than the last one of an earlier month, and of its own.

    A report of the same month that says the same is passed over, so that making a report again
    changes none of its pages.
    """
    ready = prepare(params, month)
    with reading(ready.warehouse) as connection:
        figures = book_figures(connection, ready.params)
    run = os.environ.get(RUN_FOLDER)
    now = Now(ready, figures, stated_facts(Path(run) / "internal" if run else None))
    earlier = _earlier(now)
    found = [_since(old, now) for old in earlier.values()]
    tables = [_stacked(part, earlier) for part in zip(*found, strict=True)] if found else _nothing()
    history = History(*tables)
    history.restated.attrs = {"currency": ready.params.currency, "month": str(ready.month)}
    return history


def _earlier(now: Now) -> dict[str, Published]:
    """Return the newest report of the last month before, and of this month with other figures."""
    settings, month = now.ready.params, str(now.ready.month)
    runs = [
        run
        for run in published_runs(CompanyFolders(project_root(), settings.company))
        if _comparable(run, now)
    ]
    before = max((run.month for run in runs if run.month < month), default="")
    found = {
        "month_before": (run for run in runs if run.month == before),
        "same_month": (run for run in runs if run.month == month and _says_otherwise(run, now)),
    }
    return {since: run for since, of_month in found.items() if (run := next(of_month, None))}


def _comparable(run: Published, now: Now) -> bool:
    """Tell whether a report counts in the same money and both cover its month."""
    if run.params["currency"] != now.ready.params.currency:
        return False
    return all(run.month in set(figures["month"]) for figures in (_said(run), now.figures))


def _says_otherwise(run: Published, now: Now) -> bool:
    said, facts = _said(run), stated_facts(run.folder / "internal")
    stated = changed_facts(facts, now.facts) if len(now.facts) else now.facts
    return len(stated) > 0 or not same_statement(said, now.figures)


def _said(run: Published) -> pd.DataFrame:
    return stated_figures(run.folder / "internal", str(run.params["currency"]))


def _since(old: Published, now: Now) -> tuple[pd.DataFrame, ...]:
    said = _said(old)
    split, stages, rows = _stages(old, now)
    facts = changed_facts(stated_facts(old.folder / "internal"), now.facts)
    led = _led_with(said, now.figures, old.month)
    compared = {"run": old.folder.name, "month": old.month, **led}
    compared |= {"one_sided": one_sided(said, now.figures), "split": split}
    return pd.DataFrame([compared]), restated(said, stages), facts, rows


def _led_with(said: pd.DataFrame, now: pd.DataFrame, month: str) -> dict[str, object]:
    """Return the figure a report led with, MRR or revenue of its month, as it was and as it is."""
    figure = next((name for name in ("closing", "revenue") if name in set(said["figure"])), "")
    values = [
        figures.loc[(figures["figure"] == figure) & (figures["month"] == month), "value"]
        for figures in (said, now)
    ]
    before, after = (float(value.iloc[0]) if len(value) else float("nan") for value in values)
    return {"figure": figure, "before": before, "after": after}


def _stages(old: Published, now: Now) -> tuple[str, list[tuple[str, pd.DataFrame]], pd.DataFrame]:
    """Return why the change cannot be split, or an empty text; the stages; and the rows that differ."""
    whole = [(NOT_SPLIT, now.figures)]
    nothing = pd.DataFrame(columns=COUNTS)
    before = side_of(old, root=project_root())
    if before is None:
        return "no_inputs", whole, nothing
    after = Side(now.ready.params, now.ready.month, now.ready.warehouse)
    try:
        way = cause_stages(before, after, root=project_root())
    except LtvlabError:
        return "not_built", whole, nothing
    return "", way.stages, way.rows


def _stacked(parts: Iterable[pd.DataFrame], since: Iterable[str]) -> pd.DataFrame:
    marked = [part.assign(since=name) for name, part in zip(since, parts, strict=True)]
    table = pd.concat([part for part in marked if len(part)] or marked[:1], ignore_index=True)
    return table[["since", *table.columns.drop("since")]]


def _nothing() -> list[pd.DataFrame]:
    columns = (COMPARED, COLUMNS, CHANGED_FACTS, COUNTS)
    return [pd.DataFrame(columns=["since", *names]) for names in columns]
