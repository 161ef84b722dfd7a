"""Presets: which header of a known system stands for which canonical column."""

from __future__ import annotations

import difflib
from pathlib import Path

from ltvlab.errors import DataError, LtvlabError
from ltvlab.source_settings import Source
from ltvlab.sources.faults import problem
from ltvlab.yaml_files import read_yaml_mapping


def with_preset(source: Source, table: str, *, root: Path) -> Source:
    """Return the source with its preset's headers and values below its own.

    A preset lists aliases, since one export mixes languages and labels drift over the years.
    """
    if source.preset is None:
        return source
    tables = _preset(source.preset, root)
    if table not in tables:
        fix = f"this preset has: {', '.join(sorted(tables))}"
        found = problem("E215", table=table, value=source.preset, fix=fix)
        raise DataError("A preset lacks a table", [found])
    preset = tables[table]
    own = set(source.columns) | set(source.constants) | {lookup.column for lookup in source.lookup}
    columns = {
        name: aliases for name, aliases in preset.get("columns", {}).items() if name not in own
    }
    return source.model_copy(
        update={
            "columns": columns | source.columns,
            "values": preset.get("values", {}) | source.values,
            "constants": preset.get("constants", {}) | source.constants,
        }
    )


def _preset(name: str, root: Path) -> dict[str, dict]:
    folder = root / "params" / "presets"
    names = sorted(path.stem for path in folder.glob("*.yml"))
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        fix = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
        raise DataError("A preset is missing", [problem("E215", value=name, fix=fix)])
    try:
        return dict(read_yaml_mapping(folder / f"{name}.yml")["tables"])
    except LtvlabError as error:
        raise DataError(f"The preset {name} cannot be read", error.problems) from None
