"""One run at a time per company; a second one is told who holds the lock."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ltvlab.errors import Problem, PublishError, SetupError


@contextmanager
def company_lock(reports: Path) -> Iterator[None]:
    """Hold the lock of a company's reports; refuse with pid, host and start of its holder.

    The operating system releases it when its holder dies, even by SIGKILL.
    """
    _require_writable(reports)
    lock = FileLock(reports / ".lock", timeout=0)
    try:
        with lock:
            _holder_file(reports).write_text(json.dumps(_myself()), encoding="utf-8")
            try:
                yield
            finally:
                _holder_file(reports).unlink(missing_ok=True)
    except Timeout:
        raise _held(reports) from None


def _require_writable(reports: Path) -> None:
    try:
        reports.mkdir(parents=True, exist_ok=True)
        writable = os.access(reports, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        problem = Problem(
            id="E802",
            message="the reports folder cannot be written",
            value=str(reports),
            fix="give yourself the right to write there, or free disk space",
        )
        raise SetupError("The report has nowhere to go", [problem])


def _holder_file(reports: Path) -> Path:
    return reports / ".lock.holder"


def _myself() -> dict[str, object]:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "start": now}


def _held(reports: Path) -> PublishError:
    try:
        holder = json.loads(_holder_file(reports).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        holder = {"pid": "unknown", "host": "unknown", "start": "unknown"}
    problem = Problem(
        id="E701",
        message=f"held by process {holder['pid']} on {holder['host']} since {holder['start']}",
        value=str(reports / ".lock"),
        fix="wait until it ends, or stop that process",
    )
    return PublishError("Another run of this company is under way", [problem])
