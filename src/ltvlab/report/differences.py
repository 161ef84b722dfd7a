"""Two runs of a company side by side: facts that changed, and past figures by cause."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ltvlab.errors import LtvlabError, Problem, PublishError, UsageError
from ltvlab.money import digits
from ltvlab.paths import CompanyFolders
from ltvlab.published import FACT_KEYS, Published, changed_facts, published_runs, stated_facts
from ltvlab.report.runs import find_run

OF_THE_REPORT = "its month"
AMOUNTS = ("before", "after", "part")
SHOWN = ["table", "figure", "before", "after", "cause", "part"]


def run_of(name: str, root: Path) -> Published:
    """Return the published run meant by `demo/2026-08`, `demo/<run>`, a run's own name, or its folder.

    Raises PublishError where none, or more than one, is meant.
    """
    reports = root / "reports"
    inside = Path(name).resolve() if (Path(name) / "manifest.json").is_file() else None
    company, _, rest = name.removeprefix("reports/").partition("/")
    if inside:
        found = [inside]
    elif rest:
        found = [find_run(CompanyFolders(root, company), rest.removeprefix("runs/"))]
    else:
        found = sorted(reports.glob(f"*/runs/{name}*"))
    runs = [run for folder in found for run in published_runs(_company(folder, root))]
    meant = [run for run in runs if run.folder in found]
    if len(meant) == 1:
        return meant[0]
    problem = Problem(
        id="E706",
        message=f"{len(meant)} published runs have this name",
        value=name,
        fix="write COMPANY/MONTH or COMPANY/RUN; `ltvlab runs COMPANY` lists them",
    )
    raise PublishError("The run was not found", [problem])


def _company(folder: Path, root: Path) -> CompanyFolders:
    return CompanyFolders(root, folder.parents[1].name)


def described_differences(one: Published, other: Published, *, root: Path) -> str:
    """Return what two runs of one company state differently, as lines to print."""
    _require_one_company(one, other)
    before, after = sorted((one, other), key=lambda run: run.month)
    facts = [_facts(run) for run in (before, after)]
    changed = changed_facts(*facts)
    shared = len(facts[0].merge(facts[1], on=FACT_KEYS, how="inner", validate="one_to_one"))
    alone = [len(stated) - shared for stated in facts]
    parts = [
        *(f"{label}  {run.folder.name}  {run.month}" for label, run in (("before", before), ("after ", after))),
        f"\n{len(changed)} facts changed",
        *_lines(changed),
        f"{alone[0]} facts only before, {alone[1]} only after",
        *_by_cause(before, after, root),
    ]  # fmt: skip
    return "\n".join(parts)


def _require_one_company(one: Published, other: Published) -> None:
    companies = [str(run.manifest["company"]) for run in (one, other)]
    if companies[0] != companies[1]:
        problem = Problem(
            id="E707",
            message="the runs are of two companies",
            value=" and ".join(companies),
            fix="name two runs of one company",
        )
        raise UsageError("These runs cannot be compared", [problem])


def _facts(run: Published) -> pd.DataFrame:
    """Return a run's facts, those of its own month marked, so that two months can be compared."""
    facts = stated_facts(run.folder / "internal")
    return facts.assign(month=facts["month"].mask(facts["month"] == run.month, OF_THE_REPORT))


def _lines(table: pd.DataFrame) -> list[str]:
    return [table.to_string(index=False, float_format="{:.10g}".format)] if len(table) else []


def _by_cause(before: Published, after: Published, root: Path) -> list[str]:
    # Imported here: the engine is needed only where both books are still there.
    from ltvlab.restating import restated_between

    try:
        found = restated_between(before, after, root=root)
    except LtvlabError as error:
        return ["", f"Past figures cannot be split by cause: {error.message}"]
    if found is None:
        return ["", "Past figures cannot be split by cause: the inputs of a run are no longer kept"]
    month = found[found["month"] == before.month]
    title = f"Figures of {before.month} by cause ({len(found) - len(month)} rows of other months)"
    return ["", title, *_lines(_in_major(month, str(before.params["currency"])))]


def _in_major(rows: pd.DataFrame, currency: str) -> pd.DataFrame:
    steps = rows["unit"].map({"money": 10.0 ** -digits(currency)}).fillna(1.0)
    return rows.assign(**{name: rows[name] * steps for name in AMOUNTS})[SHOWN]
