"""The name of a warehouse file: a hash of the inputs, the settings and the code that make it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from ltvlab.params import Params
from ltvlab.paths import CompanyFolders, resolve


def warehouse_file(settings: Params, month: pd.Period, root: Path, *, quarantine: bool) -> Path:
    """Return the file named for everything that decides what is in it."""
    digest = hashlib.sha256()
    digest.update(
        settings.model_dump_json(exclude={"notebooks", "language", "renderer", "month"}).encode()
    )
    digest.update(f"{month} {quarantine}".encode())
    for file in [*_input_files(settings, root), *_code_files()]:
        digest.update(file.name.encode() + _content(file))
    folder = CompanyFolders(root, settings.company).warehouse
    return folder / f"{digest.hexdigest()[:16]}.duckdb"


def _input_files(settings: Params, root: Path) -> list[Path]:
    folder = resolve(settings.data_folder, root)
    names: set[str] = set()
    for source in settings.sources.values():
        names |= {source.file} if isinstance(source.file, str) else set(source.file)
        names |= {lookup.file for lookup in source.lookup}
    presets = {source.preset for source in settings.sources.values() if source.preset}
    return [
        *(folder / name for name in sorted(names)),
        *(root / "params" / "presets" / f"{name}.yml" for name in sorted(presets)),
    ]


def _code_files() -> list[Path]:
    package = Path(__file__).parents[1]
    return sorted(
        [
            *package.glob("sources/*.py"),
            *package.glob("warehouse/**/*.py"),
            package / "params.py",
            package / "source_settings.py",
        ]
    )


def _content(file: Path) -> bytes:
    if not file.is_file():
        return b"missing"
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
