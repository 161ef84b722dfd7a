"""A kill at any moment leaves the report before whole, and no kernel behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from small_project import notebook, write_project

from ltvlab.report.verify import run_faults

RUN = """
import signal, sys
from pathlib import Path
# A process started in the background of a shell would ignore the interrupt that is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {helpers!r})
from small_project import without_data
sys.modules.update(without_data())
from ltvlab.report.run import run_report
run_report("params/acme.yml", root=Path({root!r}))
"""
# Long enough to be hit while it runs, where a test asks for it.
PAUSE = 'import os, time; time.sleep(float(os.environ.get("LTVLAB_TEST_PAUSE", "0")))'


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with one published report."""
    root = tmp_path_factory.mktemp("killed")
    write_project(root, {"03_segment_ltv": notebook("segment_ltv", cells=[PAUSE])})
    assert started(root).wait(timeout=240) == 0
    return root


def started(root: Path, *, pause: float = 0) -> subprocess.Popen:
    code = RUN.format(helpers=str(Path(__file__).parent), root=str(root))
    environment = {**os.environ, "LTVLAB_TEST_PAUSE": str(pause)}
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, env=environment)


def kill_after(root: Path, seconds: float, how: signal.Signals) -> int:
    process = started(root)
    time.sleep(seconds)
    process.send_signal(how)
    return process.wait(timeout=120)


def kernels_of(root: Path) -> list[psutil.Process]:
    return [p for p in psutil.process_iter() if str(root) in _run_folder(p)]


def _run_folder(process: psutil.Process) -> str:
    try:
        return process.environ().get("LTVLAB_RUN_DIR", "")
    except (psutil.Error, OSError):
        return ""


def require_whole(root: Path) -> None:
    assert run_faults(root / "reports" / "acme" / "latest" / "en") == []
    require_no_kernel(root)


def require_no_kernel(root: Path) -> None:
    deadline = time.monotonic() + 10
    while kernels_of(root) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kernels_of(root) == []


def wait_for_kernel(root: Path) -> None:
    deadline = time.monotonic() + 20
    while not kernels_of(root) and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_kill_while_a_kernel_runs_leaves_the_report_whole(published: Path, how: signal.Signals):
    require_no_kernel(published)
    process = started(published, pause=30)
    wait_for_kernel(published)
    os.kill(process.pid, how)
    code = process.wait(timeout=120)

    assert code != 0
    require_whole(published)


def test_an_interrupted_run_is_kept_as_failed(published: Path):
    require_no_kernel(published)
    process = started(published, pause=30)
    wait_for_kernel(published)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=120)[1].decode()

    assert "KeyboardInterrupt" in said
    assert list((published / "reports" / "acme" / "runs").glob("*.partial")) == []


@pytest.mark.slow
def test_kills_at_many_moments_leave_the_report_whole(published: Path):
    moments = random.Random(7)
    for _ in range(40):
        kill_after(
            published, moments.uniform(0, 5), moments.choice([signal.SIGTERM, signal.SIGKILL])
        )
        require_whole(published)
    assert started(published).wait(timeout=240) == 0
