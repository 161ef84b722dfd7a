"""What a run was: settings, versions, and the SHA-256 of everything that went in and came out."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from ltvlab.report.verify import sha256

NAME = "manifest.json"
PACKAGES = (
    "ltvlab", "numpy", "pandas", "scipy", "statsmodels", "duckdb", "ibis-framework", "matplotlib",
    "seaborn", "papermill", "pypandoc_binary", "typst",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return Python's version and those of the packages a number or a page depends on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def commit(root: Path) -> str:
    """Return the commit of the project's folder, empty where it is not a git repository."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def input_hashes(files: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return table, file, sha256, size and rows of every input that was read."""
    if files is None:
        return []
    kept = [c for c in ("table", "file", "sha256", "size", "rows_read", "rows_used") if c in files]
    return json.loads(files[kept].to_json(orient="records", force_ascii=False))


def file_hashes(run_dir: Path) -> dict[str, dict[str, Any]]:
    """Return path → sha256 and size of every file of a run but the manifest itself."""
    files = sorted(f for f in run_dir.rglob("*") if f.is_file() and f.name != NAME)
    return {
        file.relative_to(run_dir).as_posix(): {"sha256": sha256(file), "size": file.stat().st_size}
        for file in files
    }


def write_manifest(run_dir: Path, status: str, fields: Mapping[str, Any]) -> None:
    """Write the manifest of a run, the last file to be written."""
    record = {"status": status, **fields, "files": file_hashes(run_dir)}
    text = json.dumps(record, ensure_ascii=False, indent=1, default=str) + "\n"
    (run_dir / NAME).write_text(text, encoding="utf-8", newline="\n")
