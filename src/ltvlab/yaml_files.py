"""A YAML file read strictly: UTF-8, each name once, no aliases, and the line of what is wrong."""

from __future__ import annotations

import difflib
import io
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from ltvlab.errors import Problem, UsageError
from ltvlab.paths import resolve

LARGEST_FILE = 64 * 1024


def read_yaml_mapping(path: str | Path) -> dict[str, Any]:
    """Return a YAML file's mapping, as text and numbers only; anything doubtful is refused."""
    file = resolve(path)
    if not file.is_file():
        others = sorted(p.name for p in file.parent.glob("*.yml")) if file.parent.is_dir() else []
        near = difflib.get_close_matches(file.name, others, n=1, cutoff=0.4)
        hint = f"did you mean {file.parent.name}/{near[0]}?" if near else "check the path"
        raise UsageError(
            "The params file was not found",
            [Problem(id="E103", message="no such file", value=str(file), fix=hint)],
        )
    if file.stat().st_size > LARGEST_FILE:
        raise _yaml_error(file, "it is larger than 64 KiB", None)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _yaml_error(file, "it is not UTF-8", line) from error
    return deepcopy(_parse_yaml(text, file))


# By what the file says, not by its date: every loader asks, and parsing takes a quarter of a second.
@lru_cache(maxsize=32)
def _parse_yaml(text: str, file: Path) -> dict[str, Any]:
    yaml = YAML(typ="safe", pure=True)
    try:
        if any(isinstance(event, AliasEvent) for event in yaml.parse(io.StringIO(text))):
            raise _yaml_error(file, "it uses aliases (*name), which hide what is set where", None)
        loaded = YAML(typ="safe", pure=True).load(text)
    # An impossible day, 2026-02-30 without quotes, is a plain ValueError of the date type.
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise _yaml_error(file, reason, mark.line + 1 if mark else None) from error
    if not isinstance(loaded, dict):
        raise _yaml_error(file, "it holds no `name: value` lines", None)
    return loaded


def _yaml_error(file: Path, reason: str, line: int | None) -> UsageError:
    problem = Problem(
        id="E104",
        message=f"the file cannot be read as YAML: {reason}",
        file=file.name,
        line=line,
        fix="mend that line; each setting once, indented with spaces, saved as UTF-8",
    )
    return UsageError("The params file is not usable", [problem])
