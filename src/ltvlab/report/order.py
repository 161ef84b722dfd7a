"""What a run was asked for, checked whole before anything runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from nbformat import NotebookNode

from ltvlab.errors import Problem, UsageError
from ltvlab.params import Params, load_params
from ltvlab.paths import CompanyFolders, project_root, resolve
from ltvlab.report.notebooks import for_run, read_notebooks
from ltvlab.report.parameters import notebook_parameters
from ltvlab.text import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for, checked before anything runs."""

    params_path: str
    params: Params
    month: pd.Period
    language: str
    renderer: str
    quarantine: bool
    root: Path
    notebooks: Mapping[str, NotebookNode]
    given: Mapping[str, Mapping[str, Any]]

    @property
    def folders(self) -> CompanyFolders:
        """Return the company's folders."""
        return CompanyFolders(self.root, self.params.company)

    @property
    def digest(self) -> str:
        """Return a hash of everything asked for but the data."""
        asked = [self.params.model_dump_json(), str(self.month), self.language]
        asked += [json.dumps(notebook) for notebook in self.notebooks.values()]
        return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def take_order(
    params_path: str | Path,
    *,
    month: str | None,
    language: str | None,
    quarantine: bool,
    root: Path | None,
    renderer: str | None = None,
) -> Order:
    """Return the order for a report, or refuse it with what is wrong in params and notebooks."""
    root = (root or project_root()).resolve()
    params = load_params(resolve(params_path, root))
    notebooks = read_notebooks(root / "notebooks")
    language = _require_language(language or params.language)
    own = notebook_parameters(notebooks, params.notebooks, file=str(params_path))
    report_month = _require_month(params, month, root)
    asked = {"params": str(params_path), "month": str(report_month), "language": language}
    return Order(
        params_path=str(params_path),
        params=params,
        month=report_month,
        language=language,
        renderer=renderer or params.renderer,
        quarantine=quarantine,
        root=root,
        notebooks={
            name: for_run(
                book, language=language, basis=params.basis, deals="deals" in params.sources
            )
            for name, book in notebooks.items()
        },
        given={name: {**asked, **own[name]} for name in notebooks},
    )


def require_notebook_settings(params_path: str | Path, *, root: Path | None = None) -> None:
    """Refuse a params file that sets what no notebook takes, with every mistake at once."""
    root = (root or project_root()).resolve()
    sections = load_params(resolve(params_path, root)).notebooks
    if sections:
        notebook_parameters(read_notebooks(root / "notebooks"), sections, file=str(params_path))


def _require_month(params: Params, month: str | None, root: Path) -> pd.Period:
    chosen = params.report_month(month)
    if chosen is not None:
        return chosen
    # Only without a month are the data asked for one, so only then is the engine loaded.
    from ltvlab.preparing import require_month

    return require_month(params, month, root=root)


def _require_language(language: str) -> str:
    if language not in LANGUAGES:
        problem = Problem(
            id="E109",
            message="the report is written in en or ja",
            value=language,
            fix="pass --language en or ja",
        )
        raise UsageError("There is no such language", [problem])
    return language
