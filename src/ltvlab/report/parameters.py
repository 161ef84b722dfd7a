"""What a notebook may be given: the literals of its `parameters` cell, and their types."""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ltvlab.errors import Problem, UsageError
from ltvlab.params import unknown_name

# A run answers one question for one company and month; a notebook's own values serve JupyterLab.
FROM_THE_RUN = ("params", "month", "language")


def slug(notebook: str | Path) -> str:
    """Return an analysis' one name: `03_segment_ltv.ipynb` → `segment_ltv`."""
    stem = Path(notebook).name.removesuffix(".ipynb")
    return stem.split("_", 1)[1] if stem[:2].isdigit() and "_" in stem else stem


def known_parameters(notebook: NotebookNode, name: str) -> dict[str, Any]:
    """Return name → default of a notebook's `parameters` cell, read without running it."""
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
    if len(cells) != 1:
        raise _unusable(
            name, f"it has {len(cells)} cells tagged `parameters`", "give it exactly one"
        )
    try:
        known = dict(_literal(statement) for statement in ast.parse(cells[0].source).body)
    except (SyntaxError, ValueError):
        fix = "write `name = literal` lines only; compute in the cells below"
        raise _unusable(name, "its `parameters` cell holds more than plain literals", fix) from None
    missing = [field for field in FROM_THE_RUN if field not in known]
    if missing:
        raise _unusable(name, f"its `parameters` cell lacks {', '.join(missing)}", "add them")
    return known


def _literal(statement: ast.stmt) -> tuple[str, Any]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, ast.literal_eval(value)
    raise ValueError("not a literal")


def _unusable(name: str, message: str, fix: str) -> UsageError:
    problem = Problem(id="E111", message=message, file=f"notebooks/{name}.ipynb", fix=fix)
    return UsageError("A notebook cannot be given its parameters", [problem])


def notebook_parameters(
    notebooks: Mapping[str, NotebookNode],
    sections: Mapping[str, Mapping[str, Any]],
    *,
    file: str,
) -> dict[str, dict[str, Any]]:
    """Return notebook → the parameters its section sets, or refuse with every mistake at once.

    A name reaches a notebook only as a field found in its `parameters` cell: papermill would
    paste any other name into the code as it stands.
    """
    by_slug = {slug(name): name for name in notebooks}
    known = {name: known_parameters(notebook, name) for name, notebook in notebooks.items()}
    problems = [_no_section(s, by_slug, file) for s in sections if s not in by_slug]
    for section, values in sections.items():
        if section in by_slug:
            problems += _mistakes(section, values, known[by_slug[section]], file)
    if problems:
        raise UsageError(f"{len(problems)} notebook setting(s) in {file} cannot be used", problems)
    return {name: _given(sections.get(slug(name), {}), known[name]) for name in notebooks}


def _given(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {field: values[field] for field in known if field in values}


def _no_section(section: str, by_slug: Mapping[str, str], file: str) -> Problem:
    near = difflib.get_close_matches(section, by_slug, n=1, cutoff=0.5)
    return Problem(
        id="E112",
        message="there is no such notebook",
        file=file,
        column=f"notebooks.{section}",
        value=section,
        fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(sorted(by_slug))}",
    )


def _mistakes(
    section: str, values: Mapping[str, Any], known: Mapping[str, Any], file: str
) -> list[Problem]:
    own = [field for field in known if field not in FROM_THE_RUN]
    problems = []
    for field, value in values.items():
        place = f"notebooks.{section}.{field}"
        if field not in own:
            problems.append(_not_settable(field, own, file, place))
        elif not _fits(value, known[field]):
            problems.append(_wrong_type(value, known[field], file, place))
    return problems


def _not_settable(field: str, own: list[str], file: str, place: str) -> Problem:
    if field not in FROM_THE_RUN:
        return unknown_name(field, own, file=file, place=place)
    return Problem(
        id="E113",
        message="this comes from the run alone",
        file=file,
        column=place,
        fix="set it at the top of the params file or on the command line",
    )


def _wrong_type(value: object, default: object, file: str, place: str) -> Problem:
    return Problem(
        id="E114",
        message=f"the value has another type than the notebook's own {default!r}",
        file=file,
        column=place,
        value=repr(value)[:80],
        fix=f"write {_type_words(default)}",
    )


def _fits(value: object, default: object) -> bool:
    if default is None:
        return value is None or isinstance(value, (bool, int, float, str))
    if isinstance(default, float):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and math.isfinite(value)
    if isinstance(default, Sequence) and not isinstance(default, str):
        return isinstance(value, list) and all(_fits(v, default[0]) for v in value if default)
    return type(value) is type(default)


def _type_words(default: object) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes"}
    if isinstance(default, (list, tuple)):
        return "a list such as " + repr(list(default))
    return names.get(type(default), "a value like the notebook's own")
