"""Where things live: the project root, and a company's data, runs and published reports."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ltvlab.errors import Problem, SetupError, UsageError

COMPANY_PATTERN = re.compile(r"[a-z0-9-]{1,40}")


def project_root(start: Path | None = None) -> Path:
    """Return the folder that holds `notebooks/` and `pyproject.toml`, found upwards.

    `LTVLAB_ROOT` wins where it is set; the working folder is the start otherwise.
    """
    named = os.environ.get("LTVLAB_ROOT")
    if named:
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() and (folder / "notebooks").is_dir():
            return folder
    problem = Problem(
        id="E801",
        message="no folder with pyproject.toml and notebooks/ upwards from here",
        value=str(here),
        fix="go to the project folder, or set LTVLAB_ROOT to it",
    )
    raise SetupError("The project folder was not found", [problem])


def resolve(path: str | Path, root: Path | None = None) -> Path:
    """Return `path` as it is when absolute, else counted from the project root."""
    wanted = Path(path).expanduser()
    return wanted if wanted.is_absolute() else (root or project_root()) / wanted


@dataclass(frozen=True)
class CompanyFolders:
    """The folders of one company under one project root; nothing is created here."""

    root: Path
    company: str

    def __post_init__(self) -> None:
        if not COMPANY_PATTERN.fullmatch(self.company) or self.company == "template":
            problem = Problem(
                id="E102",
                message="a company's name is 1 to 40 of a–z, 0–9 and -, and not 'template'",
                value=self.company,
                fix="change `company` in the params file",
            )
            raise UsageError("The company's name cannot be used as a folder", [problem])

    @property
    def raw(self) -> Path:
        return self.root / "data" / self.company / "raw"

    @property
    def warehouse(self) -> Path:
        return self.root / "data" / self.company / "warehouse"

    @property
    def reports(self) -> Path:
        return self.root / "reports" / self.company

    @property
    def runs(self) -> Path:
        return self.reports / "runs"

    @property
    def failed(self) -> Path:
        return self.reports / "failed"

    @property
    def latest(self) -> Path:
        return self.reports / "latest"

    def published(self, month: str, language: str) -> Path:
        """Return the link that leads to the published report of a month and language."""
        return self.reports / month / language
