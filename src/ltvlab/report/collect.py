"""Findings and facts of a run, gathered from the executed notebooks into stable files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ltvlab.errors import NotebookError, Problem
from ltvlab.report.gate import finding_of

SIGNIFICANT_DIGITS = 10
# The analysis whose facts are about what was published before.
HISTORY = "history"


def write_findings(notebooks: Mapping[str, NotebookNode], internal: Path) -> None:
    """Write findings.json, facts.json and history.json, sorted and the same byte for byte on every run.

    What a report says of earlier ones depends on those, so that it stands in history.json: the same
    inputs and settings give the same facts.json whatever was published before. Amounts of money
    arrive as exact decimal text and stay so; other floats keep ten significant digits. Two
    notebooks that state one fact differently are refused.
    """
    records = {name: finding_of(notebook) for name, notebook in notebooks.items()}
    findings = [
        {"notebook": name, **record["finding"]} for name, record in records.items() if record
    ]
    facts = [
        {"finding": record["finding"]["slug"], **fact}
        for record in records.values()
        if record
        for fact in record.get("facts", ())
    ]
    _require_one_value(facts)
    _write(internal / "findings.json", sorted(findings, key=lambda f: f["slug"]))
    ordered = sorted(facts, key=_fact_order)
    _write(internal / "facts.json", [fact for fact in ordered if fact["finding"] != HISTORY])
    _write(internal / "history.json", [fact for fact in ordered if fact["finding"] == HISTORY])


def _fact_order(fact: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(fact.get(key) or "") for key in ("id", "month", "segment", "finding"))


def _write(file: Path, records: list[dict[str, Any]]) -> None:
    text = json.dumps(
        _stable(records), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False
    )
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def _stable(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _stable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_stable(item) for item in value]
    if isinstance(value, float):
        return _ten_digits(value)
    return value


def _ten_digits(value: float) -> float | int:
    if not math.isfinite(value):
        raise NotebookError(
            f"A fact has the value {value}; leave it empty and say why in its status"
        )
    # Adding zero turns -0.0 into 0.0: one number, one spelling.
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


def _require_one_value(facts: list[dict[str, Any]]) -> None:
    seen: dict[tuple[str, ...], dict[str, Any]] = {}
    problems = []
    for fact in facts:
        # Neither another unit nor another definition makes it another figure: its id names it.
        name = tuple(str(fact.get(key) or "") for key in ("id", "month", "segment"))
        first = seen.setdefault(name, fact)
        if _stated(first) != _stated(fact):
            problems.append(_contradiction(first, fact))
    if problems:
        raise NotebookError("Two chapters state one fact differently", problems)


def _stated(fact: Mapping[str, Any]) -> tuple[object, object]:
    return _stable(fact.get("value")), fact.get("unit")


def _contradiction(first: Mapping[str, Any], second: Mapping[str, Any]) -> Problem:
    return Problem(
        id="E403",
        message=f"{first['id']} is {first['value']} in {first['finding']}, "
        f"but {second['value']} in {second['finding']}",
        value=str(first["id"]),
        fix="compute it in one place of metrics/ and use that in both",
    )
